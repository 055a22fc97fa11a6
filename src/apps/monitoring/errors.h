// The errors of monitoring, as rows.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_bad_rule{"bad_rule", 422, LogLevel::warning,
                                     "报警规则“{rule}”有误，已停用：{what}",
                                     "Alarm rule '{rule}' is wrong and switched off: {what}"};
inline constexpr ErrorRow k_bad_alarm_clocks{"bad_alarm_clocks", 500, LogLevel::error,
                                             "应答时限文件有误：{what}",
                                             "The file of answering times is wrong: {what}"};

inline constexpr ErrorRow k_bad_quality_settings{"bad_quality_settings", 500, LogLevel::error,
                                                 "数据质量判据文件有误：{what}",
                                                 "The file of quality limits is wrong: {what}"};
inline constexpr ErrorRow k_bad_grouping{
    "bad_grouping", 422, LogLevel::info,
    "不能按“{what}”汇总：应为 device、grid、enterprise 或 type",
    "Cannot be put together by '{what}': device, grid, enterprise or type"};
inline constexpr ErrorRow k_bad_alarm_settings{"bad_alarm_settings", 500, LogLevel::error,
                                               "报警设置文件有误：{what}",
                                               "The file of alarm settings is wrong: {what}"};
inline constexpr ErrorRow k_rule_threw{"rule_threw", 500, LogLevel::error,
                                       "规则“{rule}”出错，暂停 {seconds} 秒：{what}",
                                       "Rule '{rule}' failed and is off for {seconds} s: {what}"};
inline constexpr ErrorRow k_rule_slow{
    "rule_slow", 500, LogLevel::error,
    "规则“{rule}”过慢，暂停 {seconds} 秒：一次评估用了 {ms} 毫秒，上限 {budget} 毫秒",
    "Rule '{rule}' is too slow and off for {seconds} s: one evaluation took {ms} ms, its budget is "
    "{budget} ms"};
inline constexpr ErrorRow k_bad_position_settings{"bad_position_settings", 500, LogLevel::error,
                                                  "位置设置文件有误：{what}",
                                                  "The file of position settings is wrong: {what}"};
inline constexpr ErrorRow k_bad_filter{
    "bad_filter", 422, LogLevel::info, "查询参数“{name}”有误：应为{expected}",
    "The query parameter '{name}' is wrong: {expected_en} expected"};

inline constexpr ErrorRow k_bad_period{
    "bad_period", 422, LogLevel::info,
    "时段有误：{what}。起应早于止，最长 31 天，时间按 RFC 3339。",
    "Not a period: {what}. It begins before it ends, lasts at most 31 days, in RFC 3339 times."};

inline constexpr ErrorRow k_adoption_other{
    "adoption_other", 422, LogLevel::info, "与隔离区所列不符：{key} 应为“{expected}”",
    "Differs from what is quarantined: {key} should be '{expected}'"};
inline constexpr ErrorRow k_adoption_channels{"adoption_channels", 422, LogLevel::info,
                                              "通道有误：{what}", "Wrong channels: {what_en}"};

}  // namespace anlan::errors
