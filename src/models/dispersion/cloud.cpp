#include "models/dispersion/cloud.h"

#include "models/dispersion/errors.h"
#include "models/dispersion/number_text.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::dispersion {

namespace {

constexpr double k_wind_m_s_min = 1.0;
/// Near-ground clouds travel with the wind near the ground. Against Prairie Grass the wind at 2 m
/// does better than the one at 10 m, which is up to three times too low (docs/validation.md).
constexpr double k_transport_height_m_min = 2.0;
constexpr double k_ppm_max = 1e6;
/// A Gaussian profile that holds what the top hat of half-width 1 holds.
const double k_sigma_of_half_width = std::sqrt(2 / std::numbers::pi);

std::unexpected<Error> refuse(std::string field, double value, std::string expected) {
    return fail(errors::k_model_input, {{"field", std::move(field)},
                                        {"value", decimal(value, 3)},
                                        {"expected", std::move(expected)}});
}

Result<void> check(const SourceTerm& source, const Weather& weather, const CloudOptions& options) {
    const auto positive = [](double v) { return v > 0 && std::isfinite(v); };
    if (!positive(source.rate.value)) return refuse("rate", source.rate.value, "> 0 kg/s");
    if (!positive(source.molar_mass_kg_mol))
        return refuse("molar_mass", source.molar_mass_kg_mol, "> 0 kg/mol");
    if (!positive(source.initial_density.value)) {
        return refuse("initial_density", source.initial_density.value, "> 0 kg/m³");
    }
    if (!positive(source.initial_temperature.value)) {
        return refuse("initial_temperature", source.initial_temperature.value, "> 0 K");
    }
    if (!(source.initial_volume_fraction > 0 && source.initial_volume_fraction <= 1)) {
        return refuse("initial_volume_fraction", source.initial_volume_fraction, "0–1");
    }
    if (!(source.height.value >= 0)) return refuse("height", source.height.value, ">= 0 m");
    if (!(weather.wind_10m.value >= 0) || !std::isfinite(weather.wind_10m.value)) {
        return refuse("wind", weather.wind_10m.value, ">= 0 m/s");
    }
    if (!std::isfinite(weather.wind_from.value))
        return refuse("wind_from", weather.wind_from.value, "0–360°");
    if (!positive(weather.temperature.value))
        return refuse("air temperature", weather.temperature.value, "> 0 K");
    if (!positive(weather.pressure.value))
        return refuse("air pressure", weather.pressure.value, "> 0 Pa");
    if (!positive(options.averaging.value))
        return refuse("averaging", options.averaging.value, "> 0 s");
    if (!(options.receptor_height.value >= 0)) {
        return refuse("receptor_height", options.receptor_height.value, ">= 0 m");
    }
    return {};
}

}  // namespace

std::string_view name_of(CloudModel model) {
    switch (model) {
        case CloudModel::gaussian_plume:
            return "gaussian_plume";
        case CloudModel::britter_mcquaid:
            return "britter_mcquaid";
        case CloudModel::calm_circle:
            return "calm_circle";
    }
    return "";
}

Seconds Cloud::earliest_arrival(double x_m) const {
    return Seconds(std::max(x_m, 0.0) / std::max(m_weather.wind_10m.value, k_wind_m_s_min));
}

Result<Cloud> Cloud::create(const SourceTerm& source, const Weather& weather,
                            const CloudOptions& options) {
    TRY(check(source, weather, options));
    Cloud cloud;
    cloud.m_source = source;
    cloud.m_weather = weather;
    cloud.m_options = options;
    cloud.m_ppm_per_kg_m3 =
        ppm_per_kg_m3(source.molar_mass_kg_mol, weather.temperature, weather.pressure);

    const double wind_10m = std::max(weather.wind_10m.value, k_wind_m_s_min);
    const double volume_rate = source.rate.value / source.molar_mass_kg_mol /
                               source.initial_volume_fraction * k_gas_constant_j_mol_k *
                               source.initial_temperature.value / weather.pressure.value;
    const double air = air_density_kg_m3(weather.temperature, weather.pressure);
    cloud.m_criterion = dense_plume_criterion(
        reduced_gravity_m_s2(source.initial_density.value, air), volume_rate, wind_10m);
    const bool dense = source.initial_density.value > air && cloud.m_criterion >= k_dense_plume_min;
    if (dense) {
        TRY_ASSIGN(plume, DensePlume::create(
                              {volume_rate, source.initial_density.value,
                               source.initial_temperature, source.initial_volume_fraction},
                              {MetresPerSecond(wind_10m), weather.temperature, weather.pressure}));
        cloud.m_dense = plume;
        cloud.m_wind = MetresPerSecond(wind_10m);
        cloud.join_far_field();
    } else {
        const Metres height(std::max(source.height.value, k_transport_height_m_min));
        const double wind =
            wind_at_height(MetresPerSecond(wind_10m), height, weather.stability, weather.terrain)
                .value;
        cloud.m_wind = MetresPerSecond(std::max(wind, k_wind_m_s_min));
    }
    const bool calm = weather.wind_10m.value < k_wind_m_s_min;
    cloud.m_model = calm    ? CloudModel::calm_circle
                    : dense ? CloudModel::britter_mcquaid
                            : CloudModel::gaussian_plume;
    return cloud;
}

