#include "foundations/sensing/gateways/mqtt/session.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/mqtt/errors.h"

#include <algorithm>

namespace anlan::sensing::mqtt {
namespace {

constexpr std::int64_t k_connect_within_us = 10'000'000;
constexpr std::size_t k_address_bytes_max = 64;
constexpr std::size_t k_client_id_bytes_max = 128;
constexpr std::uint8_t k_no_subscription = 0x11;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= k_address_bytes_max &&
           std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '/' || c == '+' ||
                      c == '#';
           });
}

/// 3.1.1, table 3.1; nothing where it has no code: the connection is closed unanswered.
std::optional<std::uint8_t> return_code(Reason reason) {
    switch (reason) {
        case Reason::unsupported_version:
            return std::uint8_t{1};
        case Reason::client_id_invalid:
            return std::uint8_t{2};
        case Reason::server_busy:
            return std::uint8_t{3};
        case Reason::bad_credentials:
            return std::uint8_t{4};
        case Reason::not_authorized:
            return std::uint8_t{5};
        default:
            return std::nullopt;
    }
}

}  // namespace

Session::Session(std::shared_ptr<Shared> shared, std::string peer, Send send)
    : m_shared(std::move(shared)),
      m_peer(std::move(peer)),
      m_send(std::move(send)),
      m_began(m_shared->clock->steady()),
      m_reader({.packet_bytes_max = m_shared->settings.packet_bytes_max}) {}

void Session::receive(Bytes bytes) {
    if (m_closed) return;
    if (!m_connected && m_shared->clock->steady() - m_began > k_connect_within_us) return close();
    const Limits limits{.packet_bytes_max = m_shared->settings.packet_bytes_max};
    m_reader.push(bytes);
    while (!m_closed) {
        auto next = m_reader.next();
        if (!next) break;
        auto read = *next ? decode(**next, m_version, limits, m_packet)
                          : Result<void>(std::unexpected((*next).error()));
        if (!read) {
            ++m_shared->counters.malformed;
            flush();
            return reject(reason_of(read.error()));
        }
        deal(m_packet);
    }
    flush();
}

void Session::quiet() {
    if (!m_connected) close();
}

std::optional<double> Session::idle_timeout_s() const {
    return m_keep_alive_s * 1.5;
}

void Session::deal(const Packet& packet) {
    const auto* connect = std::get_if<Connect>(&packet);
    if (connect != nullptr && !m_connected) return deal(*connect);
    // The first packet is CONNECT, and there is one only (section 3.1).
    if (!m_connected) return close();
    if (const auto* publish = std::get_if<Publish>(&packet)) return deal(*publish);
    if (const auto* ack = std::get_if<Acknowledgement>(&packet)) return deal(*ack);
    if (const auto* subscribe = std::get_if<Subscribe>(&packet)) return deal(*subscribe);
    if (const auto* unsubscribe = std::get_if<Unsubscribe>(&packet)) return deal(*unsubscribe);
    if (const auto* farewell = std::get_if<Farewell>(&packet)) return deal(*farewell);
    const auto* ping = std::get_if<Ping>(&packet);
    if (ping != nullptr && ping->type == Type::pingreq) return say_ping();
    ++m_shared->counters.malformed;
    reject(Reason::protocol_error);
}

void Session::say_ping() {
    Out out;
    encode(out, Ping{Type::pingresp});
    m_send(std::move(out));
}

void Session::deal(const Connect& packet) {
    m_version = packet.version;
    if (find(packet.properties, PropertyId::auth_method) != nullptr)
        return reject(Reason::bad_auth_method);
    const bool nameless = packet.client_id.empty();
    if (packet.client_id.size() > k_client_id_bytes_max ||
        (nameless && m_version == Version::v311 && !packet.clean))
        return reject(Reason::client_id_invalid);
    if (const auto refusal = identify(packet)) {
        ++m_shared->counters.turned_away;
        return reject(*refusal);
    }
    const auto asked =
        packet.keep_alive_s == 0 ? m_shared->settings.keep_alive_max_s : packet.keep_alive_s;
    m_keep_alive_s = std::min(asked, m_shared->settings.keep_alive_max_s);
    // 3.1.1 has no way to tell of a shorter one: the device's own holds.
    if (m_version == Version::v311 && packet.keep_alive_s > 0) m_keep_alive_s = packet.keep_alive_s;
    const Properties& p = packet.properties;
    const std::uint32_t unlimited = m_shared->settings.session_expiry_max_s;
    const std::uint32_t expiry_s = m_version == Version::v5
                                       ? number_of(p, PropertyId::session_expiry, 0)
                                       : (packet.clean ? 0 : unlimited);
    Link link;
    link.send = m_send;
    link.version = m_version;
    link.receive_maximum =
        static_cast<std::uint16_t>(number_of(p, PropertyId::receive_maximum, 0xFFFF));
    link.packet_bytes_max = number_of(p, PropertyId::maximum_packet, link.packet_bytes_max);
    link.lost = loss_of(packet);
    if (packet.will)
        link.will_delay_s = number_of(packet.will->properties, PropertyId::will_delay, 0);
    m_connected = true;
    ++m_shared->counters.connected;
    const std::string client_id =
        nameless ? hex(sm3(m_peer)).substr(0, 20) : std::string(packet.client_id);
    m_opened = m_shared->sessions->open({m_space, m_address, client_id}, packet.clean, expiry_s,
                                        std::move(link));
    welcome(packet, m_opened);
    if (packet.will && is_device() && !m_shared->settings.connection_channel.empty()) {
        m_batch.address = m_address;
        m_batch.readings.push_back(
            {m_shared->settings.connection_channel, 1, std::nullopt, bigdata::Quality::good});
        m_batch.sample = sample_of("CONNECT", client_id);
        m_batch.messages = 1;
    }
    m_shared->sessions->resume(m_opened.session);
}

