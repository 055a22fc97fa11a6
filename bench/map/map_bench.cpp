// Tiles from 80,000 points and 20,000 polygons (illustrative, scattered over 1.5° by 1°), each with
// seven properties, as records have them.
#include "core/random.h"
#include "map/layer.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>

namespace anlan::map {
namespace {

constexpr int k_points = 80'000, k_areas = 20'000;
constexpr double k_west = 117.0, k_south = 38.5, k_wide = 1.5, k_high = 1.0;

Feature feature_of(int i, Geometry geometry) {
    Feature out;
    out.id = Uuid::from_name("bench " + std::to_string(i));
    out.scope.grid = Uuid::from_name("grid " + std::to_string(i % 8));
    out.geometry = std::move(geometry);
    out.sequence = i;
    return out;
}

Properties properties_of(int i, const Uuid& id) {
    return {{"id", id.text()},
            {"kind", "place"},
            {"state", i % 3 == 0 ? "open" : "shut"},
            {"title", "示例 " + std::to_string(i)},
            {"title_en", "Illustrative " + std::to_string(i)},
            {"type", "type " + std::to_string(i % 20)},
            {"people", std::int64_t{i % 500}}};
}

Layer make_layer() {
    SeededRandom random(1);
    Layer layer("place");
    for (int i = 0; i < k_points + k_areas; ++i) {
        const LonLat at{k_west + k_wide * random.next_unit(),
                        k_south + k_high * random.next_unit()};
        Geometry geometry = Geometry::point(at);
        if (i >= k_points) {
            Geometry::Ring ring;
            const int corners = 4 + static_cast<int>(random.next_u64() % 12);
            const double size_deg = 0.0004 + 0.002 * random.next_unit();
            for (int c = 0; c < corners; ++c) {
                const double angle = c * 2 * std::numbers::pi / corners;
                const double radius = size_deg * (0.6 + 0.4 * random.next_unit());
                ring.push_back({at.longitude_deg + radius * std::cos(angle),
                                at.latitude_deg + radius * std::sin(angle)});
            }
            geometry = Geometry::polygon(std::move(ring));
        }
        Feature feature = feature_of(i, std::move(geometry));
        const auto properties = properties_of(i, feature.id);
        layer.put(std::move(feature), properties);
    }
    layer.pack();
    return layer;
}

Layer& layer() {
    static Layer made = make_layer();
    return made;
}

TileAddress random_tile(SeededRandom& random, int z) {
    const Vertex v =
        project({k_west + k_wide * random.next_unit(), k_south + k_high * random.next_unit()});
    const double side = static_cast<double>(1 << z);
    return {z, static_cast<std::int64_t>(v.x * side), static_cast<std::int64_t>(v.y * side)};
}

void encode(benchmark::State& state, const bigdata::RowFilter& rows) {
    SeededRandom random(2);
    std::string bytes;
    std::size_t total = 0, tiles = 0;
    layer();
    for (auto _ : state) {
        bytes.clear();
        layer().encode(random_tile(random, static_cast<int>(state.range(0))), rows, bytes);
        total += bytes.size();
        ++tiles;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(tiles));
    state.counters["bytes_a_tile"] = static_cast<double>(total) / static_cast<double>(tiles);
}

void tile(benchmark::State& state) {
    encode(state, bigdata::RowFilter::everything());
}
BENCHMARK(tile)->Arg(14)->Arg(12)->Arg(10)->Unit(benchmark::kMicrosecond);

void tile_of_one_grid(benchmark::State& state) {
    bigdata::RowFilter rows;
    rows.grid = Uuid::from_name("grid 3");
    encode(state, rows);
}
BENCHMARK(tile_of_one_grid)->Arg(14)->Arg(12)->Arg(10)->Unit(benchmark::kMicrosecond);

void pack(benchmark::State& state) {
    layer();
    for (auto _ : state) layer().pack();
}
BENCHMARK(pack)->Unit(benchmark::kMillisecond);

/// A record changes and its tile is asked for again.
void change_and_tile(benchmark::State& state) {
    SeededRandom random(3);
    layer();
    std::int64_t sequence = 1'000'000;
    std::string bytes;
    for (auto _ : state) {
        const int i = static_cast<int>(random.next_u64() % k_points);
        Feature feature = feature_of(i, Geometry::point({k_west + k_wide * random.next_unit(),
                                                         k_south + k_high * random.next_unit()}));
        feature.sequence = ++sequence;
        const auto properties = properties_of(i, feature.id);
        layer().put(std::move(feature), properties);
        bytes.clear();
        layer().encode(random_tile(random, 14), bigdata::RowFilter::everything(), bytes);
    }
}
BENCHMARK(change_and_tile)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace anlan::map
