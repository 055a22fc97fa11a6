#include "models/toxicity/toxicity.h"

#include "models/toxicity/errors.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace anlan::toxicity {

namespace {

double mg_m3_per_ppm(double molar_mass_g_mol, Air air) {
    return air.pressure.value * molar_mass_g_mol /
           (k_gas_constant_j_mol_k * air.temperature.value) / 1000;
}

std::unexpected<Error> refuse(const char* field, double value) {
    return fail(errors::k_toxicity_input, {{"field", field}, {"value", std::to_string(value)}});
}

bool positive(double v) {
    return v > 0 && std::isfinite(v);
}

Result<void> check(const Probit& probit, const Exposed& exposed) {
    if (!std::isfinite(probit.a)) return refuse("probit_a", probit.a);
    if (!positive(probit.b)) return refuse("probit_b", probit.b);
    if (!positive(probit.n)) return refuse("probit_n", probit.n);
    if (!positive(exposed.molar_mass_g_mol))
        return refuse("molar_mass_g_mol", exposed.molar_mass_g_mol);
    if (!positive(exposed.air.temperature.value))
        return refuse("temperature", exposed.air.temperature.value);
    if (!positive(exposed.air.pressure.value))
        return refuse("pressure", exposed.air.pressure.value);
    return {};
}

double in_unit(const Probit& probit, PartsPerMillion c, const Exposed& exposed) {
    return probit.unit == ProbitUnit::ppm
               ? c.value
               : to_mg_m3(c, exposed.molar_mass_g_mol, exposed.air).value;
}

}  // namespace

MilligramsPerCubicMetre to_mg_m3(PartsPerMillion c, double molar_mass_g_mol, Air air) {
    return MilligramsPerCubicMetre(c.value * mg_m3_per_ppm(molar_mass_g_mol, air));
}

PartsPerMillion to_ppm(MilligramsPerCubicMetre c, double molar_mass_g_mol, Air air) {
    return PartsPerMillion(c.value / mg_m3_per_ppm(molar_mass_g_mol, air));
}

Result<ProbitUnit> probit_unit_of(std::string_view text) {
    if (text == "mg/m3" || text == "mg/m³") return ProbitUnit::mg_m3;
    if (text == "ppm") return ProbitUnit::ppm;
    return fail(errors::k_probit_unit_unknown, {{"unit", std::string(text)}});
}

Result<double> probit_value(const Probit& probit, std::span<const Exposure> history,
                            const Exposed& exposed) {
    TRY(check(probit, exposed));
    double dose = 0;
    for (const auto& piece : history) {
        if (!(piece.concentration.value >= 0) || !std::isfinite(piece.concentration.value)) {
            return refuse("concentration", piece.concentration.value);
        }
        if (!(piece.duration.value >= 0) || !std::isfinite(piece.duration.value)) {
            return refuse("duration", piece.duration.value);
        }
        dose += std::pow(in_unit(probit, piece.concentration, exposed), probit.n) *
                piece.duration.value / 60;
    }
    if (!(dose > 0)) return -std::numeric_limits<double>::infinity();
    return probit.a + probit.b * std::log(dose);
}

Result<double> probit_value(const Probit& probit, PartsPerMillion c, Seconds t,
                            const Exposed& exposed) {
    const Exposure one{c, t};
    return probit_value(probit, std::span(&one, 1), exposed);
}

double probability_of(double y) {
    return 0.5 * std::erfc((5 - y) / std::numbers::sqrt2);
}

double probit_of(double probability) {
    if (!(probability > 0)) return -std::numeric_limits<double>::infinity();
    if (!(probability < 1)) return std::numeric_limits<double>::infinity();
    double low = -40, high = 50;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (probability_of(middle) < probability ? low : high) = middle;
    }
    return (low + high) / 2;
}

Result<double> lethality(const Probit& probit, PartsPerMillion c, Seconds t,
                         const Exposed& exposed) {
    TRY_ASSIGN(y, probit_value(probit, c, t, exposed));
    return probability_of(y);
}

Result<PartsPerMillion> lethal_concentration(const Probit& probit, double probability, Seconds t,
                                             const Exposed& exposed) {
    TRY(check(probit, exposed));
    if (!(probability > 0 && probability < 1)) return refuse("probability", probability);
    if (!positive(t.value)) return refuse("duration", t.value);
    const double dose = std::exp((probit_of(probability) - probit.a) / probit.b);
    const double c = std::pow(dose / (t.value / 60), 1 / probit.n);
    return probit.unit == ProbitUnit::ppm
               ? PartsPerMillion(c)
               : to_ppm(MilligramsPerCubicMetre(c), exposed.molar_mass_g_mol, exposed.air);
}

}  // namespace anlan::toxicity
