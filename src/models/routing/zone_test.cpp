// Routes on the shipped zone's own streets.
#include "core/random.h"
#include "models/routing/errors.h"
#include "models/routing/route.h"
#include "models/routing/shipped_roads.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace anlan::routing {
namespace {

constexpr LonLat k_leak{117.8001, 39.0015};  // Haijing, store 2
constexpr LonLat k_school{117.807136, 38.996558};

class ZoneRoutes : public ::testing::Test {
  protected:
    void SetUp() override {
        m_roads =
            shipped_roads(std::string(ANLAN_SOURCE_DIR) + "/data/dongjiang/records/road.ndjson");
        auto g = Graph::build(m_roads);
        ASSERT_TRUE(g);
        m_graph = std::move(*g);
    }
    /// A plume as the models draw one: a thin leaf from the leak towards a true bearing.
    [[nodiscard]] static Geometry leaf(LonLat from, double bearing_deg, double length_m,
                                       double half_width_m) {
        const Local o = to_local(from);
        const double to = grid_bearing_deg(bearing_deg, from) * std::numbers::pi / 180;
        const Local along{std::sin(to), std::cos(to)}, across{std::cos(to), -std::sin(to)};
        Geometry::Ring ring;
        const auto add = [&](double share, double side) {
            const double d = share * length_m,
                         w = side * half_width_m * std::sin(share * std::numbers::pi);
            ring.push_back(to_lonlat({o.east_m + d * along.east_m + w * across.east_m,
                                      o.north_m + d * along.north_m + w * across.north_m}));
        };
        for (int i = 0; i <= 30; ++i) add(i / 30.0, 1);
        for (int i = 29; i > 0; --i) add(i / 30.0, -1);
        return Geometry::polygon(ring);
    }
    [[nodiscard]] LonLat random_place(SeededRandom& random) const {
        const auto& s = m_graph->segments()[random.next_u64() % m_graph->segments().size()];
        const Local p = s.point_at(random.next_unit() * s.length_m);
        return to_lonlat(
            {p.east_m + 30 * random.next_normal(), p.north_m + 30 * random.next_normal()});
    }
    std::vector<Road> m_roads;
    std::optional<Graph> m_graph;
};

TEST_F(ZoneRoutes, TheNetworkIsConnected) {
    SeededRandom random(1);
    const Closures open(*m_graph);
    for (int k = 0; k < 500; ++k) {
        const auto route = find_route(*m_graph, random_place(random), random_place(random), open);
        ASSERT_TRUE(route) << text_of(route.error(), Language::en);
    }
}

TEST_F(ZoneRoutes, NeverEntersTheCloud) {
    SeededRandom random(132);
    int checked = 0, none = 0;
    for (int k = 0; k < 2000; ++k) {
        const Geometry cloud = leaf(random_place(random), 360 * random.next_unit(),
                                    200 + 3000 * random.next_unit(), 50 + 300 * random.next_unit());
        const LonLat from = random_place(random), to = random_place(random);
        if (contains(cloud, from) || contains(cloud, to)) continue;
        const Closures closures(*m_graph, std::vector<BlockedArea>{{{"云团", "cloud"}, cloud}});
        const auto route = find_route(*m_graph, from, to, closures);
        const auto plain = find_route_plainly(*m_graph, from, to, closures);
        ASSERT_EQ(route.has_value(), plain.has_value());
        if (!route) {
            ++none;
            continue;
        }
        ASSERT_NEAR(route->seconds, plain->seconds, 1e-6 * plain->seconds);
        ++checked;
        for (std::size_t i = 0; i + 1 < route->line.size(); ++i) {
            const Local a = to_local(route->line[i]), b = to_local(route->line[i + 1]);
            const int steps = static_cast<int>(distance_m(a, b)) + 1;
            for (int s = 0; s <= steps; ++s) {
                const double share = static_cast<double>(s) / steps;
                ASSERT_FALSE(
                    contains(cloud, to_lonlat({a.east_m + share * (b.east_m - a.east_m),
                                               a.north_m + share * (b.north_m - a.north_m)})));
            }
        }
    }
    EXPECT_GT(checked, 1200);
    EXPECT_GE(none, 1);
}

TEST_F(ZoneRoutes, OneWayFeedersAreDrivenOneWayOnly) {
    SeededRandom random(7);
    const Closures open(*m_graph);
    int driven = 0;
    for (int k = 0; k < 2000; ++k) {
        const auto route = find_route(*m_graph, random_place(random), random_place(random), open);
        ASSERT_TRUE(route);
        for (std::size_t i = 0; i + 1 < route->line.size(); ++i) {
            const Local a = to_local(route->line[i]), b = to_local(route->line[i + 1]);
            const Local middle{(a.east_m + b.east_m) / 2, (a.north_m + b.north_m) / 2};
            const auto on = m_graph->nearest(middle, 1, [](const Snap&) { return true; });
            ASSERT_TRUE(on);
            const auto& s = m_graph->segments()[on->segment];
            if (!s.one_way || distance_m(a, b) < 1) continue;
            ++driven;
            const Local d = s.line.back() - s.line.front(), e = b - a;
            ASSERT_GT(d.east_m * e.east_m + d.north_m * e.north_m, 0) << s.name.en;
        }
    }
    EXPECT_GT(driven, 50);
}

TEST_F(ZoneRoutes, TeamsComeToTheLeakFromOutsideTheCloud) {
    const std::vector<BlockedArea> cloud{
        {{"AEGL-2 云团", "AEGL-2 cloud"}, leaf(k_leak, 132, 1020, 60)}};
    const Closures closures(*m_graph, cloud), open(*m_graph);
    const LonLat port_brigade{117.799474, 38.985213};
    const auto straight = find_route(*m_graph, port_brigade, k_leak, open);
    const auto round = find_route(*m_graph, port_brigade, k_leak, closures);
    ASSERT_TRUE(straight && round);
    EXPECT_GE(round->length_m, straight->length_m);
    EXPECT_LT(round->inside_m, 120);
    // Forty metres down the wind lies inside the cloud, but its nearest street point does not.
    const Local leak = to_local(k_leak);
    const auto beside = find_route(*m_graph, port_brigade,
                                   to_lonlat({leak.east_m + 29.7, leak.north_m - 26.8}), closures);
    ASSERT_TRUE(beside);
    EXPECT_EQ(beside->inside_m, 0);
    ASSERT_EQ(beside->notes.size(), 1U);
    EXPECT_EQ(beside->notes[0].text.en,
              "The destination lies inside 'AEGL-2 cloud'; the route ends on a street outside it");
    const auto school =
        find_route(*m_graph, port_brigade, k_school, closures, {.inside = Inside::stop_at_edge});
    ASSERT_TRUE(school);
    EXPECT_LT(school->inside_m, 1e-6);
}

TEST_F(ZoneRoutes, ACloudOverTheWholeZoneClosesEveryRoadAndSaysSo) {
    // A ring round the leak that leaves its middle open: no area holds start or end.
    const Local o = to_local(k_leak);
    const auto ring = [&](double r) {
        return Geometry::polygon(
            {to_lonlat({o.east_m - r, o.north_m - r}), to_lonlat({o.east_m + r, o.north_m - r}),
             to_lonlat({o.east_m + r, o.north_m + r}), to_lonlat({o.east_m - r, o.north_m + r})});
    };
    Geometry wall = ring(1500);
    wall.parts.front().push_back(ring(700).parts.front().front());
    const auto route =
        find_route(*m_graph, {117.8150, 38.9800}, k_leak,
                   Closures(*m_graph, std::vector<BlockedArea>{{{"云团", "cloud"}, wall}}));
    ASSERT_FALSE(route);
    EXPECT_TRUE(route.error().is(errors::k_every_road_closed));
    EXPECT_NE(text_of(*route.error().row, route.error().parameters, Language::zh).find("云团"),
              std::string::npos);
    EXPECT_NE(text_of(*route.error().row, route.error().parameters, Language::zh).find("安澜大道"),
              std::string::npos);
}

}  // namespace
}  // namespace anlan::routing
