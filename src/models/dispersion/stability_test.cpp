#include "models/dispersion/stability.h"

#include <gtest/gtest.h>

namespace anlan::dispersion {
namespace {

Timestamp at(const char* text) {
    return *parse_iso8601(text);
}

Stability estimate(double wind, double sun, std::optional<double> cloud,
                   std::optional<Metres> ceiling = {}) {
    return estimate_stability({MetresPerSecond(wind), sun, cloud, ceiling}).stability;
}

// The sun passes the meridian at 90° − latitude + declination. 117.8°E lies 8.8 minutes behind the
// 120°E of Beijing time; with the equation of time (−7.5, −1.9, +1.9 minutes) noon is at 12:16,
// 12:11 and 12:07. Declination at 04:16 UTC, ten hours before the equinox of 2026: −0.17°.
TEST(Sun, NoonAtEquinoxAndSolsticesAndMidnight) {
    const LonLat dongjiang{117.8, 39.0};
    EXPECT_NEAR(sun_elevation_deg(dongjiang, at("2026-03-20T12:16:00+08:00")), 51.0 - 0.17, 0.05);
    EXPECT_NEAR(sun_elevation_deg(dongjiang, at("2026-06-21T12:11:00+08:00")), 51.0 + 23.44, 0.05);
    EXPECT_NEAR(sun_elevation_deg(dongjiang, at("2026-12-22T12:07:00+08:00")), 51.0 - 23.44, 0.05);
    EXPECT_NEAR(sun_elevation_deg(dongjiang, at("2026-06-21T00:11:00+08:00")), -(51.0 - 23.44),
                0.05);
    // Six hours from noon at the equinox it stands on the horizon.
    EXPECT_NEAR(sun_elevation_deg(dongjiang, at("2026-03-20T06:16:00+08:00")), 0, 0.3);
}

// Rows and columns of Turner's key (EPA-454/R-99-005 table 6-4).
TEST(Turner, KeyRowsAndColumns) {
    EXPECT_EQ(estimate(1.0, 65, 2), Stability::a);
    EXPECT_EQ(estimate(2.0, 40, 2), Stability::b);
    EXPECT_EQ(estimate(4.0, 40, 2), Stability::c);
    EXPECT_EQ(estimate(7.0, 65, 2), Stability::c);
    EXPECT_EQ(estimate(7.0, 40, 2), Stability::d);
    EXPECT_EQ(estimate(2.0, 20, 2), Stability::c);
    EXPECT_EQ(estimate(2.5, -20, 8), Stability::e);
    EXPECT_EQ(estimate(2.5, -20, 2), Stability::f);
    EXPECT_EQ(estimate(4.5, -20, 2), Stability::e);
    EXPECT_EQ(estimate(6.5, -20, 2), Stability::d);
    EXPECT_EQ(estimate(1.0, -20, 2), Stability::f);  // Turner's G
}

TEST(Turner, CloudAndCeiling) {
    // Overcast below 7000 ft: neutral, day or night.
    EXPECT_EQ(estimate(2.0, 50, 10, Metres(800)), Stability::d);
    EXPECT_EQ(estimate(2.0, -30, 10, Metres(800)), Stability::d);
    // Broken low cloud takes two classes of insolation away: 4 → 2.
    EXPECT_EQ(estimate_stability({MetresPerSecond(2), 65, 7, Metres(1000)}).net_radiation_index, 2);
    EXPECT_EQ(estimate_stability({MetresPerSecond(2), 65, 7, Metres(3000)}).net_radiation_index, 3);
    EXPECT_EQ(estimate_stability({MetresPerSecond(2), 65, 10, Metres(6000)}).net_radiation_index,
              3);
    EXPECT_EQ(estimate_stability({MetresPerSecond(2), 20, 7, Metres(1000)}).net_radiation_index, 1);
}

TEST(Turner, UnknownCloudTakesTheMoreStableSideAndSaysSo) {
    for (const double sun : {-20.0, 20.0, 50.0, 70.0}) {
        for (const double wind : {0.5, 2.0, 4.0, 8.0}) {
            const auto unknown =
                estimate_stability({MetresPerSecond(wind), sun, std::nullopt, std::nullopt});
            for (double cloud = 0; cloud <= 10; ++cloud) {
                EXPECT_GE(unknown.stability, estimate(wind, sun, cloud))
                    << sun << " " << wind << " " << cloud;
            }
            EXPECT_NE(unknown.why.zh.find("云量未知"), std::string::npos);
            EXPECT_NE(unknown.why.en.find("cloud unknown"), std::string::npos);
        }
    }
}

TEST(Wind, PowerLaw) {
    EXPECT_DOUBLE_EQ(
        wind_at_height(MetresPerSecond(5), Metres(10), Stability::f, Terrain::rural).value, 5);
    EXPECT_NEAR(wind_at_height(MetresPerSecond(5), Metres(2), Stability::d, Terrain::rural).value,
                3.928, 1e-3);
    EXPECT_NEAR(wind_at_height(MetresPerSecond(5), Metres(2), Stability::f, Terrain::urban).value,
                3.085, 1e-3);
}

TEST(Stability, Names) {
    for (const auto* name : {"A", "B", "C", "D", "E", "F"})
        EXPECT_EQ(name_of(*stability_of(name)), name);
    EXPECT_EQ(stability_of("d"), Stability::d);
    for (const auto* bad : {"", "G", "DD", "1"}) EXPECT_FALSE(stability_of(bad)) << bad;
}

}  // namespace
}  // namespace anlan::dispersion
