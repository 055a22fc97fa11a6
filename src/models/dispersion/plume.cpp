#include "models/dispersion/plume.h"

#include "models/dispersion/errors.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace anlan::dispersion {

namespace {

constexpr double k_wind_m_s_min = 1.0;
constexpr double k_unknown = std::numeric_limits<double>::quiet_NaN();

double square(double v) {
    return v * v;
}

/// Ground reflects: the source and its image.
double vertical_terms(double height_m, double z_m, double sigma_z_m) {
    const double two_var = 2 * square(sigma_z_m);
    return std::exp(-square(z_m - height_m) / two_var) +
           std::exp(-square(z_m + height_m) / two_var);
}

}  // namespace

double gaussian_plume_kg_m3(double rate_kg_s, double wind_m_s, Sigma sigma, double height_m,
                            double y_m, double z_m) {
    return rate_kg_s / (2 * std::numbers::pi * wind_m_s * sigma.y_m * sigma.z_m) *
           std::exp(-square(y_m) / (2 * square(sigma.y_m))) *
           vertical_terms(height_m, z_m, sigma.z_m);
}

Result<void> concentration(const PointRelease& release, const PlumeWeather& weather,
                           std::span<const Receptor> in, std::span<KilogramsPerCubicMetre> out,
                           OutsideFit outside) {
    if (in.size() != out.size()) {
        return fail(errors::k_plume_size_mismatch, {{"receptors", std::to_string(in.size())},
                                                    {"results", std::to_string(out.size())}});
    }
    if (!(weather.wind.value >= k_wind_m_s_min) || !std::isfinite(weather.wind.value)) {
        return fail(errors::k_plume_calm_wind, {{"speed_m_s", std::to_string(weather.wind.value)}});
    }
    if (!(release.rate.value >= 0) || !std::isfinite(release.rate.value)) {
        return fail(errors::k_model_input, {{"field", "rate"},
                                            {"value", std::to_string(release.rate.value)},
                                            {"expected", ">= 0 kg/s"}});
    }
    if (!(release.height.value >= 0) || !std::isfinite(release.height.value)) {
        return fail(errors::k_model_input, {{"field", "height"},
                                            {"value", std::to_string(release.height.value)},
                                            {"expected", ">= 0 m"}});
    }
    const double widening = averaging_factor_y(weather.averaging);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double x_m = in[i].x.value;
        const bool fitted = x_m >= k_briggs_x_m_min && x_m <= k_briggs_x_m_max;
        if (!(x_m > 0) || (!fitted && outside == OutsideFit::unknown)) {
            out[i] = KilogramsPerCubicMetre(k_unknown);
            continue;
        }
        Sigma sigma = briggs(weather.stability, weather.terrain, x_m);
        sigma.y_m *= widening;
        out[i] = KilogramsPerCubicMetre(gaussian_plume_kg_m3(release.rate.value, weather.wind.value,
                                                             sigma, release.height.value,
                                                             in[i].y.value, in[i].z.value));
    }
    return {};
}

double gaussian_puff_kg_m3(double mass_kg, double wind_m_s, Stability stability, double height_m,
                           const Receptor& at, double time_s) {
    if (!(time_s > 0)) return k_unknown;
    const double centre_m = wind_m_s * time_s;
    const Sigma sigma = ccps_puff(stability, centre_m);
    const double along = std::exp(-square(at.x.value - centre_m) / (2 * square(sigma.y_m)));
    const double across = std::exp(-square(at.y.value) / (2 * square(sigma.y_m)));
    return mass_kg / (std::pow(2 * std::numbers::pi, 1.5) * square(sigma.y_m) * sigma.z_m) * along *
           across * vertical_terms(height_m, at.z.value, sigma.z_m);
}

}  // namespace anlan::dispersion
