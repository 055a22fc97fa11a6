#include "models/dispersion/stability.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

namespace anlan::dispersion {

namespace {

constexpr double k_rad = std::numbers::pi / 180;
constexpr double k_low_ceiling_m = 2133.6;   // 7000 ft
constexpr double k_high_ceiling_m = 4876.8;  // 16000 ft

// Rows: upper edge of the wind band, m/s, then the class (1 = A) for index 4, 3, 2, 1, 0, −1, −2.
struct TurnerRow {
    double wind_m_s_below;
    std::array<int, 7> classes;
};
constexpr TurnerRow k_turner[] = {
    {0.75, {1, 1, 2, 3, 4, 6, 7}}, {1.85, {1, 2, 2, 3, 4, 6, 7}}, {2.85, {1, 2, 3, 4, 4, 5, 6}},
    {3.35, {2, 2, 3, 4, 4, 5, 6}}, {3.85, {2, 2, 3, 4, 4, 4, 5}}, {4.85, {2, 3, 3, 4, 4, 4, 5}},
    {5.45, {3, 3, 4, 4, 4, 4, 5}}, {5.95, {3, 3, 4, 4, 4, 4, 4}}, {1e9, {3, 4, 4, 4, 4, 4, 4}},
};

int insolation_class(double elevation_deg) {
    if (elevation_deg > 60) return 4;
    if (elevation_deg > 35) return 3;
    if (elevation_deg > 15) return 2;
    return 1;
}

int day_index(double elevation_deg, double cloud, std::optional<Metres> ceiling) {
    int index = insolation_class(elevation_deg);
    if (cloud <= 5) return index;
    const double base_m = ceiling ? ceiling->value : k_high_ceiling_m;
    if (base_m < k_low_ceiling_m)
        index -= 2;
    else if (base_m < k_high_ceiling_m)
        index -= 1;
    if (cloud >= 10 && base_m >= k_low_ceiling_m) index -= 1;
    return std::max(index, 1);
}

std::string rounded(double value) {
    const auto tenths = std::lround(value * 10);
    std::string out = tenths < 0 ? "-" : "";
    out += std::to_string(std::abs(tenths) / 10) + "." + std::to_string(std::abs(tenths) % 10);
    return out;
}

}  // namespace

std::string_view name_of(Stability stability) {
    constexpr std::string_view names = "ABCDEF";
    return names.substr(static_cast<std::size_t>(stability), 1);
}

std::optional<Stability> stability_of(std::string_view name) {
    if (name.size() != 1) return std::nullopt;
    const char letter =
        name[0] >= 'a' && name[0] <= 'z' ? static_cast<char>(name[0] - 32) : name[0];
    if (letter < 'A' || letter > 'F') return std::nullopt;
    return static_cast<Stability>(letter - 'A');
}

MetresPerSecond wind_at_height(MetresPerSecond wind_10m, Metres height, Stability stability,
                               Terrain terrain) {
    constexpr double rural[] = {.07, .07, .10, .15, .35, .55};
    constexpr double urban[] = {.15, .15, .20, .25, .30, .30};
    const auto i = static_cast<std::size_t>(stability);
    const double p = terrain == Terrain::rural ? rural[i] : urban[i];
    return wind_10m * std::pow(std::clamp(height.value, 1.0, 200.0) / 10, p);
}

Degrees direction_deviation(Stability stability) {
    constexpr double deg[] = {25, 20, 15, 10, 5, 2.5};
    return Degrees(deg[static_cast<std::size_t>(stability)]);
}

double sun_elevation_deg(LonLat place, Timestamp at) {
    constexpr std::int64_t k_j2000_ms = 946'728'000'000;  // 2000-01-01T12:00:00Z
    const double days = static_cast<double>(at - Timestamp{k_j2000_ms}) / 86'400'000.0;
    const double anomaly = (357.528 + 0.9856003 * days) * k_rad;
    const double longitude =
        (280.460 + 0.9856474 * days + 1.915 * std::sin(anomaly) + 0.020 * std::sin(2 * anomaly)) *
        k_rad;
    const double obliquity = (23.439 - 0.0000004 * days) * k_rad;
    const double right_ascension =
        std::atan2(std::cos(obliquity) * std::sin(longitude), std::cos(longitude));
    const double declination = std::asin(std::sin(obliquity) * std::sin(longitude));
    const double sidereal_deg = 280.46062 + 360.98564737 * days + place.longitude_deg;
    const double hour_angle = sidereal_deg * k_rad - right_ascension;
    const double lat = place.latitude_deg * k_rad;
    const double sine = std::sin(lat) * std::sin(declination) +
                        std::cos(lat) * std::cos(declination) * std::cos(hour_angle);
    return std::asin(std::clamp(sine, -1.0, 1.0)) / k_rad;
}

StabilityEstimate estimate_stability(const SkyObservation& sky) {
    // Turner's night runs from an hour before sunset to an hour after sunrise; at 39°N the sun
    // then stands about 10° high.
    const bool night = sky.sun_elevation_deg < 10;
    const double cloud =
        sky.cloud_tenths ? std::clamp(*sky.cloud_tenths, 0.0, 10.0) : (night ? 0.0 : 10.0);
    const bool low_overcast = cloud >= 10 && sky.ceiling && sky.ceiling->value < k_low_ceiling_m;
    int index = 0;
    if (low_overcast)
        index = 0;
    else if (night)
        index = cloud <= 4 ? -2 : -1;
    else
        index = day_index(sky.sun_elevation_deg, cloud, sky.ceiling);

    const auto* row = std::ranges::find_if(
        k_turner, [&](const TurnerRow& r) { return sky.wind_10m.value < r.wind_m_s_below; });
    const int number = std::min(row->classes[static_cast<std::size_t>(4 - index)], 6);
    const auto stability = static_cast<Stability>(number - 1);

    const std::string sun = rounded(sky.sun_elevation_deg), wind = rounded(sky.wind_10m.value);
    Label why;
    why.zh = "稳定度 " + std::string(name_of(stability)) + "：" + (night ? "夜间" : "白天") +
             "，太阳高度 " + sun + "°，风速 " + wind + " m/s，" +
             (sky.cloud_tenths ? "云量 " + rounded(cloud) + " 成" : "云量未知，取较稳定一侧") +
             "（Turner 1964）";
    why.en = "Stability " + std::string(name_of(stability)) + ": " + (night ? "night" : "day") +
             ", sun at " + sun + "°, wind " + wind + " m/s, " +
             (sky.cloud_tenths ? "cloud " + rounded(cloud) + " tenths"
                               : std::string("cloud unknown, the more stable side taken")) +
             " (Turner 1964)";
    return {stability, index, std::move(why)};
}

}  // namespace anlan::dispersion
