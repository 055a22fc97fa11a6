#include "apps/decision/wind.h"

#include "apps/decision/errors.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::decision {

namespace {

constexpr double k_rad = std::numbers::pi / 180;
constexpr double k_calm_m_s = 1.0;  // Gaussian and dense plumes need a direction: CCPS 1999.
constexpr std::size_t k_deviation_samples_min = 10;
constexpr std::size_t k_samples_max = 5'000;  // A mast faster than 40 Hz loses its oldest samples.

double turn_deg(double a, double b) {
    return std::abs(std::remainder(a - b, 360.0));
}

void keep(auto& samples, auto sample, double window_s) {
    // In order of time; a late sample finds its place.
    auto place = samples.end();
    while (place != samples.begin() && sample.at < std::prev(place)->at) --place;
    samples.insert(place, sample);
    const auto oldest = samples.back().at + -static_cast<std::int64_t>(window_s * 1000);
    while (!samples.empty() && (samples.front().at < oldest || samples.size() > k_samples_max))
        samples.pop_front();
}

}  // namespace

std::string_view name_of(WindMode mode) {
    switch (mode) {
        case WindMode::measured:
            return "measured";
        case WindMode::manual:
            return "manual";
        case WindMode::calm:
            return "calm";
        case WindMode::stale:
            return "stale";
        case WindMode::none:
            return "none";
    }
    return "none";
}

bool moved(const Wind& used, const Wind& now, const Settings& settings) {
    if (used.mode == WindMode::manual || now.mode == WindMode::none || now.mode == WindMode::stale)
        return false;
    if (used.mode != now.mode) return true;
    if (std::abs(used.speed.value - now.speed.value) >= settings.recompute_step_m_s) return true;
    return now.mode != WindMode::calm &&
           turn_deg(used.from.value, now.from.value) >= settings.recompute_step_deg;
}

Result<Wind> manual_wind(const json::object& o, Timestamp at) {
    const double from = number_at(o, "from_deg", -1);
    const double speed = number_at(o, "speed_m_s", -1);
    if (!(from >= 0 && from <= 360) || !(speed >= 0 && speed <= 75))
        return fail(errors::k_bad_wind);
    Wind wind;
    wind.mode = WindMode::manual;
    wind.from = Degrees(from);
    wind.speed = MetresPerSecond(speed);
    wind.gust = MetresPerSecond(speed);
    wind.at = at;
    return wind;
}

bool WindWatch::hear(std::string_view space, std::string_view property, double value,
                     Timestamp at) {
    const std::lock_guard lock(m_mutex);
    auto found = m_masts.find(space);
    const auto mast = [&]() -> Mast& {
        if (found == m_masts.end()) found = m_masts.emplace(std::string(space), Mast{}).first;
        return found->second;
    };
    if (property == "wind_speed") {
        keep(mast().speed, Sample{at, value}, m_settings.wind_window_s);
        return true;
    }
    if (property == "wind_direction") {
        keep(mast().direction, Sample{at, value}, m_settings.wind_window_s);
        return true;
    }
    if (property == "air_temperature") mast().temperature_k = Sample{at, value};
    if (property == "air_pressure") mast().pressure_pa = Sample{at, value};
    return false;
}

Wind WindWatch::now(std::string_view space, Timestamp at) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_masts.find(space);
    Wind wind;
    if (found == m_masts.end() || found->second.speed.empty() || found->second.direction.empty())
        return wind;
    const Mast& mast = found->second;
    // Speeds are paired with the direction at or before them.
    double east = 0, north = 0, sum_sin = 0, sum_cos = 0;
    std::size_t d = 0;
    for (const auto& s : mast.speed) {
        while (d + 1 < mast.direction.size() && mast.direction[d + 1].at <= s.at) ++d;
        const double angle = mast.direction[d].value * k_rad;
        east += s.value * std::sin(angle);
        north += s.value * std::cos(angle);
        wind.gust = MetresPerSecond(std::max(wind.gust.value, s.value));
    }
    for (const auto& each : mast.direction) {
        sum_sin += std::sin(each.value * k_rad);
        sum_cos += std::cos(each.value * k_rad);
    }
    const auto speeds = static_cast<double>(mast.speed.size());
    wind.speed = MetresPerSecond(std::hypot(east, north) / speeds);
    const double from = std::atan2(east, north) / k_rad;
    wind.from = Degrees(from < 0 ? from + 360 : from);
    if (mast.direction.size() >= k_deviation_samples_min) {
        // Yamartino 1984: one pass, right to 2 % even for wide swings.
        const auto n = static_cast<double>(mast.direction.size());
        const double epsilon =
            std::sqrt(std::max(0.0, 1 - std::pow(sum_sin / n, 2) - std::pow(sum_cos / n, 2)));
        wind.deviation = Degrees(std::asin(std::min(1.0, epsilon)) *
                                 (1 + 0.1547 * std::pow(epsilon, 3)) / k_rad);
    }
    if (mast.temperature_k) wind.temperature = Kelvin(mast.temperature_k->value);
    if (mast.pressure_pa) wind.pressure = Pascals(mast.pressure_pa->value);
    wind.at = std::min(mast.speed.back().at, mast.direction.back().at);
    if (static_cast<double>(at - wind.at) > m_settings.wind_stale_after_s * 1000)
        wind.mode = WindMode::stale;
    else
        wind.mode = wind.speed.value < k_calm_m_s ? WindMode::calm : WindMode::measured;
    return wind;
}

void WindWatch::forget(std::string_view space) {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_masts.find(space); found != m_masts.end()) m_masts.erase(found);
}

}  // namespace anlan::decision
