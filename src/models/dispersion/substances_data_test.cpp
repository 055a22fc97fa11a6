// data/substances.yaml as the models see it: complete enough to run, consistent with itself.
#include "models/dispersion/source_term.h"
#include "models/toxicity/toxicity.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <string>

namespace anlan::dispersion {
namespace {

YAML::Node records() {
    return YAML::LoadFile(std::string(ANLAN_SOURCE_DIR) + "/data/substances.yaml")["records"];
}

double number(const YAML::Node& record, const char* field) {
    return record[field].as<double>();
}

Substance substance_of(const YAML::Node& r) {
    EXPECT_EQ(r["antoine_unit"].as<std::string>(), "bar");
    return {
        .name = r["name"].as<std::string>(),
        .molar_mass_kg_mol = number(r, "molar_mass_g_mol") / 1000,
        .boiling_point_k = number(r, "boiling_point_k"),
        .liquid_density_kg_m3 = number(r, "liquid_density_kg_m3"),
        .latent_heat_j_kg = number(r, "latent_heat_j_kg"),
        .liquid_heat_capacity_j_kg_k = number(r, "liquid_heat_capacity_j_kg_k"),
        .gas_heat_capacity_j_kg_k = number(r, "gas_heat_capacity_j_kg_k"),
        .heat_ratio = number(r, "heat_ratio"),
        .antoine = Antoine{number(r, "antoine_a"), number(r, "antoine_b"), number(r, "antoine_c"),
                           1e5, number(r, "antoine_min_k"), number(r, "antoine_max_k")}};
}

TEST(SubstanceData, BoilsAtItsBoilingPoint) {
    ASSERT_GE(records().size(), 6u);
    for (const auto& r : records()) {
        const Substance s = substance_of(r);
        const auto p = vapour_pressure(s, Kelvin(*s.boiling_point_k));
        ASSERT_TRUE(p) << s.name;
        EXPECT_FALSE(p->by_clausius_clapeyron) << s.name;
        EXPECT_NEAR(p->value.value / 101325, 1, 0.015) << s.name;
    }
}

// cp − cv = R/M for an ideal gas: ties heat ratio, heat capacity and molar mass together.
TEST(SubstanceData, HeatRatioBelongsToTheHeatCapacity) {
    for (const auto& r : records()) {
        const double cp =
            number(r, "gas_heat_capacity_j_kg_k") * number(r, "molar_mass_g_mol") / 1000;
        EXPECT_NEAR(cp / (cp - 8.314462618), number(r, "heat_ratio"), 0.003) << r["name"];
    }
}

TEST(SubstanceData, LevelsRiseAndEverythingHasASource) {
    for (const auto& r : records()) {
        EXPECT_LT(number(r, "aegl1_ppm"), number(r, "aegl2_ppm")) << r["name"];
        EXPECT_LT(number(r, "aegl2_ppm"), number(r, "aegl3_ppm")) << r["name"];
        EXPECT_EQ(r["aegl_minutes"].as<int>(), 60);
        if (r["lel_percent"]) {
            EXPECT_LT(number(r, "lel_percent"), number(r, "uel_percent")) << r["name"];
        }
        // The longer one breathes it, the lower the level.
        const auto other = r["more"]["aegl_ppm_by_minutes"];
        for (std::size_t level = 0; level < 3; ++level) {
            const char* fields[] = {"aegl1_ppm", "aegl2_ppm", "aegl3_ppm"};
            EXPECT_GE(other["30"][level].as<double>(), number(r, fields[level])) << r["name"];
            EXPECT_LE(other["480"][level].as<double>(), number(r, fields[level])) << r["name"];
        }
        EXPECT_GT(r["source"].as<std::string>().size(), 60u) << r["name"];
        EXPECT_TRUE(r["name_en"]) << r["name"];
        EXPECT_TRUE(r["more"]["confidence"]["aegl_60"]) << r["name"];
    }
}

// A probit in the wrong unit puts the lethal concentration below the life-threatening level, or at
// a level no air can hold.
TEST(SubstanceData, ProbitsLieAboveAegl3) {
    for (const auto& r : records()) {
        if (!r["probit_a"]) continue;
        const toxicity::Probit probit{
            number(r, "probit_a"), number(r, "probit_b"), number(r, "probit_n"),
            *toxicity::probit_unit_of(r["probit_unit"].as<std::string>())};
        const auto lc50 = toxicity::lethal_concentration(probit, 0.5, Seconds(3600),
                                                         {number(r, "molar_mass_g_mol"), {}});
        ASSERT_TRUE(lc50);
        EXPECT_GT(lc50->value, number(r, "aegl3_ppm")) << r["name"];
        EXPECT_LT(lc50->value, 200 * number(r, "aegl3_ppm")) << r["name"];
    }
}

TEST(SubstanceData, EverySubstanceCanLeak) {
    for (const auto& r : records()) {
        const Substance s = substance_of(r);
        for (const auto at : {HoleAt::liquid_space, HoleAt::vapour_space}) {
            const auto term = source_term(
                s, {.inventory = Kilograms(5000), .pressure = Pascals(3e5)},
                {.hole_diameter = Metres(0.02), .at = at}, {.wind_10m = MetresPerSecond(3)});
            ASSERT_TRUE(term) << s.name;
            EXPECT_GT(term->rate.value, 0) << s.name;
            EXPECT_LE(term->rate.value, term->discharge.value * (1 + 1e-9)) << s.name;
        }
    }
}

}  // namespace
}  // namespace anlan::dispersion
