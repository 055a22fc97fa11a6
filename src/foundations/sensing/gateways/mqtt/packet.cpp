#include "foundations/sensing/gateways/mqtt/packet.h"

#include "foundations/sensing/gateways/mqtt/errors.h"
#include "foundations/sensing/gateways/mqtt/properties.h"

#include <algorithm>

namespace anlan::sensing::mqtt {
namespace {

/// Reads fields one after another. The first thing wrong is kept, and all later reads give nothing.
class Cursor {
  public:
    Cursor(const Frame& frame, const Limits& limits)
        : m_bytes(frame.body), m_base(frame.offset + frame.header_bytes), m_limits(limits) {}

    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_at; }
    [[nodiscard]] bool good() const { return !m_error; }
    [[nodiscard]] Result<void> outcome() {
        if (m_error) return std::unexpected(std::move(*m_error));
        return {};
    }

    std::uint32_t number(std::size_t bytes) {
        if (left() < bytes || m_error) return short_of();
        std::uint32_t out = 0;
        for (; bytes > 0; --bytes) out = out << 8U | m_bytes[m_at++];
        return out;
    }
    std::uint32_t variable() {
        std::uint32_t out = 0;
        for (unsigned i = 0; i < 4; ++i) {
            const std::uint32_t byte = number(1);
            out |= (byte & 0x7FU) << (7 * i);
            if ((byte & 0x80U) == 0) return out;
        }
        malformed("变长整数", "variable byte integer");
        return 0;
    }
    std::string_view binary() { return take(number(2)); }
    std::string_view take(std::size_t size) {
        if (left() < size || m_error) return short_of(), std::string_view{};
        const std::string_view out(reinterpret_cast<const char*>(m_bytes.data()) + m_at, size);
        m_at += size;
        return out;
    }
    std::string_view text() {
        const std::string_view out = binary();
        if (!is_text(out)) malformed("不是合法的 UTF-8 文本", "not valid UTF-8 text");
        return out;
    }
    std::string_view topic_text() {
        const std::string_view out = text();
        if (out.size() > m_limits.topic_bytes_max) bad_topic();
        return out;
    }
    std::uint16_t packet_id() {
        const auto out = static_cast<std::uint16_t>(number(2));
        if (out == 0) malformed("报文标识为 0", "packet identifier 0");
        return out;
    }
    std::string_view rest() { return take(left()); }
    void end() {
        if (left() > 0) malformed("报文末尾有多余字节", "surplus bytes at the end");
    }

    void malformed(std::string_view zh, std::string_view en) {
        set(errors::k_mqtt_malformed, zh, en);
    }
    void protocol(std::string_view zh, std::string_view en) {
        set(errors::k_mqtt_protocol, zh, en);
    }
    void bad_topic() {
        if (m_error) return;
        m_error = Error(errors::k_mqtt_topic,
                        {{"byte", here()}, {"max", std::to_string(m_limits.topic_bytes_max)}});
    }
    void bad_version(unsigned found) {
        if (m_error) return;
        m_error =
            Error(errors::k_mqtt_version, {{"byte", here()}, {"found", std::to_string(found)}});
    }

    void properties(std::uint32_t packet, Properties& into) {
        into.clear();
        const std::size_t size = variable();
        if (m_error || size == 0) return;
        if (size > left()) return malformed("属性长度", "length of the properties");
        const std::size_t end = m_at + size;
        std::uint64_t seen = 0;
        while (m_at < end && !m_error) {
            const std::uint32_t id = variable();
            const PropertyRow* row =
                id > 0xFF ? nullptr : property_row(static_cast<std::uint8_t>(id));
            if (row == nullptr) return malformed("没有这种属性", "no such property");
            if ((row->packets & packet) == 0)
                return protocol("这种报文不能带该属性", "this packet may not carry the property");
            const std::uint64_t bit = std::uint64_t{1} << id;
            const bool repeats =
                row->form == PropertyForm::pair || row->id == PropertyId::subscription_id;
            if ((seen & bit) != 0 && !repeats)
                return protocol("属性重复", "a property stands twice");
            seen |= bit;
            if (into.size() == k_properties_max) return protocol("属性过多", "too many properties");
            into.push_back(property(*row));
        }
        if (m_at != end) malformed("属性长度", "length of the properties");
    }

  private:
    static constexpr std::size_t k_properties_max = 64;
    Bytes m_bytes;
    std::size_t m_at = 0;
    std::uint64_t m_base;
    const Limits& m_limits;
    std::optional<Error> m_error;

