#include "foundations/sensing/gateways/gb26875/session.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/commands.h"

#include <charconv>
#include <cmath>

namespace anlan::sensing::gb26875 {
namespace {

constexpr std::string_view k_protocol = "gb26875";
constexpr std::size_t k_sample_bytes = 240;  // 480 hexadecimal digits

/// Frames to the device that sent `heard`, through its connection.
Conversations::Line line_to(const Frame& heard, const Send& send) {
    Envelope envelope{.version_main = heard.version_main,
                      .version_user = heard.version_user,
                      .time = {},
                      .source = heard.destination,
                      .destination = heard.source};
    return {send, [envelope](const Order& order, const std::string& mark, Timestamp now) mutable {
                std::from_chars(mark.data(), mark.data() + mark.size(), envelope.sequence);
                envelope.time = now;
                envelope.command = command_of(order);
                return encode(envelope, unit_of(order, now));
            }};
}

}  // namespace

std::shared_ptr<Conversations> make_conversations(const Clock& clock) {
    return std::make_shared<Conversations>(Conversations::Options{
        .clock = &clock, .new_mark = [sequence = std::uint16_t{0}](Timestamp) mutable {
            return std::to_string(++sequence);
        }});
}

void Session::receive(Bytes bytes) {
    m_reader.push(bytes);
    drain();
}

void Session::quiet() {
    if (!m_reader.give_up()) return;
    ++m_options.counters->disturbances;
    drain();
}

void Session::drain() {
    while (auto next = m_reader.next()) {
        if (*next) {
            ++m_options.counters->frames;
            deal(**next);
        } else {
            ++m_options.counters->disturbances;
        }
    }
}

void Session::deal(const Frame& frame) {
    const bool brings = frame.command == Command::send || frame.command == Command::reply;
    const bool answers = frame.command == Command::confirm || frame.command == Command::deny;
    if (!brings && !answers) return;
    const bool decoded = decode(frame, m_unit).has_value();
    hear_answer(frame, decoded);
    if (answers) return;
    if (!decoded) {
        ++m_options.counters->denied;
        if (frame.command == Command::send) {
            m_options.send(answer_to(frame, Command::deny, m_options.clock->now()));
        }
        return;
    }
    std::vector<Reading> readings;
    readings_of(m_unit, readings);
    hand_over(frame, std::move(readings));
}

/// Whether the frame says something about what the device was told last.
void Session::hear_answer(const Frame& frame, bool decoded) {
    const std::string address = frame.source.text();
    const auto current = m_options.conversations->current(address);
    if (!current) return;
    const bool same = std::to_string(frame.sequence) == current->mark;
    if (frame.command == Command::send ? !decoded
                                       : !same && !(decoded && is_reply_to(current->code, m_unit)))
        return;
    if (!decoded) {
        m_options.conversations->settle(
            address, current->mark,
            {CommandFate::uncertain, "装置的应答无法解读", "The unit's reply cannot be read", {}});
    } else if (auto outcome = outcome_of(current->code, frame, m_unit)) {
        m_options.conversations->settle(address, current->mark, std::move(*outcome));
    } else if (frame.command == Command::confirm) {
        m_options.conversations->received(address, current->mark);
    }
}

void Session::hand_over(const Frame& frame, std::vector<Reading> readings) {
    Delivery delivery;
    delivery.protocol = k_protocol;
    delivery.address = frame.source.text();
    delivery.space = bigdata::k_live;
    if (m_options.door == Door::exercise) {
        delivery.space = m_options.hub->exercise_of(k_protocol, delivery.address).value_or("");
    }
    delivery.peer = m_options.peer;
    const Bytes sample = frame.raw.first(std::min(frame.raw.size(), k_sample_bytes));
    delivery.sample =
        hex(std::string_view(reinterpret_cast<const char*>(sample.data()), sample.size()));
    delivery.received = m_options.clock->now();
    // Times on the wire are whole seconds, and the lake knows a repetition by its time. Two changes
    // within a second must stay two, and a frame sent again must stay one: the sequence number
    // tells.
    for (Reading& r : readings) {
        if (r.at) r.at->ms += frame.sequence % 1000;
    }
    delivery.readings = std::move(readings);

    Frame asked = frame;  // outlives the reader's buffer: without its views
    asked.unit = asked.raw = {};
    ++*m_unanswered;
    tell_the_time(frame);
    m_options.hub->take(
        std::move(delivery),
        [asked, send = m_options.send, clock = m_options.clock, counters = m_options.counters,
         conversations = m_options.conversations, presence = std::weak_ptr(m_presence),
         unanswered = m_unanswered](const Result<void>& stored) {
            const bool accepted = stored || stored.error().is(errors::k_unknown_channel);
            const auto here = presence.lock();
            if (accepted && here != nullptr)
                conversations->speaks(asked.source.text(), here,
                                      [&] { return line_to(asked, send); });
            ++(accepted ? counters->confirmed : counters->denied);
            --*unanswered;
            if (asked.command != Command::send) return;
            send(answer_to(asked, accepted ? Command::confirm : Command::deny, clock->now()));
        });
}

/// Once a unit is known, that is with its second frame at the earliest.
void Session::tell_the_time(const Frame& frame) {
    if (m_options.clock_tolerance_s <= 0 || m_clock_told) return;
    const auto label = frame.time.instant();
    const Timestamp now = m_options.clock->now();
    if (label && std::abs(static_cast<double>(*label - now)) <= m_options.clock_tolerance_s * 1000)
        return;
    m_clock_told = m_options.conversations->ask(frame.source.text(), {.code = "90", .data = {}}, {})
                       .has_value();
}

}  // namespace anlan::sensing::gb26875
