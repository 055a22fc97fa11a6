#include "models/dispersion/sigma.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::dispersion {
namespace {

constexpr Stability k_all[] = {Stability::a, Stability::b, Stability::c,
                               Stability::d, Stability::e, Stability::f};

// By hand: σy² = 6400/1.1, σz² = 3600/2.5. Catches swapped σ and the 0.00015 misprint.
TEST(Briggs, ClassDRuralAtOneKilometre) {
    const Sigma s = briggs(Stability::d, Terrain::rural, 1000);
    EXPECT_NEAR(s.y_m, 76.277, 5e-4);
    EXPECT_NEAR(s.z_m, 37.947, 5e-4);
}

// By hand from the published formulas at 1 km. One value per cell of the table.
TEST(Briggs, EveryCellAtOneKilometre) {
    const double root = std::sqrt(1.1), root_urban = std::sqrt(1.4);
    const Sigma rural[] = {{220 / root, 200},
                           {160 / root, 120},
                           {110 / root, 80 / std::sqrt(1.2)},
                           {80 / root, 60 / std::sqrt(2.5)},
                           {60 / root, 30 / 1.3},
                           {40 / root, 16 / 1.3}};
    const Sigma urban[] = {{320 / root_urban, 240 * std::sqrt(2.0)},
                           {320 / root_urban, 240 * std::sqrt(2.0)},
                           {220 / root_urban, 200},
                           {160 / root_urban, 140 / std::sqrt(1.3)},
                           {110 / root_urban, 80 / std::sqrt(2.5)},
                           {110 / root_urban, 80 / std::sqrt(2.5)}};
    for (const auto stability : k_all) {
        const auto i = static_cast<std::size_t>(stability);
        const Sigma r = briggs(stability, Terrain::rural, 1000),
                    u = briggs(stability, Terrain::urban, 1000);
        EXPECT_NEAR(r.y_m / rural[i].y_m, 1, 1e-12) << i;
        EXPECT_NEAR(r.z_m / rural[i].z_m, 1, 1e-12) << i;
        EXPECT_NEAR(u.y_m / urban[i].y_m, 1, 1e-12) << i;
        EXPECT_NEAR(u.z_m / urban[i].z_m, 1, 1e-12) << i;
    }
}

TEST(Briggs, GrowsDownwindAndShrinksWithStability) {
    for (const auto terrain : {Terrain::rural, Terrain::urban}) {
        for (double x = 100; x <= 10'000; x *= 1.3) {
            for (const auto stability : k_all) {
                const Sigma here = briggs(stability, terrain, x),
                            farther = briggs(stability, terrain, 1.3 * x);
                EXPECT_GT(farther.y_m, here.y_m);
                EXPECT_GE(farther.z_m, here.z_m);
                if (stability == Stability::f) continue;
                const auto next = static_cast<Stability>(static_cast<int>(stability) + 1);
                EXPECT_LE(briggs(next, terrain, x).y_m, here.y_m);
                EXPECT_LE(briggs(next, terrain, x).z_m, here.z_m);
            }
        }
    }
}

TEST(Briggs, DistanceIsTheInverse) {
    for (const auto stability : k_all) {
        for (const double x : {50.0, 700.0, 9000.0}) {
            const Sigma s = briggs(stability, Terrain::rural, x);
            EXPECT_NEAR(briggs_distance_for_y_m(stability, Terrain::rural, s.y_m) / x, 1, 1e-6);
            EXPECT_NEAR(briggs_distance_for_z_m(stability, Terrain::rural, s.z_m) / x, 1, 1e-6);
        }
    }
    EXPECT_EQ(briggs_distance_for_y_m(Stability::d, Terrain::rural, 0), 0);
    // σz of F ends at 53 m: farther than anything that is drawn, not a number made up.
    EXPECT_GE(briggs_distance_for_z_m(Stability::f, Terrain::rural, 60), 1e6);
}

TEST(Averaging, FifthPowerOfTimeAndClamped) {
    EXPECT_DOUBLE_EQ(averaging_factor_y(Seconds(600)), 1);
    EXPECT_NEAR(averaging_factor_y(Seconds(3600)), std::pow(6, 0.2), 1e-12);
    EXPECT_EQ(averaging_factor_y(Seconds(1e6)), averaging_factor_y(Seconds(3600)));
    EXPECT_EQ(averaging_factor_y(Seconds(1)), averaging_factor_y(Seconds(20)));
}

// CCPS 1999 p. 101 (its 6.1 m is a misprint for 5.05 m).
TEST(CcpsPuff, BookExampleClassF) {
    const Sigma s = ccps_puff(Stability::f, 500);
    EXPECT_NEAR(s.y_m, 5.04793, 1e-5);
    EXPECT_NEAR(s.z_m, 2.21484, 1e-5);
}

}  // namespace
}  // namespace anlan::dispersion
