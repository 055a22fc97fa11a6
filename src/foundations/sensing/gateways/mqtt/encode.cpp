#include "foundations/sensing/gateways/mqtt/properties.h"

namespace anlan::sensing::mqtt {
namespace {

void put(Out& out, std::uint32_t number, std::size_t bytes) {
    for (; bytes > 0; --bytes)
        out.push_back(static_cast<std::uint8_t>(number >> (8 * (bytes - 1))));
}
void put_variable(Out& out, std::size_t number) {
    do {
        const auto low = static_cast<std::uint8_t>(number & 0x7FU);
        number >>= 7U;
        out.push_back(number > 0 ? low | std::uint8_t{0x80} : low);
    } while (number > 0);
}
void put_bytes(Out& out, std::string_view bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}
void put_text(Out& out, std::string_view text) {
    ASSERT(text.size() <= 0xFFFF);
    put(out, static_cast<std::uint32_t>(text.size()), 2);
    put_bytes(out, text);
}

void put_properties(Out& out, const Properties& properties) {
    Out all;
    for (const Property& each : properties) {
        const PropertyRow* row = property_row(static_cast<std::uint8_t>(each.id));
        ASSERT(row != nullptr);
        all.push_back(static_cast<std::uint8_t>(each.id));
        switch (row->form) {
            case PropertyForm::byte:
                put(all, each.number, 1);
                break;
            case PropertyForm::two_bytes:
                put(all, each.number, 2);
                break;
            case PropertyForm::four_bytes:
                put(all, each.number, 4);
                break;
            case PropertyForm::variable:
                put_variable(all, each.number);
                break;
            case PropertyForm::pair:
                put_text(all, each.name);
                put_text(all, each.text);
                break;
            default:
                put_text(all, each.text);
                break;
        }
    }
    put_variable(out, all.size());
    out.insert(out.end(), all.begin(), all.end());
}

void put_packet(Out& out, Type type, unsigned flags, const Out& body) {
    out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4U | flags));
    put_variable(out, body.size());
    out.insert(out.end(), body.begin(), body.end());
}

constexpr unsigned k_fixed_flags = 2;  ///< Of PUBREL, SUBSCRIBE and UNSUBSCRIBE.

}  // namespace

void encode(Out& out, const Connect& packet) {
    const bool v5 = packet.version == Version::v5;
    Out body;
    put_text(body, "MQTT");
    put(body, static_cast<std::uint32_t>(packet.version), 1);
    unsigned flags = packet.clean ? 2 : 0;
    if (packet.will) flags |= 4U | packet.will->qos * 8U | (packet.will->retain ? 0x20U : 0U);
    if (packet.user) flags |= 0x80U;
    if (packet.password) flags |= 0x40U;
    put(body, flags, 1);
    put(body, packet.keep_alive_s, 2);
    if (v5) put_properties(body, packet.properties);
    put_text(body, packet.client_id);
    if (packet.will) {
        if (v5) put_properties(body, packet.will->properties);
        put_text(body, packet.will->topic);
        put_text(body, packet.will->payload);
    }
    if (packet.user) put_text(body, *packet.user);
    if (packet.password) put_text(body, *packet.password);
    put_packet(out, Type::connect, 0, body);
}

void encode(Out& out, const Connack& packet, Version version) {
    Out body;
    put(body, packet.session_present ? 1 : 0, 1);
    put(body, packet.code, 1);
    if (version == Version::v5) put_properties(body, packet.properties);
    put_packet(out, Type::connack, 0, body);
}

void encode(Out& out, const Publish& packet, Version version) {
    Out body;
    put_text(body, packet.topic);
    if (packet.qos > 0) put(body, packet.id, 2);
    if (version == Version::v5) put_properties(body, packet.properties);
    put_bytes(body, packet.payload);
    put_packet(out, Type::publish,
               (packet.dup ? 8U : 0U) | packet.qos * 2U | (packet.retain ? 1U : 0U), body);
}

void encode(Out& out, const Acknowledgement& packet, Version version) {
    const unsigned flags = packet.type == Type::pubrel ? k_fixed_flags : 0;
    if (version == Version::v311 ||
        (packet.reason == Reason::success && packet.properties.empty())) {
        out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(packet.type) << 4U | flags));
        out.push_back(2);
        return put(out, packet.id, 2);
    }
    Out body;
    put(body, packet.id, 2);
    put(body, static_cast<std::uint32_t>(packet.reason), 1);
    if (!packet.properties.empty()) put_properties(body, packet.properties);
    put_packet(out, packet.type, flags, body);
}

void encode(Out& out, const Subscribe& packet, Version version) {
    Out body;
    put(body, packet.id, 2);
    if (version == Version::v5) put_properties(body, packet.properties);
    for (const auto& item : packet.items) {
        put_text(body, item.filter);
        put(body, item.options, 1);
    }
    put_packet(out, Type::subscribe, k_fixed_flags, body);
}

void encode(Out& out, const Unsubscribe& packet, Version version) {
    Out body;
    put(body, packet.id, 2);
    if (version == Version::v5) put_properties(body, packet.properties);
    for (const auto filter : packet.filters) put_text(body, filter);
    put_packet(out, Type::unsubscribe, k_fixed_flags, body);
}

void encode(Out& out, const Granted& packet, Version version) {
    Out body;
    put(body, packet.id, 2);
    if (version == Version::v5) put_properties(body, packet.properties);
    if (version == Version::v5 || packet.type == Type::suback)
        body.insert(body.end(), packet.codes.begin(), packet.codes.end());
    put_packet(out, packet.type, 0, body);
}

void encode(Out& out, const Ping& packet) {
    put_packet(out, packet.type, 0, {});
}

void encode(Out& out, const Farewell& packet, Version version) {
    Out body;
    if (version == Version::v5) {
        put(body, static_cast<std::uint32_t>(packet.reason), 1);
        put_properties(body, packet.properties);
    }
    put_packet(out, packet.type, 0, body);
}

}  // namespace anlan::sensing::mqtt
