// What a release model needs to know of a substance. Filled by the caller from a record; nothing
// here is a default, a missing value is missing and the model that needs it says which.
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "core/units.h"

#include <optional>
#include <string>

namespace anlan::dispersion {

/// Antoine: log10(P / unit) = A − B/(T + C), T in K, valid on [low_k, high_k].
struct Antoine {
    double a = 0, b = 0, c = 0;
    double unit_pa = 100'000;  ///< 1e5 for bar, 133.322 for mmHg.
    double low_k = 0, high_k = 0;
};

struct Substance {
    std::string name;
    std::optional<double> molar_mass_kg_mol;
    std::optional<double> boiling_point_k;  ///< At 101325 Pa.
    std::optional<double> liquid_density_kg_m3;
    std::optional<double> latent_heat_j_kg;  ///< Of vaporisation, at the boiling point.
    std::optional<double> liquid_heat_capacity_j_kg_k;
    std::optional<double> gas_heat_capacity_j_kg_k;  ///< cp.
    std::optional<double> heat_ratio;                ///< γ = cp/cv.
    std::optional<Antoine> antoine;
};

/// From the fields of a `substance` record (catalog/kinds/substance.yaml). What is not there, or an
/// Antoine unit that is not bar, mmHg, kPa or Pa, stays missing.
Substance substance_from(const json::object& fields);

struct VapourPressure {
    Pascals value;
    bool by_clausius_clapeyron = false;  ///< Not Antoine: latent heat taken as constant.
};

/// Antoine where it is given and valid at T; else Clausius–Clapeyron from the boiling point and
/// latent heat, accepted from 60 K below to 60 K above the boiling point (within about 10 % there
/// for the substances shipped).
/// Errors: model_datum_missing, vapour_pressure_range.
Result<VapourPressure> vapour_pressure(const Substance& substance, Kelvin temperature);

/// mg/m³ and ppm by volume at a temperature and pressure. Ideal gas.
double ppm_per_kg_m3(double molar_mass_kg_mol, Kelvin temperature, Pascals pressure);

}  // namespace anlan::dispersion