    [[nodiscard]] std::string here() const { return std::to_string(m_base + m_at); }
    std::uint32_t short_of() {
        malformed("报文太短", "the packet is too short");
        return 0;
    }
    void set(const ErrorRow& row, std::string_view zh, std::string_view en) {
        if (m_error) return;
        m_error =
            Error(row, {{"byte", here()}, {"what", std::string(zh)}, {"what_en", std::string(en)}});
    }
    Property property(const PropertyRow& row) {
        Property out{row.id, 0, {}, {}};
        switch (row.form) {
            case PropertyForm::byte:
                out.number = number(1);
                break;
            case PropertyForm::two_bytes:
                out.number = number(2);
                break;
            case PropertyForm::four_bytes:
                out.number = number(4);
                break;
            case PropertyForm::variable:
                out.number = variable();
                break;
            case PropertyForm::text:
                out.text = text();
                break;
            case PropertyForm::binary:
                out.text = binary();
                break;
            case PropertyForm::pair:
                out.name = text();
                out.text = text();
                break;
        }
        check_value(row, out);
        return out;
    }
    /// Chapter 3: bytes that are flags are 0 or 1; three numbers may not be 0.
    void check_value(const PropertyRow& row, const Property& value) {
        using P = PropertyId;
        if (row.form == PropertyForm::byte && value.number > 1)
            protocol("属性值应为 0 或 1", "the value should be 0 or 1");
        const bool positive = row.id == P::receive_maximum || row.id == P::maximum_packet ||
                              row.id == P::subscription_id;
        if (positive && value.number == 0) protocol("属性值不能为 0", "the value may not be 0");
    }
};

constexpr std::uint32_t bit_of(Type type) {
    return 1U << static_cast<unsigned>(type);
}
constexpr std::uint32_t k_in_will = 1;

/// The alternative of a packet, kept with its memory where it is there already.
template <class T>
T& as(Packet& packet) {
    auto* found = std::get_if<T>(&packet);
    return found != nullptr ? *found : packet.emplace<T>();
}

void read_will(Cursor& in, Version version, unsigned flags, Connect& out) {
    Will will;
    will.qos = static_cast<std::uint8_t>((flags >> 3U) & 3U);
    will.retain = (flags & 0x20U) != 0;
    if (version == Version::v5) in.properties(k_in_will, will.properties);
    will.topic = in.topic_text();
    if (in.good() && !is_topic(will.topic)) in.bad_topic();
    will.payload = in.binary();
    if (will.qos > 2) in.malformed("遗嘱的服务质量为 3", "will with QoS 3");
    out.will = std::move(will);
}

void read(Cursor& in, Connect& out) {
    out = {};
    const std::string_view name = in.text();
    const std::uint32_t level = in.number(1);
    if (in.good() && name == "MQIsdp") return in.bad_version(level);
    if (in.good() && name != "MQTT")
        return in.protocol("协议名应为 MQTT", "protocol name MQTT expected");
    if (in.good() && level != 4 && level != 5) return in.bad_version(level);
    out.version = static_cast<Version>(level);
    const std::uint32_t flags = in.number(1);
    if ((flags & 1U) != 0) in.malformed("连接标志的保留位", "reserved connect flag");
    if ((flags & 4U) == 0 && (flags & 0x38U) != 0)
        in.malformed("没有遗嘱却有遗嘱标志", "will flags without a will");
    out.clean = (flags & 2U) != 0;
    out.keep_alive_s = static_cast<std::uint16_t>(in.number(2));
    if (out.version == Version::v5) in.properties(bit_of(Type::connect), out.properties);
    out.client_id = in.text();
    if ((flags & 4U) != 0) read_will(in, out.version, flags, out);
    if ((flags & 0x80U) != 0) out.user = in.text();
    if ((flags & 0x40U) != 0) {
        if (out.version == Version::v311 && (flags & 0x80U) == 0)
            in.malformed("有口令却没有用户名", "password without user name");
        out.password = in.binary();
    }
    in.end();
}

void read(Cursor& in, Version version, Connack& out) {
    out = {};
    const std::uint32_t flags = in.number(1);
    if (flags > 1) in.malformed("确认标志的保留位", "reserved acknowledge flags");
    out.session_present = flags == 1;
    out.code = static_cast<std::uint8_t>(in.number(1));
    if (version == Version::v5) in.properties(bit_of(Type::connack), out.properties);
    in.end();
}

void read(Cursor& in, Version version, unsigned flags, Publish& out) {
    out.dup = (flags & 8U) != 0;
    out.retain = (flags & 1U) != 0;
    out.qos = static_cast<std::uint8_t>((flags >> 1U) & 3U);
    out.topic = in.topic_text();
    out.id = out.qos > 0 ? in.packet_id() : std::uint16_t{0};
    out.properties.clear();
    if (version == Version::v5) in.properties(bit_of(Type::publish), out.properties);
    out.payload = in.rest();
    if (!in.good()) return;
    // 5.0: an empty topic is an alias's.
    const bool aliased =
        version == Version::v5 && find(out.properties, PropertyId::topic_alias) != nullptr;
    if (!is_topic(out.topic) && !(out.topic.empty() && aliased)) in.bad_topic();
}

void read(Cursor& in, Version version, Type type, Acknowledgement& out) {
    out.type = type;
    out.id = in.packet_id();
    out.reason = Reason::success;
    out.properties.clear();
    if (version == Version::v5 && in.left() > 0) out.reason = static_cast<Reason>(in.number(1));
    if (version == Version::v5 && in.left() > 0) in.properties(bit_of(type), out.properties);
    in.end();
}

void read(Cursor& in, Version version, const Limits& limits, Subscribe& out) {
    out = {};
    out.id = in.packet_id();
    if (version == Version::v5) in.properties(bit_of(Type::subscribe), out.properties);
    while (in.good() && in.left() > 0 && out.items.size() < limits.subscriptions_max) {
        const std::string_view filter = in.topic_text();
        const std::uint32_t options = in.number(1);
        const unsigned reserved = version == Version::v5 ? 0xC0U : 0xFCU;
        if ((options & 3U) == 3 || (options & reserved) != 0 || (options & 0x30U) == 0x30U)
            in.malformed("订阅选项", "subscription options");
        out.items.push_back({filter, static_cast<std::uint8_t>(options)});
    }
    if (in.good() && out.items.empty()) in.protocol("没有订阅任何主题", "no topic filter");
    if (in.good() && in.left() > 0) in.protocol("一次订阅过多", "too many topic filters");
}

void read(Cursor& in, Version version, const Limits& limits, Unsubscribe& out) {
    out = {};
    out.id = in.packet_id();
    if (version == Version::v5) in.properties(bit_of(Type::unsubscribe), out.properties);
    while (in.good() && in.left() > 0 && out.filters.size() < limits.subscriptions_max)
        out.filters.push_back(in.topic_text());
    if (in.good() && out.filters.empty()) in.protocol("没有任何主题", "no topic filter");
    if (in.good() && in.left() > 0) in.protocol("一次退订过多", "too many topic filters");
}

void read(Cursor& in, Version version, Type type, Granted& out) {
    out = {};
    out.type = type;
    out.id = in.packet_id();
    if (version == Version::v5) in.properties(bit_of(type), out.properties);
    if (version == Version::v311 && type == Type::unsuback) return in.end();
    for (const char c : in.rest()) out.codes.push_back(static_cast<std::uint8_t>(c));
    if (in.good() && out.codes.empty()) in.malformed("没有结果", "no reason code");
}

void read(Cursor& in, Version version, Type type, Farewell& out) {
    out = {};
    out.type = type;
    if (version == Version::v311 && type == Type::auth)
        return in.protocol("3.1.1 没有 AUTH", "3.1.1 has no AUTH");
    if (version == Version::v5 && in.left() > 0) out.reason = static_cast<Reason>(in.number(1));
    if (version == Version::v5 && in.left() > 0) in.properties(bit_of(type), out.properties);
    in.end();
}

}  // namespace

