// The errors of JT/T 808, as rows. `byte` counts from 0 from the first byte received; inside a
// frame it is that of the escaped bytes, as they came.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_jt808_rubbish{"jt808_rubbish", 422, LogLevel::info,
                                          "第 {byte} 字节起不是消息（应为标识位 7E）",
                                          "No message at byte {byte} (flag 7E expected)"};
inline constexpr ErrorRow k_jt808_too_long{"jt808_too_long", 422, LogLevel::info,
                                           "第 {byte} 字节起的消息超过 {max} 字节仍无标识位",
                                           "The message at byte {byte} has no flag within {max} "
                                           "bytes"};
inline constexpr ErrorRow k_jt808_escape{"jt808_escape", 422, LogLevel::info,
                                         "第 {byte} 字节：7D 之后应为 01 或 02，实为 {found}",
                                         "Byte {byte}: 01 or 02 expected after 7D, found {found}"};
inline constexpr ErrorRow k_jt808_check{"jt808_check", 422, LogLevel::info,
                                        "第 {byte} 字节：校验码应为 {expected}，实为 {found}",
                                        "Byte {byte}: check code should be {expected}, found "
                                        "{found}"};
inline constexpr ErrorRow k_jt808_length{
    "jt808_length", 422, LogLevel::info,
    "第 {byte} 字节：消息体应有 {expected} 字节，实有 {found} 字节",
    "Byte {byte}: the body should have {expected} bytes, has {found}"};
inline constexpr ErrorRow k_jt808_header{"jt808_header", 422, LogLevel::info,
                                         "第 {byte} 字节：消息头不完整或取值不对",
                                         "Byte {byte}: the header is incomplete or wrong"};
inline constexpr ErrorRow k_jt808_encrypted{
    "jt808_encrypted", 422, LogLevel::info,
    "第 {byte} 字节：消息体已加密（方式 {method}），无法解读",
    "Byte {byte}: the body is encrypted (method {method}) and cannot be read"};
inline constexpr ErrorRow k_jt808_cut{"jt808_cut", 422, LogLevel::info, "第 {byte} 字节处消息中断",
                                      "The message is cut at byte {byte}"};
inline constexpr ErrorRow k_jt808_body{
    "jt808_body", 422, LogLevel::info, "第 {byte} 字节：消息 {type} 的消息体在此处不完整或有误",
    "Byte {byte}: the body of message {type} is incomplete or wrong here"};
inline constexpr ErrorRow k_jt808_part{
    "jt808_part", 422, LogLevel::info, "第 {byte} 字节：分包 {number}/{total} 不合规或超出限度",
    "Byte {byte}: package {number} of {total} is out of rule or above the limit"};
inline constexpr ErrorRow k_jt808_incomplete{
    "jt808_incomplete", 422, LogLevel::info,
    "第 {byte} 字节起的消息不完整：{total} 包中缺第 {missing} 包",
    "The message that began at byte {byte} is incomplete: of {total} packages number {missing} is "
    "missing"};

}  // namespace anlan::errors
