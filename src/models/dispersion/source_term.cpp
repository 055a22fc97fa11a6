#include "models/dispersion/source_term.h"

#include "models/dispersion/dense.h"
#include "models/dispersion/discharge.h"
#include "models/dispersion/errors.h"
#include "models/dispersion/number_text.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::dispersion {

namespace {

constexpr double k_air_molar_mass_kg_mol = 0.0289647;
constexpr double k_air_heat_capacity_j_kg_k = 1005;
constexpr double k_liquid_coefficient = 0.62;
constexpr double k_gas_coefficient = 0.85;

struct Field {
    const char *id, *zh, *en;
};
constexpr Field k_inventory{"inventory", "存量", "inventory"};
constexpr Field k_molar_mass{"molar_mass", "摩尔质量", "molar mass"};
constexpr Field k_boiling{"boiling_point_k", "沸点", "boiling point"};
constexpr Field k_density{"liquid_density_kg_m3", "液体密度", "liquid density"};
constexpr Field k_latent{"latent_heat_j_kg", "汽化热", "latent heat"};
constexpr Field k_liquid_cp{"liquid_heat_capacity_j_kg_k", "液体比热",
                            "heat capacity of the liquid"};
constexpr Field k_gamma{"heat_ratio", "绝热指数", "heat ratio"};

Result<double> need(const std::optional<double>& value, const Field& field) {
    if (value && std::isfinite(*value) && *value > 0) return *value;
    return fail(errors::k_model_datum_missing,
                {{"field", field.id}, {"zh", field.zh}, {"en", field.en}});
}

std::unexpected<Error> refuse(std::string field, double value, std::string expected) {
    return fail(errors::k_model_input, {{"field", std::move(field)},
                                        {"value", decimal(value, 3)},
                                        {"expected", std::move(expected)}});
}

Result<void> check(const Vessel& vessel, const Leak& leak, const Surroundings& air) {
    const auto positive = [](double v) { return v > 0 && std::isfinite(v); };
    if (!positive(leak.hole_diameter.value) || leak.hole_diameter.value > 5) {
        return refuse("hole_diameter", leak.hole_diameter.value, "0–5 m");
    }
    if (vessel.inventory && !positive(vessel.inventory->value)) {
        return refuse("inventory", vessel.inventory->value, "> 0 kg");
    }
    if (vessel.temperature && !positive(vessel.temperature->value)) {
        return refuse("temperature", vessel.temperature->value, "> 0 K");
    }
    if (vessel.pressure && !positive(vessel.pressure->value)) {
        return refuse("pressure", vessel.pressure->value, "> 0 Pa");
    }
    if (!(vessel.liquid_head.value >= 0))
        return refuse("liquid_head", vessel.liquid_head.value, ">= 0 m");
    if (!(leak.height.value >= 0)) return refuse("height", leak.height.value, ">= 0 m");
    if (leak.stopped_after && !positive(leak.stopped_after->value)) {
        return refuse("stopped_after", leak.stopped_after->value, "> 0 s");
    }
    if (leak.bund_area && !positive(leak.bund_area->value)) {
        return refuse("bund_area", leak.bund_area->value, "> 0 m²");
    }
    if (!positive(leak.pool_depth.value))
        return refuse("pool_depth", leak.pool_depth.value, "> 0 m");
    if (!positive(air.temperature.value))
        return refuse("air temperature", air.temperature.value, "> 0 K");
    if (!positive(air.pressure.value)) return refuse("air pressure", air.pressure.value, "> 0 Pa");
    if (!(air.wind_10m.value >= 0)) return refuse("wind", air.wind_10m.value, ">= 0 m/s");
    return {};
}

/// The sum being built up: what each step adds.
struct Working {
    const Substance& substance;
    const Vessel& vessel;
    const Leak& leak;
    const Surroundings& air;
    SourceTerm out;
    double molar_mass = 0;
    Kelvin storage;
    double leaked_s = 0;
    double rained_kg_s = 0;
    Kelvin pool_temperature;
    double pool_fraction = 1;  ///< Of vapour over the pool.

