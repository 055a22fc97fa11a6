#include "models/dispersion/discharge.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::dispersion {

double liquid_discharge_kg_s(double coefficient, double area_m2, double density_kg_m3,
                             double overpressure_pa, double head_m) {
    const double driving = overpressure_pa / density_kg_m3 + k_gravity_m_s2 * head_m;
    return driving > 0 ? coefficient * area_m2 * density_kg_m3 * std::sqrt(2 * driving) : 0;
}

GasDischarge gas_discharge(double coefficient, double area_m2, Pascals inside, Pascals outside,
                           Kelvin temperature, double heat_ratio, double molar_mass_kg_mol) {
    const double p = inside.value, g = heat_ratio;
    if (!(p > outside.value)) return {};
    const double ratio = outside.value / p;
    const double rt = k_gas_constant_j_mol_k * temperature.value / molar_mass_kg_mol;
    if (ratio <= std::pow(2 / (g + 1), g / (g - 1))) {
        return {coefficient * area_m2 * p *
                    std::sqrt(g / rt * std::pow(2 / (g + 1), (g + 1) / (g - 1))),
                true};
    }
    const double expansion = std::pow(ratio, 2 / g) - std::pow(ratio, (g + 1) / g);
    return {coefficient * area_m2 * p * std::sqrt(2 / rt * g / (g - 1) * expansion), false};
}

double flash_fraction(double liquid_heat_capacity, double latent_heat_j_kg, Kelvin storage,
                      Kelvin boiling_point) {
    const double superheat_k = storage.value - boiling_point.value;
    return std::clamp(liquid_heat_capacity * superheat_k / latent_heat_j_kg, 0.0, 1.0);
}

double airborne_fraction(RainOut rule, double x) {
    if (!(x > 0)) return 0;
    switch (rule) {
        case RainOut::twice_flash:
            return std::min(1.0, 2 * x);
        case RainOut::purple_book:
            return x < 0.1 ? 2 * x : x < 0.36 ? (0.8 * x - 0.028) / 0.26 : 1;
        case RainOut::all_airborne:
            return 1;
    }
    return 1;
}

double pool_evaporation_kg_m2_s(double wind_m_s, double diameter_m, double vapour_pressure_pa,
                                double molar_mass_kg_mol, Kelvin pool, double schmidt) {
    const double transfer_m_s = 0.004786 * std::pow(wind_m_s, 0.78) * std::pow(diameter_m, -0.11) *
                                std::pow(schmidt, -0.67);
    return transfer_m_s * vapour_pressure_pa * molar_mass_kg_mol /
           (k_gas_constant_j_mol_k * pool.value);
}

double ground_boiling_kg_m2_s(double ground_minus_pool_k, double latent_heat_j_kg, Seconds t) {
    constexpr double conductivity_w_m_k = 0.92, diffusivity_m2_s = 4.16e-7;
    return 2 * conductivity_w_m_k * ground_minus_pool_k /
           (latent_heat_j_kg * std::sqrt(std::numbers::pi * diffusivity_m2_s * t.value));
}

}  // namespace anlan::dispersion
