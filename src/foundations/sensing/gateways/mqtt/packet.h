// MQTT control packets, versions 3.1.1 and 5.0: bytes to packets and back. No I/O.
//
// Source: OASIS MQTT 3.1.1 (2014) and MQTT 5.0 (2019), chapters 1.5, 2 and 3. MQTT has no mark by
// which a stream could be resynchronised: after a malformed packet the connection is of no use.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace anlan::sensing::mqtt {

using Bytes = std::span<const std::uint8_t>;

enum class Version : std::uint8_t { v311 = 4, v5 = 5 };
enum class Type : std::uint8_t {
    connect = 1,
    connack,
    publish,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    pingreq,
    pingresp,
    disconnect,
    auth
};

/// Reason codes of 5.0 (table 2-6) that this program says or understands.
enum class Reason : std::uint8_t {
    success = 0x00,
    disconnect_with_will = 0x04,
    unspecified = 0x80,
    malformed = 0x81,
    protocol_error = 0x82,
    implementation_error = 0x83,
    unsupported_version = 0x84,
    client_id_invalid = 0x85,
    bad_credentials = 0x86,
    not_authorized = 0x87,
    server_busy = 0x89,
    shutting_down = 0x8B,
    bad_auth_method = 0x8C,
    keep_alive_timeout = 0x8D,
    session_taken_over = 0x8E,
    filter_invalid = 0x8F,
    topic_invalid = 0x90,
    id_in_use = 0x91,
    id_not_found = 0x92,
    receive_maximum = 0x93,
    alias_invalid = 0x94,
    too_large = 0x95,
    quota_exceeded = 0x97,
    payload_invalid = 0x99,
    shared_not_supported = 0x9E,
    subscription_ids_not_supported = 0xA1,
};

/// The property identifiers of 5.0, table 2-4.
enum class PropertyId : std::uint8_t {
    payload_format = 1,
    message_expiry = 2,
    content_type = 3,
    response_topic = 8,
    correlation = 9,
    subscription_id = 11,
    session_expiry = 17,
    assigned_client_id = 18,
    server_keep_alive = 19,
    auth_method = 21,
    auth_data = 22,
    request_problem = 23,
    will_delay = 24,
    request_response = 25,
    response_information = 26,
    server_reference = 28,
    reason_string = 31,
    receive_maximum = 33,
    topic_alias_maximum = 34,
    topic_alias = 35,
    maximum_qos = 36,
    retain_available = 37,
    user_property = 38,
    maximum_packet = 39,
    wildcard_available = 40,
    subscription_ids_available = 41,
    shared_available = 42
};

/// `number` of a byte or integer, `text` of a string or binary value; `name` of a user property.
struct Property {
    PropertyId id;
    std::uint32_t number = 0;
    std::string_view text, name;
};
using Properties = std::vector<Property>;
const Property* find(const Properties& properties, PropertyId id);
std::uint32_t number_of(const Properties& properties, PropertyId id, std::uint32_t otherwise);

