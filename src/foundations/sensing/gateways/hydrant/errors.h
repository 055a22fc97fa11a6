// The errors of pressure terminals, as rows. `byte` counts from 0 from the first byte received.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_hydrant_rubbish{"hydrant_rubbish", 422, LogLevel::info,
                                            "第 {byte} 字节起不是帧（应为 A5 5A）",
                                            "No frame at byte {byte} (A5 5A expected)"};
inline constexpr ErrorRow k_hydrant_length{
    "hydrant_length", 422, LogLevel::info, "第 {byte} 字节：总长 {length} 与记录数 {count} 不符",
    "Byte {byte}: the length {length} does not go with {count} records"};
inline constexpr ErrorRow k_hydrant_end{"hydrant_end", 422, LogLevel::info,
                                        "第 {byte} 字节：应为帧尾 55 AA",
                                        "Byte {byte}: the end mark 55 AA is expected"};
inline constexpr ErrorRow k_hydrant_check{"hydrant_check", 422, LogLevel::info,
                                          "第 {byte} 字节：CRC 应为 {expected}，实为 {found}",
                                          "Byte {byte}: CRC should be {expected}, found {found}"};
inline constexpr ErrorRow k_hydrant_cut{"hydrant_cut", 422, LogLevel::info,
                                        "第 {byte} 字节处帧中断",
                                        "The frame is cut at byte {byte}"};
inline constexpr ErrorRow k_hydrant_identity{
    "hydrant_identity", 422, LogLevel::info, "第 {byte} 字节：终端编号应为可见字符",
    "Byte {byte}: the terminal's number should be printable characters"};

}  // namespace anlan::errors
