#include "foundations/sensing/gateways/mqtt/properties.h"

#include <algorithm>
#include <array>

namespace anlan::sensing::mqtt {
namespace {

template <class... T>
constexpr std::uint32_t in(T... types) {
    return ((1U << static_cast<unsigned>(types)) | ...);
}
constexpr std::uint32_t k_will = 1;
constexpr std::uint32_t k_publish = in(Type::publish), k_connect = in(Type::connect),
                        k_connack = in(Type::connack), k_auth = in(Type::auth);
constexpr std::uint32_t k_answers =
    in(Type::connack, Type::puback, Type::pubrec, Type::pubrel, Type::pubcomp, Type::suback,
       Type::unsuback, Type::disconnect, Type::auth);
constexpr std::uint32_t k_all =
    k_answers | k_connect | k_publish | k_will | in(Type::subscribe, Type::unsubscribe);

using F = PropertyForm;
using P = PropertyId;
constexpr std::array k_rows{
    PropertyRow{P::payload_format, F::byte, k_publish | k_will, "payload_format", "载荷格式",
                "Payload format"},
    PropertyRow{P::message_expiry, F::four_bytes, k_publish | k_will, "message_expiry_s",
                "消息有效期", "Message expiry"},
    PropertyRow{P::content_type, F::text, k_publish | k_will, "content_type", "内容类型",
                "Content type"},
    PropertyRow{P::response_topic, F::text, k_publish | k_will, "response_topic", "应答主题",
                "Response topic"},
    PropertyRow{P::correlation, F::binary, k_publish | k_will, "correlation", "关联数据",
                "Correlation data"},
    PropertyRow{P::subscription_id, F::variable, k_publish | in(Type::subscribe), "subscription_id",
                "订阅标识", "Subscription identifier"},
    PropertyRow{P::session_expiry, F::four_bytes, k_connect | k_connack | in(Type::disconnect),
                "session_expiry_s", "会话有效期", "Session expiry"},
    PropertyRow{P::assigned_client_id, F::text, k_connack, "assigned_client_id", "分配的客户端标识",
                "Assigned client identifier"},
    PropertyRow{P::server_keep_alive, F::two_bytes, k_connack, "server_keep_alive_s",
                "服务端保活时间", "Server keep alive"},
    PropertyRow{P::auth_method, F::text, k_connect | k_connack | k_auth, "auth_method", "认证方法",
                "Authentication method"},
    PropertyRow{P::auth_data, F::binary, k_connect | k_connack | k_auth, "auth_data", "认证数据",
                "Authentication data"},
    PropertyRow{P::request_problem, F::byte, k_connect, "request_problem", "请求问题信息",
                "Request problem information"},
    PropertyRow{P::will_delay, F::four_bytes, k_will, "will_delay_s", "遗嘱延迟", "Will delay"},
    PropertyRow{P::request_response, F::byte, k_connect, "request_response", "请求响应信息",
                "Request response information"},
    PropertyRow{P::response_information, F::text, k_connack, "response_information", "响应信息",
                "Response information"},
    PropertyRow{P::server_reference, F::text, k_connack | in(Type::disconnect), "server_reference",
                "另一服务端", "Server reference"},
    PropertyRow{P::reason_string, F::text, k_answers, "reason", "原因", "Reason"},
    PropertyRow{P::receive_maximum, F::two_bytes, k_connect | k_connack, "receive_maximum",
                "接收上限", "Receive maximum"},
    PropertyRow{P::topic_alias_maximum, F::two_bytes, k_connect | k_connack, "topic_alias_maximum",
                "主题别名上限", "Topic alias maximum"},
    PropertyRow{P::topic_alias, F::two_bytes, k_publish, "topic_alias", "主题别名", "Topic alias"},
    PropertyRow{P::maximum_qos, F::byte, k_connack, "maximum_qos", "最大服务质量", "Maximum QoS"},
    PropertyRow{P::retain_available, F::byte, k_connack, "retain_available", "可用保留",
                "Retain available"},
    PropertyRow{P::user_property, F::pair, k_all, "user_property", "用户属性", "User property"},
    PropertyRow{P::maximum_packet, F::four_bytes, k_connect | k_connack, "maximum_packet_bytes",
                "最大报文", "Maximum packet size"},
    PropertyRow{P::wildcard_available, F::byte, k_connack, "wildcard_available", "可用通配符订阅",
                "Wildcard subscription available"},
    PropertyRow{P::subscription_ids_available, F::byte, k_connack, "subscription_ids_available",
                "可用订阅标识", "Subscription identifiers available"},
    PropertyRow{P::shared_available, F::byte, k_connack, "shared_available", "可用共享订阅",
                "Shared subscription available"},
};

}  // namespace

const PropertyRow* property_row(std::uint8_t id) {
    const auto at = std::ranges::find(k_rows, static_cast<PropertyId>(id), &PropertyRow::id);
    return at == k_rows.end() ? nullptr : &*at;
}

const Property* find(const Properties& properties, PropertyId id) {
    const auto at = std::ranges::find(properties, id, &Property::id);
    return at == properties.end() ? nullptr : &*at;
}

std::uint32_t number_of(const Properties& properties, PropertyId id, std::uint32_t otherwise) {
    const Property* found = find(properties, id);
    return found == nullptr ? otherwise : found->number;
}

}  // namespace anlan::sensing::mqtt
