// Pasquill's stability classes: what they are, and which one holds now.
#pragma once

#include "core/geo.h"
#include "core/label.h"
#include "core/time.h"
#include "core/units.h"

#include <optional>
#include <string_view>

namespace anlan::dispersion {

enum class Stability { a, b, c, d, e, f };  ///< Pasquill; A very unstable, D neutral, F stable.
enum class Terrain { rural, urban };        ///< Open ground; or city and industrial blocks.

std::string_view name_of(Stability stability);  ///< "A" … "F".
std::optional<Stability> stability_of(std::string_view name);

/// Wind at `height` from the wind at 10 m: u10 (z/10)^p, for 1 m <= z <= 200 m (clamped).
/// p: EPA ISC3 vol. II table 1-1 (EPA-454/B-95-003b): rural .07 .07 .10 .15 .35 .55,
/// urban .15 .15 .20 .25 .30 .30 for A … F.
MetresPerSecond wind_at_height(MetresPerSecond wind_10m, Metres height, Stability stability,
                               Terrain terrain);

/// Typical standard deviation of the wind direction within the class, for a site that does not
/// measure it: 25, 20, 15, 10, 5, 2.5 degrees, the middles of the bands in EPA-454/R-99-005
/// section 6.4.4. In light stable air the wind meanders far more: measure it.
Degrees direction_deviation(Stability stability);

/// Height of the sun's centre above the horizon, degrees; negative at night. Low-precision formulas
/// of the Astronomical Almanac: ±0.02° from 1950 to 2050; refraction (0.5° at the horizon) ignored.
double sun_elevation_deg(LonLat place, Timestamp at);

struct SkyObservation {
    MetresPerSecond wind_10m;
    double sun_elevation_deg = 0;
    /// Total cloud in tenths, 0–10. Nothing when nobody observed it.
    std::optional<double> cloud_tenths;
    /// Base of the lowest broken layer. Nothing when unknown; then taken as high.
    std::optional<Metres> ceiling;
};

struct StabilityEstimate {
    Stability stability;
    int net_radiation_index;  ///< 4 strong sun … 0 overcast … -2 clear night.
    Label why;
};

/// Turner's method: net radiation index from sun, cloud and ceiling, then the table of index and
/// wind speed. Source: Turner 1964, J. Appl. Meteorol. 3, 83–91; as in EPA-454/R-99-005, tables
/// 6-4 and 6-5. Turner's class G is given as F. Unknown cloud takes the more stable side (clear at
/// night, overcast by high cloud by day) and says so.
StabilityEstimate estimate_stability(const SkyObservation& sky);

}  // namespace anlan::dispersion
