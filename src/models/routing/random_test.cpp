// Ten thousand seeded queries with random closures against a reference that shares no code with the
// library: straight roads, closures as rectangles, an O(V^2) Dijkstra over an adjacency list.
#include "core/random.h"
#include "models/routing/errors.h"
#include "models/routing/route.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace anlan::routing {
namespace {

constexpr double k_none = std::numeric_limits<double>::infinity();

struct Box {
    double west, south, east, north;
    [[nodiscard]] bool holds(Local p) const {
        return p.east_m >= west && p.east_m <= east && p.north_m >= south && p.north_m <= north;
    }
    [[nodiscard]] Geometry geometry() const {
        return Geometry::polygon({to_lonlat({west, south}), to_lonlat({east, south}),
                                  to_lonlat({east, north}), to_lonlat({west, north})});
    }
    /// The part of ab inside, as shares (Liang & Barsky 1984); nothing when it misses.
    [[nodiscard]] std::optional<std::pair<double, double>> cut(Local a, Local b) const {
        double low = 0, high = 1;
        const double d[] = {a.east_m - b.east_m, b.east_m - a.east_m, a.north_m - b.north_m,
                            b.north_m - a.north_m};
        const double q[] = {a.east_m - west, east - a.east_m, a.north_m - south, north - a.north_m};
        for (int i = 0; i < 4; ++i) {
            if (d[i] == 0) {
                if (q[i] < 0) return std::nullopt;
            } else if (d[i] < 0) {
                low = std::max(low, q[i] / d[i]);
            } else {
                high = std::min(high, q[i] / d[i]);
            }
        }
        if (low > high) return std::nullopt;
        return std::pair{low, high};
    }
};

struct Line {
    std::size_t from, to;
    double m_s;
    bool one_way, closed;
};

struct World {
    std::vector<Local> nodes;
    std::vector<Line> lines;
    std::vector<Box> boxes;
};

struct Spot {
    std::size_t line;
    double share;
};

std::size_t below(SeededRandom& random, std::size_t n) {
    return static_cast<std::size_t>(random.next_u64() % n);
}

World make_world(SeededRandom& random) {
    World w;
    const std::size_t side = 4 + below(random, 7);
    for (std::size_t i = 0; i < side * side; ++i) {
        w.nodes.push_back(
            {569'000 + 200.0 * static_cast<double>(i % side) + 90 * random.next_unit(),
             4'320'000 + 200.0 * static_cast<double>(i / side) + 90 * random.next_unit()});
    }
    const auto join = [&](std::size_t a, std::size_t b) {
        if (random.next_unit() < 0.12) return;
        if (random.next_unit() < 0.5) std::swap(a, b);
        w.lines.push_back({a, b, 4 + 16 * random.next_unit(), random.next_unit() < 0.25, false});
    };
    for (std::size_t i = 0; i < side * side; ++i) {
        if (i % side + 1 < side) join(i, i + 1);
        if (i / side + 1 < side) join(i, i + side);
        if (i % side + 1 < side && i / side + 1 < side && random.next_unit() < 0.1)
            join(i, i + side + 1);
    }
    return w;
}

void close_some(World& w, SeededRandom& random) {
    for (auto& l : w.lines) l.closed = random.next_unit() < 0.04;
    w.boxes.clear();
    const auto count = below(random, 4);
    for (std::size_t k = 0; k < count; ++k) {
        const Local at = w.nodes[below(random, w.nodes.size())];
        const double x = at.east_m + 200 * random.next_normal(),
                     y = at.north_m + 200 * random.next_normal();
        w.boxes.push_back(
            {x, y, x + 50 + 500 * random.next_unit(), y + 50 + 500 * random.next_unit()});
    }
}

Local place_of(const World& w, Spot s) {
    const Local a = w.nodes[w.lines[s.line].from], b = w.nodes[w.lines[s.line].to];
    return {a.east_m + s.share * (b.east_m - a.east_m),
            a.north_m + s.share * (b.north_m - a.north_m)};
}

/// Weighted seconds on a part of a line; infinite when it touches a box that is not open.
double price(const World& w, const std::vector<bool>& open, double weight, std::size_t line,
             double a, double b) {
    const Line& l = w.lines[line];
    if (l.closed) return k_none;
    const Local p = place_of(w, {line, a}), q = place_of(w, {line, b});
    std::vector<std::pair<double, double>> inside;
    for (std::size_t k = 0; k < w.boxes.size(); ++k) {
        const auto cut = w.boxes[k].cut(p, q);
        if (!cut) continue;
        if (!open[k]) return k_none;
        inside.push_back(*cut);
    }
    std::ranges::sort(inside);
    double share = 0, covered = 0;
    for (const auto& [from, to] : inside) {
        share += std::max(0.0, to - std::max(from, covered));
        covered = std::max(covered, to);
    }
    return distance_m(p, q) * (1 + (weight - 1) * share) / l.m_s;
}

/// The reference: start and end become nodes V and V + 1.
double reference(const World& w, Spot from, Spot to, double weight) {
    std::vector<bool> open(w.boxes.size());
    for (std::size_t k = 0; k < w.boxes.size(); ++k)
        open[k] = w.boxes[k].holds(place_of(w, from)) || w.boxes[k].holds(place_of(w, to));
    const std::size_t v = w.nodes.size();
    std::vector<std::vector<std::pair<std::size_t, double>>> arcs(v + 2);
    const auto add = [&](std::size_t a, std::size_t b, bool one_way, double seconds) {
        arcs[a].emplace_back(b, seconds);
        if (!one_way) arcs[b].emplace_back(a, seconds);
    };
    for (std::size_t k = 0; k < w.lines.size(); ++k) {
        const Line& l = w.lines[k];
        std::vector<std::pair<double, std::size_t>> stops{{0, l.from}, {1, l.to}};
        if (from.line == k) stops.emplace_back(from.share, v);
        if (to.line == k) stops.emplace_back(to.share, v + 1);
        std::ranges::sort(stops);
        // The whole line stays: a part may be open where the whole is not.
        for (std::size_t i = 0; i < stops.size(); ++i) {
            for (std::size_t j = i + 1; j < stops.size(); ++j) {
                add(stops[i].second, stops[j].second, l.one_way,
                    price(w, open, weight, k, stops[i].first, stops[j].first));
            }
        }
    }
    std::vector<double> seconds(v + 2, k_none);
    std::vector<bool> done(v + 2);
    seconds[v] = 0;
    for (std::size_t round = 0; round < v + 2; ++round) {
        std::size_t best = v + 2;
        for (std::size_t n = 0; n < v + 2; ++n) {
            if (!done[n] && seconds[n] < k_none && (best == v + 2 || seconds[n] < seconds[best]))
                best = n;
        }
        if (best == v + 2) break;
        done[best] = true;
        for (const auto& [head, s] : arcs[best])
            seconds[head] = std::min(seconds[head], seconds[best] + s);
    }
    return seconds[v + 1];
}

std::vector<Road> roads_of(const World& w) {
    std::vector<Road> roads;
    for (std::size_t k = 0; k < w.lines.size(); ++k) {
        const auto& l = w.lines[k];
        roads.push_back({Uuid::from_name(std::to_string(k)),
                         {std::to_string(k), std::to_string(k)},
                         {to_lonlat(w.nodes[l.from]), to_lonlat(w.nodes[l.to])},
                         MetresPerSecond(l.m_s),
                         l.one_way,
                         false,
                         {}});
    }
    return roads;
}

Closures closures_of(const Graph& graph, const World& w) {
    std::vector<BlockedArea> areas;
    for (const auto& b : w.boxes) areas.push_back({{"区", "area"}, b.geometry()});
    std::vector<ClosedRoad> closed;
    for (std::size_t k = 0; k < w.lines.size(); ++k) {
        if (w.lines[k].closed) closed.push_back({Uuid::from_name(std::to_string(k)), {}});
    }
    return {graph, areas, closed};
}

/// The line is one piece, as long as it says, and clear of every box that holds neither end.
void check_line(const World& w, const Route& route, Local from, Local to) {
    double length_m = 0;
    for (std::size_t i = 0; i + 1 < route.line.size(); ++i) {
        const Local a = to_local(route.line[i]), b = to_local(route.line[i + 1]);
        const double leg_m = distance_m(a, b);
        length_m += leg_m;
        for (double d = 0; d <= leg_m; d += 1) {
            const double share = leg_m > 0 ? d / leg_m : 0;
            const Local p{a.east_m + share * (b.east_m - a.east_m),
                          a.north_m + share * (b.north_m - a.north_m)};
            for (const auto& box : w.boxes)
                EXPECT_TRUE(!box.holds(p) || box.holds(from) || box.holds(to));
        }
    }
    EXPECT_NEAR(length_m, route.length_m, 0.01 + 1e-6 * length_m);
    EXPECT_NEAR(distance_m(to_local(route.line.front()), from), 0, 0.01);
    EXPECT_NEAR(distance_m(to_local(route.line.back()), to), 0, 0.01);
}

TEST(RandomRoutes, TenThousandQueriesAgreeWithAnIndependentReference) {
    SeededRandom random(20'261'119);
    int found = 0, refused = 0, opened = 0;
    for (int world = 0; world < 50; ++world) {
        World w = make_world(random);
        const auto graph = Graph::build(roads_of(w), {.snap_m = 0.5, .landmarks = 6});
        ASSERT_TRUE(graph);
        for (int round = 0; round < 20; ++round) {
            close_some(w, random);
            const Closures closures = closures_of(*graph, w);
            for (int query = 0; query < 10;) {
                const Spot from{below(random, w.lines.size()), random.next_unit()},
                    to{below(random, w.lines.size()), random.next_unit()};
                if (w.lines[from.line].closed || w.lines[to.line].closed) continue;
                ++query;
                const RouteOptions options{.inside_weight = 1 + 30 * random.next_unit()};
                const Local a = place_of(w, from), b = place_of(w, to);
                const auto fast = find_route(*graph, to_lonlat(a), to_lonlat(b), closures, options);
                const auto plain =
                    find_route_plainly(*graph, to_lonlat(a), to_lonlat(b), closures, options);
                const double expected = reference(w, from, to, options.inside_weight);
                SCOPED_TRACE(::testing::Message()
                             << "world " << world << " round " << round << " query " << query);
                ASSERT_EQ(fast.has_value(), expected < k_none);
                ASSERT_EQ(plain.has_value(), expected < k_none);
                if (!fast) {
                    ++refused;
                    EXPECT_TRUE(fast.error().is(errors::k_every_road_closed) ||
                                fast.error().is(errors::k_roads_do_not_connect));
                    EXPECT_TRUE(fast.error().is(errors::k_roads_do_not_connect) ||
                                !fast.error().fields.empty());
                    continue;
                }
                ++found;
                opened += fast->notes.empty() ? 0 : 1;
                ASSERT_NEAR(fast->weighted_seconds, expected, 1e-6 + 1e-6 * expected);
                ASSERT_NEAR(plain->weighted_seconds, expected, 1e-6 + 1e-6 * expected);
                check_line(w, *fast, a, b);
            }
        }
    }
    // The mix must exercise all three outcomes, or the test proves little.
    EXPECT_GT(found, 5000);
    EXPECT_GT(refused, 500);
    EXPECT_GT(opened, 500);
    RecordProperty("found", found);
    RecordProperty("refused", refused);
    RecordProperty("opened", opened);
}

TEST(RandomRoutes, ManyToOneGivesTheSameAsOneByOne) {
    SeededRandom random(812);
    for (int world = 0; world < 40; ++world) {
        World w = make_world(random);
        const auto graph = Graph::build(roads_of(w), {.snap_m = 0.5, .landmarks = 6});
        ASSERT_TRUE(graph);
        close_some(w, random);
        const Closures closures = closures_of(*graph, w);
        std::vector<LonLat> from;
        for (int k = 0; k < 25; ++k)
            from.push_back(
                to_lonlat(place_of(w, {below(random, w.lines.size()), random.next_unit()})));
        const LonLat to =
            to_lonlat(place_of(w, {below(random, w.lines.size()), random.next_unit()}));
        const auto together = find_routes(*graph, from, to, closures);
        ASSERT_EQ(together.size(), from.size());
        for (std::size_t k = 0; k < from.size(); ++k) {
            const auto alone = find_route(*graph, from[k], to, closures);
            ASSERT_EQ(alone.has_value(), together[k].has_value());
            if (!alone) {
                EXPECT_EQ(alone.error().row->id, together[k].error().row->id);
                continue;
            }
            EXPECT_NEAR(alone->weighted_seconds, together[k]->weighted_seconds,
                        1e-6 * (1 + alone->weighted_seconds));
        }
    }
}

}  // namespace
}  // namespace anlan::routing
