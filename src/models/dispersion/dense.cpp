#include "models/dispersion/dense.h"

#include "models/dispersion/dense_curves.h"
#include "models/dispersion/errors.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <string>

namespace anlan::dispersion {

namespace {

constexpr double k_air_molar_mass_kg_mol = 0.0289647;
constexpr double k_near_x_max = 30;  // in D; beyond, the near-field formula has no data

// Maximum concentration close to the source; B&M 1988 via CCPS 1999 eq. 2.63 (plume), 2.67 (puff).
double near_plume(double x) {
    return 306 / (306 + x * x);
}
double near_puff(double x) {
    return 3.24 / (3.24 + x * x);
}

std::unexpected<Error> refuse(std::string field, double value, std::string expected) {
    return fail(errors::k_model_input, {{"field", std::move(field)},
                                        {"value", std::to_string(value)},
                                        {"expected", std::move(expected)}});
}

Result<void> check(double amount, const char* amount_name, double density, Kelvin temperature,
                   double fraction, const DenseAir& air) {
    const auto positive = [](double v) { return v > 0 && std::isfinite(v); };
    if (!positive(amount)) return refuse(amount_name, amount, "> 0");
    if (!positive(density)) return refuse("density", density, "> 0 kg/m³");
    if (!positive(temperature.value)) return refuse("temperature", temperature.value, "> 0 K");
    if (!positive(air.temperature.value))
        return refuse("air temperature", air.temperature.value, "> 0 K");
    if (!positive(air.pressure.value)) return refuse("air pressure", air.pressure.value, "> 0 Pa");
    if (!(fraction > 0 && fraction <= 1)) return refuse("volume fraction", fraction, "0–1");
    if (!(air.wind_10m.value >= 1) || !std::isfinite(air.wind_10m.value)) {
        return fail(errors::k_plume_calm_wind, {{"speed_m_s", std::to_string(air.wind_10m.value)}});
    }
    if (density <= air_density_kg_m3(air.temperature, air.pressure)) {
        return fail(errors::k_dense_not_dense, {{"density", std::to_string(density)}});
    }
    return {};
}

/// Straight lines in log10 distance between the points; x'^-2 past the last.
double on_curves(std::span<const DensePoint> points, double x) {
    const double beta = std::log10(x);
    if (beta >= points.back().beta) {
        return points.back().ratio * std::pow(10.0, 2 * (points.back().beta - beta));
    }
    const auto after =
        std::ranges::find_if(points, [&](const DensePoint& p) { return beta < p.beta; });
    const auto before = after - 1;
    const double share = (beta - before->beta) / (after->beta - before->beta);
    return before->ratio + share * (after->ratio - before->ratio);
}

double warm(double ratio, double temperature_ratio) {
    return ratio / (ratio + (1 - ratio) * temperature_ratio);
}

}  // namespace

double air_density_kg_m3(Kelvin temperature, Pascals pressure) {
    return pressure.value * k_air_molar_mass_kg_mol / (k_gas_constant_j_mol_k * temperature.value);
}

double reduced_gravity_m_s2(double density_kg_m3, double air_kg_m3) {
    return k_gravity_m_s2 * (density_kg_m3 - air_kg_m3) / air_kg_m3;
}

double dense_plume_criterion(double reduced_gravity, double volume_rate_m3_s, double wind_m_s) {
    if (!(reduced_gravity > 0)) return 0;
    const double length_m = std::sqrt(volume_rate_m3_s / wind_m_s);
    return std::cbrt(reduced_gravity * volume_rate_m3_s / (std::pow(wind_m_s, 3) * length_m));
}

double dense_puff_criterion(double reduced_gravity, double volume_m3, double wind_m_s) {
    if (!(reduced_gravity > 0)) return 0;
    return std::sqrt(reduced_gravity * volume_m3) / (wind_m_s * std::cbrt(volume_m3));
}

double continuity_number(MetresPerSecond wind_10m, Seconds duration, Metres distance) {
    return wind_10m.value * duration.value / distance.value;
}

Result<DensePlume> DensePlume::create(const DenseSource& source, const DenseAir& air) {
    TRY(check(source.volume_rate_m3_s, "volume rate", source.density_kg_m3, source.temperature,
              source.volume_fraction, air));
    const double gravity = reduced_gravity_m_s2(source.density_kg_m3,
                                                air_density_kg_m3(air.temperature, air.pressure));
    DensePlume plume;
    plume.m_wind_m_s = air.wind_10m.value;
    plume.m_volume_rate_m3_s = source.volume_rate_m3_s;
    plume.m_initial_fraction = source.volume_fraction;
    plume.m_temperature_ratio = source.temperature.value / air.temperature.value;
    plume.m_length_m = std::sqrt(source.volume_rate_m3_s / plume.m_wind_m_s);
    plume.m_buoyancy_m = source.volume_rate_m3_s * gravity / std::pow(plume.m_wind_m_s, 3);
    plume.m_alpha = 0.2 * std::log10(gravity * gravity * source.volume_rate_m3_s /
                                     std::pow(plume.m_wind_m_s, 5));

    const double alpha = std::min(plume.m_alpha, k_alpha_max);
    for (std::size_t i = 0; i < k_plume_curves.size(); ++i) {
        plume.m_points[i + 1] = {k_plume_curves[i].beta(alpha), k_plume_curves[i].ratio};
    }
    // Where the first curve comes close to, or before, 30 D, the near field ends halfway to it.
    const double near_end = std::min(k_near_x_max, 0.5 * std::pow(10.0, plume.m_points[1].beta));
    plume.m_points[0] = {std::log10(near_end), near_plume(near_end)};
    return plume;
}

double DensePlume::isothermal_ratio(double x_m) const {
    if (!(x_m > 0)) return 1;
    const double x = x_m / m_length_m;
    return std::log10(x) <= m_points.front().beta ? near_plume(x) : on_curves(m_points, x);
}

double DensePlume::volume_fraction(double x_m) const {
    return m_initial_fraction * warm(isothermal_ratio(x_m), m_temperature_ratio);
}

DenseRegion DensePlume::region(double x_m) const {
    if (!(x_m > 0)) return DenseRegion::source;
    const double beta = std::log10(x_m / m_length_m);
    if (beta < m_points[1].beta) return DenseRegion::near_field;
    return beta <= m_points.back().beta ? DenseRegion::curves : DenseRegion::far_field;
}

double DensePlume::distance_m(double fraction) const {
    const double relative = fraction / m_initial_fraction;
    if (!(relative < 1)) return 0;
    if (!(relative > 0)) return HUGE_VAL;
    const double ratio =
        relative * m_temperature_ratio / (1 - relative + relative * m_temperature_ratio);
    if (ratio >= m_points.front().ratio) return m_length_m * std::sqrt(306 * (1 / ratio - 1));
    if (ratio <= m_points.back().ratio) {
        return m_length_m * std::pow(10.0, m_points.back().beta) *
               std::sqrt(m_points.back().ratio / ratio);
    }
    const auto after =
        std::ranges::find_if(m_points, [&](const DensePoint& p) { return ratio >= p.ratio; });
    const auto before = after - 1;
    const double share = (before->ratio - ratio) / (before->ratio - after->ratio);
    return m_length_m * std::pow(10.0, before->beta + share * (after->beta - before->beta));
}

double DensePlume::curves_end_m() const {
    return m_length_m * std::pow(10.0, m_points.back().beta);
}

double DensePlume::upwind_extent_m() const {
    return 0.5 * m_length_m + 2 * m_buoyancy_m;
}

double DensePlume::half_width_m(double x_m) const {
    const double along_m = std::max(x_m, 0.0);
    return m_length_m + 8 * m_buoyancy_m + 2.5 * std::cbrt(m_buoyancy_m * along_m * along_m);
}

double DensePlume::depth_m(double x_m) const {
    const double dilution = m_initial_fraction / volume_fraction(x_m);
    return m_volume_rate_m3_s * dilution / (2 * m_wind_m_s * half_width_m(x_m));
}

Result<DensePuff> DensePuff::create(const DenseCloudSource& source, const DenseAir& air) {
    TRY(check(source.volume_m3, "volume", source.density_kg_m3, source.temperature,
              source.volume_fraction, air));
    DensePuff puff;
    puff.m_gravity_m_s2 = reduced_gravity_m_s2(source.density_kg_m3,
                                               air_density_kg_m3(air.temperature, air.pressure));
    puff.m_wind_m_s = air.wind_10m.value;
    puff.m_volume_m3 = source.volume_m3;
    puff.m_length_m = std::cbrt(source.volume_m3);
    puff.m_initial_fraction = source.volume_fraction;
    puff.m_temperature_ratio = source.temperature.value / air.temperature.value;
    puff.m_alpha = 0.5 * std::log10(puff.m_gravity_m_s2 * puff.m_length_m /
                                    (puff.m_wind_m_s * puff.m_wind_m_s));

    const double alpha = std::min(puff.m_alpha, k_alpha_max);
    for (std::size_t i = 0; i < k_puff_curves.size(); ++i) {
        puff.m_points[i + 1] = {k_puff_curves[i].beta(alpha), k_puff_curves[i].ratio};
    }
    const double near_end = 0.5 * std::pow(10.0, puff.m_points[1].beta);
    puff.m_points[0] = {std::log10(near_end),
                        std::max(near_puff(near_end), puff.m_points[1].ratio)};
    return puff;
}

double DensePuff::volume_fraction(double x_m) const {
    if (!(x_m > 0)) return m_initial_fraction;
    const double x = x_m / m_length_m;
    const double ratio = std::log10(x) <= m_points.front().beta
                             ? std::max(near_puff(x), m_points.front().ratio)
                             : on_curves(m_points, x);
    return m_initial_fraction * warm(ratio, m_temperature_ratio);
}

double DensePuff::radius_m(double time_s) const {
    const double start_m = std::cbrt(3 * m_volume_m3 / (4 * std::numbers::pi));
    return std::sqrt(start_m * start_m + 1.2 * std::sqrt(m_gravity_m_s2 * m_volume_m3) * time_s);
}

double DensePuff::centre_m(double time_s) const {
    return 0.4 * m_wind_m_s * time_s;
}

}  // namespace anlan::dispersion
