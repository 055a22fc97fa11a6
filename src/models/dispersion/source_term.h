// From a vessel with a hole to what reaches the air: discharge, flash, rain-out, pool, duration.
#pragma once

#include "core/label.h"
#include "core/result.h"
#include "core/units.h"
#include "models/dispersion/discharge.h"
#include "models/dispersion/substance.h"

#include <optional>
#include <string>
#include <vector>

namespace anlan::dispersion {

enum class HoleAt { liquid_space, vapour_space };

struct Vessel {
    std::optional<Kilograms> inventory;
    /// Of the contents. Nothing: as warm as the air, and the steps say so.
    std::optional<Kelvin> temperature;
    /// Absolute. Nothing: the substance's own vapour pressure, or the air's if that is higher.
    std::optional<Pascals> pressure;
    Metres liquid_head{0};  ///< Liquid above the hole.
};

struct Leak {
    Metres hole_diameter{0};
    HoleAt at = HoleAt::liquid_space;
    /// Nothing: 0.62 for liquid, 0.85 for gas (Yellow Book; CCPS 1999).
    std::optional<double> discharge_coefficient;
    Metres height{0};
    /// Time after which it is shut off. Nothing: until the vessel is empty.
    std::optional<Seconds> stopped_after;
    /// Bund floor. Nothing: the pool spreads to `pool_depth`.
    std::optional<SquareMetres> bund_area;
    Metres pool_depth{0.01};  ///< Of a free pool: 5 mm smooth, 10 mm average, 25 mm rough ground.
    RainOut rain_out = RainOut::purple_book;
};

struct Surroundings {
    Kelvin temperature{293.15};
    Pascals pressure{k_standard_pressure_pa};
    MetresPerSecond wind_10m{0};
};

/// What the dispersion models need. `steps` tells the reader how it came about.
struct SourceTerm {
    KilogramsPerSecond rate;  ///< To the cloud: airborne part of the jet plus the pool.
    Seconds duration;         ///< Of the release; at least 1 s.
    Metres height;
    double molar_mass_kg_mol = 0;
    // The cloud where dispersion begins, after the drops have evaporated into air.
    KilogramsPerCubicMetre initial_density;
    Kelvin initial_temperature;
    double initial_volume_fraction = 1;
    // How it came about.
    KilogramsPerSecond discharge;  ///< Out of the hole.
    Pascals vessel_pressure;
    double flash = 0;
    double airborne = 0;  ///< Share of the discharge, vapour and drops.
    KilogramsPerSecond pool_rate;
    SquareMetres pool_area;
    std::vector<Label> steps;
};

/// Errors: model_datum_missing (which: inventory, a property), model_input, vapour_pressure_range,
/// vessel_no_pressure. Pure; well under 10 µs.
Result<SourceTerm> source_term(const Substance& substance, const Vessel& vessel, const Leak& leak,
                               const Surroundings& surroundings);

/// A cloud whose rate somebody measured or assumed: pure vapour at the temperature given.
/// Errors: model_datum_missing (molar mass), model_input.
Result<SourceTerm> known_release(const Substance& substance, KilogramsPerSecond rate,
                                 Seconds duration, Metres height, const Surroundings& surroundings);

}  // namespace anlan::dispersion
