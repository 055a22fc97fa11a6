// The errors of AIS, as rows. `byte` counts from 0 from the first byte received.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_ais_rubbish{"ais_rubbish", 422, LogLevel::info,
                                        "第 {byte} 字节起不是 AIS 语句（应为 !）",
                                        "No AIS sentence at byte {byte} (! expected)"};
inline constexpr ErrorRow k_ais_too_long{"ais_too_long", 422, LogLevel::info,
                                         "第 {byte} 字节起的一行超过 {max} 字节",
                                         "The line at byte {byte} is longer than {max} bytes"};
inline constexpr ErrorRow k_ais_tag_block{
    "ais_tag_block", 422, LogLevel::info, "第 {byte} 字节：TAG 块不完整或校验和不符",
    "Byte {byte}: the tag block is incomplete or its checksum is wrong"};
inline constexpr ErrorRow k_ais_checksum{"ais_checksum", 422, LogLevel::info,
                                         "第 {byte} 字节：校验和应为 {expected}，实为 {found}",
                                         "Byte {byte}: checksum should be {expected}, found "
                                         "{found}"};
inline constexpr ErrorRow k_ais_field{"ais_field", 422, LogLevel::info,
                                      "第 {byte} 字节：语句的第 {field} 个字段取值不对",
                                      "Byte {byte}: field {field} of the sentence is wrong"};
inline constexpr ErrorRow k_ais_armour{"ais_armour", 422, LogLevel::info,
                                       "第 {byte} 字节：不是六位编码的字符",
                                       "Byte {byte}: no character of the six-bit armour"};
inline constexpr ErrorRow k_ais_short{
    "ais_short", 422, LogLevel::info,
    "第 {byte} 字节处报文结束：类型 {type} 至少 {expected} 位，实为 {found} 位",
    "The message ends at byte {byte}: type {type} has at least {expected} bits, found {found}"};
inline constexpr ErrorRow k_ais_unknown_type{"ais_unknown_type", 422, LogLevel::info,
                                             "第 {byte} 字节：报文类型 {type} 未定义",
                                             "Byte {byte}: message type {type} is not defined"};
inline constexpr ErrorRow k_ais_incomplete{
    "ais_incomplete", 422, LogLevel::info,
    "第 {byte} 字节起的报文不完整：{total} 句中缺第 {missing} 句",
    "The message that began at byte {byte} is incomplete: of {total} sentences number {missing} is "
    "missing"};
inline constexpr ErrorRow k_ais_cut{"ais_cut", 422, LogLevel::info, "第 {byte} 字节处语句中断",
                                    "The sentence is cut at byte {byte}"};

}  // namespace anlan::errors
