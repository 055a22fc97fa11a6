// The areas where a cloud exceeds given concentrations, and the fan that an unsteady wind sweeps.
#pragma once

#include "models/dispersion/cloud.h"

#include <span>
#include <string>
#include <vector>

namespace anlan::dispersion {

struct Threshold {
    std::string name;  ///< "AEGL-3"; passed through.
    PartsPerMillion value;
};

inline constexpr std::size_t k_zone_vertices_max = 100;
/// Farthest that is drawn: the end of Briggs' fit.
inline constexpr double k_zone_reach_m_max = 10'000;
/// Farthest circle in calm: what 1 m/s covers in the hour that AEGL-60 stands for.
inline constexpr double k_calm_reach_m_max = 3'600;

/// One threshold's area, in the wind's frame. Outlines are closed rings (first == last),
/// counter-clockwise, at most k_zone_vertices_max points; empty when the threshold is nowhere
/// reached.
struct Zone {
    std::string threshold;
    PartsPerMillion value;
    Metres reach;       ///< Farthest downwind; 0: not reached.
    Metres half_width;  ///< Widest.
    SquareMetres area;  ///< Of `outline`.
    std::vector<WindPoint> outline;
    std::vector<WindPoint> fan;  ///< Swept when the wind turns by ± half_angle.
    bool beyond_limit = false;   ///< Goes on past the farthest that is drawn; cut there.
    bool below_fit = false;  ///< Lies wholly where the model has no data (Gaussian, under 100 m).
    std::vector<Label> notes;
};

struct ThreatZones {
    CloudModel model = CloudModel::gaussian_plume;
    Label why;
    Degrees wind_from;
    Degrees half_angle;  ///< Of the fan; 180 when calm.
    MetresPerSecond transport_wind;
    std::vector<Zone> zones;   ///< As the thresholds were given.
    std::vector<Label> notes;  ///< Limits of validity, then the source's steps are in SourceTerm.
};

/// Half-angle of the wind fan: two standard deviations (95 % of directions), at least 10°, the
/// step in which directions are commonly reported.
Degrees fan_half_angle(const Weather& weather);

/// Errors: model_input (a threshold that is not above 0). No thresholds: no zones. Pure;
/// 0.12 ms for four thresholds (bench/dispersion).
Result<ThreatZones> threat_zones(const Cloud& cloud, std::span<const Threshold> thresholds);

}  // namespace anlan::dispersion
