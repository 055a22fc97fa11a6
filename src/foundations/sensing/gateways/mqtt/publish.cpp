// The way of a published message: topic alias, flow control, readings, hub, acknowledgement.
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/mqtt/errors.h"
#include "foundations/sensing/gateways/mqtt/session.h"

#include "core/hash.h"

#include <algorithm>

namespace anlan::sensing::mqtt {
namespace {

constexpr std::size_t k_sample_bytes = 480;
constexpr std::size_t k_batch_readings_max = 4000;  ///< Below what the hub takes at once.
constexpr std::size_t k_channel_bytes_max = 128;

/// What a refusal of the hub means to the device; nothing when it may send again.
std::optional<Reason> reason_for(const Error& error) {
    if (error.is(errors::k_unknown_device) || error.is(errors::k_device_out_of_service))
        return Reason::not_authorized;
    if (error.is(errors::k_rate_limited)) return Reason::quota_exceeded;
    if (error.is(errors::k_not_finite)) return Reason::payload_invalid;
    return std::nullopt;
}

}  // namespace

std::string sample_of(std::string_view topic, std::string_view payload) {
    std::string out = std::string(topic.substr(0, k_sample_bytes / 2)) + ' ';
    const std::string_view shown = payload.substr(0, k_sample_bytes - out.size());
    // Cutting may end amid a character: hexadecimal is then as good.
    if (is_text(shown)) return out.append(shown);
    return out + hex(payload.substr(0, (k_sample_bytes - out.size()) / 2));
}

bool is_accepted(const Result<void>& stored) {
    // A channel that nobody registered is listed; to repeat it would not help.
    return stored || stored.error().is(errors::k_unknown_channel);
}

bool Session::resolve_alias(const Publish& packet, std::string_view& topic) {
    topic = packet.topic;
    const Property* alias = find(packet.properties, PropertyId::topic_alias);
    if (alias == nullptr) return true;
    if (alias->number == 0 || alias->number > m_shared->settings.topic_alias_maximum)
        return reject(Reason::alias_invalid), false;
    if (!topic.empty()) return m_aliases.insert_or_assign(alias->number, topic), true;
    const auto at = m_aliases.find(alias->number);
    if (at == m_aliases.end()) return reject(Reason::protocol_error), false;
    topic = at->second;
    return true;
}

void Session::deal(const Publish& packet) {
    ++m_shared->counters.messages;
    std::string_view topic;
    if (!resolve_alias(packet, topic)) return;
    if (find(packet.properties, PropertyId::subscription_id) != nullptr)
        return reject(Reason::protocol_error);
    if (packet.qos == 2) {
        const auto receipt = m_shared->sessions->receive(m_opened.session, packet.id);
        if (receipt != Sessions::Receipt::fresh) {
            ++m_shared->counters.duplicates;
            if (receipt == Sessions::Receipt::stored)
                say(Acknowledgement{Type::pubrec, packet.id, Reason::success, {}});
            return;
        }
    }
    if (packet.qos > 0 && ++m_flight->messages > m_shared->settings.receive_maximum &&
        m_version == Version::v5)
        return reject(Reason::receive_maximum);
    take(packet, topic);
}

void Session::take(const Publish& packet, std::string_view topic) {
    if (m_standing == Standing::stranger) {
        note_stranger(sample_of(topic, packet.payload));
        if (m_closed) return;
        if (m_standing == Standing::stranger) return refuse(packet, Reason::not_authorized);
    }
    const TopicRule* rule =
        m_shared->settings.topics.empty() ? nullptr : rule_of(m_shared->settings.topics, topic);
    std::string_view address = m_address;
    if (rule != nullptr) address = address_of(*rule, topic).value_or(m_address);
    if (address != m_address &&
        std::ranges::find(m_shared->settings.speaks_for_others, m_address) ==
            m_shared->settings.speaks_for_others.end())
        return refuse(packet, Reason::not_authorized);
    if (m_batch.messages > 0 && m_batch.address != address) flush();
    if (m_closed) return;
    const Message message{topic, packet.payload, address, m_shared->clock->now()};
    if (auto read = readings_of(message, rule, m_batch.readings); !read)
        return unreadable(packet, topic, read.error());
    if (m_batch.messages++ == 0) {
        m_batch.address = std::string(address);
        m_batch.sample = sample_of(topic, packet.payload);
    }
    if (packet.qos > 0)
        m_batch.due.push_back({packet.qos == 1 ? Type::puback : Type::pubrec, packet.id});
    if (m_batch.readings.size() >= k_batch_readings_max) flush();
}

/// Listed in quarantine as a channel "?topic", with a sample; repeating it would not help.
void Session::unreadable(const Publish& packet, std::string_view topic, const Error& error) {
    ++m_shared->counters.unreadable;
    if (m_shared->report) m_shared->report(error);
    Delivery delivery{
        std::string(k_protocol), m_space, m_address, m_peer, sample_of(topic, packet.payload),
        m_shared->clock->now(),  {}};
    std::string channel = "?" + std::string(topic);
    if (channel.size() > k_channel_bytes_max) channel = "?" + hex(sm3(topic));
    delivery.readings.push_back({std::move(channel), 0, std::nullopt, bigdata::Quality::bad});
    m_shared->hub->take(std::move(delivery), [](const Result<void>&) {});
    if (m_version == Version::v5 || packet.qos == 0) return refuse(packet, Reason::payload_invalid);
    // 3.1.1 has no way to refuse one message; without an answer the device would never go on.
    --m_flight->messages;
    if (packet.qos == 2) m_shared->sessions->stored(m_opened.session, packet.id);
    say(Acknowledgement{
        packet.qos == 1 ? Type::puback : Type::pubrec, packet.id, Reason::success, {}});
}

/// This message is not taken. 3.1.1 can only end the connection (section 3.3.5).
void Session::refuse(const Publish& packet, Reason reason) {
    ++m_shared->counters.refused;
    if (packet.qos == 0) return;
    --m_flight->messages;
    if (packet.qos == 2) m_shared->sessions->release(m_opened.session, packet.id);
    if (m_version == Version::v311) return close();
    say(Acknowledgement{packet.qos == 1 ? Type::puback : Type::pubrec, packet.id, reason, {}});
}

/// Counted and listed, never stored: only a token proves who speaks. Registered meanwhile with this
/// token, it is a stranger no more; with another one it must come again.
void Session::note_stranger(std::string sample) {
    if (is_device()) {
        m_standing = Standing::device;
        return;
    }
    Delivery delivery{std::string(k_protocol), m_space, m_address, m_peer, std::move(sample),
                      m_shared->clock->now(),  {}};
    bool known = false;
    m_shared->hub->take(std::move(delivery),
                        [&](const Result<void>& outcome) { known = outcome.has_value(); });
    if (known) reject(Reason::not_authorized);
}

void Session::flush() {
    if (m_batch.messages == 0) return;
    Batch batch = std::exchange(m_batch, {});
    // A token that was withdrawn, or a device that is no more, ends the connection at once.
    if (!is_device()) return reject(Reason::not_authorized);
    Delivery delivery{std::string(k_protocol),  m_space,
                      std::move(batch.address), m_peer,
                      std::move(batch.sample),  m_shared->clock->now(),
                      std::move(batch.readings)};
    ++m_flight->deliveries;
    m_shared->hub->take(std::move(delivery), [shared = m_shared, send = m_send, flight = m_flight,
                                              session = m_opened.session, version = m_version,
                                              due = std::move(batch.due),
                                              messages =
                                                  batch.messages](const Result<void>& stored) {
        const bool accepted = is_accepted(stored);
        (accepted ? shared->counters.stored : shared->counters.refused) += messages;
        --flight->deliveries;
        flight->messages -= due.size();
        const auto reason = accepted ? std::optional(Reason::success) : reason_for(stored.error());
        Out out;
        for (const Due& each : due) {
            if (each.type == Type::pubrec) {
                if (accepted)
                    shared->sessions->stored(session, each.id);
                else
                    shared->sessions->release(session, each.id);
            }
            if (reason && (accepted || version == Version::v5))
                encode(out, Acknowledgement{each.type, each.id, *reason, {}}, version);
        }
        // What was not stored and cannot be refused: the device sends again once it is back.
        const bool end = !accepted && !due.empty() && (!reason || version == Version::v311);
        if (end && version == Version::v5)
            encode(out, Farewell{Type::disconnect, Reason::server_busy, {}}, version);
        if (!out.empty()) send(std::move(out));
        if (end) send({});
    });
}

}  // namespace anlan::sensing::mqtt