bool Session::is_device() const {
    const auto key = m_shared->hub->by_credential(m_credential);
    const bool live = m_shared->door == Door::live;
    return key && key->protocol == k_protocol && live == (key->space == bigdata::k_live) &&
           (m_address.empty() || key->address == m_address);
}

std::optional<Reason> Session::identify(const Connect& packet) {
    const std::string_view token = packet.password ? *packet.password : packet.user.value_or("");
    const std::string_view claimed = packet.password ? packet.user.value_or("") : "";
    m_credential = hex(sm3(token));
    m_address = std::string(claimed);
    if (!token.empty() && is_device()) {
        const auto key = m_shared->hub->by_credential(m_credential);
        m_space = key->space;
        m_address = key->address;
        m_standing = Standing::device;
        return std::nullopt;
    }
    // A token may be a secret: who gives only that is listed by its client identifier.
    const std::string_view address = claimed.empty() ? packet.client_id : claimed;
    if (!is_name(address)) return Reason::bad_credentials;
    m_address = std::string(address);
    m_space = bigdata::k_live;
    if (m_shared->door == Door::exercise)
        m_space = m_shared->hub->exercise_of(k_protocol, m_address).value_or("");
    Delivery delivery{
        std::string(k_protocol), m_space, m_address, m_peer, sample_of("CONNECT", packet.client_id),
        m_shared->clock->now(),  {}};
    bool known = false;
    m_shared->hub->take(std::move(delivery), [&](const Result<void>& outcome) {
        known = outcome || !outcome.error().is(errors::k_unknown_device);
    });
    if (known) return Reason::bad_credentials;
    if (m_shared->settings.strangers == Strangers::refused) return Reason::not_authorized;
    m_standing = Standing::stranger;
    return std::nullopt;
}

void Session::welcome(const Connect& packet, const Sessions::Opened& opened) {
    Connack out{.session_present = opened.present, .code = 0, .properties = {}};
    std::string assigned;
    if (m_version == Version::v5) {
        const Settings& s = m_shared->settings;
        auto& p = out.properties;
        if (opened.expiry_s != number_of(packet.properties, PropertyId::session_expiry, 0))
            p.push_back({PropertyId::session_expiry, opened.expiry_s, {}, {}});
        p.push_back({PropertyId::receive_maximum, s.receive_maximum, {}, {}});
        p.push_back(
            {PropertyId::maximum_packet, static_cast<std::uint32_t>(s.packet_bytes_max), {}, {}});
        if (s.topic_alias_maximum > 0)
            p.push_back({PropertyId::topic_alias_maximum, s.topic_alias_maximum, {}, {}});
        p.push_back({PropertyId::subscription_ids_available, 0, {}, {}});
        p.push_back({PropertyId::shared_available, 0, {}, {}});
        if (m_keep_alive_s != packet.keep_alive_s)
            p.push_back({PropertyId::server_keep_alive, m_keep_alive_s, {}, {}});
        if (packet.client_id.empty()) {
            assigned = hex(sm3(m_peer)).substr(0, 20);
            p.push_back({PropertyId::assigned_client_id, 0, assigned, {}});
        }
    }
    say(out);
}

