#include "models/dispersion/substance.h"

#include "models/dispersion/errors.h"

#include <cmath>
#include <string>

namespace anlan::dispersion {

namespace {

std::optional<double> number(const json::object& fields, std::string_view key) {
    const auto* v = fields.if_contains(key);
    if (v == nullptr || !v->is_number()) return std::nullopt;
    return v->to_number<double>();
}

std::optional<Antoine> antoine_from(const json::object& fields) {
    const auto a = number(fields, "antoine_a"), b = number(fields, "antoine_b"),
               c = number(fields, "antoine_c"), low = number(fields, "antoine_min_k"),
               high = number(fields, "antoine_max_k");
    const auto unit = text_at(fields, "antoine_unit");
    const double unit_pa = unit == "bar"    ? 1e5
                           : unit == "mmHg" ? 133.322
                           : unit == "kPa"  ? 1e3
                           : unit == "Pa"   ? 1
                                            : 0;
    if (!a || !b || !c || !low || !high || unit_pa == 0) return std::nullopt;
    return Antoine{*a, *b, *c, unit_pa, *low, *high};
}

}  // namespace

Substance substance_from(const json::object& fields) {
    Substance out;
    out.name = text_at(fields, "name");
    if (const auto g = number(fields, "molar_mass_g_mol")) out.molar_mass_kg_mol = *g / 1000;
    out.boiling_point_k = number(fields, "boiling_point_k");
    out.liquid_density_kg_m3 = number(fields, "liquid_density_kg_m3");
    out.latent_heat_j_kg = number(fields, "latent_heat_j_kg");
    out.liquid_heat_capacity_j_kg_k = number(fields, "liquid_heat_capacity_j_kg_k");
    out.gas_heat_capacity_j_kg_k = number(fields, "gas_heat_capacity_j_kg_k");
    out.heat_ratio = number(fields, "heat_ratio");
    out.antoine = antoine_from(fields);
    return out;
}

namespace {

constexpr double k_clausius_span_k = 60;

std::unexpected<Error> missing(const char* field, const char* zh, const char* en) {
    return fail(errors::k_model_datum_missing, {{"field", field}, {"zh", zh}, {"en", en}});
}

}  // namespace

Result<VapourPressure> vapour_pressure(const Substance& substance, Kelvin temperature) {
    const double t = temperature.value;
    if (substance.antoine && t >= substance.antoine->low_k && t <= substance.antoine->high_k) {
        const Antoine& f = *substance.antoine;
        return VapourPressure{Pascals(f.unit_pa * std::pow(10.0, f.a - f.b / (t + f.c))), false};
    }
    if (!substance.boiling_point_k) return missing("boiling_point_k", "沸点", "boiling point");
    if (!substance.latent_heat_j_kg) return missing("latent_heat_j_kg", "汽化热", "latent heat");
    if (!substance.molar_mass_kg_mol) return missing("molar_mass", "摩尔质量", "molar mass");
    const double boiling = *substance.boiling_point_k;
    if (!(std::abs(t - boiling) <= k_clausius_span_k)) {
        return fail(errors::k_vapour_pressure_range,
                    {{"name", substance.name},
                     {"low", std::to_string(std::lround(boiling - k_clausius_span_k))},
                     {"high", std::to_string(std::lround(boiling + k_clausius_span_k))},
                     {"temperature", std::to_string(std::lround(t))}});
    }
    const double heat_j_mol = *substance.latent_heat_j_kg * *substance.molar_mass_kg_mol;
    const double exponent = heat_j_mol / k_gas_constant_j_mol_k * (1 / boiling - 1 / t);
    return VapourPressure{Pascals(k_standard_pressure_pa * std::exp(exponent)), true};
}

double ppm_per_kg_m3(double molar_mass_kg_mol, Kelvin temperature, Pascals pressure) {
    return 1e6 * k_gas_constant_j_mol_k * temperature.value / (pressure.value * molar_mass_kg_mol);
}

}  // namespace anlan::dispersion
