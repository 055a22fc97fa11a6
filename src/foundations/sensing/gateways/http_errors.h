// The errors of what comes in over HTTP, as rows. `line` counts from 1, `byte` from 0, both in the
// body as it is after unpacking.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_body_type{"body_type", 415, LogLevel::info,
                                      "此地址不收 {type}；可用：{allowed}",
                                      "This address does not take {type}; it takes {allowed}"};
inline constexpr ErrorRow k_body_encoding{"body_encoding", 415, LogLevel::info,
                                          "不认识内容编码 {encoding}；可用 gzip",
                                          "Content encoding {encoding} is not known; gzip is"};
inline constexpr ErrorRow k_bad_gzip{"bad_gzip", 400, LogLevel::info,
                                     "gzip 内容在第 {byte} 字节处有误或中断",
                                     "The gzip body is broken or cut at byte {byte}"};
inline constexpr ErrorRow k_inflates_too_large{"inflates_too_large", 413, LogLevel::info,
                                               "解压后超过 {max} 字节",
                                               "The body is larger than {max} bytes unpacked"};
inline constexpr ErrorRow k_not_utf8{"not_utf8", 400, LogLevel::info, "第 {byte} 字节起不是 UTF-8",
                                     "Not UTF-8 at byte {byte}"};
inline constexpr ErrorRow k_bad_reading_lines{
    "bad_reading_lines", 400, LogLevel::info, "{count} 行有误（首处在第 {byte} 字节），全部未收",
    "{count} lines are wrong (the first at byte {byte}); nothing was taken"};
inline constexpr ErrorRow k_bad_precision{
    "bad_precision", 400, LogLevel::info, "时间精度“{precision}”应为 ns、us、ms、s、m 或 h",
    "Precision '{precision}' should be ns, us, ms, s, m or h"};
// One line of line protocol.
inline constexpr ErrorRow k_line_expected{"line_expected", 400, LogLevel::info,
                                          "第 {byte} 字节：应为{what}",
                                          "Byte {byte}: {what_en} expected"};
inline constexpr ErrorRow k_line_channel{
    "line_channel", 400, LogLevel::info,
    "第 {byte} 字节：通道名超过 {max} 字节；可用 tags 参数选定标签",
    "Byte {byte}: the channel is longer than {max} bytes; "
    "choose tags by the parameter tags"};
// SensorThings.
inline constexpr ErrorRow k_not_own_datastream{
    "not_own_datastream", 403, LogLevel::info, "数据流 {id} 不存在，或不属于持此令牌的设备",
    "Datastream {id} does not exist, or is not of the device with this token"};

}  // namespace anlan::errors
