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

inline constexpr ErrorRow k_bad_quality_settings{
    "bad_quality_settings", 500, LogLevel::error, "数据质量判据文件有误：{what}",
    "The file of quality limits is wrong: {what}"};
inline constexpr ErrorRow k_bad_grouping{
    "bad_grouping", 422, LogLevel::info,
    "不能按“{what}”汇总：应为 device、grid、enterprise 或 type",
    "Cannot be put together by '{what}': device, grid, enterprise or type"};
inline constexpr ErrorRow k_bad_period{
    "bad_period", 422, LogLevel::info,
    "时段有误：{what}。起应早于止，最长 31 天，时间按 RFC 3339。",
    "Not a period: {what}. It begins before it ends, lasts at most 31 days, in RFC 3339 times."};

}  // namespace anlan::errors