/// What is told to the hub when the device is lost: its will, and that it is gone.
std::function<void()> Session::loss_of(const Connect& packet) const {
    if (!packet.will || m_standing != Standing::device) return {};
    return [shared = m_shared, topic = std::string(packet.will->topic),
            payload = std::string(packet.will->payload), space = m_space, address = m_address,
            peer = m_peer] {
        Delivery delivery{std::string(k_protocol), space, address, peer, sample_of(topic, payload),
                          shared->clock->now(),    {}};
        const Message message{topic, payload, address, delivery.received};
        // A will that is no reading ("offline") says no more than that the device is gone.
        if (!readings_of(message, rule_of(shared->settings.topics, topic), delivery.readings))
            ++shared->counters.unreadable;
        if (!shared->settings.connection_channel.empty()) {
            delivery.readings.push_back(
                {shared->settings.connection_channel, 0, std::nullopt, bigdata::Quality::good});
        }
        ++shared->counters.wills;
        shared->hub->take(std::move(delivery), [shared](const Result<void>& stored) {
            ++(is_accepted(stored) ? shared->counters.stored : shared->counters.refused);
        });
    };
}

void Session::deal(const Acknowledgement& packet) {
    switch (packet.type) {
        case Type::puback:
            m_shared->sessions->acknowledged(m_opened.session, packet.id, packet.reason);
            break;
        case Type::pubrel: {
            const bool found = m_shared->sessions->release(m_opened.session, packet.id);
            say(Acknowledgement{
                Type::pubcomp, packet.id, found ? Reason::success : Reason::id_not_found, {}});
            break;
        }
        case Type::pubrec:  // Nothing is published with QoS 2.
            say(Acknowledgement{Type::pubrel, packet.id, Reason::id_not_found, {}});
            break;
        default:
            break;
    }
}

std::uint8_t Session::granted(const Subscribe::Item& item) const {
    const auto code = [this](Reason reason) {
        return m_version == Version::v5 ? static_cast<std::uint8_t>(reason) : std::uint8_t{0x80};
    };
    if (!is_filter(item.filter)) return code(Reason::filter_invalid);
    if (item.filter.starts_with("$share/")) return code(Reason::shared_not_supported);
    std::string own = m_shared->settings.command_topic;
    constexpr std::string_view k_place = "{address}";
    own.replace(own.find(k_place), k_place.size(), m_address);
    const bool inside = item.filter.starts_with(own) && item.filter.size() > own.size() &&
                        item.filter[own.size()] == '/';
    if (!inside || m_standing != Standing::device) return code(Reason::not_authorized);
    return std::min<std::uint8_t>(item.options & 3U, 1);
}

void Session::deal(const Subscribe& packet) {
    if (find(packet.properties, PropertyId::subscription_id) != nullptr)
        return reject(Reason::subscription_ids_not_supported);
    Granted out{.type = Type::suback, .id = packet.id, .codes = {}, .properties = {}};
    for (const auto& item : packet.items) {
        out.codes.push_back(granted(item));
        if (out.codes.back() < 0x80)
            m_shared->sessions->subscribe(m_opened.session, item.filter, out.codes.back());
    }
    say(out);
    m_shared->sessions->resume_waiting(m_opened.session);
}

void Session::deal(const Unsubscribe& packet) {
    Granted out{.type = Type::unsuback, .id = packet.id, .codes = {}, .properties = {}};
    for (const auto filter : packet.filters) {
        const bool found = m_shared->sessions->unsubscribe(m_opened.session, filter);
        out.codes.push_back(found ? std::uint8_t{0} : k_no_subscription);
    }
    say(out);
}

void Session::deal(const Farewell& packet) {
    if (packet.type == Type::auth) return reject(Reason::protocol_error);
    if (const Property* expiry = find(packet.properties, PropertyId::session_expiry)) {
        // A session that was to end with the connection cannot be prolonged (section 3.14.2.2.2).
        if (m_opened.expiry_s == 0 && expiry->number > 0) return reject(Reason::protocol_error);
        m_new_expiry_s = expiry->number;
    }
    m_graceful = packet.reason != Reason::disconnect_with_will;
    flush();
    close();
}

void Session::reject(Reason reason) {
    if (m_closed) return;
    if (m_connected) {
        if (m_version == Version::v5) say(Farewell{Type::disconnect, reason, {}});
        return close();
    }
    if (m_version == Version::v5) {
        say(Connack{
            .session_present = false, .code = static_cast<std::uint8_t>(reason), .properties = {}});
    } else if (const auto code = return_code(reason)) {
        say(Connack{.session_present = false, .code = *code, .properties = {}});
    }
    close();
}

void Session::close() {
    if (m_closed) return;
    m_closed = true;
    m_send({});
}

void Session::closed() {
    m_closed = true;
    if (!m_connected) return;
    m_shared->sessions->leave(m_opened.session, m_opened.connection,
                              m_graceful ? Sessions::Leaving::graceful : Sessions::Leaving::lost,
                              m_new_expiry_s);
}

}  // namespace anlan::sensing::mqtt
