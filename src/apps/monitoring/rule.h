// An alarm rule in memory: a record of kind `rule`, its levels read and checked once.
//
// Levels run from 1 (red, worst) to 4 (blue). Several rows may name the same level (a high and a
// low limit). Shapes of `levels`: docs/architecture.md, "Records and kinds".
#pragma once

#include "core/label.h"
#include "core/result.h"
#include "foundations/bigdata/record.h"
#include "foundations/sensing/hub.h"

#include <memory>
#include <string>
#include <vector>

namespace anlan::monitoring {

enum class RuleType { threshold, state_bits, silence };
enum class Comparison { greater_or_equal, greater, less_or_equal, less };

struct RuleLevel {
    int level = 4;  ///< 1 … 4.
    // threshold
    Comparison comparison = Comparison::greater_or_equal;
    double limit = 0;  ///< In the datastream's unit.
    double clear = 0;  ///< Back to normal on the other side of it; equals `limit` when not given.
    double for_s = 0;  ///< How long the limit must be passed before it counts.
    // state_bits
    int bit = 0;  ///< 0 … 31, 0 the lowest.
    Label name;
    // silence
    double factor = 0;  ///< Silent for `factor` expected intervals.
    std::string source;
};

struct Rule {
    Uuid id;
    std::int64_t revision = 0;
    RuleType type = RuleType::threshold;
    std::string property;       ///< Empty: any.
    std::string device_type;    ///< Empty: any.
    Uuid datastream;            ///< Nil: any.
    std::string hazard;         ///< Empty: none, so the alarm drafts no incident.
    std::int64_t group_ms = 0;  ///< 0: alarms stand alone.
    Label name;
    std::string source;
    std::vector<RuleLevel> levels;  ///< Worst first, never empty.

    [[nodiscard]] bool applies_to(const sensing::Stream& stream) const;
};

/// Errors: bad_rule, saying which level and what is wrong. `enabled` is not looked at.
Result<std::shared_ptr<const Rule>> rule_from(const bigdata::Record& record);
/// The record's `enabled`; a rule that says nothing is on.
bool is_enabled(const bigdata::Record& record);

}  // namespace anlan::monitoring
