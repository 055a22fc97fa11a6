// Who is inside: targets and enterprises in the zones, with their people by hour and what to do.
#pragma once

#include "apps/decision/settings.h"
#include "core/geo.h"
#include "core/json.h"
#include "core/time.h"
#include "foundations/bigdata/record.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace anlan::decision {

/// A place with people, from a protection_target or enterprise record, ready for asking.
struct Target {
    Uuid id;
    std::string kind, type, target_class, name, name_en;
    Geometry geometry;
    Bounds bounds;
    LonLat anchor;
    std::array<int, 24> workday{}, restday{};  ///< People by Beijing hour.
};

/// Nothing when the record has no geometry.
std::optional<Target> target_of(const bigdata::Record& record, const Settings& settings);

/// A zone on the map, worst first.
struct DrawnZone {
    std::string key;  ///< "aegl3".
    Geometry area;
};

struct AffectedInput {
    LonLat source;
    double transport_wind_m_s = 0;
    Timestamp at;
    std::vector<DrawnZone> zones;
    std::optional<Geometry> fan;
};

/// Members as docs/architecture.md gives impact.affected and impact.totals.
struct Affected {
    json::array list;
    json::object totals;
};

/// Each target once, in its worst zone; those that only the fan touches are marked fan_only and
/// counted apart. Sorted by zone, then distance. Pure.
Affected who_is_inside(const AffectedInput& input, const std::vector<Target>& targets,
                       const Settings& settings);

}  // namespace anlan::decision
