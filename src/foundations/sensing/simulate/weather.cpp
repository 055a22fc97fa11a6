#include "foundations/sensing/simulate/weather.h"

#include <algorithm>
#include <numbers>

namespace anlan::sensing::simulate {
namespace {

constexpr double k_radians = std::numbers::pi / 180;
constexpr double k_day_s = 86'400;

/// Between the middles of two months, linearly; directions along the shorter arc.
MonthClimate climate_at(const std::array<MonthClimate, 12>& months, Timestamp at) {
    const CivilTime c = civil(at, k_beijing_offset_ms);
    const double position = c.month - 1 + (c.day - 15) / 30.0;
    const auto first = static_cast<int>(std::floor(position));
    const double share = position - first;
    const MonthClimate& a = months[static_cast<std::size_t>((first + 12) % 12)];
    const MonthClimate& b = months[static_cast<std::size_t>((first + 13) % 12)];
    const auto between = [&](double x, double y) { return x + (y - x) * share; };
    const double turn_deg = std::remainder(b.wind_from_deg - a.wind_from_deg, 360.0);
    return {a.wind_from_deg + turn_deg * share,
            between(a.wind_m_s, b.wind_m_s),
            between(a.temperature_k, b.temperature_k),
            between(a.half_range_k, b.half_range_k),
            between(a.humidity_percent, b.humidity_percent),
            between(a.pressure_pa, b.pressure_pa)};
}

double day_seconds(Timestamp at, std::int64_t offset_ms) {
    const CivilTime c = civil(at, offset_ms);
    return c.hour * 3600.0 + c.minute * 60.0 + c.second;
}

class Mast final : public Behaviour {
  public:
    Mast(WeatherSettings settings, LonLat place) : m_weather(std::move(settings)), m_place(place) {}

    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        const MonthClimate climate = climate_at(m_weather.months, moment.at);
        const double dt = moment.step_s;
        const double mean_m_s =
            std::max(0.3, climate.wind_m_s + m_weather.wind_speed.step(dt, random));
        const double speed_m_s = mean_m_s * std::max(0.2, 1 + m_weather.gust.step(dt, random));
        const double from_deg =
            wrap_deg(climate.wind_from_deg + m_weather.wind_direction.step(dt, random));
        // The day is warmest at 14:30 Beijing time.
        const double day =
            std::cos(2 * std::numbers::pi * (day_seconds(moment.at, k_beijing_offset_ms) - 52'200) /
                     k_day_s);
        const double warmer_k = climate.half_range_k * day;
        const double temperature_k =
            climate.temperature_k + warmer_k + m_weather.temperature_k.step(dt, random);
        const double humidity = std::clamp(
            climate.humidity_percent - 2 * warmer_k + m_weather.humidity_percent.step(dt, random),
            8.0, 100.0);
        const double pressure_pa = climate.pressure_pa + m_weather.pressure_pa.step(dt, random);
        const double cloud =
            std::clamp(m_weather.cloud_mean + m_weather.cloud.step(dt, random), 0.0, 1.0);
        // Cloud factor after Kasten & Czeplak 1980.
        const double radiation =
            clear_sky_w_m2(moment.at, m_place) * (1 - 0.75 * std::pow(cloud, 3.4));
        out.push_back(reading("wind_speed", speed_m_s, moment.at));
        out.push_back(reading("wind_direction", from_deg, moment.at));
        out.push_back(reading("air_temperature", temperature_k, moment.at));
        out.push_back(reading("humidity", humidity, moment.at));
        out.push_back(reading("air_pressure", pressure_pa, moment.at));
        out.push_back(reading("radiation", radiation, moment.at));
    }

  private:
    WeatherSettings m_weather;
    LonLat m_place;
};

class TideGauge final : public Behaviour {
  public:
    explicit TideGauge(TideSettings settings) : m_settings(std::move(settings)) {}
    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        out.push_back(reading(
            "tide_level",
            tide_level_m(m_settings, moment.at) + m_settings.ripple_m * random.next_normal(),
            moment.at));
    }

  private:
    TideSettings m_settings;
};

}  // namespace

double clear_sky_w_m2(Timestamp at, LonLat place) {
    const CivilTime c = civil(at, 0);
    const double day_of_year = (c.month - 1) * 30.44 + c.day;
    const double declination =
        23.44 * k_radians * std::sin(2 * std::numbers::pi * (284 + day_of_year) / 365);
    const double hour_angle =
        (day_seconds(at, 0) / 3600 - 12) * 15 * k_radians + place.longitude_deg * k_radians;
    const double latitude = place.latitude_deg * k_radians;
    const double sine = std::sin(latitude) * std::sin(declination) +
                        std::cos(latitude) * std::cos(declination) * std::cos(hour_angle);
    return std::max(0.0, 910 * sine - 30);
}

double tide_level_m(const TideSettings& settings, Timestamp at) {
    constexpr Timestamp k_epoch{946'684'800'000};  // 2000-01-01T00:00:00Z
    const double hours = static_cast<double>(at - k_epoch) / 3'600'000.0;
    double level_m = settings.mean_m;
    for (const Constituent& each : settings.constituents) {
        level_m +=
            each.amplitude_m * std::cos((each.speed_deg_h * hours - each.phase_deg) * k_radians);
    }
    return level_m;
}

std::unique_ptr<Behaviour> make_mast(WeatherSettings settings, LonLat place) {
    return std::make_unique<Mast>(std::move(settings), place);
}

std::unique_ptr<Behaviour> make_tide_gauge(TideSettings settings) {
    return std::make_unique<TideGauge>(std::move(settings));
}

}  // namespace anlan::sensing::simulate
