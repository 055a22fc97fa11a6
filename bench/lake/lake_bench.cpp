// The lake under load: observations acknowledged a second, how long an acknowledgement takes, and
// what a large table costs at the start and in a query. ANLAN_BENCH_ROWS (default 20,000,000) is
// the size of the large table; ANLAN_BENCH_FOLDER keeps it from run to run.
#include "foundations/bigdata/lake.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

namespace anlan::bigdata {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int k_streams = 1000;
constexpr std::int64_t k_start_ms = 1'700'000'000'000;

struct Folder {
    std::filesystem::path path;
    bool keep;
    explicit Folder(const char* given) : keep(given != nullptr) {
        std::string name = (std::filesystem::temp_directory_path() / "anlan-bench-XXXXXX").string();
        path = keep ? std::filesystem::path(given) : std::filesystem::path(mkdtemp(name.data()));
    }
    ~Folder() {
        std::error_code ignored;
        if (!keep) std::filesystem::remove_all(path, ignored);
    }
};

std::unique_ptr<Lake> open_lake(const std::filesystem::path& folder) {
    Lake::Options options;
    options.folder = folder;
    auto lake = Lake::open(options);
    if (!lake) {
        std::cerr << text_of(lake.error(), Language::en) << '\n';
        std::abort();
    }
    for (int i = 0; i < k_streams; ++i)
        (*lake)->number_of({Uuid::from_name(std::to_string(i)), "live"});
    return std::move(*lake);
}

/// A thousand streams in turn, ten milliseconds a round.
std::vector<Observation> batch(std::int64_t first, int rows) {
    std::vector<Observation> out(static_cast<std::size_t>(rows));
    for (int i = 0; i < rows; ++i) {
        const std::int64_t n = first + i;
        const Timestamp at{k_start_ms + n / k_streams * 10};
        out[static_cast<std::size_t>(i)] = {static_cast<StreamNumber>(n % k_streams), at, at,
                                            static_cast<double>(n * 7919 % 10'007) / 10,
                                            Quality::good};
    }
    return out;
}

/// Acknowledgements of batches sent at a pace (rows a second; 0: as fast as they are taken).
class Load {
  public:
    explicit Load(Lake& lake) : m_lake(lake) {}
    void run(std::int64_t rows, int batch_rows, double rows_per_s) {
        const auto start = Clock::now();
        for (std::int64_t sent = 0; sent < rows; sent += batch_rows) {
            if (rows_per_s > 0) {
                std::this_thread::sleep_until(
                    start +
                    std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(sent) / rows_per_s)));
            }
            while (m_open.load() > 400'000)
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            m_open += batch_rows;
            const auto sent_at = Clock::now();
            m_lake.append(
                batch(m_next, batch_rows), [this, sent_at, batch_rows](const Result<void>& done) {
                    if (!done) std::abort();
                    m_latency_ms.push_back(
                        std::chrono::duration<double, std::milli>(Clock::now() - sent_at).count());
                    m_open -= batch_rows;
                });
            m_next += batch_rows;
        }
        while (m_open.load() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    void report(benchmark::State& state) {
        std::ranges::sort(m_latency_ms);
        const auto at = [&](double share) {
            return m_latency_ms[static_cast<std::size_t>(
                share * static_cast<double>(m_latency_ms.size() - 1))];
        };
        state.counters["p50_ms"] = at(0.5);
        state.counters["p99_ms"] = at(0.99);
        state.counters["max_ms"] = at(1);
    }

  private:
    Lake& m_lake;
    std::int64_t m_next = 0;
    std::atomic<std::int64_t> m_open = 0;
    std::vector<double> m_latency_ms;  ///< The writer's thread only, until the load has ended.
};

void store_as_fast_as_possible(benchmark::State& state) {
    constexpr std::int64_t k_rows = 10'000'000;
    const Folder folder(nullptr);
    const auto lake = open_lake(folder.path);
    Load load(*lake);
    for (auto _ : state) load.run(k_rows, static_cast<int>(state.range(0)), 0);
    state.SetItemsProcessed(state.iterations() * k_rows);
    load.report(state);
}
BENCHMARK(store_as_fast_as_possible)
    ->Arg(100)
    ->Arg(1000)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void store_at_a_pace(benchmark::State& state) {
    const Folder folder(nullptr);
    const auto lake = open_lake(folder.path);
    Load load(*lake);
    const std::int64_t rows = state.range(0) * 10;
    for (auto _ : state)
        load.run(rows, static_cast<int>(std::max<std::int64_t>(1, state.range(0) / 1000)),
                 static_cast<double>(state.range(0)));
    load.report(state);
}
BENCHMARK(store_at_a_pace)
    ->Arg(20)
    ->Arg(100'000)
    ->Arg(200'000)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// A backlog of older times among what is stored: every one is looked up.
void store_late(benchmark::State& state) {
    const Folder folder(nullptr);
    const auto lake = open_lake(folder.path);
    Load(*lake).run(2'000'000, 1000, 0);
    std::int64_t rows = 0;
    for (auto _ : state) {
        auto late = batch(rows, 10'000);
        for (auto& each : late) each.at.ms += 5;
        rows += 10'000;
        std::atomic<bool> done = false;
        lake->append(std::move(late), [&](const Result<void>&) {
            done = true;
            done.notify_one();
        });
        done.wait(false);
    }
    state.SetItemsProcessed(rows);
}
BENCHMARK(store_late)->Iterations(100)->UseRealTime()->Unit(benchmark::kMillisecond);

struct Large {
    Folder folder{std::getenv("ANLAN_BENCH_FOLDER")};
    std::int64_t rows = 20'000'000;
    std::unique_ptr<Lake> lake;
    Large() {
        if (const char* text = std::getenv("ANLAN_BENCH_ROWS")) rows = std::atoll(text);
        lake = open_lake(folder.path);
        if (!lake->last(0)) Load(*lake).run(rows, 10'000, 0);
    }
};
/// Made at the first use and closed by main(): DuckDB must be closed before the process's own end,
/// when its static objects go.
std::unique_ptr<Large>& large_owner() {
    static std::unique_ptr<Large> owner;
    return owner;
}
Large& large() {
    if (!large_owner()) large_owner() = std::make_unique<Large>();
    return *large_owner();
}

void start_with_a_large_table(benchmark::State& state) {
    auto& it = large();
    for (auto _ : state) {
        state.PauseTiming();
        it.lake.reset();
        state.ResumeTiming();
        it.lake = open_lake(it.folder.path);
    }
    state.counters["rows"] = static_cast<double>(it.rows);
}
BENCHMARK(start_with_a_large_table)->Iterations(10)->UseRealTime()->Unit(benchmark::kMillisecond);

void series(benchmark::State& state) {
    auto& it = large();
    const std::int64_t span_ms = state.range(0) * 60'000;
    const std::int64_t end_ms = it.lake->last(17)->at.ms + 1;
    for (auto _ : state) {
        auto out = it.lake->series(17, {end_ms - span_ms}, {end_ms}, 500);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(series)->Arg(1)->Arg(10)->Arg(60)->Arg(1440)->UseRealTime()->Unit(
    benchmark::kMillisecond);

void last(benchmark::State& state) {
    auto& it = large();
    for (auto _ : state) benchmark::DoNotOptimize(it.lake->last(17));
}
BENCHMARK(last);

}  // namespace

void close_large() {
    large_owner().reset();
}

}  // namespace anlan::bigdata

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    anlan::bigdata::close_large();
    return 0;
}
