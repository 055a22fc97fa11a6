// catalog/settings/alarms.yaml: grouping, and the isolation of rules that misbehave.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace anlan::monitoring {

struct AlarmSettings {
    std::string source;
    double group_m = 150;  ///< Of alarms without a common enterprise, unless their rule says.
    double rule_budget_ms = 20;
    int rule_slow_max = 3;
    std::int64_t rule_off_ms = 300'000;

    /// Errors: io, bad_alarm_settings (names the line).
    static Result<AlarmSettings> load(const std::filesystem::path& file);
};

}  // namespace anlan::monitoring
