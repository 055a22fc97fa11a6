// The errors of command, as rows.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_bad_command_settings{"bad_command_settings", 500, LogLevel::error,
                                                 "指挥设置文件有误：{what}",
                                                 "The command settings are wrong: {what}"};
inline constexpr ErrorRow k_bad_plan{"bad_plan", 422, LogLevel::warning, "预案“{plan}”有误：{what}",
                                     "Plan '{plan}' is wrong: {what}"};
inline constexpr ErrorRow k_no_detectors{
    "no_detectors", 409, LogLevel::info, "没有探测器看护这个储罐，无法推演。请先登记探测器",
    "No detector watches this vessel, so there is nothing to play. Enter its detectors first"};
inline constexpr ErrorRow k_no_simulator{"no_simulator", 409, LogLevel::info,
                                         "本机未启用模拟器，无法推演",
                                         "The simulator is not available on this server"};
inline constexpr ErrorRow k_release_unknown{"release_unknown", 409, LogLevel::info,
                                            "无法估算泄漏：{what}",
                                            "The release cannot be estimated: {what}"};
inline constexpr ErrorRow k_speed_out_of_range{"speed_out_of_range", 422, LogLevel::info,
                                               "速度应为 1 到 60 倍", "The speed is 1 to 60 times"};

}  // namespace anlan::errors
