// The register on the disk of the temporary folder (TMPDIR): durable writes alone and in groups,
// delivery to a listener, reads by id and by page. Percentiles are over single operations.
#include "core/random.h"
#include "foundations/bigdata/register.h"
#include "foundations/bigdata/test_folder.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace anlan::bigdata {
namespace {

using Steady = std::chrono::steady_clock;

double us_since(Steady::time_point start) {
    return std::chrono::duration<double, std::micro>(Steady::now() - start).count();
}

/// The shipped catalog and an empty store, or one with many hydrants.
struct Bench {
    test::Folder folder;
    SystemClock clock;
    SystemRandom random;
    IdSource ids{clock, random};
    Catalog catalog = *Catalog::load(ANLAN_SOURCE_DIR "/catalog");
    std::unique_ptr<Register> store = *Register::open({.database = folder.path / "register.db",
                                                       .catalog = &catalog,
                                                       .clock = &clock,
                                                       .ids = &ids});
    const View live{"demo", std::string(k_live), {}};

    static Change hydrant(int i) {
        Change c;
        c.kind = "hydrant";
        c.fields = {{"number", "H-" + std::to_string(i)},
                    {"road", "美洲路"},
                    {"pressure_pa", 300000.0 + i}};
        c.geometry = Geometry::point({117.7 + i % 300 * 1e-4, 38.9 + i % 200 * 1e-4});
        return c;
    }
    static Batch batch(std::vector<Change> changes) {
        Batch b;
        b.zone = "demo";
        b.author = {{}, "bench", "command_line"};
        b.changes = std::move(changes);
        return b;
    }
    void fill(int count) {
        for (int i = 0; i < count; i += 1000) {
            std::vector<Change> changes;
            for (int k = i; k < i + 1000; ++k) changes.push_back(hydrant(k));
            if (!store->write(batch(std::move(changes)))) std::abort();
        }
    }
    static Bench& with_100000() {
        static Bench bench;
        static const bool filled = (bench.fill(100'000), true);
        benchmark::DoNotOptimize(filled);
        return bench;
    }
};

void report(benchmark::State& state, std::vector<double>& us) {
    if (us.empty()) return;
    std::ranges::sort(us);
    state.counters["p50_us"] = us[us.size() / 2];
    state.counters["p99_us"] = us[std::min(us.size() - 1, us.size() * 99 / 100)];
}

void BM_WriteAlone(benchmark::State& state) {
    Bench bench;
    std::vector<double> us;
    int i = 0;
    for (auto _ : state) {
        const auto start = Steady::now();
        if (!bench.store->write(Bench::batch({Bench::hydrant(i++)}))) std::abort();
        us.push_back(us_since(start));
    }
    report(state, us);
}
BENCHMARK(BM_WriteAlone)->Iterations(1000)->Unit(benchmark::kMicrosecond)->UseRealTime();

// From the call of write() to the listener, what a screen waits for.
void BM_WriteToListener(benchmark::State& state) {
    Bench bench;
    std::mutex mutex;
    std::condition_variable changed;
    std::int64_t heard = 0;
    const auto subscription = bench.store->listen(0, [&](const Entry& e) {
        const std::lock_guard lock(mutex);
        heard = e.sequence;
        changed.notify_one();
    });
    std::vector<double> us;
    int i = 0;
    for (auto _ : state) {
        const auto start = Steady::now();
        const auto done = bench.store->write(Bench::batch({Bench::hydrant(i++)}));
        if (!done) std::abort();
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return heard >= done->last_sequence; });
        us.push_back(us_since(start));
    }
    report(state, us);
}
BENCHMARK(BM_WriteToListener)->Iterations(1000)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_WriteFromThreads(benchmark::State& state) {
    const int threads = static_cast<int>(state.range(0));
    constexpr int k_each = 200;
    for (auto _ : state) {
        state.PauseTiming();
        auto bench = std::make_unique<Bench>();
        std::vector<double> us;
        std::mutex mutex;
        state.ResumeTiming();
        std::vector<std::thread> all;
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&, t] {
                std::vector<double> mine;
                for (int i = 0; i < k_each; ++i) {
                    const auto start = Steady::now();
                    if (!bench->store->write(Bench::batch({Bench::hydrant(t * k_each + i)})))
                        std::abort();
                    mine.push_back(us_since(start));
                }
                const std::lock_guard lock(mutex);
                us.insert(us.end(), mine.begin(), mine.end());
            });
        }
        for (auto& thread : all) thread.join();
        state.PauseTiming();
        report(state, us);
        bench.reset();
        state.ResumeTiming();
    }
    state.counters["writes"] = benchmark::Counter(
        static_cast<double>(threads * k_each) * static_cast<double>(state.iterations()),
        benchmark::Counter::kIsRate);
}
BENCHMARK(BM_WriteFromThreads)
    ->Arg(8)
    ->Arg(32)
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void BM_Import1000(benchmark::State& state) {
    Bench bench;
    int i = 0;
    for (auto _ : state) {
        std::vector<Change> changes;
        for (int k = 0; k < 1000; ++k) changes.push_back(Bench::hydrant(i++));
        if (!bench.store->write(Bench::batch(std::move(changes)))) std::abort();
    }
    state.counters["records"] = benchmark::Counter(1000.0 * static_cast<double>(state.iterations()),
                                                   benchmark::Counter::kIsRate);
}
BENCHMARK(BM_Import1000)->Iterations(10)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_ReadById(benchmark::State& state) {
    auto& bench = Bench::with_100000();
    const auto page = *bench.store->list(bench.live, "hydrant", {.limit = 1000});
    std::vector<double> us;
    std::size_t i = 0;
    for (auto _ : state) {
        const auto start = Steady::now();
        auto r = bench.store->get(bench.live, "hydrant", page.records[i++ * 37 % 1000].id);
        us.push_back(us_since(start));
        benchmark::DoNotOptimize(r);
    }
    report(state, us);
}
BENCHMARK(BM_ReadById)->Unit(benchmark::kMicrosecond);