/// Virtual origins that give the Gaussian plume, at the end of the dense curves, the dense plume's
/// width and concentration.
void Cloud::join_far_field() {
    m_join_m = m_dense->curves_end_m();
    const double centre_ppm = k_ppm_max * m_dense->volume_fraction(m_join_m);
    const double sigma_y = k_sigma_of_half_width * m_dense->half_width_m(m_join_m);
    const double sigma_z = m_source.rate.value * m_ppm_per_kg_m3 /
                           (std::numbers::pi * m_wind.value * sigma_y * centre_ppm);
    m_virtual_y_m = briggs_distance_for_y_m(m_weather.stability, m_weather.terrain,
                                            sigma_y / averaging_factor_y(m_options.averaging));
    m_virtual_z_m = briggs_distance_for_z_m(m_weather.stability, m_weather.terrain, sigma_z);
    m_far_factor = 1;
    // σz of the stable classes levels off: where no distance is thick enough, scale instead.
    const double joined = gaussian_slice(0, m_virtual_y_m, m_virtual_z_m).centre_ppm;
    m_far_factor = centre_ppm / joined;
}

Cloud::Slice Cloud::gaussian_slice(double x_m, double virtual_y_m, double virtual_z_m) const {
    Sigma sigma{briggs(m_weather.stability, m_weather.terrain, x_m + virtual_y_m).y_m,
                briggs(m_weather.stability, m_weather.terrain, x_m + virtual_z_m).z_m};
    sigma.y_m *= averaging_factor_y(m_options.averaging);
    const double height = m_dense ? 0 : m_source.height.value;
    const double receptor = m_dense ? 0 : m_options.receptor_height.value;
    const double kg_m3 =
        gaussian_plume_kg_m3(m_source.rate.value, m_wind.value, sigma, height, 0, receptor);
    return {std::min(m_far_factor * kg_m3 * m_ppm_per_kg_m3, k_ppm_max), sigma.y_m, HUGE_VAL};
}

Cloud::Slice Cloud::slice(double x_m) const {
    if (!m_dense) return x_m > 0 ? gaussian_slice(x_m, 0, 0) : Slice{};
    const double upwind = m_dense->upwind_extent_m();
    if (x_m <= -upwind) return {};
    const double taper = x_m < 0 ? std::sqrt(1 - (x_m / upwind) * (x_m / upwind)) : 1;
    const double edge = taper * m_dense->half_width_m(x_m);
    const Slice dense{k_ppm_max * m_dense->volume_fraction(x_m), k_sigma_of_half_width * edge,
                      edge};
    if (x_m <= m_join_m) return dense;
    const Slice passive = gaussian_slice(x_m - m_join_m, m_virtual_y_m, m_virtual_z_m);
    const double sigma_y = std::max(dense.sigma_y_m, passive.sigma_y_m);
    // The edge dissolves into the Gaussian's tails.
    const double freed = (x_m / m_join_m) * (x_m / m_join_m);
    return {std::max(dense.centre_ppm, passive.centre_ppm), sigma_y,
            freed * sigma_y / k_sigma_of_half_width};
}

PartsPerMillion Cloud::concentration_at(WindPoint at) const {
    if (m_model == CloudModel::calm_circle) {
        return PartsPerMillion(slice(std::max(std::hypot(at.x_m, at.y_m), 1e-3)).centre_ppm);
    }
    const Slice s = slice(at.x_m);
    if (!(s.centre_ppm > 0) || std::abs(at.y_m) > s.edge_m) return PartsPerMillion(0);
    const double offset = at.y_m / s.sigma_y_m;
    return PartsPerMillion(s.centre_ppm * std::exp(-offset * offset / 2));
}

double Cloud::half_width_m(double x_m, PartsPerMillion ppm) const {
    const Slice s = slice(x_m);
    if (!(s.centre_ppm > ppm.value)) return 0;
    return std::min(s.sigma_y_m * std::sqrt(2 * std::log(s.centre_ppm / ppm.value)), s.edge_m);
}

