// What a concentration does to people: units of concentration, toxic dose, probit.
//
// The classic error of this field is the unit: a probit's constants hold for mg/m³ OR for ppm, and
// the two differ by orders of magnitude. Here the unit is part of the type (Probit::unit), and a
// concentration is converted before it meets the constants. Thresholds (AEGL, IDLH, …) and probit
// constants are data with a source, never constants in code.
#pragma once

#include "core/result.h"
#include "core/units.h"

#include <span>
#include <string_view>

namespace anlan::toxicity {

using MilligramsPerCubicMetre = Quantity<struct MilligramsPerCubicMetreTag>;

struct Air {
    Kelvin temperature{298.15};
    Pascals pressure{k_standard_pressure_pa};
};

/// By the ideal gas law: mg/m³ = ppm · P M/(R T) with M in g/mol, divided by 1000.
/// Precondition: molar mass > 0, T > 0, P > 0.
MilligramsPerCubicMetre to_mg_m3(PartsPerMillion c, double molar_mass_g_mol, Air air = {});
PartsPerMillion to_ppm(MilligramsPerCubicMetre c, double molar_mass_g_mol, Air air = {});

enum class ProbitUnit { mg_m3, ppm };

/// Y = a + b ln(Cⁿ t), C in `unit`, t in minutes. P(death) = Φ(Y − 5).
struct Probit {
    double a = 0, b = 0, n = 1;
    ProbitUnit unit = ProbitUnit::mg_m3;
};

/// "mg/m3" (or "mg/m³") and "ppm". Errors: probit_unit_unknown; an unknown unit is never guessed.
Result<ProbitUnit> probit_unit_of(std::string_view text);

/// Substance and air a concentration is taken in.
struct Exposed {
    double molar_mass_g_mol = 0;
    Air air;
};

/// Y for a constant concentration over `t`. −infinity for no concentration or no time.
/// Errors: toxicity_input (negative or not finite concentration or time, molar mass not above 0,
/// b or n not above 0).
Result<double> probit_value(const Probit& probit, PartsPerMillion c, Seconds t,
                            const Exposed& exposed);

/// Φ(Y − 5): 0.5 at Y = 5.
double probability_of(double probit_value);
/// Its inverse: the Y of a probability in (0, 1); ±infinity at the ends.
double probit_of(double probability);

/// Share of people who die, 0–1.
Result<double> lethality(const Probit& probit, PartsPerMillion c, Seconds t,
                         const Exposed& exposed);
/// Concentration that kills `probability` of the people in `t`: LC50 with 0.5, LC01 with 0.01.
Result<PartsPerMillion> lethal_concentration(const Probit& probit, double probability, Seconds t,
                                             const Exposed& exposed);

/// A concentration that lasts.
struct Exposure {
    PartsPerMillion concentration;
    Seconds duration;
};
/// For a concentration that changes: the sum of Cⁿ t over its pieces (ten Berge 1986), as Y.
Result<double> probit_value(const Probit& probit, std::span<const Exposure> history,
                            const Exposed& exposed);

}  // namespace anlan::toxicity
