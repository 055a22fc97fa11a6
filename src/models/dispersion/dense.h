// Clouds heavier than air at ground level: the Britter–McQuaid correlations.
//
// Source: Britter & McQuaid 1988, Workbook on the Dispersion of Dense Gases, HSE Contract Research
// Report 17/1988; curve fits and procedure as in CCPS 1999, Guidelines for Consequence Analysis of
// Chemical Releases, pp. 113–122. Built from field trials over flat, open ground (no obstacles,
// mean concentrations of a few minutes); stability and roughness do not enter.
#pragma once

#include "core/result.h"
#include "core/units.h"

#include <array>

namespace anlan::dispersion {

/// The cloud where the correlation begins: all vapour, already mixed with `1 - volume_fraction`
/// of air if the source did so.
struct DenseSource {
    double volume_rate_m3_s = 0;  ///< q0 of the mixture, > 0.
    double density_kg_m3 = 0;     ///< Of the mixture, > air.
    Kelvin temperature;
    double volume_fraction = 1;  ///< C0 of the substance in the mixture, (0, 1].
};

struct DenseAir {
    MetresPerSecond wind_10m;  ///< >= 1 m/s.
    Kelvin temperature;
    Pascals pressure{k_standard_pressure_pa};
};

double air_density_kg_m3(Kelvin temperature, Pascals pressure);
/// g (ρ0 − ρa)/ρa, m/s².
double reduced_gravity_m_s2(double density_kg_m3, double air_density_kg_m3);

/// (g0' q0 / (u³ D))^⅓ with D = √(q0/u). At or above k_dense_plume_min the release behaves as a
/// dense gas, below it as a passive one. 0 when not heavier than air.
double dense_plume_criterion(double reduced_gravity_m_s2, double volume_rate_m3_s,
                             double wind_10m_m_s);
inline constexpr double k_dense_plume_min = 0.15;
/// √(g0' V0) / (u V0^⅓), for an instantaneous release.
double dense_puff_criterion(double reduced_gravity_m_s2, double volume_m3, double wind_10m_m_s);
inline constexpr double k_dense_puff_min = 0.20;

/// u T / x: at or above 2.5 the release is continuous as seen at x, at or below 0.6 instantaneous;
/// between, both must be looked at.
double continuity_number(MetresPerSecond wind_10m, Seconds duration, Metres distance);
inline constexpr double k_continuous_min = 2.5;
inline constexpr double k_instantaneous_max = 0.6;

/// Where a value lies with respect to the correlation's data.
enum class DenseRegion {
    source,      ///< x <= 0.
    near_field,  ///< Above the highest curve (C/C0 > 0.1): interpolation to the source.
    curves,      ///< Between the published curves.
    far_field    ///< Below the lowest curve: extrapolated as x^-2.
};

struct DensePoint {
    double beta = 0, ratio = 0;
};

class DensePlume {
  public:
    /// Errors: model_input, plume_calm_wind, dense_not_dense.
    static Result<DensePlume> create(const DenseSource& source, const DenseAir& air);

    /// α = 0.2 log10(g0'² q0 / u⁵).
    [[nodiscard]] double alpha() const { return m_alpha; }
    /// The published curves end at α = 1 (and are level below about −0.7). Above it the curves of
    /// α = 1 are used, which give the longer distances; that must be said.
    [[nodiscard]] bool alpha_in_range() const { return m_alpha <= 1.0; }

    /// Volume fraction of the substance on the centreline at the ground: C0·c', with the
    /// correction for a cold source, c'/(c' + (1 − c') T0/Ta). C0 at x <= 0. Falls with x, without
    /// a jump.
    [[nodiscard]] double volume_fraction(double x_m) const;
    [[nodiscard]] DenseRegion region(double x_m) const;
    /// The same as a curve of C/C0 before the temperature correction.
    [[nodiscard]] double isothermal_ratio(double x_m) const;
    /// Largest x at which volume_fraction is at least `fraction`; 0 when it never is.
    [[nodiscard]] double distance_m(double fraction) const;
    /// End of the published curves.
    [[nodiscard]] double curves_end_m() const;

    [[nodiscard]] double length_scale_m() const { return m_length_m; }       ///< D = √(q0/u).
    [[nodiscard]] double buoyancy_length_m() const { return m_buoyancy_m; }  ///< lb = q0 g0'/u³.
    [[nodiscard]] double upwind_extent_m() const;                            ///< 0.5 D + 2 lb.
    /// D + 8 lb + 2.5 (lb x²)^⅓; the source's half-width for x <= 0.
    [[nodiscard]] double half_width_m(double x_m) const;
    /// Depth of the top-hat slice by continuity: q0 (C0/C)/(2 u LH).
    [[nodiscard]] double depth_m(double x_m) const;

  private:
    DensePlume() = default;
    double m_alpha = 0, m_length_m = 0, m_buoyancy_m = 0;
    double m_temperature_ratio = 1, m_initial_fraction = 1, m_wind_m_s = 0, m_volume_rate_m3_s = 0;
    /// log10(x/D) rising and C/C0 falling: end of the near field, then the curves.
    std::array<DensePoint, 7> m_points{};
};

struct DenseCloudSource {
    double volume_m3 = 0;
    double density_kg_m3 = 0;
    Kelvin temperature;
    double volume_fraction = 1;
};

/// Instantaneous release: a cylinder that spreads and drifts with 0.4 u10.
class DensePuff {
  public:
    static Result<DensePuff> create(const DenseCloudSource& source, const DenseAir& air);

    [[nodiscard]] double alpha() const { return m_alpha; }  ///< 0.5 log10(g0' V0^⅓ / u²).
    [[nodiscard]] bool alpha_in_range() const { return m_alpha <= 1.0; }
    /// Highest volume fraction met at distance x while the cloud passes.
    [[nodiscard]] double volume_fraction(double x_m) const;
    [[nodiscard]] double radius_m(double time_s) const;  ///< √(R0² + 1.2 √(g0' V0) t).
    [[nodiscard]] double centre_m(double time_s) const;  ///< 0.4 u10 t.

  private:
    DensePuff() = default;
    double m_alpha = 0, m_length_m = 0, m_wind_m_s = 0, m_temperature_ratio = 1;
    double m_initial_fraction = 1, m_volume_m3 = 0, m_gravity_m_s2 = 0;
    std::array<DensePoint, 8> m_points{};
};

}  // namespace anlan::dispersion