double Cloud::upwind_m() const {
    return m_dense ? m_dense->upwind_extent_m() : 0;
}

bool Cloud::believable(double x_m) const {
    if (m_dense) return m_dense->alpha_in_range() && x_m > 0 && x_m <= m_join_m;
    return x_m >= k_briggs_x_m_min && x_m <= k_briggs_x_m_max;
}

KilogramsPerCubicMetre Cloud::mass_concentration(PartsPerMillion ppm) const {
    return KilogramsPerCubicMetre(ppm.value / m_ppm_per_kg_m3);
}

Label Cloud::why() const {
    const std::string number = decimal(m_criterion, 2);
    Label out;
    if (m_dense) {
        out = {"重气模型（Britter–McQuaid）：密度判据 " + number + " ≥ 0.15",
               "Dense-gas model (Britter–McQuaid): density criterion " + number + " ≥ 0.15"};
    } else if (m_criterion > 0) {
        out = {"高斯羽流：云团比空气重，但密度判据 " + number + " < 0.15，风已主导",
               "Gaussian plume: heavier than air, but density criterion " + number +
                   " < 0.15, the wind rules"};
    } else {
        out = {"高斯羽流：初始云团不比空气重",
               "Gaussian plume: the first cloud is not heavier than air"};
    }
    if (m_model == CloudModel::calm_circle) {
        out.zh = "静风（" + decimal(m_weather.wind_10m.value, 1) +
                 " m/s）：无确定风向，按 1 m/s 的最远距离画圆。" + out.zh;
        out.en = "Calm (" + decimal(m_weather.wind_10m.value, 1) +
                 " m/s): no wind direction, a circle of the farthest reach at 1 m/s. " + out.en;
    }
    return out;
}

std::vector<Label> Cloud::notes() const {
    std::vector<Label> out;
    out.push_back({"平坦开阔地面；不计建筑物、沉降和化学反应；" +
                       decimal(m_options.averaging.value / 60, 0) + " 分钟平均",
                   "Flat, open ground; buildings, deposition and chemistry left out; " +
                       decimal(m_options.averaging.value / 60, 0) + "-minute mean"});
    if (m_model == CloudModel::calm_circle) {
        out.push_back(
            {"静风时各方向都可能受影响：以实测浓度为准，风起后立即重算",
             "In calm any direction may be hit: go by measured concentrations and compute "
             "again as soon as the wind rises"});
    }
    if (m_dense) {
        out.push_back(
            {"重气模型不区分稳定度与粗糙度；表列范围之外接虚拟点源高斯羽流，取较大值",
             "The dense-gas curves know neither stability nor roughness; beyond their end a "
             "Gaussian plume from a virtual source goes on, the larger value counts"});
        if (!m_dense->alpha_in_range()) {
            out.push_back(
                {"α = " + decimal(m_dense->alpha(), 2) + " 超出曲线范围（≤ 1），按 α = 1 计，偏远",
                 "α = " + decimal(m_dense->alpha(), 2) +
                     " is outside the curves (≤ 1): those of α = 1 are used, reaching farther"});
        }
        if (m_source.height.value > 0) {
            out.push_back(
                {"重气模型按地面源计", "The dense-gas model takes the source at the ground"});
        }
    } else {
        out.push_back(
            {"距源 100 m 以内、10 km 以外超出 σ 曲线的拟合范围，为外推值；近源处按已在区内对待",
             "Within 100 m and beyond 10 km the σ curves have no data: extrapolated; treat "
             "the close surroundings of the source as inside"});
        out.push_back(
            {"与普雷里草原试验相比，中性和稳定条件下 100 m 以远偏低，可达 3 倍：边界外不等于安全",
             "Against Prairie Grass it is low, by up to a factor of 3, in neutral and stable air "
             "beyond 100 m: outside the line is not yet safe"});
        const double air = air_density_kg_m3(m_weather.temperature, m_weather.pressure);
        if (m_source.initial_density.value < 0.9 * air) {
            out.push_back({"气体比空气轻，未计抬升，偏保守",
                           "Lighter than air; its rise is left out, on the cautious side"});
        }
    }
    if (!m_weather.direction_deviation && m_model != CloudModel::calm_circle) {
        out.push_back({"风向标准差未测，按稳定度典型值 " +
                           decimal(direction_deviation(m_weather.stability).value, 1) + "° 计",
                       "Deviation of the wind direction not measured: typical for the class, " +
                           decimal(direction_deviation(m_weather.stability).value, 1) + "°"});
    }
    return out;
}

}  // namespace anlan::dispersion
