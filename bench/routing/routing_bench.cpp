// Routing on the shipped zone (173 junctions, 312 segments) and on an illustrative city of 40,000
// junctions: laying a cloud over the streets, one route, ten teams to one incident.
#include "core/random.h"
#include "models/routing/route.h"
#include "models/routing/shipped_roads.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>

namespace anlan::routing {
namespace {

const Graph& zone() {
    static const Graph graph = *Graph::build(
        shipped_roads(std::string(ANLAN_SOURCE_DIR) + "/data/dongjiang/records/road.ndjson"));
    return graph;
}

std::vector<Road> city_roads() {
    constexpr int k_side = 200;
    SeededRandom random(1);
    std::vector<LonLat> nodes;
    for (int i = 0; i < k_side * k_side; ++i) {
        nodes.push_back(to_lonlat({560'000 + 150.0 * (i % k_side) + 60 * random.next_unit(),
                                   4'310'000 + 150.0 * (i / k_side) + 60 * random.next_unit()}));
    }
    std::vector<Road> roads;
    const auto join = [&](int a, int b) {
        if (random.next_unit() < 0.08) return;
        const auto name = std::to_string(roads.size());
        roads.push_back({Uuid::from_name(name),
                         {name, name},
                         {nodes[static_cast<std::size_t>(a)], nodes[static_cast<std::size_t>(b)]},
                         MetresPerSecond(6 + 12 * random.next_unit()),
                         random.next_unit() < 0.2,
                         false,
                         {}});
    };
    for (int i = 0; i < k_side * k_side; ++i) {
        if (i % k_side + 1 < k_side) join(i, i + 1);
        if (i / k_side + 1 < k_side) join(i, i + k_side);
    }
    return roads;
}

const Graph& city() {
    static const Graph graph = *Graph::build(city_roads());
    return graph;
}

const Graph& network(const benchmark::State& state) {
    return state.range(0) == 0 ? zone() : city();
}

LonLat random_place(const Graph& graph, SeededRandom& random) {
    const auto& s = graph.segments()[random.next_u64() % graph.segments().size()];
    return to_lonlat(s.point_at(random.next_unit() * s.length_m));
}

/// A leaf of 120 corners, as threat zones are drawn.
std::vector<BlockedArea> cloud(LonLat from, double length_m, double half_width_m) {
    const Local o = to_local(from);
    Geometry::Ring ring;
    const auto add = [&](double share, double side) {
        const double d = share * length_m,
                     w = side * half_width_m * std::sin(share * std::numbers::pi);
        ring.push_back(
            to_lonlat({o.east_m + 0.74 * d - 0.67 * w, o.north_m - 0.67 * d - 0.74 * w}));
    };
    for (int i = 0; i <= 60; ++i) add(i / 60.0, 1);
    for (int i = 59; i > 0; --i) add(i / 60.0, -1);
    return {{{"云团", "cloud"}, Geometry::polygon(ring)}};
}

constexpr LonLat k_leak{117.8001, 39.0015};

LonLat leak(const benchmark::State& state) {
    return state.range(0) == 0 ? k_leak : to_lonlat({575'000, 4'325'000});
}

void build(benchmark::State& state) {
    const auto roads =
        state.range(0) == 0
            ? shipped_roads(std::string(ANLAN_SOURCE_DIR) + "/data/dongjiang/records/road.ndjson")
            : city_roads();
    for (auto _ : state) benchmark::DoNotOptimize(Graph::build(roads));
}
BENCHMARK(build)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void lay_a_cloud(benchmark::State& state) {
    const Graph& graph = network(state);
    const auto areas = cloud(leak(state), 2950, 300);
    for (auto _ : state) benchmark::DoNotOptimize(Closures(graph, areas));
}
BENCHMARK(lay_a_cloud)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

template <auto find>
void route_round_a_cloud(benchmark::State& state) {
    const Graph& graph = network(state);
    const Closures closures(graph, cloud(leak(state), 2950, 300));
    SeededRandom random(42);
    std::vector<std::pair<LonLat, LonLat>> queries;
    for (int i = 0; i < 512; ++i) {
        queries.emplace_back(random_place(graph, random), random_place(graph, random));
    }
    std::size_t at = 0;
    for (auto _ : state) {
        const auto& [from, to] = queries[at++ % queries.size()];
        benchmark::DoNotOptimize(find(graph, from, to, closures, {}));
    }
}
BENCHMARK(route_round_a_cloud<find_route>)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(route_round_a_cloud<find_route_plainly>)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

/// What a new edition of the threat zone costs: closures, and ten teams to the leak.
void ten_teams_to_the_leak(benchmark::State& state) {
    const Graph& graph = network(state);
    const auto areas = cloud(leak(state), 2950, 300);
    SeededRandom random(7);
    std::vector<LonLat> teams;
    for (int i = 0; i < 10; ++i) teams.push_back(random_place(graph, random));
    for (auto _ : state) {
        const Closures closures(graph, areas);
        benchmark::DoNotOptimize(find_routes(graph, teams, leak(state), closures));
    }
}
BENCHMARK(ten_teams_to_the_leak)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace anlan::routing
