// The decode command's view of a packet: {"key": {"zh", "en", "value", "unit"?}}.
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/mqtt/errors.h"
#include "foundations/sensing/gateways/mqtt/properties.h"
#include "foundations/sensing/gateways/mqtt/server.h"

#include "core/hash.h"

#include <array>

namespace anlan::sensing::mqtt {
namespace {

struct TypeName {
    std::string_view name, zh, en;
};
constexpr std::array k_types{TypeName{},
                             TypeName{"CONNECT", "连接请求", "Connection request"},
                             TypeName{"CONNACK", "连接确认", "Connection acknowledged"},
                             TypeName{"PUBLISH", "发布消息", "Message"},
                             TypeName{"PUBACK", "发布确认", "Message acknowledged (QoS 1)"},
                             TypeName{"PUBREC", "已收到", "Message received (QoS 2)"},
                             TypeName{"PUBREL", "释放", "Message released (QoS 2)"},
                             TypeName{"PUBCOMP", "完成", "Message complete (QoS 2)"},
                             TypeName{"SUBSCRIBE", "订阅", "Subscription"},
                             TypeName{"SUBACK", "订阅确认", "Subscription acknowledged"},
                             TypeName{"UNSUBSCRIBE", "退订", "Subscription ended"},
                             TypeName{"UNSUBACK", "退订确认", "End of subscription acknowledged"},
                             TypeName{"PINGREQ", "心跳", "Ping"},
                             TypeName{"PINGRESP", "心跳应答", "Ping answered"},
                             TypeName{"DISCONNECT", "断开", "Good-bye"},
                             TypeName{"AUTH", "认证", "Authentication"}};

json::object field(std::string_view zh, std::string_view en, json::value value) {
    return {{"zh", zh}, {"en", en}, {"value", std::move(value)}};
}
json::object seconds(std::string_view zh, std::string_view en, std::uint32_t value) {
    return {{"zh", zh}, {"en", en}, {"value", value}, {"unit", "s"}};
}

/// Text as it is, anything else in hexadecimal.
json::object bytes(std::string_view zh, std::string_view en, std::string_view value) {
    if (is_text(value)) return field(zh, en, json::value(value));
    return {{"zh", zh}, {"en", en}, {"hex", hex(value)}};
}

void add_properties(json::object& out, const Properties& properties) {
    if (properties.empty()) return;
    json::array all;
    for (const Property& each : properties) {
        const PropertyRow* row = property_row(static_cast<std::uint8_t>(each.id));
        json::object one{{"property", row->name}, {"zh", row->zh}, {"en", row->en}};
        if (row->form == PropertyForm::pair) {
            one.emplace("name", each.name);
            one.emplace("value", each.text);
        } else if (row->form == PropertyForm::text) {
            one.emplace("value", each.text);
        } else if (row->form == PropertyForm::binary) {
            one.emplace("hex", hex(each.text));
        } else {
            one.emplace("value", each.number);
            if (row->name.ends_with("_s")) one.emplace("unit", "s");
        }
        all.push_back(std::move(one));
    }
    out.emplace("properties", std::move(all));
}

void add(json::object& out, const Connect& p) {
    out.emplace("version",
                field("协议版本", "Version", p.version == Version::v5 ? "5.0" : "3.1.1"));
    out.emplace("client_id", field("客户端标识", "Client identifier", json::value(p.client_id)));
    out.emplace("clean", field("清除会话", "Clean start", p.clean));
    out.emplace("keep_alive_s", seconds("保活时间", "Keep alive", p.keep_alive_s));
    if (p.user) out.emplace("user", field("用户名", "User name", json::value(*p.user)));
    // Never the password itself: captures are passed around.
    if (p.password)
        out.emplace("password_bytes",
                    field("口令长度", "Length of the password", p.password->size()));
    if (p.will) {
        json::object will{{"topic", field("主题", "Topic", json::value(p.will->topic))},
                          {"payload", bytes("载荷", "Payload", p.will->payload)},
                          {"qos", field("服务质量", "QoS", p.will->qos)},
                          {"retain", field("保留", "Retain", p.will->retain)}};
        add_properties(will, p.will->properties);
        out.emplace("will", std::move(will));
    }
}
void add(json::object& out, const Connack& p) {
    out.emplace("session_present", field("会话已存在", "Session present", p.session_present));
    out.emplace("code", field("结果码", "Code", p.code));
}
void add(json::object& out, const Publish& p) {
    out.emplace("topic", field("主题", "Topic", json::value(p.topic)));
    out.emplace("qos", field("服务质量", "QoS", p.qos));
    out.emplace("dup", field("重发", "Sent again", p.dup));
    out.emplace("retain", field("保留", "Retain", p.retain));
    if (p.qos > 0) out.emplace("id", field("报文标识", "Packet identifier", p.id));
    out.emplace("payload", bytes("载荷", "Payload", p.payload));
    std::vector<Reading> readings;
    const auto read = readings_of({p.topic, p.payload, {}, {}}, nullptr, readings);
    if (!read) {
        // Not wrong: a rule of the configuration may read what cannot be guessed.
        out.emplace("note", json::object{{"zh", text_of(read.error(), Language::zh)},
                                         {"en", text_of(read.error(), Language::en)}});
        return;
    }
    json::array all;
    for (const Reading& each : readings) {
        json::object one{{"channel", each.channel}, {"value", each.value}};
        if (each.at) one.emplace("at", iso8601(*each.at));
        all.push_back(std::move(one));
    }
    out.emplace("readings", std::move(all));
}
void add(json::object& out, const Acknowledgement& p) {
    out.emplace("id", field("报文标识", "Packet identifier", p.id));
    out.emplace("reason", field("原因码", "Reason code", static_cast<unsigned>(p.reason)));
}
void add(json::object& out, const Subscribe& p) {
    out.emplace("id", field("报文标识", "Packet identifier", p.id));
    json::array all;
    for (const auto& each : p.items) {
        all.push_back({{"filter", each.filter}, {"qos", each.options & 3U}});
    }
    out.emplace("filters", std::move(all));
}
void add(json::object& out, const Unsubscribe& p) {
    out.emplace("id", field("报文标识", "Packet identifier", p.id));
    out.emplace("filters", json::array(p.filters.begin(), p.filters.end()));
}
void add(json::object& out, const Granted& p) {
    out.emplace("id", field("报文标识", "Packet identifier", p.id));
    out.emplace("codes", field("结果码", "Codes", json::array(p.codes.begin(), p.codes.end())));
}
void add(json::object&, const Ping&) {}
void add(json::object& out, const Farewell& p) {
    out.emplace("reason", field("原因码", "Reason code", static_cast<unsigned>(p.reason)));
}

class Decoder final : public StreamDecoder {
    void push(Bytes bytes, const Each& each) override {
        m_reader.push(bytes);
        while (const auto next = m_reader.next()) {
            if (!*next) {
                each({{"protocol", k_protocol}, {"problem", problem_of(next->error())}});
                continue;
            }
            tell(**next, each);
        }
    }
    void end(const Each& each) override {
        if (!m_reader.waiting()) return;
        const Error cut(errors::k_mqtt_cut,
                        {{"byte", std::to_string(m_reader.offset() + m_reader.rest())}});
        each({{"protocol", k_protocol}, {"problem", problem_of(cut)}});
    }

    void tell(const Frame& frame, const Each& each) {
        json::object out{{"protocol", k_protocol},
                         {"offset", frame.offset},
                         {"bytes", frame.header_bytes + frame.body.size()}};
        const TypeName& type = k_types[static_cast<std::size_t>(frame.type)];
        out.emplace("packet", json::object{{"zh", type.zh}, {"en", type.en}, {"value", type.name}});
        if (const auto read = decode(frame, m_version, m_limits, m_packet); !read) {
            out.emplace("problem", problem_of(read.error()));
            return each(std::move(out));
        }
        if (const auto* connect = std::get_if<Connect>(&m_packet)) m_version = connect->version;
        std::visit(
            [&](const auto& packet) {
                add(out, packet);
                if constexpr (requires { packet.properties; })
                    add_properties(out, packet.properties);
            },
            m_packet);
        each(std::move(out));
    }

    Limits m_limits;
    PacketReader m_reader{m_limits};
    Packet m_packet;
    Version m_version = Version::v311;
};

}  // namespace

std::unique_ptr<StreamDecoder> decoder() {
    return std::make_unique<Decoder>();
}

}  // namespace anlan::sensing::mqtt
