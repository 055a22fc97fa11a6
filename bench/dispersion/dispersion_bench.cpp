// Figures of docs/performance.md, section "Dispersion".
#include "models/dispersion/placement.h"
#include "models/dispersion/test_substances.h"
#include "models/dispersion/threat_zone.h"

#include <benchmark/benchmark.h>

#include <vector>

namespace anlan::dispersion {
namespace {

const std::vector<Threshold> k_levels{{"AEGL-3", PartsPerMillion(1100)},
                                      {"IDLH", PartsPerMillion(300)},
                                      {"AEGL-2", PartsPerMillion(160)},
                                      {"AEGL-1", PartsPerMillion(30)}};

SourceTerm leak() {
    return *source_term(ammonia(), {.inventory = Kilograms(30'000)},
                        {.hole_diameter = Metres(0.025)}, {.wind_10m = MetresPerSecond(4)});
}

SourceTerm vapour() {
    return *known_release(ammonia(), KilogramsPerSecond(2), Seconds(3600), Metres(2), {});
}

const Weather k_weather{.wind_from = Degrees(312), .wind_10m = MetresPerSecond(4)};

void plume_receptor(benchmark::State& state) {
    std::vector<Receptor> in;
    for (int i = 0; i < 4096; ++i)
        in.push_back({Metres(100 + 2 * i), Metres(i % 61 - 30), Metres(1.5)});
    std::vector<KilogramsPerCubicMetre> out(in.size());
    for (auto _ : state) {
        const auto done =
            concentration({KilogramsPerSecond(1), Metres(2)}, {MetresPerSecond(4)}, in, out);
        benchmark::DoNotOptimize(done.has_value());
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(in.size()));
}
BENCHMARK(plume_receptor);

void cloud_receptor(benchmark::State& state, const SourceTerm& source) {
    const Cloud cloud = *Cloud::create(source, k_weather);
    double x = 1;
    for (auto _ : state) {
        benchmark::DoNotOptimize(cloud.concentration_at({x, 10}));
        x = x > 5000 ? 1 : x + 7;
    }
}
BENCHMARK_CAPTURE(cloud_receptor, dense, leak());
BENCHMARK_CAPTURE(cloud_receptor, gaussian, vapour());

void source(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(leak());
}
BENCHMARK(source);

void zones(benchmark::State& state, const SourceTerm& source) {
    for (auto _ : state) {
        const Cloud cloud = *Cloud::create(source, k_weather);
        benchmark::DoNotOptimize(threat_zones(cloud, k_levels));
    }
}
BENCHMARK_CAPTURE(zones, dense, leak());
BENCHMARK_CAPTURE(zones, gaussian, vapour());

/// What a drag of the wind arrow costs: source, cloud, four zones and fans as map polygons.
void everything(benchmark::State& state) {
    for (auto _ : state) {
        const Cloud cloud = *Cloud::create(leak(), k_weather);
        const auto found = *threat_zones(cloud, k_levels);
        const Placement placement({117.79, 38.99}, found.wind_from);
        for (const auto& zone : found.zones) {
            benchmark::DoNotOptimize(placement.polygon_of(zone.outline));
            benchmark::DoNotOptimize(placement.polygon_of(zone.fan));
        }
    }
}
BENCHMARK(everything);

}  // namespace
}  // namespace anlan::dispersion