    void say(std::string zh, std::string en) {
        out.steps.push_back({std::move(zh), std::move(en)});
    }
};

Result<void> set_pressure(Working& w) {
    w.storage = w.vessel.temperature.value_or(w.air.temperature);
    if (!w.vessel.temperature) {
        w.say("容器温度未登记，取气温 " + decimal(w.storage.value - k_zero_celsius_k, 1) + " °C",
              "Vessel temperature not recorded: taken as the air's, " +
                  decimal(w.storage.value - k_zero_celsius_k, 1) + " °C");
    }
    if (w.vessel.pressure) {
        w.out.vessel_pressure = *w.vessel.pressure;
        return {};
    }
    TRY_ASSIGN(vapour, vapour_pressure(w.substance, w.storage));
    w.out.vessel_pressure = std::max(vapour.value, w.air.pressure);
    const std::string kpa = decimal(w.out.vessel_pressure.value / 1000, 0);
    w.say("压力未登记，按该温度下饱和蒸气压 " + kpa + " kPa（绝压）" +
              (vapour.by_clausius_clapeyron ? "，克劳修斯–克拉佩龙估算" : "，安托万公式"),
          "Pressure not recorded: saturated at this temperature, " + kpa + " kPa absolute" +
              (vapour.by_clausius_clapeyron ? ", by Clausius–Clapeyron" : ", by Antoine"));
    return {};
}

Result<void> discharge(Working& w) {
    const double diameter = w.leak.hole_diameter.value;
    const double area = std::numbers::pi / 4 * diameter * diameter;
    const double inside = w.out.vessel_pressure.value, outside = w.air.pressure.value;
    const std::string mm = decimal(diameter * 1000, 0);
    double rate = 0;
    if (w.leak.at == HoleAt::liquid_space) {
        TRY_ASSIGN(density, need(w.substance.liquid_density_kg_m3, k_density));
        const double cd = w.leak.discharge_coefficient.value_or(k_liquid_coefficient);
        rate =
            liquid_discharge_kg_s(cd, area, density, inside - outside, w.vessel.liquid_head.value);
        w.say("液相孔 " + mm + " mm，Cd " + decimal(cd, 2) + "，" + brief(rate) +
                  " kg/s；不计孔内闪蒸，偏大",
              "Hole of " + mm + " mm in the liquid, Cd " + decimal(cd, 2) + ": " + brief(rate) +
                  " kg/s; no flashing inside the hole, an upper bound");
    } else {
        TRY_ASSIGN(gamma, need(w.substance.heat_ratio, k_gamma));
        if (gamma <= 1) return refuse("heat_ratio", gamma, "> 1");
        const double cd = w.leak.discharge_coefficient.value_or(k_gas_coefficient);
        const GasDischarge gas = gas_discharge(cd, area, w.out.vessel_pressure, w.air.pressure,
                                               w.storage, gamma, w.molar_mass);
        rate = gas.rate_kg_s;
        w.say("气相孔 " + mm + " mm，Cd " + decimal(cd, 2) +
                  (gas.choked ? "，临界流 " : "，亚临界流 ") + brief(rate) + " kg/s",
              "Hole of " + mm + " mm in the vapour, Cd " + decimal(cd, 2) +
                  (gas.choked ? ", choked: " : ", not choked: ") + brief(rate) + " kg/s");
    }
    if (!(rate > 0)) return fail(errors::k_vessel_no_pressure, {{"pressure", decimal(inside, 0)}});
    w.out.discharge = KilogramsPerSecond(rate);
    return {};
}

Result<void> set_duration(Working& w) {
    if (!w.vessel.inventory) {
        return fail(errors::k_model_datum_missing,
                    {{"field", k_inventory.id}, {"zh", k_inventory.zh}, {"en", k_inventory.en}});
    }
    const double empty_s = w.vessel.inventory->value / w.out.discharge.value;
    const bool stopped = w.leak.stopped_after && w.leak.stopped_after->value < empty_s;
    w.leaked_s = std::max(1.0, stopped ? w.leak.stopped_after->value : empty_s);
    w.out.duration = Seconds(w.leaked_s);
    const std::string minutes = decimal(w.leaked_s / 60, 1),
                      kg = decimal(w.vessel.inventory->value, 0);
    w.say(stopped ? "按 " + minutes + " min 后切断"
                  : "存量 " + kg + " kg，以初始流量计 " + minutes + " min 漏完",
          stopped ? "Shut off after " + minutes + " min"
                  : "Inventory " + kg + " kg: empty after " + minutes + " min at the first rate");
    return {};
}

const char* rule_zh(RainOut rule) {
    switch (rule) {
        case RainOut::twice_flash:
            return "两倍闪蒸率";
        case RainOut::purple_book:
            return "紫皮书 CPR 18E 表 4.8";
        case RainOut::all_airborne:
            return "全部留在空气中";
    }
    return "";
}

const char* rule_en(RainOut rule) {
    switch (rule) {
        case RainOut::twice_flash:
            return "twice the flash fraction";
        case RainOut::purple_book:
            return "Purple Book CPR 18E table 4.8";
        case RainOut::all_airborne:
            return "all of it stays in the air";
    }
    return "";
}

Result<void> flash(Working& w) {
    if (w.leak.at == HoleAt::vapour_space) {
        w.out.flash = w.out.airborne = 1;
        return {};
    }
    TRY_ASSIGN(boiling, need(w.substance.boiling_point_k, k_boiling));
    if (w.storage.value > boiling) {
        TRY_ASSIGN(cp, need(w.substance.liquid_heat_capacity_j_kg_k, k_liquid_cp));
        TRY_ASSIGN(latent, need(w.substance.latent_heat_j_kg, k_latent));
        w.out.flash = flash_fraction(cp, latent, w.storage, Kelvin(boiling));
        w.out.airborne = airborne_fraction(w.leak.rain_out, w.out.flash);
    }
    w.rained_kg_s = w.out.discharge.value * (1 - w.out.airborne);
    const std::string x = decimal(100 * w.out.flash, 0), f = decimal(100 * w.out.airborne, 0);
    if (w.out.flash > 0) {
        w.say("闪蒸 " + x + " %，随气流 " + f + " %（" + rule_zh(w.leak.rain_out) + "）" +
                  (w.rained_kg_s > 0 ? "，其余落地成池" : ""),
              "Flashes: " + x + " %; stays in the air: " + f + " % (" + rule_en(w.leak.rain_out) +
                  ")" + (w.rained_kg_s > 0 ? "; the rest falls into a pool" : ""));
    } else {
        w.say("储存温度不高于沸点，不闪蒸，全部成池",
              "Not above its boiling point: no flash, all of it forms a pool");
    }
    return {};
}

Result<void> pool(Working& w) {
    if (!(w.rained_kg_s > 0)) return {};
    TRY_ASSIGN(boiling, need(w.substance.boiling_point_k, k_boiling));
    TRY_ASSIGN(density, need(w.substance.liquid_density_kg_m3, k_density));
    const bool boils = boiling < w.air.temperature.value;
    w.pool_temperature = Kelvin(std::min(boiling, w.air.temperature.value));
    double pressure_pa = k_standard_pressure_pa;
    if (!boils) {
        TRY_ASSIGN(vapour, vapour_pressure(w.substance, w.pool_temperature));
        pressure_pa = vapour.value.value;
    }
    const double free_m2 = w.rained_kg_s * w.leaked_s / density / w.leak.pool_depth.value;
    const bool bunded = w.leak.bund_area && w.leak.bund_area->value < free_m2;
    const double area = bunded ? w.leak.bund_area->value : free_m2;
    const double diameter = std::sqrt(4 * area / std::numbers::pi);
    // Still air carries vapour off too: not below 1 m/s.
    double flux = pool_evaporation_kg_m2_s(std::max(1.0, w.air.wind_10m.value), diameter,
                                           pressure_pa, w.molar_mass, w.pool_temperature);
    if (boils) {
        TRY_ASSIGN(latent, need(w.substance.latent_heat_j_kg, k_latent));
        flux += ground_boiling_kg_m2_s(w.air.temperature.value - boiling, latent, w.out.duration);
    }
    const double rate = std::min(flux * area, w.rained_kg_s);
    w.pool_fraction = std::min(1.0, pressure_pa / w.air.pressure.value);
    w.out.pool_area = SquareMetres(area);
    w.out.pool_rate = KilogramsPerSecond(rate);
    w.say("液池 " + decimal(area, 0) + " m²" + (bunded ? "（围堰）" : "（按厚度摊开）") +
              "，蒸发 " + brief(rate) + " kg/s（Mackay–Matsugu" + (boils ? "，加地面导热" : "") +
              "），不超过落地量",
          "Pool of " + decimal(area, 0) + " m²" + (bunded ? " (bund)" : " (spread to its depth)") +
              ": " + brief(rate) + " kg/s evaporate (Mackay–Matsugu" +
              (boils ? " and heat from the ground" : "") + "), not more than falls in");
    if (!(w.out.airborne > 0)) w.out.duration = Seconds(w.rained_kg_s * w.leaked_s / rate);
    return {};
}

struct Mixture {
    double fraction = 1;
    double temperature_k = 0;
};

/// The drops evaporate into entrained dry air until none is left: adiabatic, the vapour saturated
/// at the end (its partial pressure is the vapour pressure of the drops' temperature).
Mixture evaporate_drops(const Working& w, double liquid_share, double boiling_k,
                        double latent_j_kg) {
    const double gas_cp = w.substance.gas_heat_capacity_j_kg_k.value_or(0);
    const auto fraction_at = [&](double t) {
        const auto p = vapour_pressure(w.substance, Kelvin(t));
        return p ? std::min(1.0, p->value.value / w.air.pressure.value) : 0.0;
    };
    const auto surplus = [&](double t) {
        const double y = fraction_at(t);
        if (!(y > 0)) return HUGE_VAL;
        const double air_kg = (1 - y) / y * k_air_molar_mass_kg_mol / w.molar_mass;
        return air_kg * k_air_heat_capacity_j_kg_k * (w.air.temperature.value - t) +
               gas_cp * (boiling_k - t) - liquid_share * latent_j_kg;
    };
    double low = boiling_k - 59, high = boiling_k;
    for (int i = 0; i < 50; ++i) {
        const double middle = (low + high) / 2;
        (surplus(middle) > 0 ? low : high) = middle;
    }
    return {fraction_at(low), low};
}

void initial_cloud(Working& w) {
    const double jet_kg_s = w.out.discharge.value * w.out.airborne,
                 pool_kg_s = w.out.pool_rate.value;
    w.out.rate = KilogramsPerSecond(jet_kg_s + pool_kg_s);
    Mixture jet{1, w.storage.value};
    if (w.leak.at == HoleAt::liquid_space && jet_kg_s > 0) {
        const double liquid_share = std::max(0.0, 1 - w.out.flash / w.out.airborne);
        const double boiling = *w.substance.boiling_point_k;
        jet = {1, boiling};
        if (liquid_share > 0) {
            jet = evaporate_drops(w, liquid_share, boiling, *w.substance.latent_heat_j_kg);
            w.say("液滴蒸发混入空气后：体积分数 " + decimal(100 * jet.fraction, 1) + " %，" +
                      decimal(jet.temperature_k - k_zero_celsius_k, 0) + " °C（干空气，绝热）",
                  "After the drops have evaporated into air: " + decimal(100 * jet.fraction, 1) +
                      " % by volume at " + decimal(jet.temperature_k - k_zero_celsius_k, 0) +
                      " °C (dry air, adiabatic)");
        }
    }
    // Moles of substance and of air that came with it, and a molar mean of temperature.
    const double jet_mol = jet_kg_s / w.molar_mass, pool_mol = pool_kg_s / w.molar_mass;
    const double jet_all = jet_mol / jet.fraction, pool_all = pool_mol / w.pool_fraction;
    const double y = (jet_mol + pool_mol) / (jet_all + pool_all);
    const double t =
        (jet_all * jet.temperature_k + pool_all * w.pool_temperature.value) / (jet_all + pool_all);
    const double mixed_molar_mass = y * w.molar_mass + (1 - y) * k_air_molar_mass_kg_mol;
    w.out.initial_volume_fraction = y;
    w.out.initial_temperature = Kelvin(t);
    w.out.initial_density = KilogramsPerCubicMetre(w.air.pressure.value * mixed_molar_mass /
                                                   (k_gas_constant_j_mol_k * t));
    w.say("进入大气 " + brief(w.out.rate.value) + " kg/s，初始云团密度 " +
              decimal(w.out.initial_density.value, 2) + " kg/m³，空气 " +
              decimal(air_density_kg_m3(w.air.temperature, w.air.pressure), 2) + " kg/m³",
          "To the air: " + brief(w.out.rate.value) + " kg/s; density of the first cloud " +
              decimal(w.out.initial_density.value, 2) + " kg/m³, of the air " +
              decimal(air_density_kg_m3(w.air.temperature, w.air.pressure), 2) + " kg/m³");
}

}  // namespace

