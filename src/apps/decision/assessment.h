// One assessment: source term, cloud, zones and who is inside, as the fields of an impact record.
#pragma once

#include "apps/decision/affected.h"
#include "apps/decision/wind.h"
#include "core/json.h"

#include <string_view>
#include <vector>

namespace anlan::decision {

struct Situation {
    LonLat place;
    json::object substance;  ///< Fields of the substance record; empty: unknown.
    json::object vessel;     ///< Fields of the vessel record; empty: unknown.
    std::optional<double> inventory_kg;
    std::optional<double> hole_diameter_m;
    Wind wind;
    Timestamp at;
};

/// The members wind, source_term, model, zones, fan, affected, totals, notes and, when no zone
/// could be drawn, problem; shapes as in docs/architecture.md. Never fails: what is missing is the
/// problem. Pure; a few milliseconds.
json::object assess(const Situation& situation, const std::vector<Target>& targets,
                    const Settings& settings);

}  // namespace anlan::decision
