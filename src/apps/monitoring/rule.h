// An alarm rule in memory: a record of kind `rule`, its levels read and checked once.
//
// Levels run from 1 (red, worst) to 4 (blue). Several rows may name the same level (a high and a
// low limit). Shapes of `levels`: docs/architecture.md, "Records and kinds".
#pragma once

#include "apps/monitoring/schedule.h"
#include "core/label.h"
#include "core/result.h"
#include "foundations/bigdata/record.h"
#include "foundations/sensing/hub.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace anlan::monitoring {

enum class RuleType {
    threshold,   ///< The value passes a limit.
    state_bits,  ///< A bit of the value is set.
    silence,     ///< Nothing is heard.
    rate,        ///< The value changes by more than a limit per minute, over the rule's window.
    stuck        ///< The value stands still although readings come.
};
enum class Comparison { greater_or_equal, greater, less_or_equal, less };

struct RuleLevel {
    int level = 4;  ///< 1 … 4.
    // threshold and rate
    Comparison comparison = Comparison::greater_or_equal;
    double limit = 0;  ///< In the datastream's unit; of rate rules in that unit per minute.
    double clear = 0;  ///< Back to normal on the other side of it; equals `limit` when not given.
    double for_s = 0;  ///< How long the limit must be passed, or the value stand still.
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
    double window_s = 60;           ///< Of rate rules.
    double within = 0;              ///< Of stuck rules: a change of no more than this is none.
    Schedule schedule;              ///< Outside it the rule's conditions do not count.
    /// Exceptions by device or datastream: other levels, or nullptr for "not here".
    std::map<Uuid, std::shared_ptr<const Rule>> exceptions;

    [[nodiscard]] bool applies_to(const sensing::Stream& stream) const;
};

/// What holds of the rule for one stream: itself, its exception (the datastream's before the
/// device's), or nullptr when it does not apply.
std::shared_ptr<const Rule> rule_for(const std::shared_ptr<const Rule>& rule,
                                     const sensing::Stream& stream);

/// Errors: bad_rule, saying which level and what is wrong. `enabled` is not looked at.
Result<std::shared_ptr<const Rule>> rule_from(const bigdata::Record& record);
/// The record's `enabled`; a rule that says nothing is on.
bool is_enabled(const bigdata::Record& record);

}  // namespace anlan::monitoring
