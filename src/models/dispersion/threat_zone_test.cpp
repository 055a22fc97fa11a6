#include "models/dispersion/threat_zone.h"

#include "models/dispersion/errors.h"
#include "models/dispersion/placement.h"
#include "models/dispersion/test_substances.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace anlan::dispersion {
namespace {

const std::vector<Threshold> k_levels{{"AEGL-3", PartsPerMillion(1100)},
                                      {"IDLH", PartsPerMillion(300)},
                                      {"AEGL-2", PartsPerMillion(160)},
                                      {"AEGL-1", PartsPerMillion(30)}};

Weather weather(double wind = 4, Stability stability = Stability::d) {
    return {.wind_from = Degrees(312), .wind_10m = MetresPerSecond(wind), .stability = stability};
}

SourceTerm passive(double rate_kg_s = 0.5) {
    return *known_release(ammonia(), KilogramsPerSecond(rate_kg_s), Seconds(3600), Metres(1), {});
}

SourceTerm dense(double hole_m = 0.025, double wind = 4) {
    return *source_term(ammonia(), {.inventory = Kilograms(30'000)},
                        {.hole_diameter = Metres(hole_m)}, {.wind_10m = MetresPerSecond(wind)});
}

Cloud must(Result<Cloud> cloud) {
    EXPECT_TRUE(cloud) << (cloud ? "" : text_of(cloud.error(), Language::en));
    return std::move(*cloud);
}

bool inside(const std::vector<WindPoint>& ring, WindPoint p) {
    std::vector<Local> local;
    for (const auto& v : ring) local.push_back({v.x_m, v.y_m});
    return contains(local, {p.x_m, p.y_m});
}

double signed_area(const std::vector<WindPoint>& ring) {
    double twice = 0;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        twice += ring[i].x_m * ring[i + 1].y_m - ring[i + 1].x_m * ring[i].y_m;
    }
    return twice / 2;
}

struct Case {
    SourceTerm source;
    Weather air;
};
std::vector<Case> cases() {
    std::vector<Case> out;
    for (const auto stability : {Stability::a, Stability::d, Stability::f}) {
        for (const double wind : {1.0, 2.5, 7.0}) {
            out.push_back({passive(), weather(wind, stability)});
            out.push_back({passive(5), weather(wind, stability)});
            out.push_back({dense(0.01, wind), weather(wind, stability)});
            out.push_back({dense(0.05, wind), weather(wind, stability)});
        }
    }
    return out;
}

TEST(Cloud, HeavyGasBySourceNotByName) {
    EXPECT_EQ(must(Cloud::create(dense(), weather())).model(), CloudModel::britter_mcquaid);
    EXPECT_EQ(must(Cloud::create(passive(), weather())).model(), CloudModel::gaussian_plume);
    // A trickle of cold vapour is mixed by the wind before it can spread by its weight.
    auto trickle = dense();
    trickle.rate = KilogramsPerSecond(1e-4);
    const Cloud mixed = must(Cloud::create(trickle, weather(12)));
    EXPECT_EQ(mixed.model(), CloudModel::gaussian_plume);
    EXPECT_NE(mixed.why().en.find("< 0.15"), std::string::npos);
}

// By hand: 0.5 kg/s NH3, D rural, u(2 m) = 4·0.2^0.15, 500 m, z 1.5, H 1, 20 °C.
TEST(Cloud, GaussianByHand) {
    const Cloud cloud = must(Cloud::create(passive(), weather()));
    const double u = 4 * std::pow(0.2, 0.15), sy = 40 / std::sqrt(1.05), sz = 30 / std::sqrt(1.75);
    const double kg_m3 = 0.5 / (2 * std::numbers::pi * u * sy * sz) *
                         (std::exp(-0.25 / (2 * sz * sz)) + std::exp(-6.25 / (2 * sz * sz)));
    const double ppm = kg_m3 * 1e6 * 8.314462618 * 293.15 / (101325 * 0.017031);
    EXPECT_NEAR(cloud.centreline(500).value / ppm, 1, 1e-9);
    EXPECT_NEAR(cloud.mass_concentration(cloud.centreline(500)).value / kg_m3, 1, 1e-9);
}

TEST(Cloud, NothingUpwindOfAPlume) {
    const Cloud cloud = must(Cloud::create(passive(), weather()));
    EXPECT_EQ(cloud.concentration_at({-1, 0}).value, 0);
    EXPECT_EQ(cloud.concentration_at({0, 0}).value, 0);
    const Cloud heavy = must(Cloud::create(dense(), weather()));
    EXPECT_GT(heavy.concentration_at({-0.5 * heavy.upwind_m(), 0}).value, 0);
    EXPECT_EQ(heavy.concentration_at({-1.01 * heavy.upwind_m(), 0}).value, 0);
}

// From the dense curves into the far field: no jump in concentration or width, and falling.
TEST(Cloud, DenseFarFieldJoinsWithoutAJump) {
    for (const auto& c : cases()) {
        const Cloud cloud = must(Cloud::create(c.source, c.air));
        if (cloud.upwind_m() == 0) continue;
        double last = cloud.centreline(1).value,
               width = cloud.half_width_m(1, PartsPerMillion(1e-3));
        for (double x = 1; x < 10'000; x *= 1.01) {
            const double here = cloud.centreline(x).value,
                         wide = cloud.half_width_m(x, PartsPerMillion(1e-3));
            EXPECT_LE(here, last * (1 + 1e-9)) << x;
            EXPECT_GT(here, 0.85 * last) << x;
            EXPECT_NEAR(wide / width, 1, 0.08) << x;
            last = here;
            width = wide;
        }
    }
}

// Far out the edge has dissolved: the profile is Gaussian, width² goes with ln(c/threshold).
TEST(Cloud, DenseCloudEndsAsAGaussian) {
    const Cloud cloud = must(Cloud::create(dense(0.01), weather()));
    const double x = 5000, c = cloud.centreline(x).value;
    const double high = cloud.half_width_m(x, PartsPerMillion(c / 2)),
                 low = cloud.half_width_m(x, PartsPerMillion(c / 1000));
    EXPECT_NEAR(low * low / (high * high), std::log(1000.0) / std::log(2.0), 1e-6);
    // And near the source it has an edge.
    EXPECT_EQ(cloud.half_width_m(50, PartsPerMillion(1)),
              cloud.half_width_m(50, PartsPerMillion(0.1)));
}

TEST(Cloud, NeverMoreThanPureVapour) {
    for (const auto& c : cases()) {
        const Cloud cloud = must(Cloud::create(c.source, c.air));
        for (const double x : {1e-3, 0.1, 1.0, 10.0}) EXPECT_LE(cloud.centreline(x).value, 1e6);
    }
}

// Vertices lie where the concentration is the threshold (or at a dense cloud's edge, above it);
// a little inside it is higher, a little outside lower.
TEST(ThreatZone, OutlineIsTheThreshold) {
    for (const auto& c : cases()) {
        const Cloud cloud = must(Cloud::create(c.source, c.air));
        const auto zones = *threat_zones(cloud, k_levels);
        ASSERT_EQ(zones.zones.size(), 4u);
        for (const auto& zone : zones.zones) {
            if (zone.outline.empty()) {
                EXPECT_EQ(zone.reach.value, 0);
                continue;
            }
            const double ppm = zone.value.value;
            for (std::size_t i = 1; i + 1 < zone.outline.size(); ++i) {
                const auto p = zone.outline[i];
                if (p.y_m == 0) continue;
                EXPECT_GE(cloud.concentration_at({p.x_m, p.y_m * 0.999}).value, ppm * 0.999);
                EXPECT_LE(cloud.concentration_at({p.x_m, p.y_m * 1.001}).value, ppm * 1.001);
            }
            if (!zone.beyond_limit) {
                EXPECT_NEAR(cloud.centreline(zone.reach.value).value / ppm, 1, 1e-6);
            }
        }
    }
}

TEST(ThreatZone, RingsAreClosedCounterClockwiseAndSmall) {
    for (const auto& c : cases()) {
        const auto zones = *threat_zones(must(Cloud::create(c.source, c.air)), k_levels);
        for (const auto& zone : zones.zones) {
            for (const auto* ring : {&zone.outline, &zone.fan}) {
                if (ring->empty()) continue;
                EXPECT_LE(ring->size(), k_zone_vertices_max);
                EXPECT_EQ(ring->front(), ring->back());
                EXPECT_GT(signed_area(*ring), 0);
            }
            EXPECT_NEAR(zone.area.value, std::abs(signed_area(zone.outline)), 1e-6);
        }
    }
}

TEST(ThreatZone, LowerThresholdsContainHigherOnes) {
    for (const auto& c : cases()) {
        const auto zones = (*threat_zones(must(Cloud::create(c.source, c.air)), k_levels)).zones;
        for (std::size_t i = 0; i + 1 < zones.size(); ++i) {
            EXPECT_LE(zones[i].reach, zones[i + 1].reach);
            EXPECT_LE(zones[i].half_width, zones[i + 1].half_width);
            EXPECT_LE(zones[i].area, zones[i + 1].area);
        }
    }
}

TEST(ThreatZone, MoreIsFartherAndMoreStableIsFarther) {
    const auto reach = [](const SourceTerm& source, const Weather& air) {
        return (*threat_zones(must(Cloud::create(source, air)), k_levels)).zones[2].reach.value;
    };
    double last = 0;
    for (const double rate : {0.05, 0.2, 0.5, 2.0}) {
        EXPECT_GT(reach(passive(rate), weather()), last);
        last = reach(passive(rate), weather());
    }
    last = 0;
    for (const auto s :
         {Stability::a, Stability::b, Stability::c, Stability::d, Stability::e, Stability::f}) {
        EXPECT_GT(reach(passive(), weather(4, s)), last);
        last = reach(passive(), weather(4, s));
    }
    EXPECT_GT(reach(dense(0.05), weather()), reach(dense(0.02), weather()));
}

// The fan holds the zone turned to either side by any angle up to the half-angle.
TEST(ThreatZone, FanHoldsTheTurnedZone) {
    for (const auto& c : cases()) {
        const auto zones = *threat_zones(must(Cloud::create(c.source, c.air)), k_levels);
        const double half = zones.half_angle.value * std::numbers::pi / 180;
        for (const auto& zone : zones.zones) {
            for (const double share : {-0.99, -0.5, 0.0, 0.5, 0.99}) {
                for (std::size_t i = 1; i + 1 < zone.outline.size(); i += 5) {
                    const auto p = zone.outline[i];
                    const double radius = 0.995 * std::hypot(p.x_m, p.y_m);
                    const double angle = std::atan2(p.y_m, p.x_m) + share * half;
                    if (std::abs(angle) > 3.1 || radius < 1) continue;
                    EXPECT_TRUE(
                        inside(zone.fan, {radius * std::cos(angle), radius * std::sin(angle)}))
                        << zone.threshold << " share " << share << " vertex " << i << " reach "
                        << zone.reach.value << " r " << radius << " angle " << angle;
                }
            }
        }
    }
}

TEST(ThreatZone, FanHalfAngle) {
    auto w = weather(4, Stability::c);
    EXPECT_EQ(fan_half_angle(w).value, 30);
    w.direction_deviation = Degrees(8);
    EXPECT_EQ(fan_half_angle(w).value, 16);
    w.direction_deviation = Degrees(1);
    EXPECT_EQ(fan_half_angle(w).value, 10);
    EXPECT_EQ(fan_half_angle(weather(0.3)).value, 180);
}

TEST(ThreatZone, CalmIsACircleWithAReason) {
    for (const double wind : {0.0, 0.4, 0.99}) {
        const Cloud cloud = must(Cloud::create(passive(), weather(wind)));
        EXPECT_EQ(cloud.model(), CloudModel::calm_circle);
        const auto zones = *threat_zones(cloud, k_levels);
        for (const auto& zone : zones.zones) {
            for (const auto& p : zone.outline)
                EXPECT_NEAR(std::hypot(p.x_m, p.y_m) / zone.reach.value, 1, 1e-3);
            EXPECT_LE(zone.reach.value, k_calm_reach_m_max);
            EXPECT_EQ(zone.outline, zone.fan);
        }
        EXPECT_DOUBLE_EQ(cloud.concentration_at({-300, 0}).value,
                         cloud.concentration_at({0, 300}).value);
        EXPECT_NE(zones.why.zh.find("静风"), std::string::npos);
    }
    // At least as far as just above the limit.
    const auto calm = *threat_zones(must(Cloud::create(passive(), weather(0.5))), k_levels);
    const auto light = *threat_zones(must(Cloud::create(passive(), weather(1.0))), k_levels);
    EXPECT_GE(calm.zones[0].reach.value, 0.999 * light.zones[0].reach.value);
}

TEST(ThreatZone, SaysWhatIsNotKnown) {
    const auto small = *threat_zones(must(Cloud::create(passive(0.02), weather())), k_levels);
    EXPECT_GT(small.zones[0].reach.value, 0);
    EXPECT_TRUE(small.zones[0].below_fit);
    EXPECT_FALSE(small.zones[0].notes.empty());
    const auto large =
        *threat_zones(must(Cloud::create(passive(100), weather(2, Stability::f))), k_levels);
    EXPECT_TRUE(large.zones[3].beyond_limit);
    EXPECT_EQ(large.zones[3].reach.value, k_zone_reach_m_max);
    auto brief = passive();
    brief.duration = Seconds(20);
    const auto cut = *threat_zones(must(Cloud::create(brief, weather())), k_levels);
    EXPECT_FALSE(cut.zones[3].notes.empty());
    EXPECT_FALSE(large.notes.empty());
    for (const auto& note : large.notes) {
        EXPECT_FALSE(note.zh.empty());
        EXPECT_FALSE(note.en.empty());
    }
}

TEST(ThreatZone, NotReachedIsEmptyAndNonsenseIsRefused) {
    const Cloud cloud = must(Cloud::create(passive(1e-9), weather()));
    const auto zones = *threat_zones(cloud, k_levels);
    EXPECT_TRUE(zones.zones[0].outline.empty());
    EXPECT_EQ(zones.zones[0].area.value, 0);
    EXPECT_FALSE(zones.zones[0].notes.empty());
    EXPECT_TRUE(threat_zones(cloud, {})->zones.empty());
    for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
        const std::vector<Threshold> wrong{{"x", PartsPerMillion(bad)}};
        EXPECT_FALSE(threat_zones(cloud, wrong)) << bad;
        auto air = weather();
        air.wind_10m = MetresPerSecond(bad);
        EXPECT_EQ(Cloud::create(passive(), air).has_value(), bad == 0) << bad;
    }
}

// Whatever somebody types within reason: finite rings of bounded size, levels in order.
TEST(ThreatZone, HoldsForArbitraryInputs) {
    std::mt19937 random(20261119);
    const auto between = [&](double low, double high) {
        return std::exp(std::uniform_real_distribution(std::log(low), std::log(high))(random));
    };
    int dense_ones = 0, calm_ones = 0, refused = 0;
    for (int i = 0; i < 3000; ++i) {
        auto weather_now = weather(between(0.1, 40), static_cast<Stability>(i % 6));
        weather_now.terrain = i % 2 == 0 ? Terrain::rural : Terrain::urban;
        weather_now.temperature = Kelvin(between(250, 315));
        weather_now.wind_from = Degrees(between(1, 720) - 360);
        const Leak leak{.hole_diameter = Metres(between(1e-4, 2)),
                        .height = Metres(i % 5 == 0 ? between(1, 80) : 0),
                        .rain_out = static_cast<RainOut>(i % 3)};
        const auto source = source_term(
            i % 7 == 0 ? methanol() : ammonia(),
            {.inventory = Kilograms(between(0.1, 1e7)), .pressure = Pascals(between(1.1e5, 3e6))},
            leak, {.temperature = weather_now.temperature, .wind_10m = weather_now.wind_10m});
        if (!source) {
            ++refused;
            continue;
        }
        const Cloud cloud =
            must(Cloud::create(*source, weather_now, {.averaging = Seconds(between(10, 7200))}));
        dense_ones += cloud.model() == CloudModel::britter_mcquaid;
        calm_ones += cloud.model() == CloudModel::calm_circle;
        const auto zones = *threat_zones(cloud, k_levels);
        for (std::size_t level = 0; level < zones.zones.size(); ++level) {
            const auto& zone = zones.zones[level];
            ASSERT_TRUE(std::isfinite(zone.area.value) && zone.area.value >= 0) << i;
            for (const auto* ring : {&zone.outline, &zone.fan}) {
                ASSERT_LE(ring->size(), k_zone_vertices_max) << i;
                for (const auto& p : *ring)
                    ASSERT_TRUE(std::isfinite(p.x_m) && std::isfinite(p.y_m)) << i;
            }
            if (level > 0) {
                ASSERT_GE(zone.reach, zones.zones[level - 1].reach) << i;
            }
        }
    }
    EXPECT_GT(dense_ones, 500);
    EXPECT_GT(calm_ones, 300);
    EXPECT_LT(refused, 200);  // Methanol colder than its vapour pressure is fitted.
}

TEST(Cloud, ArrivalAndNames) {
    const Cloud cloud = must(Cloud::create(passive(), weather()));
    EXPECT_DOUBLE_EQ(cloud.earliest_arrival(400).value, 100);
    EXPECT_DOUBLE_EQ(cloud.earliest_arrival(-5).value, 0);
    EXPECT_DOUBLE_EQ(must(Cloud::create(passive(), weather(0.2))).earliest_arrival(100).value, 100);
    EXPECT_EQ(name_of(CloudModel::britter_mcquaid), "britter_mcquaid");
    EXPECT_EQ(name_of(cloud.model()), "gaussian_plume");
}

const LonLat k_site{117.79, 38.99};

// A wind from 312° pushes the cloud towards 132°: south-east. By the great circle, which knows
// nothing of the grid.
TEST(Placement, WindFromNorthWestPushesSouthEast) {
    const Placement placement(k_site, Degrees(312));
    const LonLat tip = placement.lonlat_of({1000, 0});
    EXPECT_GT(tip.longitude_deg, k_site.longitude_deg);
    EXPECT_LT(tip.latitude_deg, k_site.latitude_deg);
    const double rad = std::numbers::pi / 180,
                 dlon = (tip.longitude_deg - k_site.longitude_deg) * rad;
    const double lat1 = k_site.latitude_deg * rad, lat2 = tip.latitude_deg * rad;
    const double bearing = std::atan2(std::sin(dlon) * std::cos(lat2),
                                      std::cos(lat1) * std::sin(lat2) -
                                          std::sin(lat1) * std::cos(lat2) * std::cos(dlon)) /
                           rad;
    EXPECT_NEAR(bearing, 132, 0.15);
    EXPECT_NEAR(distance_m(k_site, tip), 1000, 5);
    // Left of a wind blowing to the south-east is the north-east.
    const LonLat left = placement.lonlat_of({0, 500});
    EXPECT_GT(left.longitude_deg, k_site.longitude_deg);
    EXPECT_GT(left.latitude_deg, k_site.latitude_deg);
}

TEST(Placement, RoundTripAndPolygon) {
    for (const double from : {0.0, 77.0, 190.0, 359.5}) {
        const Placement placement(k_site, Degrees(from));
        const WindPoint p{1234, -567};
        const WindPoint back = placement.wind_point_of(placement.lonlat_of(p));
        EXPECT_NEAR(back.x_m, p.x_m, 1e-3);
        EXPECT_NEAR(back.y_m, p.y_m, 1e-3);
    }
    const auto zones = *threat_zones(must(Cloud::create(passive(), weather())), k_levels);
    const auto& zone = zones.zones[2];
    const Placement placement(k_site, zones.wind_from);
    const Geometry area = placement.polygon_of(zone.outline);
    EXPECT_EQ(area.parts.front().front().size(), zone.outline.size());
    EXPECT_NEAR(area_m2(area) / zone.area.value, 1, 0.002);
    EXPECT_TRUE(contains(area, placement.lonlat_of({zone.reach.value / 2, 0})));
    EXPECT_FALSE(contains(area, placement.lonlat_of({-50, 0})));
}

}  // namespace
}  // namespace anlan::dispersion
