// What detectors would read if a vessel leaked now: the release as the models see it, the open air by
// the dispersion models, and the room the vessel stands in as one well-mixed volume.
//
// An assumption to exercise with, not a forecast: walls and buildings are left out outside the room.
#pragma once

#include "apps/command/settings.h"
#include "core/geo.h"
#include "core/json.h"
#include "core/result.h"
#include "models/dispersion/cloud.h"
#include "models/dispersion/placement.h"

namespace anlan::command {

struct Wind {
    double from_deg = 0;
    double speed_m_s = 0;          ///< At 10 m.
    std::optional<double> temperature_k;
};

/// What one detector would come to read.
struct Reading {
    double ppm = 0;                ///< In the end, within the detector's range.
    double delay_s = 0;            ///< Until the gas is there.
};

class LeakModel {
  public:
    /// `vessel` and `substance` are fields of their records. Errors: release_unknown, those of the models.
    static Result<LeakModel> create(const json::object& vessel, const json::object& substance, LonLat place, const Wind& wind,
                                    Timestamp at, const WhatIfSettings& settings);

    /// Source of the room: volume flow of pure vapour over the room's air change; ppm = Q/(n V) · 10⁶.
    [[nodiscard]] Reading reading_at(LonLat detector) const;
    [[nodiscard]] bool in_room(LonLat detector) const;
    /// {rate_kg_s, duration_s, hole_diameter_m, steps}.
    [[nodiscard]] json::object release() const;

  private:
    LeakModel(dispersion::Cloud cloud, LonLat place, double wind_from_deg, const WhatIfSettings& settings)
        : m_cloud(std::move(cloud)), m_placement(place, Degrees(wind_from_deg)), m_place(place), m_settings(settings) {}

    dispersion::Cloud m_cloud;
    dispersion::Placement m_placement;
    LonLat m_place;
    WhatIfSettings m_settings;
    double m_hole_m = 0;
    bool m_has_room = false;
    double m_room_ppm = 0;
};

}  // namespace anlan::command
