// How long an alarm may stand unanswered, and whom it goes to then; by level. A level that the
// file leaves out is "not configured": its alarms have no clock.
//
//   source: product
//   levels:
//     - {level: 1, answer_within_s: 60, escalate_to: [commander]}
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace anlan::monitoring {

struct AlarmClock {
    std::int64_t answer_within_ms = 0;  ///< 0: not configured.
    std::vector<std::string>
        escalate_to;  ///< Duty roles, one after the other, each after the same time.
};

struct AlarmClocks {
    std::array<AlarmClock, 5> by_level;  ///< Index 1 … 4.
    std::string source;

    /// Errors: io, bad_alarm_clocks (names the line).
    static Result<AlarmClocks> load(const std::filesystem::path& file);
};

}  // namespace anlan::monitoring