Result<SourceTerm> source_term(const Substance& substance, const Vessel& vessel, const Leak& leak,
                               const Surroundings& surroundings) {
    TRY(check(vessel, leak, surroundings));
    Working w{.substance = substance,
              .vessel = vessel,
              .leak = leak,
              .air = surroundings,
              .out = {},
              .molar_mass = 0,
              .storage = {},
              .leaked_s = 0,
              .rained_kg_s = 0,
              .pool_temperature = surroundings.temperature,
              .pool_fraction = 1};
    TRY_ASSIGN(molar_mass, need(substance.molar_mass_kg_mol, k_molar_mass));
    w.molar_mass = w.out.molar_mass_kg_mol = molar_mass;
    w.out.height = leak.height;
    TRY(set_pressure(w));
    TRY(discharge(w));
    TRY(set_duration(w));
    TRY(flash(w));
    TRY(pool(w));
    initial_cloud(w);
    return std::move(w.out);
}

Result<SourceTerm> known_release(const Substance& substance, KilogramsPerSecond rate,
                                 Seconds duration, Metres height,
                                 const Surroundings& surroundings) {
    TRY_ASSIGN(molar_mass, need(substance.molar_mass_kg_mol, k_molar_mass));
    if (!(rate.value > 0) || !std::isfinite(rate.value))
        return refuse("rate", rate.value, "> 0 kg/s");
    if (!(duration.value > 0)) return refuse("duration", duration.value, "> 0 s");
    if (!(height.value >= 0)) return refuse("height", height.value, ">= 0 m");
    SourceTerm out;
    out.rate = out.discharge = rate;
    out.duration = duration;
    out.height = height;
    out.molar_mass_kg_mol = molar_mass;
    out.flash = out.airborne = 1;
    out.initial_temperature = surroundings.temperature;
    out.initial_density =
        KilogramsPerCubicMetre(surroundings.pressure.value * molar_mass /
                               (k_gas_constant_j_mol_k * surroundings.temperature.value));
    out.vessel_pressure = surroundings.pressure;
    out.steps.push_back({"给定泄放速率 " + brief(rate.value) + " kg/s，按与空气同温的纯气体",
                         "Release rate given, " + brief(rate.value) +
                             " kg/s, as pure gas at the air's temperature"});
    return out;
}

}  // namespace anlan::dispersion
