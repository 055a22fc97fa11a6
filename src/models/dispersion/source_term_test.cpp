#include "models/dispersion/source_term.h"

#include "models/dispersion/dense.h"
#include "models/dispersion/errors.h"
#include "models/dispersion/test_substances.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace anlan::dispersion {
namespace {

double hole_m2(double diameter_m) {
    return std::numbers::pi / 4 * diameter_m * diameter_m;
}

// CCPS 1999 p. 40: 490 kg/m³, 10 mm, Cd 0.63, 120935 Pa against 101325 Pa.
TEST(Discharge, CcpsLiquidJet) {
    EXPECT_NEAR(liquid_discharge_kg_s(0.63, hole_m2(0.01), 490, 120935.0368 - 101325, 0), 0.21691,
                5e-6);
    EXPECT_EQ(liquid_discharge_kg_s(0.63, hole_m2(0.01), 490, -100, 0), 0);
}

// CCPS 1999 p. 47: 501 kPa, 298 K, 8.90 kg/m³, γ 1.15, Cd 0.85, 10 mm; choked.
TEST(Discharge, CcpsGasJet) {
    const double molar_mass = 8.90 * k_gas_constant_j_mol_k * 298 / 501e3;
    const auto gas = gas_discharge(0.85, hole_m2(0.01), Pascals(501e3), Pascals(101325),
                                   Kelvin(298), 1.15, molar_mass);
    EXPECT_NEAR(gas.rate_kg_s, 0.0900, 5e-5);
    EXPECT_TRUE(gas.choked);
}

// Yellow Book CPR 14E: acrylonitrile, 0.1 m, Cd 0.62, 812.5 kg/m³, head 11.12 m.
TEST(Discharge, YellowBookAcrylonitrile) {
    EXPECT_NEAR(liquid_discharge_kg_s(0.62, hole_m2(0.1), 812.5, 0, 11.12), 58.44, 0.02);
}

// Yellow Book CPR 14E: hydrogen, 50 bar, 288.15 K, 0.1 m; γ 1.405, Cd 0.62.
TEST(Discharge, YellowBookHydrogen) {
    const auto gas = gas_discharge(0.62, hole_m2(0.1), Pascals(50e5), Pascals(101325),
                                   Kelvin(288.15), 1.405, 2.016e-3);
    EXPECT_NEAR(gas.rate_kg_s, 15.31, 0.02);
}

// The two gas formulas meet at the critical ratio; and nothing flows backwards.
TEST(Discharge, SubcriticalMeetsChoked) {
    const double g = 1.31, critical = std::pow(2 / (g + 1), g / (g - 1));
    const auto at = [&](double ratio) {
        return gas_discharge(0.85, 1e-4, Pascals(101325 / ratio), Pascals(101325), Kelvin(293), g,
                             0.017);
    };
    EXPECT_TRUE(at(critical * 0.999999).choked);
    EXPECT_FALSE(at(critical * 1.000001).choked);
    EXPECT_NEAR(at(critical * 0.999999).rate_kg_s / at(critical * 1.000001).rate_kg_s, 1, 1e-5);
    EXPECT_EQ(
        gas_discharge(0.85, 1e-4, Pascals(1e5), Pascals(101325), Kelvin(293), g, 0.017).rate_kg_s,
        0);
}

TEST(Flash, FractionsAndRules) {
    EXPECT_NEAR(flash_fraction(4601, 1.3713e6, Kelvin(293.15), Kelvin(239.82)), 0.1789, 1e-4);
    EXPECT_EQ(flash_fraction(4601, 1.3713e6, Kelvin(200), Kelvin(239.82)), 0);
    EXPECT_EQ(flash_fraction(4601, 1.3713e5, Kelvin(350), Kelvin(239.82)), 1);
    EXPECT_DOUBLE_EQ(airborne_fraction(RainOut::twice_flash, 0.18), 0.36);
    EXPECT_DOUBLE_EQ(airborne_fraction(RainOut::twice_flash, 0.7), 1);
    EXPECT_DOUBLE_EQ(airborne_fraction(RainOut::all_airborne, 0.05), 1);
    for (const auto rule : {RainOut::twice_flash, RainOut::purple_book, RainOut::all_airborne}) {
        EXPECT_EQ(airborne_fraction(rule, 0), 0);
    }
    // Purple Book table 4.8 is continuous where its pieces join.
    EXPECT_NEAR(airborne_fraction(RainOut::purple_book, 0.1 - 1e-9),
                airborne_fraction(RainOut::purple_book, 0.1), 1e-8);
    EXPECT_NEAR(airborne_fraction(RainOut::purple_book, 0.36 - 1e-9), 1, 1e-8);
}

// Ammonia at 20 °C: 857.5 kPa in the NIST tables.
TEST(VapourPressure, AmmoniaAgainstTables) {
    const auto p = vapour_pressure(ammonia(), Kelvin(293.15));
    ASSERT_TRUE(p);
    EXPECT_NEAR(p->value.value / 857.5e3, 1, 0.02);
    EXPECT_FALSE(p->by_clausius_clapeyron);
    auto rough = ammonia();
    rough.antoine.reset();
    const auto cc = vapour_pressure(rough, Kelvin(293.15));
    ASSERT_TRUE(cc);
    EXPECT_TRUE(cc->by_clausius_clapeyron);
    EXPECT_NEAR(cc->value.value / 857.5e3, 1, 0.12);
    const auto far = vapour_pressure(rough, Kelvin(400));
    ASSERT_FALSE(far);
    EXPECT_TRUE(far.error().is(errors::k_vapour_pressure_range));
}

SourceTerm must(Result<SourceTerm> r) {
    EXPECT_TRUE(r) << (r ? "" : text_of(r.error(), Language::en));
    return r ? std::move(*r) : SourceTerm{};
}

const Surroundings k_air{.temperature = Kelvin(293.15), .wind_10m = MetresPerSecond(4)};

// 25 mm in the liquid of an ammonia vessel at 20 °C, by hand: 0.62·4.909e-4·√(2·681.9·748e3).
TEST(SourceTerm, AmmoniaLiquid) {
    const auto s = must(source_term(ammonia(), {.inventory = Kilograms(10'000)},
                                    {.hole_diameter = Metres(0.025)}, k_air));
    EXPECT_NEAR(s.discharge.value, 9.72, 0.02);
    EXPECT_NEAR(s.flash, 0.179, 0.001);
    EXPECT_NEAR(s.airborne, (0.8 * s.flash - 0.028) / 0.26, 1e-12);
    EXPECT_NEAR(s.duration.value, 10'000 / s.discharge.value, 1e-6);
    EXPECT_LE(s.rate.value, s.discharge.value * (1 + 1e-12));
    EXPECT_GE(s.rate.value, s.discharge.value * s.airborne);
    // Cold and wet with drops, it is heavier than air although its molecule is light.
    EXPECT_GT(s.initial_density.value, air_density_kg_m3(k_air.temperature, k_air.pressure));
    EXPECT_GE(s.steps.size(), 6u);
    for (const auto& step : s.steps) {
        EXPECT_FALSE(step.zh.empty());
        EXPECT_FALSE(step.en.empty());
    }
}

// Heat taken from the air is the heat that the drops took; the end is saturated.
TEST(SourceTerm, DropsEvaporateWithTheAirsHeat) {
    const auto s = must(
        source_term(ammonia(), {.inventory = Kilograms(10'000)},
                    {.hole_diameter = Metres(0.025), .rain_out = RainOut::all_airborne}, k_air));
    const double y = s.initial_volume_fraction, t = s.initial_temperature.value;
    const double air_kg = (1 - y) / y * 0.0289647 / 0.017031;
    const double given = air_kg * 1005 * (293.15 - t) + 2158 * (239.82 - t);
    EXPECT_NEAR(given / ((1 - s.flash) * 1.3713e6), 1, 1e-3);
    EXPECT_NEAR(y * 101325 / vapour_pressure(ammonia(), Kelvin(t))->value.value, 1, 1e-6);
    EXPECT_EQ(s.pool_rate.value, 0);
}

TEST(SourceTerm, AmmoniaVapourIsLight) {
    const auto s =
        must(source_term(ammonia(), {.inventory = Kilograms(10'000)},
                         {.hole_diameter = Metres(0.025), .at = HoleAt::vapour_space}, k_air));
    EXPECT_NEAR(s.discharge.value, 0.627, 0.02);
    EXPECT_LT(s.initial_density.value, 0.75);
    EXPECT_EQ(s.rate.value, s.discharge.value);
}

TEST(SourceTerm, ShutOffShortensAndBundLimits) {
    const Vessel vessel{.inventory = Kilograms(50'000)};
    const auto open = must(source_term(ammonia(), vessel, {.hole_diameter = Metres(0.05)}, k_air));
    const auto shut = must(source_term(
        ammonia(), vessel, {.hole_diameter = Metres(0.05), .stopped_after = Seconds(120)}, k_air));
    EXPECT_EQ(shut.duration.value, 120);
    EXPECT_LT(shut.pool_area.value, open.pool_area.value);
    const auto bund = must(source_term(
        ammonia(), vessel, {.hole_diameter = Metres(0.05), .bund_area = SquareMetres(50)}, k_air));
    EXPECT_EQ(bund.pool_area.value, 50);
    EXPECT_LT(bund.rate.value, open.rate.value);
}

// A liquid below its boiling point only evaporates, and for long after the hole is shut.
TEST(SourceTerm, MethanolPool) {
    const auto s =
        must(source_term(methanol(), {.inventory = Kilograms(1000), .liquid_head = Metres(2)},
                         {.hole_diameter = Metres(0.05), .bund_area = SquareMetres(100)}, k_air));
    EXPECT_EQ(s.flash, 0);
    EXPECT_EQ(s.airborne, 0);
    EXPECT_EQ(s.rate.value, s.pool_rate.value);
    // By hand: k = .004786·4^.78·11.28^−.11·.8^−.67 = 0.01255; Pv 12.9 kPa → 2.12e-3 kg/m²/s, 100
    // m².
    EXPECT_NEAR(s.rate.value, 0.213, 0.01);
    EXPECT_NEAR(s.duration.value * s.rate.value, 1000, 1e-6);
    EXPECT_LT(s.initial_volume_fraction, 0.15);
}

TEST(SourceTerm, EachMissingDatumIsNamed) {
    const Vessel vessel{.inventory = Kilograms(1000)};
    const Leak leak{.hole_diameter = Metres(0.02)};
    const auto missing = [](const Result<SourceTerm>& r, std::string_view field) {
        ASSERT_FALSE(r) << field;
        EXPECT_TRUE(r.error().is(errors::k_model_datum_missing));
        EXPECT_EQ(r.error().parameters.front().second, field);
    };
    missing(source_term(ammonia(), {}, leak, k_air), "inventory");
    auto s = ammonia();
    s.liquid_density_kg_m3.reset();
    missing(source_term(s, vessel, leak, k_air), "liquid_density_kg_m3");
    s = ammonia();
    s.molar_mass_kg_mol.reset();
    missing(source_term(s, vessel, leak, k_air), "molar_mass");
    s = ammonia();
    s.liquid_heat_capacity_j_kg_k.reset();
    missing(source_term(s, vessel, leak, k_air), "liquid_heat_capacity_j_kg_k");
    s = ammonia();
    s.heat_ratio.reset();
    missing(
        source_term(s, vessel, {.hole_diameter = Metres(0.02), .at = HoleAt::vapour_space}, k_air),
        "heat_ratio");
}

TEST(SourceTerm, RefusesNonsenseAndAVesselThatCannotLeak) {
    const Vessel vessel{.inventory = Kilograms(1000)};
    for (const double d : {0.0, -0.1, 6.0, std::nan("")}) {
        EXPECT_FALSE(source_term(ammonia(), vessel, {.hole_diameter = Metres(d)}, k_air)) << d;
    }
    EXPECT_FALSE(source_term(ammonia(), {.inventory = Kilograms(0)},
                             {.hole_diameter = Metres(0.01)}, k_air));
    const auto still = source_term(methanol(), vessel, {.hole_diameter = Metres(0.01)}, k_air);
    ASSERT_FALSE(still);
    EXPECT_TRUE(still.error().is(errors::k_vessel_no_pressure));
    EXPECT_FALSE(known_release(ammonia(), KilogramsPerSecond(0), Seconds(60), Metres(0), k_air));
}

}  // namespace
}  // namespace anlan::dispersion
