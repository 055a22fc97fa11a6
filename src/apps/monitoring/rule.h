// An alarm rule in memory: a record of kind `rule`, its levels read and checked once.
//
// Levels run from 1 (red, worst) to 4 (blue). Several rows may name the same level (a high and a
// low limit). Shapes of `levels`: docs/architecture.md, "Records and kinds".
#pragma once

#include "apps/monitoring/fence.h"
#include "apps/monitoring/limit.h"
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
    stuck,       ///< The value stands still although readings come.
    combined,    ///< Several datastreams together.
    geofence     ///< A thing that moves comes in, goes out, stays, or is too fast inside.
};

enum class FenceEvent { enter, leave, speed, dwell };

/// What several datastreams have to say for a level of a combined rule to hold.
struct Combination {
    struct Item {
        std::string property;
        Limit limit;
        int bit = -1;  ///< From 0: this bit of the value instead of the limit.
    };
    std::vector<Item> of;
    int k = 1;             ///< So many datastreams that meet any item …
    bool all = false;      ///< … or every item met by one at least.
    double within_s = 60;  ///< A reading counts for so long.
    double area_m = 0;     ///< Around the alarm; 0: the enterprise.
};

struct RuleLevel {
    int level = 4;     ///< 1 … 4.
    Limit limit;       ///< threshold and rate
    double for_s = 0;  ///< How long the limit must be passed, or the value stand still.
    // state_bits
    int bit = 0;  ///< 0 … 31, 0 the lowest.
    Label name;
    // silence
    double factor = 0;  ///< Silent for `factor` expected intervals.
    // combined
    Combination combination;
    // geofence; the limit is of the speed in m/s, `for_s` of all events
    FenceEvent event = FenceEvent::enter;
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
    std::vector<RuleLevel> levels;       ///< Worst first, never empty.
    double window_s = 60;                ///< Of rate rules.
    double within = 0;                   ///< Of stuck rules: a change of no more than this is none.
    std::shared_ptr<const Fence> fence;  ///< Of geofence rules; never null there.
    std::int64_t group_m =
        0;              ///< Alarms further apart are not grouped; 0: anywhere in the enterprise.
    Schedule schedule;  ///< Outside it the rule's conditions do not count.
    /// Exceptions by device or datastream: other levels, or nullptr for "not here".
    std::map<Uuid, std::shared_ptr<const Rule>> exceptions;

    [[nodiscard]] bool applies_to(const sensing::Stream& stream) const;
    /// Of a combined rule: whether any of its items is about this property.
    [[nodiscard]] bool looks_at(std::string_view what) const;
};

/// What holds of the rule for one stream: itself, its exception (the datastream's before the
/// device's), or nullptr when it does not apply.
std::shared_ptr<const Rule> rule_for(const std::shared_ptr<const Rule>& rule,
                                     const sensing::Stream& stream);

/// Errors: bad_rule, saying which level and what is wrong. `enabled` is not looked at. `fences` are
/// the space's geofences.
Result<std::shared_ptr<const Rule>> rule_from(const bigdata::Record& record,
                                              const Fences& fences = {});
/// The record's `enabled`; a rule that says nothing is on.
bool is_enabled(const bigdata::Record& record);

}  // namespace anlan::monitoring
