#include "foundations/sensing/gateways/jt808/session.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/jt808/commands.h"

#include <array>
#include <charconv>

namespace anlan::sensing::jt808 {
namespace {

constexpr std::string_view k_protocol = "jt808";
constexpr std::size_t k_sample_bytes = 240;   // 480 hexadecimal digits
constexpr std::size_t k_terminals_max = 256;  ///< Of one connection.
constexpr std::size_t k_code_bytes = 16;
constexpr std::uint8_t k_done = 0, k_failed = 1, k_wrong = 2, k_not_supported = 3;
constexpr std::uint8_t k_no_such_vehicle = 2, k_no_such_terminal = 4;
constexpr std::size_t k_gap_max = 255;  ///< Packages that one 8003 can name.

void put_u16(std::vector<std::uint8_t>& out, unsigned value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

std::string_view chars_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_known(const Result<void>& taken) {
    return taken || taken.error().is(errors::k_unknown_channel);
}

std::vector<std::uint8_t> clock_of(Timestamp now) {
    const auto c = civil(now, 0);
    std::vector<std::uint8_t> out;
    for (const int part : {c.year % 100, c.month, c.day, c.hour, c.minute, c.second})
        out.push_back(static_cast<std::uint8_t>(part / 10 << 4 | part % 10));
    return out;
}

}  // namespace

void Session::Voice::say(std::uint16_t id, Bytes body) const {
    send(encode({id, ++*numbers, version, protocol_version, phone}, body));
}

void Session::Voice::answer(std::uint16_t id, const std::vector<std::uint16_t>& sequences,
                            std::uint8_t result) const {
    for (const std::uint16_t sequence : sequences) {
        std::vector<std::uint8_t> body;
        put_u16(body, sequence);
        put_u16(body, id);
        body.push_back(result);
        say(0x8001, body);
    }
}

Session::Voice Session::voice_to(const Message& m) const {
    return {m_options.send, m_options.numbers, m.version,
            m.version == Version::v2019 ? m.protocol_version : std::uint8_t{1}, m.phone};
}

void Session::receive(Bytes bytes) {
    m_frames.push(bytes);
    drain();
}

void Session::quiet() {
    if (!m_frames.give_up()) return;
    ++m_options.counters->disturbances;
    drain();
}

void Session::drain() {
    const Timestamp now = m_options.clock->now();
    while (const auto frame = m_frames.next()) {
        if (!*frame) {
            // No answer: the terminal sends again.
            ++m_options.counters->disturbances;
            continue;
        }
        const auto message = m_parts.add(**frame, now);
        if (!message) {
            ++m_options.counters->incomplete;
        } else if (*message) {
            ++m_options.counters->messages;
            deal(**message);
        }
        if (!message || !*message) ask_again(**frame);
    }
    while (m_parts.give_up(now)) ++m_options.counters->incomplete;
}

void Session::ask_again(const Frame& last) {
    const auto gap = m_parts.gap_of(last);
    if (!gap || gap->numbers.empty()) return;
    // A stranger is asked for nothing.
    const auto known = m_terminals.find(last.phone);
    if (known == m_terminals.end() || !*known->second.trusted) return;
    std::vector<std::uint8_t> body;
    put_u16(body, gap->first_sequence);
    const auto count = std::min(gap->numbers.size(), k_gap_max);
    body.push_back(static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < count; ++i) put_u16(body, gap->numbers[i]);
    Message head;
    head.version = last.version;
    head.protocol_version = last.protocol_version;
    head.phone = last.phone;
    voice_to(head).say(0x8003, body);
}

Session::Terminal* Session::terminal_of(const std::string& phone) {
    const auto found = m_terminals.find(phone);
    if (found != m_terminals.end()) return &found->second;
    if (m_terminals.size() >= k_terminals_max) return nullptr;
    return &m_terminals.emplace(phone, Terminal{}).first->second;
}

Hub::DeviceKey Session::key_of(const std::string& phone) const {
    std::string space(bigdata::k_live);
    if (m_options.door == Door::exercise)
        space = m_options.hub->exercise_of(k_protocol, phone).value_or("");
    return {std::move(space), std::string(k_protocol), phone};
}

Delivery Session::delivery_of(const Message& m) const {
    auto key = key_of(m.phone);
    Delivery out;
    out.protocol = std::move(key.protocol);
    out.address = std::move(key.address);
    out.space = std::move(key.space);
    out.peer = m_options.peer;
    out.sample = hex(chars_of(m.raw.first(std::min(m.raw.size(), k_sample_bytes))));
    out.received = m_options.clock->now();
    return out;
}

void Session::deal(const Message& m) {
    const auto decoded = decode(m, m_content);
    if (!decoded) {
        ++m_options.counters->disturbances;
        voice_to(m).answer(m.id, m.sequences, k_wrong);
        return;
    }
    Terminal* terminal = terminal_of(m.phone);
    if (terminal == nullptr) return;
    switch (m.id) {
        case 0x0100:
            return register_terminal(m);
        case 0x0102:
            return authenticate(m);
        case 0x0001:
            return hear_answer(m);
        case 0x0004:
            return voice_to(m).say(0x8004, clock_of(m_options.clock->now()));
        case 0x0003:
            *terminal->trusted = false;
            return voice_to(m).answer(m.id, m.sequences, k_done);
        case 0x0002:
        case 0x0200:
        case 0x0201:
        case 0x0704:
            break;
        default:
            return voice_to(m).answer(m.id, m.sequences, k_not_supported);
    }
    const bool counts = m_options.trust == Trust::phone || *terminal->trusted;
    std::vector<Reading> readings;
    if (counts) {
        for (const Position& position : m_content.positions) readings_of(position, readings);
        if (m.id == 0x0201) hear_answer(m);
    }
    hand_over(m, std::move(readings), counts);
}

void Session::hand_over(const Message& m, std::vector<Reading> readings, bool counts) {
    Delivery delivery = delivery_of(m);
    // Without its code it is only asked whether it is known: a stranger is listed.
    delivery.readings = std::move(readings);
    ++*m_unanswered;
    m_options.hub->take(
        std::move(delivery),
        [voice = voice_to(m), id = m.id, sequences = m.sequences, counts,
         presence = std::weak_ptr(m_presence), conversations = m_options.conversations,
         counters = m_options.counters, unanswered = m_unanswered](const Result<void>& stored) {
            const bool accepted = counts && is_known(stored);
            ++(accepted ? counters->stored : counters->refused);
            const auto here = presence.lock();
            if (accepted && here != nullptr) {
                conversations->speaks(voice.phone, here, [&] {
                    return Conversations::Line{
                        voice.send,
                        [voice](const Order& order, const std::string& mark, Timestamp) {
                            Outgoing head{message_of(order), 0, voice.version,
                                          voice.protocol_version, voice.phone};
                            std::from_chars(mark.data(), mark.data() + mark.size(), head.sequence);
                            return encode(head, body_of(order, voice.version));
                        }};
                });
            }
            // An answer to our own question wants none.
            if (id != 0x0201) voice.answer(id, sequences, accepted ? k_done : k_failed);
            --*unanswered;
        });
}

void Session::hear_answer(const Message& m) {
    if (!m_content.answer) return;
    const auto current = m_options.conversations->current(m.phone);
    const auto mark = std::to_string(m_content.answer->sequence);
    if (!current || current->mark != mark) return;
    Order asked;
    asked.code = current->code;
    if (auto outcome = outcome_of(message_of(asked), m_content))
        m_options.conversations->settle(m.phone, mark, std::move(*outcome));
    else
        m_options.conversations->received(m.phone, mark);
}

void Session::register_terminal(const Message& m) {
    const auto key = key_of(m.phone);
    m_options.hub->describe(key, facts_of(m_content));
    std::array<std::uint8_t, k_code_bytes> secret{};
    m_options.random->fill(secret);
    const std::string code = hex(chars_of(secret));
    std::string hash = hex(sm3(code));
    terminal_of(m.phone)->code_hash = hash;
    const auto reply = [voice = voice_to(m), sequence = m.sequences.back()](
                           std::uint8_t result, std::string_view with = {}) {
        std::vector<std::uint8_t> body;
        put_u16(body, sequence);
        body.push_back(result);
        body.insert(body.end(), with.begin(), with.end());
        voice.say(0x8100, body);
    };
    ++*m_unanswered;
    m_options.hub->take(delivery_of(m), [hub = m_options.hub, key, code, hash = std::move(hash),
                                         reply, counters = m_options.counters,
                                         unanswered = m_unanswered](const Result<void>& known) {
        if (!is_known(known)) {
            ++counters->refused;
            --*unanswered;
            return reply(known.error().is(errors::k_device_out_of_service) ? k_no_such_terminal
                                                                           : k_no_such_vehicle);
        }
        hub->give_credential(key, hash, [code, reply, unanswered](const Result<void>& kept) {
            // Not kept: no answer, and the terminal registers again.
            if (kept) reply(k_done, code);
            --*unanswered;
        });
    });
}

void Session::authenticate(const Message& m) {
    const auto& said = *m_content.authentication;
    const std::string hash = hex(sm3(said.code));
    const auto key = key_of(m.phone);
    const auto owner = m_options.hub->by_credential(hash);
    Terminal& terminal = *terminal_of(m.phone);
    const bool ours = owner && owner->space == key.space && owner->protocol == key.protocol &&
                      owner->address == key.address;
    const bool right = m_options.trust == Trust::phone || ours || terminal.code_hash == hash;
    if (right) {
        if (json::object facts = facts_of(m_content); !facts.empty())
            m_options.hub->describe(key, std::move(facts));
    } else {
        ++m_options.counters->denied;
    }
    ++*m_unanswered;
    m_options.hub->take(delivery_of(m), [voice = voice_to(m), id = m.id, sequences = m.sequences,
                                         right, trusted = terminal.trusted,
                                         unanswered = m_unanswered](const Result<void>& known) {
        *trusted = right && is_known(known);
        voice.answer(id, sequences, *trusted ? k_done : k_failed);
        --*unanswered;
    });
}

}  // namespace anlan::sensing::jt808
