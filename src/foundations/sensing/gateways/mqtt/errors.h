// The errors of MQTT, as rows. `byte` counts from 0 from the first byte received.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_mqtt_malformed{"mqtt_malformed", 422, LogLevel::info,
                                           "第 {byte} 字节：报文格式有误（{what}）",
                                           "Byte {byte}: malformed packet ({what_en})"};
inline constexpr ErrorRow k_mqtt_protocol{"mqtt_protocol", 422, LogLevel::info,
                                          "第 {byte} 字节：违反协议（{what}）",
                                          "Byte {byte}: protocol error ({what_en})"};
inline constexpr ErrorRow k_mqtt_too_large{"mqtt_too_large", 413, LogLevel::info,
                                           "第 {byte} 字节：报文 {length} 字节，超过 {max}",
                                           "Byte {byte}: a packet of {length} bytes is longer than "
                                           "{max}"};
inline constexpr ErrorRow k_mqtt_topic{"mqtt_topic", 422, LogLevel::info,
                                       "第 {byte} 字节：主题无效或超过 {max} 字节",
                                       "Byte {byte}: the topic is not valid or longer than {max} "
                                       "bytes"};
inline constexpr ErrorRow k_mqtt_version{
    "mqtt_version", 422, LogLevel::info, "第 {byte} 字节：协议版本 {found} 不支持（应为 4 或 5）",
    "Byte {byte}: protocol version {found} is not spoken (4 or 5 expected)"};
inline constexpr ErrorRow k_mqtt_cut{"mqtt_cut", 422, LogLevel::info, "第 {byte} 字节处报文中断",
                                     "The packet is cut at byte {byte}"};
inline constexpr ErrorRow k_mqtt_payload{"mqtt_payload", 422, LogLevel::info,
                                         "主题“{topic}”的载荷读不出读数：{what}",
                                         "No reading in the payload of topic '{topic}': {what_en}"};
inline constexpr ErrorRow k_mqtt_broker{"mqtt_broker", 502, LogLevel::warning,
                                        "外部代理 {host}：{what}",
                                        "External broker {host}: {what}"};

}  // namespace anlan::errors
