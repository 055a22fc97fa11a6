// The illustrative weather and tide of the zone (data/dongjiang/alive.yaml).
#pragma once

#include "foundations/sensing/simulate/behaviour.h"

#include <array>
#include <memory>

namespace anlan::sensing::simulate {

struct MonthClimate {
    double wind_from_deg = 0, wind_m_s = 0, temperature_k = 288, half_range_k = 0,
           humidity_percent = 60, pressure_pa = 101'325;
};

struct WeatherSettings {
    std::array<MonthClimate, 12> months;
    Wander wind_speed, wind_direction, gust, temperature_k, humidity_percent, pressure_pa, cloud;
    double cloud_mean = 0;
};

/// Channels wind_speed (m/s), wind_direction (deg), air_temperature (K), humidity (%), air_pressure
/// (Pa), radiation (W/m²). Months run into one another.
std::unique_ptr<Behaviour> make_mast(WeatherSettings settings, LonLat place);

/// Global radiation on the ground under a clear sky, 0 at night. After Kasten & Czeplak 1980:
/// 910 sin h − 30 W/m².
double clear_sky_w_m2(Timestamp at, LonLat place);

struct Constituent {
    double speed_deg_h = 0, amplitude_m = 0, phase_deg = 0;
};
struct TideSettings {
    double mean_m = 0, ripple_m = 0;
    std::vector<Constituent> constituents;
};
double tide_level_m(const TideSettings& settings, Timestamp at);
/// Channel tide_level (m).
std::unique_ptr<Behaviour> make_tide_gauge(TideSettings settings);

}  // namespace anlan::sensing::simulate
