// The errors of foundation one, as rows. Hub first, then a block per protocol.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_unknown_device{
    "unknown_device", 404, LogLevel::info, "没有登记的设备：{protocol} {address}，已列入隔离区",
    "Not a registered device: {protocol} {address}; listed in quarantine"};
inline constexpr ErrorRow k_unknown_channel{
    "unknown_channel", 422, LogLevel::info, "设备 {address} 没有通道“{channel}”，已列入隔离区",
    "Device {address} has no channel '{channel}'; listed in quarantine"};
inline constexpr ErrorRow k_device_out_of_service{"device_out_of_service", 403, LogLevel::info,
                                                  "设备 {address} 已停用",
                                                  "Device {address} is out of service"};
inline constexpr ErrorRow k_not_finite{"not_finite", 422, LogLevel::info,
                                       "通道“{channel}”的值不是有限数",
                                       "The value of channel '{channel}' is not a finite number"};
inline constexpr ErrorRow k_rate_limited{
    "rate_limited", 429, LogLevel::warning,
    "设备 {address} 上报过快（上限每秒 {per_second} 个读数），本次未收",
    "Device {address} reports too fast (limit {per_second} readings/s), this delivery was not "
    "taken"};
inline constexpr ErrorRow k_gateway_listen{"gateway_listen", 500, LogLevel::error,
                                           "网关无法监听 {address}：{what}",
                                           "The gateway cannot listen on {address}: {what}"};
inline constexpr ErrorRow k_gateway_feed{
    "gateway_feed", 503, LogLevel::warning, "接收机 {address} 连接不上或已中断，将不断重试：{what}",
    "The receiver {address} is not reached or was lost, trying "
    "again: {what}"};
inline constexpr ErrorRow k_gateway_setting{"gateway_setting", 400, LogLevel::error,
                                            "网关 {protocol} 的设置“{key}”不认识或取值不对",
                                            "Gateway {protocol}: the setting '{key}' is not known "
                                            "or has a wrong value"};
inline constexpr ErrorRow k_command_unknown{"command_unknown", 422, LogLevel::info,
                                            "设备 {address} 的协议没有命令“{command}”",
                                            "The protocol of device {address} has no command "
                                            "'{command}'"};
inline constexpr ErrorRow k_device_not_connected{"device_not_connected", 409, LogLevel::info,
                                                 "设备 {address} 现在没有连接",
                                                 "Device {address} is not connected now"};
inline constexpr ErrorRow k_command_elsewhere{
    "command_elsewhere", 422, LogLevel::info, "演练不指挥实况设备（{address}），未发出",
    "An exercise does not command a live device ({address}); not sent"};
inline constexpr ErrorRow k_bad_command_parameter{
    "bad_command_parameter", 422, LogLevel::info, "命令“{command}”的参数“{key}”缺少或取值不对",
    "Command '{command}': the parameter '{key}' is missing or has a wrong value"};
inline constexpr ErrorRow k_not_durable{
    "not_durable", 503, LogLevel::warning, "读数未能在 {seconds} 秒内落盘，请重发",
    "The readings were not stored within {seconds} s, send again"};

// GB/T 26875.3: frame and application data unit. `byte` counts from 0 from the first byte received.
inline constexpr ErrorRow k_gb26875_rubbish{"gb26875_rubbish", 422, LogLevel::info,
                                            "第 {byte} 字节起不是帧（应为 40 40）",
                                            "No frame at byte {byte} (40 40 expected)"};
inline constexpr ErrorRow k_gb26875_too_long{
    "gb26875_too_long", 422, LogLevel::info, "第 {byte} 字节：应用数据单元长度 {length} 超过 {max}",
    "Byte {byte}: application data unit of {length} bytes is longer than {max}"};
inline constexpr ErrorRow k_gb26875_wrong_end{
    "gb26875_wrong_end", 422, LogLevel::info, "第 {byte} 字节：应为结束符 23 23，实为 {found}",
    "Byte {byte}: end mark 23 23 expected, found {found}"};
inline constexpr ErrorRow k_gb26875_wrong_sum{
    "gb26875_wrong_sum", 422, LogLevel::info, "第 {byte} 字节：校验和应为 {expected}，实为 {found}",
    "Byte {byte}: checksum should be {expected}, found {found}"};
inline constexpr ErrorRow k_gb26875_cut{
    "gb26875_cut", 422, LogLevel::info, "第 {byte} 字节处帧中断，还缺 {missing} 字节",
    "The frame is cut at byte {byte}, {missing} bytes are missing"};
inline constexpr ErrorRow k_gb26875_unit_short{
    "gb26875_unit_short", 422, LogLevel::info,
    "第 {byte} 字节：类型 {type} 的第 {object} 个信息对象不完整",
    "Byte {byte}: information object {object} of type {type} is incomplete"};
inline constexpr ErrorRow k_gb26875_unit_surplus{
    "gb26875_unit_surplus", 422, LogLevel::info, "第 {byte} 字节：信息对象之后还有 {surplus} 字节",
    "Byte {byte}: {surplus} bytes after the last information object"};
inline constexpr ErrorRow k_gb26875_unknown_type{"gb26875_unknown_type", 422, LogLevel::info,
                                                 "第 {byte} 字节：类型标志 {type} 未定义",
                                                 "Byte {byte}: type flag {type} is not defined"};
inline constexpr ErrorRow k_bad_hex{"bad_hex", 422, LogLevel::info,
                                    "第 {byte} 个字符不是十六进制数字",
                                    "Character {byte} is not a hexadecimal digit"};

// HTTP JSON.
inline constexpr ErrorRow k_bad_device_token{
    "bad_device_token", 401, LogLevel::info, "设备令牌无效（Authorization: Bearer …）",
    "The device token is not valid (Authorization: Bearer …)"};
inline constexpr ErrorRow k_too_many_readings{"too_many_readings", 413, LogLevel::info,
                                              "一次最多 {max} 个读数",
                                              "At most {max} readings a request"};

}  // namespace anlan::errors
