#include "models/toxicity/toxicity.h"

#include "models/toxicity/errors.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::toxicity {
namespace {

// Purple Book CPR 18E table 5.2; C in mg/m³, t in minutes.
struct Row {
    const char* name;
    double molar_mass_g_mol;
    Probit probit;
    double lc50_ppm, lc01_ppm;  ///< 30 min, 25 °C.
};
const Row k_rows[] = {
    {"ammonia", 17.031, {-15.6, 1, 2, ProbitUnit::mg_m3}, 7798, 2437},
    {"chlorine", 70.906, {-6.35, .5, 2.75, ProbitUnit::mg_m3}, 385, 70.9},
    {"hydrogen sulphide", 34.081, {-11.5, 1, 1.9, ProbitUnit::mg_m3}, 708, 208},
    {"hydrogen cyanide", 27.026, {-9.8, 1, 2.4, ProbitUnit::mg_m3}, 104.6, 39.7},
    {"carbon monoxide", 28.010, {-7.4, 1, 1, ProbitUnit::mg_m3}, 7069, 690},
};

TEST(Probit, PurpleBookLethalConcentrations) {
    for (const auto& row : k_rows) {
        const Exposed exposed{row.molar_mass_g_mol, {}};
        EXPECT_NEAR(
            lethal_concentration(row.probit, 0.5, Seconds(1800), exposed)->value / row.lc50_ppm, 1,
            0.002)
            << row.name;
        EXPECT_NEAR(
            lethal_concentration(row.probit, 0.01, Seconds(1800), exposed)->value / row.lc01_ppm, 1,
            0.002)
            << row.name;
    }
}

// Ammonia after Lees (HSE OSD/30), in ppm: LC50 of 30 min = e^((5 + 35.9)/1.85/2)/√30 = 11,539 ppm.
// Read as mg/m³ the same constants would give 16,600 ppm: the unit is not a detail.
TEST(Probit, UnitIsPartOfTheConstants) {
    const Exposed exposed{17.031, {}};
    const Probit lees{-35.9, 1.85, 2, ProbitUnit::ppm};
    EXPECT_NEAR(lethal_concentration(lees, 0.5, Seconds(1800), exposed)->value,
                std::exp(40.9 / 3.7) / std::sqrt(30), 1);
    const Probit wrong{-35.9, 1.85, 2, ProbitUnit::mg_m3};
    EXPECT_GT(lethal_concentration(wrong, 0.5, Seconds(1800), exposed)->value,
              1.4 * lethal_concentration(lees, 0.5, Seconds(1800), exposed)->value);
}

TEST(Probit, LethalityIsTheInverse) {
    for (const auto& row : k_rows) {
        const Exposed exposed{row.molar_mass_g_mol, {Kelvin(283), Pascals(100e3)}};
        for (const double p : {0.001, 0.01, 0.5, 0.9}) {
            const auto c = lethal_concentration(row.probit, p, Seconds(600), exposed);
            ASSERT_TRUE(c);
            EXPECT_NEAR(*lethality(row.probit, *c, Seconds(600), exposed), p, 1e-9);
        }
    }
    EXPECT_DOUBLE_EQ(probability_of(5), 0.5);
    EXPECT_NEAR(probability_of(5 - 2.326348), 0.01, 1e-7);
    EXPECT_EQ(*lethality(k_rows[0].probit, PartsPerMillion(0), Seconds(600), {17.031, {}}), 0);
}

// Two halves of a constant exposure are one; a short peak counts by Cⁿ.
TEST(Probit, HistoryAddsUp) {
    const Exposed exposed{17.031, {}};
    const Probit& p = k_rows[0].probit;
    const Exposure halves[] = {{PartsPerMillion(4000), Seconds(300)},
                               {PartsPerMillion(4000), Seconds(300)}};
    EXPECT_NEAR(*probit_value(p, halves, exposed),
                *probit_value(p, PartsPerMillion(4000), Seconds(600), exposed), 1e-12);
    const Exposure peak[] = {{PartsPerMillion(8000), Seconds(300)},
                             {PartsPerMillion(0), Seconds(300)}};
    EXPECT_GT(*probit_value(p, peak, exposed), *probit_value(p, halves, exposed));
}

// 1 ppm NH3 at 25 °C and 101325 Pa: 17.031/24.465 = 0.6961 mg/m³.
TEST(Units, PpmAndMilligrams) {
    EXPECT_NEAR(to_mg_m3(PartsPerMillion(1), 17.031).value, 0.6961, 1e-4);
    EXPECT_NEAR(to_mg_m3(PartsPerMillion(1), 17.031, {Kelvin(273.15), Pascals(101325)}).value,
                0.7598, 1e-4);
    EXPECT_NEAR(to_ppm(to_mg_m3(PartsPerMillion(123), 34.08), 34.08).value, 123, 1e-9);
}

TEST(Probit, RefusesUnknownUnitsAndNonsense) {
    EXPECT_EQ(*probit_unit_of("mg/m3"), ProbitUnit::mg_m3);
    EXPECT_EQ(*probit_unit_of("mg/m³"), ProbitUnit::mg_m3);
    EXPECT_EQ(*probit_unit_of("ppm"), ProbitUnit::ppm);
    for (const auto* bad : {"", "kg/m3", "PPM", "mg/l"}) {
        const auto unit = probit_unit_of(bad);
        ASSERT_FALSE(unit) << bad;
        EXPECT_TRUE(unit.error().is(errors::k_probit_unit_unknown));
    }
    const Probit& p = k_rows[0].probit;
    const Exposed ammonia{17.031, {}};
    for (const double bad : {-1.0, std::nan(""), HUGE_VAL}) {
        EXPECT_FALSE(lethality(p, PartsPerMillion(bad), Seconds(60), ammonia)) << bad;
        EXPECT_FALSE(lethality(p, PartsPerMillion(1), Seconds(bad), ammonia)) << bad;
    }
    EXPECT_FALSE(lethality(p, PartsPerMillion(1), Seconds(60), {0, {}}));
    EXPECT_FALSE(
        lethality({-15.6, 0, 2, ProbitUnit::ppm}, PartsPerMillion(1), Seconds(60), ammonia));
    for (const double bad : {0.0, 1.0, -0.5, 2.0})
        EXPECT_FALSE(lethal_concentration(p, bad, Seconds(60), ammonia));
}

}  // namespace
}  // namespace anlan::toxicity