/// Everything that views bytes views those of the frame.
struct Will {
    std::string_view topic, payload;
    std::uint8_t qos = 0;
    bool retain = false;
    Properties properties;
};
struct Connect {
    Version version = Version::v311;
    bool clean = true;
    std::uint16_t keep_alive_s = 0;  ///< 0: none asked for.
    std::string_view client_id;
    std::optional<Will> will;
    std::optional<std::string_view> user, password;
    Properties properties;
};
struct Connack {
    bool session_present = false;
    std::uint8_t code = 0;  ///< 3.1.1: return code; 5.0: reason code.
    Properties properties;
};
struct Publish {
    bool dup = false, retain = false;
    std::uint8_t qos = 0;
    std::uint16_t id = 0;  ///< 0 with QoS 0.
    std::string_view topic, payload;
    Properties properties;
};
/// PUBACK, PUBREC, PUBREL, PUBCOMP.
struct Acknowledgement {
    Type type = Type::puback;
    std::uint16_t id = 0;
    Reason reason = Reason::success;
    Properties properties;
};
struct Subscribe {
    struct Item {
        std::string_view filter;
        std::uint8_t options = 0;  ///< Bits 0–1: QoS.
    };
    std::uint16_t id = 0;
    std::vector<Item> items;
    Properties properties;
};
struct Unsubscribe {
    std::uint16_t id = 0;
    std::vector<std::string_view> filters;
    Properties properties;
};
/// SUBACK, UNSUBACK.
struct Granted {
    Type type = Type::suback;
    std::uint16_t id = 0;
    std::vector<std::uint8_t> codes;
    Properties properties;
};
struct Ping {
    Type type = Type::pingreq;
};
/// DISCONNECT, AUTH.
struct Farewell {
    Type type = Type::disconnect;
    Reason reason = Reason::success;
    Properties properties;
};
using Packet = std::variant<Publish, Connect, Connack, Acknowledgement, Subscribe, Unsubscribe,
                            Granted, Ping, Farewell>;

struct Limits {
    std::size_t packet_bytes_max = 1 << 20;
    std::size_t topic_bytes_max = 512;
    std::size_t subscriptions_max = 64;  ///< Of one SUBSCRIBE.
};

/// One packet cut out of a stream: type, flags, and what follows the length.
struct Frame {
    Type type = Type::pingreq;
    std::uint8_t flags = 0;
    Bytes body;
    std::uint64_t offset = 0;  ///< Of the packet's first byte in the stream.
    std::size_t header_bytes = 2;
};

/// Cuts packets from a stream, in whatever pieces it comes. Views end with the next push().
class PacketReader {
  public:
    explicit PacketReader(Limits limits = {}) : m_limits(limits) {}
    void push(Bytes bytes);
    /// The next whole packet; nothing when more bytes are needed or after an error.
    /// Errors: mqtt_malformed (length, type or flags), mqtt_too_large.
    std::optional<Result<Frame>> next();
    /// A packet has begun and not ended.
    [[nodiscard]] bool waiting() const { return !m_broken && m_at < m_buffer.size(); }
    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    [[nodiscard]] std::size_t rest() const { return m_buffer.size() - m_at; }

  private:
    Limits m_limits;
    std::vector<std::uint8_t> m_buffer;
    std::size_t m_at = 0;
    std::uint64_t m_offset = 0;  ///< Of m_buffer[m_at].
    bool m_broken = false;
};

/// Errors: mqtt_malformed, mqtt_protocol, mqtt_topic, mqtt_version, each with the byte.
Result<void> decode(const Frame& frame, Version version, const Limits& limits, Packet& into);

/// The 5.0 reason that says a decoder's error.
Reason reason_of(const Error& error);

using Out = std::vector<std::uint8_t>;
void encode(Out& out, const Connect& packet);
void encode(Out& out, const Connack& packet, Version version);
void encode(Out& out, const Publish& packet, Version version);
void encode(Out& out, const Acknowledgement& packet, Version version);
void encode(Out& out, const Subscribe& packet, Version version);
void encode(Out& out, const Unsubscribe& packet, Version version);
void encode(Out& out, const Granted& packet, Version version);
void encode(Out& out, const Ping& packet);
void encode(Out& out, const Farewell& packet, Version version);

/// UTF-8 as section 1.5.4 wants it: well formed, no U+0000, no surrogate.
bool is_text(std::string_view text);
/// Not empty, without + and # (section 4.7).
bool is_topic(std::string_view topic);
/// + and # only as whole levels, # only last.
bool is_filter(std::string_view filter);
bool matches(std::string_view filter, std::string_view topic);
/// The level of a topic, from 0; nothing when it has fewer.
std::optional<std::string_view> level_of(std::string_view topic, std::size_t level);

}  // namespace anlan::sensing::mqtt
