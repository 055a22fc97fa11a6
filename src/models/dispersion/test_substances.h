// Substances for tests: properties after NIST Chemistry WebBook (ammonia, methanol).
#pragma once

#include "models/dispersion/substance.h"

namespace anlan::dispersion {

inline Substance ammonia() {
    return {.name = "氨",
            .molar_mass_kg_mol = 0.017031,
            .boiling_point_k = 239.82,
            .liquid_density_kg_m3 = 681.9,
            .latent_heat_j_kg = 1.3713e6,
            .liquid_heat_capacity_j_kg_k = 4601,
            .gas_heat_capacity_j_kg_k = 2158,
            .heat_ratio = 1.31,
            .antoine = Antoine{4.86886, 1113.928, -10.409, 1e5, 239.6, 371.5}};
}

inline Substance methanol() {
    return {.name = "甲醇",
            .molar_mass_kg_mol = 0.032042,
            .boiling_point_k = 337.8,
            .liquid_density_kg_m3 = 791,
            .latent_heat_j_kg = 1.10e6,
            .liquid_heat_capacity_j_kg_k = 2530,
            .gas_heat_capacity_j_kg_k = 1370,
            .heat_ratio = 1.20,
            .antoine = Antoine{5.20409, 1581.341, -33.50, 1e5, 288.1, 356.83}};
}

}  // namespace anlan::dispersion