Result<void> decode(const Frame& frame, Version version, const Limits& limits, Packet& into) {
    Cursor in(frame, limits);
    switch (frame.type) {
        case Type::connect:
            read(in, as<Connect>(into));
            break;
        case Type::connack:
            read(in, version, as<Connack>(into));
            break;
        case Type::publish:
            read(in, version, frame.flags, as<Publish>(into));
            break;
        case Type::puback:
        case Type::pubrec:
        case Type::pubrel:
        case Type::pubcomp:
            read(in, version, frame.type, as<Acknowledgement>(into));
            break;
        case Type::subscribe:
            read(in, version, limits, as<Subscribe>(into));
            break;
        case Type::unsubscribe:
            read(in, version, limits, as<Unsubscribe>(into));
            break;
        case Type::suback:
        case Type::unsuback:
            read(in, version, frame.type, as<Granted>(into));
            break;
        case Type::pingreq:
        case Type::pingresp:
            as<Ping>(into).type = frame.type;
            in.end();
            break;
        case Type::disconnect:
        case Type::auth:
            read(in, version, frame.type, as<Farewell>(into));
            break;
    }
    return in.outcome();
}

Reason reason_of(const Error& error) {
    if (error.is(errors::k_mqtt_too_large)) return Reason::too_large;
    if (error.is(errors::k_mqtt_topic)) return Reason::topic_invalid;
    if (error.is(errors::k_mqtt_version)) return Reason::unsupported_version;
    if (error.is(errors::k_mqtt_protocol)) return Reason::protocol_error;
    return Reason::malformed;
}

}  // namespace anlan::sensing::mqtt
