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

}  // namespace anlan::errors
