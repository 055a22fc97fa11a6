// Everything the register knows of one incident, gathered as one reader may see it.
#pragma once

#include "apps/context.h"

#include <vector>

namespace anlan::affairs {

struct Story {
    bigdata::Record incident;
    std::vector<bigdata::Record> alarms, impacts, tasks, dispatches,
        messages;  ///< Each in order of time.
    std::vector<bigdata::Record> roads;
    std::vector<bigdata::Entry> timeline;  ///< Of the incident and all of the above, by sequence.
    std::string enterprise_name, enterprise_name_en, vessel_name, vessel_name_en, substance_name,
        substance_name_en, plan_name, plan_name_en;
    std::int64_t head_sequence = 0;
    std::string head;

    [[nodiscard]] const bigdata::Record* newest_impact() const {
        return impacts.empty() ? nullptr : &impacts.back();
    }
};

/// Errors: no_such_record when the caller may not see the incident.
Result<Story> gather(const apps::Context& context, const Principal& who, std::string_view space,
                     Uuid incident);

/// A moment of the stopwatch, in the order of the steps; absent ones are left out.
struct Step {
    std::string key;  ///< Of catalog/documents/after_action.yaml, `steps`.
    Timestamp at;
};
std::vector<Step> stopwatch(const Story& story);

}  // namespace anlan::affairs
