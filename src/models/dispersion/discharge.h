// The elementary formulas of a release: flow through a hole, flash, rain-out, evaporation.
#pragma once

#include "core/units.h"

namespace anlan::dispersion {

/// Liquid through a sharp hole: Cd A ρ √(2 (ΔP/ρ + g h)). Source: TNO Yellow Book CPR 14E 2005,
/// eq. 2.194. 0 when there is no driving pressure. No flashing in the hole: for a saturated liquid
/// and a short path this is an upper bound.
double liquid_discharge_kg_s(double coefficient, double area_m2, double density_kg_m3,
                             double overpressure_pa, double head_m);

struct GasDischarge {
    double rate_kg_s = 0;
    bool choked = false;
};
/// Gas through a hole, choked when Pa/P <= (2/(γ+1))^(γ/(γ−1)). Source: Yellow Book eq. 2.22–2.25.
/// Ideal gas. 0 when P <= Pa.
GasDischarge gas_discharge(double coefficient, double area_m2, Pascals inside, Pascals outside,
                           Kelvin temperature, double heat_ratio, double molar_mass_kg_mol);

/// Adiabatic flash: cp (T − Tb)/Lv, between 0 and 1.
double flash_fraction(double liquid_heat_capacity_j_kg_k, double latent_heat_j_kg, Kelvin storage,
                      Kelvin boiling_point);

/// How much of a flashing jet stays in the air as vapour and fine drops.
enum class RainOut {
    twice_flash,   ///< min(1, 2x). Kletz' rule, in CCPS 1999 and US EPA guidance.
    purple_book,   ///< 2x below 0.1; (0.8x − 0.028)/0.26 to 0.36; 1 above. CPR 18E table 4.8.
    all_airborne,  ///< 1 when anything flashes: no rain-out, as ALOHA assumes. The cautious side.
};
double airborne_fraction(RainOut rule, double flash_fraction);

/// Evaporation from a pool that does not boil: k Pv M/(R T),
/// k = 0.004786 u10^0.78 D^−0.11 Sc^−0.67 m/s. Source: Mackay & Matsugu 1973; Yellow Book eq. 3.24.
/// Sc by the molar mass: 0.8 where nothing better is known (Yellow Book).
double pool_evaporation_kg_m2_s(double wind_10m_m_s, double diameter_m, double vapour_pressure_pa,
                                double molar_mass_kg_mol, Kelvin pool, double schmidt = 0.8);

/// Mean over `t` of the heat that a warm, half-infinite ground gives a cold pool, as boiling rate:
/// 2 k ΔT/(Lv √(π a t)). Source: Yellow Book eq. 3.36. Concrete: k 0.92 W/m/K, a 4.16e-7 m²/s
/// (CPR 14E table 3.A.1).
double ground_boiling_kg_m2_s(double ground_minus_pool_k, double latent_heat_j_kg, Seconds t);

}  // namespace anlan::dispersion
