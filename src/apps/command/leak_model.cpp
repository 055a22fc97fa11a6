#include "apps/command/leak_model.h"

#include "apps/command/errors.h"

#include <algorithm>
#include <cmath>

namespace anlan::command {
namespace {

namespace model = dispersion;

std::optional<double> number(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v != nullptr && v->is_number() ? std::optional(v->to_number<double>()) : std::nullopt;
}

}  // namespace

Result<LeakModel> LeakModel::create(const json::object& vessel, const json::object& substance,
                                    LonLat place, const Wind& wind, Timestamp at,
                                    const WhatIfSettings& settings) {
    const auto hole = number(vessel, "hole_diameter_m"), inventory = number(vessel, "inventory_kg");
    if (!hole || *hole <= 0) return fail(errors::k_release_unknown, {{"what", "hole_diameter_m"}});
    if (!inventory || *inventory <= 0)
        return fail(errors::k_release_unknown, {{"what", "inventory_kg"}});

    model::Vessel tank;
    tank.inventory = Kilograms(*inventory);
    if (const auto t = number(vessel, "temperature_k")) tank.temperature = Kelvin(*t);
    if (const auto p = number(vessel, "pressure_pa")) tank.pressure = Pascals(*p);
    tank.liquid_head = Metres(number(vessel, "liquid_height_m").value_or(0));
    model::Leak leak;
    leak.hole_diameter = Metres(*hole);
    leak.height = Metres(number(vessel, "release_height_m").value_or(0));
    model::Weather weather;
    weather.wind_from = Degrees(wind.from_deg);
    weather.wind_10m = MetresPerSecond(wind.speed_m_s);
    if (wind.temperature_k) weather.temperature = Kelvin(*wind.temperature_k);
    weather.stability =
        model::estimate_stability({.wind_10m = weather.wind_10m,
                                   .sun_elevation_deg = model::sun_elevation_deg(place, at)})
            .stability;
    TRY_ASSIGN(source,
               model::source_term(model::substance_from(substance), tank, leak,
                                  {weather.temperature, weather.pressure, weather.wind_10m}));
    TRY_ASSIGN(cloud, model::Cloud::create(source, weather));

    LeakModel out(std::move(cloud), place, wind.from_deg, settings);
    out.m_hole_m = *hole;
    out.m_has_room = !text_at(vessel, "room").empty();
    const double vapour_kg_m3 = weather.pressure.value * source.molar_mass_kg_mol /
                                (k_gas_constant_j_mol_k * weather.temperature.value);
    const double air_m3_s = settings.room_volume_m3 * settings.room_changes_per_hour / 3600;
    out.m_lel_percent = number(substance, "lel_percent").value_or(0);
    out.m_room_ppm = std::min(1.0, source.rate.value / vapour_kg_m3 / air_m3_s) * 1e6;
    return out;
}

bool LeakModel::in_room(LonLat detector) const {
    return m_has_room &&
           distance_m(to_local(detector), to_local(m_place)) <= m_settings.room_reach_m;
}

Exposure LeakModel::exposure_at(LonLat detector) const {
    if (in_room(detector))
        return {m_room_ppm, m_settings.room_delay_s, 3600 / m_settings.room_changes_per_hour};
    const auto p = m_placement.wind_point_of(detector);
    const double ppm = std::clamp(m_cloud.concentration_at(p).value, 0.0, 1e6);
    return {ppm, std::max(p.x_m, 0.0) / m_cloud.transport_wind().value, m_settings.rise_s};
}

std::optional<DetectorResponse> LeakModel::response_at(LonLat detector,
                                                       std::string_view property) const {
    const auto exposure = exposure_at(detector);
    double value = exposure.ppm;
    if (property == "gas_lel" && m_lel_percent > 0)
        value = exposure.ppm / 1e4 / m_lel_percent * 100;
    else if (property != "nh3_ppm")
        return std::nullopt;
    DetectorResponse out{value, exposure.delay_s, exposure.rise_s};
    const auto range = m_settings.range_max.find(property);
    if (range != m_settings.range_max.end() && value > range->second) {
        out.value = range->second;
        out.rise_s *= range->second / value;
    }
    out.rise_s = std::max(out.rise_s, m_settings.rise_s);
    return out;
}

std::optional<double> DetectorResponse::passes_after_s(double limit) const {
    if (limit >= value) return std::nullopt;
    return delay_s - rise_s * std::log(1 - limit / value);
}

json::object LeakModel::release() const {
    json::array steps;
    for (const auto& step : m_cloud.source().steps)
        steps.push_back(json::object{{"zh", step.zh}, {"en", step.en}});
    return {{"rate_kg_s", m_cloud.source().rate.value},
            {"duration_s", m_cloud.source().duration.value},
            {"hole_diameter_m", m_hole_m},
            {"steps", std::move(steps)}};
}

}  // namespace anlan::command
