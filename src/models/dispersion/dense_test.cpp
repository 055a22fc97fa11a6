#include "models/dispersion/dense.h"

#include "models/dispersion/dense_curves.h"
#include "models/dispersion/errors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace anlan::dispersion {
namespace {

// CCPS 1999 p. 122, after the Burro trials: LNG, 0.23 m³/s of liquid at 425.6 kg/m³, boiled off at
// −162 °C with 1.76 kg/m³, wind 10.9 m/s at 10 m, air 298 K.
DensePlume lng(double wind_m_s = 10.9) {
    auto plume = DensePlume::create({0.23 * 425.6 / 1.76, 1.76, Kelvin(111.15), 1},
                                    {MetresPerSecond(wind_m_s), Kelvin(298)});
    EXPECT_TRUE(plume);
    return *plume;
}

TEST(DensePlume, CcpsExampleNearFieldCurvesAndFarField) {
    const DensePlume p = lng();
    EXPECT_NEAR(p.volume_fraction(45.2) / 0.6720, 1, 0.002);
    EXPECT_NEAR(p.volume_fraction(367) / 0.0507, 1, 0.002);
    EXPECT_NEAR(p.volume_fraction(1200) / 0.00492, 1, 0.002);
    EXPECT_EQ(p.region(45.2), DenseRegion::near_field);
    EXPECT_EQ(p.region(367), DenseRegion::curves);
    EXPECT_EQ(p.region(1200), DenseRegion::far_field);
}

TEST(DensePlume, DistanceIsTheInverseOfTheFraction) {
    const DensePlume p = lng();
    for (const double fraction : {0.9, 0.5, 0.2, 0.05, 0.02, 0.004, 1e-4}) {
        EXPECT_NEAR(p.volume_fraction(p.distance_m(fraction)) / fraction, 1, 1e-9) << fraction;
    }
    EXPECT_EQ(p.distance_m(1), 0);
    EXPECT_EQ(p.distance_m(2), 0);
}

// β of all six curves in each of their pieces, by hand from the published fits.
TEST(DenseCurves, PlumeValues) {
    const double alpha[] = {-0.75, -0.40, -0.20, 0.0};
    const double beta[4][6] = {{1.75, 1.92, 2.08, 2.25, 2.40, 2.60},
                               {1.784, 2.016, 2.21, 2.394, 2.564, 2.714},
                               {1.832, 2.06, 2.25, 2.45, 2.63, 2.77},
                               {1.78, 1.96, 2.16, 2.35, 2.56, 2.71}};
    for (int a = 0; a < 4; ++a) {
        for (std::size_t i = 0; i < 6; ++i)
            EXPECT_NEAR(k_plume_curves[i].beta(alpha[a]), beta[a][i], 1e-9);
    }
}

TEST(DenseCurves, PuffValues) {
    const double alpha[] = {-0.75, -0.3, 0.0, 0.35, 0.75};
    const double beta[5][7] = {{0.70, 0.85, 0.95, 1.15, 1.48, 1.83, 2.075},
                               {0.732, 0.922, 1.082, 1.288, 1.542, 1.83, 2.075},
                               {0.81, 1.00, 1.19, 1.39, 1.62, 1.83, 2.05},
                               {0.901, 1.078, 1.289, 1.509, 1.645, 1.808, 1.9555},
                               {0.93, 1.03, 1.185, 1.375, 1.525, 1.68, 1.8475}};
    for (int a = 0; a < 5; ++a) {
        for (std::size_t i = 0; i < 7; ++i)
            EXPECT_NEAR(k_puff_curves[i].beta(alpha[a]), beta[a][i], 1e-9);
    }
}

template <class Curves>
double largest_jump(const Curves& curves) {
    double jump = 0;
    for (const auto& curve : curves) {
        for (const auto& segment : curve.segments) {
            const double a = segment.alpha_max;
            if (a < 1) jump = std::max(jump, std::abs(curve.beta(a + 1e-12) - curve.beta(a)));
        }
    }
    return jump;
}

// The published fits nearly meet. Catches a mistyped intercept or breakpoint.
TEST(DenseCurves, SegmentsMeet) {
    EXPECT_LT(largest_jump(k_plume_curves), 0.021);
    EXPECT_LT(largest_jump(k_puff_curves), 0.021);
}

// At every α: curves in order, concentration falling without a jump, from source to far field.
TEST(DensePlume, FallsWithoutAJumpInEveryWind) {
    for (double wind = 1; wind < 25; wind *= 1.15) {
        const DensePlume p = lng(wind);
        double last = p.volume_fraction(0.01);
        for (double x = 0.01; x < 1e5; x *= 1.005) {
            const double here = p.volume_fraction(x);
            EXPECT_LE(here, last * (1 + 1e-12)) << wind << " " << x;
            EXPECT_GT(here, 0.90 * last) << "a jump at x = " << x << ", wind " << wind;
            last = here;
        }
    }
}

TEST(DensePlume, AlphaOutsideTheCurvesSaysSo) {
    EXPECT_TRUE(lng().alpha_in_range());
    auto huge = DensePlume::create({5000, 5, Kelvin(298), 1}, {MetresPerSecond(1), Kelvin(298)});
    ASSERT_TRUE(huge);
    EXPECT_GT(huge->alpha(), 1);
    EXPECT_FALSE(huge->alpha_in_range());
}

// What leaves the source passes every slice: u C · 2 LH · depth = C0 q0.
TEST(DensePlume, SlicesCarryWhatWasReleased) {
    const DensePlume p = lng();
    for (const double x : {0.0, 30.0, 367.0, 2000.0}) {
        const double carried = 10.9 * p.volume_fraction(x) * 2 * p.half_width_m(x) * p.depth_m(x);
        EXPECT_NEAR(carried / (0.23 * 425.6 / 1.76), 1, 1e-9) << x;
    }
}

TEST(DensePlume, WidthByTheWorkbook) {
    const DensePlume p = lng();
    const double d = p.length_scale_m(), lb = p.buoyancy_length_m();
    EXPECT_NEAR(d, std::sqrt(0.23 * 425.6 / 1.76 / 10.9), 1e-12);
    EXPECT_NEAR(p.half_width_m(0), d + 8 * lb, 1e-12);
    EXPECT_NEAR(p.half_width_m(100), d + 8 * lb + 2.5 * std::cbrt(lb * 1e4), 1e-9);
    EXPECT_NEAR(p.upwind_extent_m(), d / 2 + 2 * lb, 1e-12);
}

TEST(DensePlume, RefusesLightGasCalmWindAndNonsense) {
    const DenseAir air{MetresPerSecond(3), Kelvin(293)};
    auto light = DensePlume::create({10, 0.7, Kelvin(293), 1}, air);
    ASSERT_FALSE(light);
    EXPECT_TRUE(light.error().is(errors::k_dense_not_dense));
    auto calm = DensePlume::create({10, 2, Kelvin(293), 1}, {MetresPerSecond(0.5), Kelvin(293)});
    ASSERT_FALSE(calm);
    EXPECT_TRUE(calm.error().is(errors::k_plume_calm_wind));
    for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
        EXPECT_FALSE(DensePlume::create({bad, 2, Kelvin(293), 1}, air)) << bad;
        EXPECT_FALSE(DensePlume::create({10, 2, Kelvin(bad), 1}, air)) << bad;
    }
    EXPECT_FALSE(DensePlume::create({10, 2, Kelvin(293), 1.2}, air));
}

