// What detectors would read if a vessel leaked now: the release as the models see it, the open air
// by the dispersion models, and the room the vessel stands in as one well-mixed volume.
//
// An assumption to exercise with, not a forecast: walls and buildings are left out outside the
// room.
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
    double speed_m_s = 0;  ///< At 10 m.
    std::optional<double> temperature_k;
};

/// What is at a place in the end, and how it comes: C(t) = ppm · (1 − e^(−(t − delay)/rise)).
struct Exposure {
    double ppm = 0;      ///< By volume, 0 … 10⁶.
    double delay_s = 0;  ///< Until the gas is there.
    double rise_s = 0;   ///< Of the room, or of the detector in the open.
};

/// The same as a detector of a property shows it, in the property's unit. Where the range ends
/// before the concentration does, the first slope is kept. Nothing for a property that is no gas.
struct DetectorResponse {
    double value = 0, delay_s = 0, rise_s = 0;
    /// Seconds until `limit` is passed; nothing when it never is.
    [[nodiscard]] std::optional<double> passes_after_s(double limit) const;
};

class LeakModel {
  public:
    /// `vessel` and `substance` are fields of their records. Errors: release_unknown, those of the
    /// models.
    static Result<LeakModel> create(const json::object& vessel, const json::object& substance,
                                    LonLat place, const Wind& wind, Timestamp at,
                                    const WhatIfSettings& settings);

    /// In the room: a well-mixed volume V with n air changes an hour and a source of Q m³/s of pure
    /// vapour, ppm = 10⁶ Q/(n V), rise 1/n. In the open: the cloud's mean concentration.
    [[nodiscard]] Exposure exposure_at(LonLat detector) const;
    [[nodiscard]] std::optional<DetectorResponse> response_at(LonLat detector,
                                                              std::string_view property) const;
    [[nodiscard]] bool in_room(LonLat detector) const;
    /// {rate_kg_s, duration_s, hole_diameter_m, steps}.
    [[nodiscard]] json::object release() const;

  private:
    LeakModel(dispersion::Cloud cloud, LonLat place, double wind_from_deg,
              const WhatIfSettings& settings)
        : m_cloud(std::move(cloud)),
          m_placement(place, Degrees(wind_from_deg)),
          m_place(place),
          m_settings(settings) {}

    dispersion::Cloud m_cloud;
    dispersion::Placement m_placement;
    LonLat m_place;
    WhatIfSettings m_settings;
    double m_hole_m = 0;
    bool m_has_room = false;
    double m_room_ppm = 0;
    double m_lel_percent = 0;  ///< 0: unknown.
};

}  // namespace anlan::command