// Pages of 100, one after the other through 100,000 rows.
void page_through(benchmark::State& state, const Query& asked) {
    auto& bench = Bench::with_100000();
    Query query = asked;
    std::vector<double> us;
    for (auto _ : state) {
        const auto start = Steady::now();
        const auto page = bench.store->list(bench.live, "hydrant", query);
        us.push_back(us_since(start));
        if (!page) std::abort();
        query.after = page->next;
    }
    report(state, us);
}
void BM_Page100Newest(benchmark::State& state) {
    page_through(state, {});
}
BENCHMARK(BM_Page100Newest)->Unit(benchmark::kMicrosecond);
void BM_Page100ByNumber(benchmark::State& state) {
    page_through(state, {.sort = "number"});
}
BENCHMARK(BM_Page100ByNumber)->Unit(benchmark::kMicrosecond);
void BM_Page100InBox(benchmark::State& state) {
    page_through(state, {.within = Bounds{117.701, 38.901, 117.703, 38.903}});
}
BENCHMARK(BM_Page100InBox)->Unit(benchmark::kMicrosecond);

void BM_Count(benchmark::State& state) {
    auto& bench = Bench::with_100000();
    for (auto _ : state) benchmark::DoNotOptimize(bench.store->count(bench.live, "hydrant", {}));
}
BENCHMARK(BM_Count)->Unit(benchmark::kMicrosecond);

void BM_Search(benchmark::State& state) {
    auto& bench = Bench::with_100000();
    for (auto _ : state)
        benchmark::DoNotOptimize(bench.store->list(bench.live, "hydrant", {.text = "H-77777"}));
}
BENCHMARK(BM_Search)->Unit(benchmark::kMillisecond);

void BM_VerifyJournal(benchmark::State& state) {
    auto& bench = Bench::with_100000();
    for (auto _ : state) {
        const auto verdict = verify_journal(bench.folder.path / "register.db");
        if (!verdict || verdict->broken_at) std::abort();
    }
}
BENCHMARK(BM_VerifyJournal)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace anlan::bigdata