// Britter & McQuaid 1988, the Potchefstroom ammonia accident: cloud of 72,500 m³, 1.434 kg/m³,
// −33.3 °C in 293 K, wind 2 m/s; values of C/C0 as an independent implementation gives them.
TEST(DensePuff, Potchefstroom) {
    auto puff = DensePuff::create({7.25e4, 1.434, Kelvin(239.834), 1},
                                  {MetresPerSecond(2), Kelvin(293.15)});
    ASSERT_TRUE(puff);
    const double c0 = 38e3 / 1.434 / 7.25e4;
    EXPECT_NEAR(puff->volume_fraction(160) * c0 / (0.11109705839813348 / 1.434), 1, 0.002);
    EXPECT_NEAR(puff->volume_fraction(355) * c0 / (0.06264084534270946 / 1.434), 1, 0.002);
    EXPECT_NEAR(puff->volume_fraction(3133) * c0 / (0.0006403658290584752 / 1.434), 1, 0.002);
    EXPECT_NEAR(puff->radius_m(0), std::cbrt(3 * 7.25e4 / (4 * std::numbers::pi)), 1e-9);
    EXPECT_GT(puff->radius_m(200), puff->radius_m(100));
    EXPECT_DOUBLE_EQ(puff->centre_m(200), 0.4 * 2 * 200);
}

// By hand: chlorine, 1 m³/s of pure gas at 20 °C, g' = 14.2, u 5: (14.2/(125·0.447))^⅓ = 0.633.
TEST(DenseCriterion, ByHand) {
    const double g =
        reduced_gravity_m_s2(2.948, air_density_kg_m3(Kelvin(293.15), Pascals(101325)));
    EXPECT_NEAR(g, 14.2, 0.02);
    EXPECT_NEAR(dense_plume_criterion(g, 1, 5), std::cbrt(g / (125 * std::sqrt(0.2))), 1e-12);
    EXPECT_NEAR(dense_puff_criterion(g, 1000, 5), std::sqrt(g * 1000) / 50, 1e-12);
    EXPECT_EQ(dense_plume_criterion(-1, 1, 5), 0);
    EXPECT_LT(dense_plume_criterion(g, 1e-4, 5), k_dense_plume_min);
    EXPECT_DOUBLE_EQ(continuity_number(MetresPerSecond(4), Seconds(100), Metres(200)), 2);
}

}  // namespace
}  // namespace anlan::dispersion
