#include "foundations/sensing/gateways/gb26875/session.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"

#include <cmath>

namespace anlan::sensing::gb26875 {
namespace {

constexpr std::string_view k_protocol = "gb26875";
constexpr std::size_t k_sample_bytes = 240;  // 480 hexadecimal digits

}  // namespace

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
    if (frame.command != Command::send && frame.command != Command::reply) return;
    if (!decode(frame, m_unit)) {
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
         unanswered = m_unanswered](const Result<void>& stored) {
            const bool accepted = stored || stored.error().is(errors::k_unknown_channel);
            ++(accepted ? counters->confirmed : counters->denied);
            --*unanswered;
            if (asked.command != Command::send) return;
            send(answer_to(asked, accepted ? Command::confirm : Command::deny, clock->now()));
        });
}

void Session::tell_the_time(const Frame& frame) {
    if (m_options.clock_tolerance_s <= 0 || m_clock_told) return;
    const Timestamp now = m_options.clock->now();
    const auto label = frame.time.instant();
    if (label && std::abs(static_cast<double>(*label - now)) <= m_options.clock_tolerance_s * 1000)
        return;
    m_clock_told = true;
    const Object time = UnitTime{WireTime::of(now)};
    m_options.send(encode({frame.sequence, frame.version_main, frame.version_user, now,
                           frame.destination, frame.source, Command::control},
                          *encode_unit(90, {&time, 1})));
}

}  // namespace anlan::sensing::gb26875
