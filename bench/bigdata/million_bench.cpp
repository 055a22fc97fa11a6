// A million records of one kind, brought in by a bulk import while single updates go on; then
// pages, searches, boxes, counts and the past. On the disk of the temporary folder (TMPDIR); 2 GB
// free.
//
//   bench_million [records]          prints a table; percentiles are over single operations
//   bench_million <records> import   the import alone
//
// Processor time says more than rows a second where other programs share the processors.
// Beside the import: the same rows into a plain SQLite table with the same indexes, no journal.
#include "core/random.h"
#include "foundations/bigdata/register.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>

namespace anlan::bigdata {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

/// Of all threads, in user and system mode.
double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

void row(std::string_view what, std::vector<double> ms) {
    if (ms.empty()) return;
    std::ranges::sort(ms);
    const auto at = [&](double share) {
        return ms[std::min(ms.size() - 1, static_cast<std::size_t>(double(ms.size()) * share))];
    };
    fmt::print("{:<44} n {:>5}  p50 {:>8.2f} ms  p99 {:>8.2f} ms  max {:>8.2f} ms\n", what,
               ms.size(), at(0.5), at(0.99), ms.back());
    std::fflush(stdout);
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", text_of(result.error(), Language::en));
        std::abort();
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

constexpr const char* k_roads[] = {"美洲路", "亚洲路",   "欧洲路",     "澳洲路", "非洲路",
                                   "观澜路", "海铁大道", "呼伦贝尔路", "陕西道", "贵州道"};

ImportRow hydrant(int i) {
    ImportRow out;
    out.line = i + 2;
    out.fields = {{"number", "XHS-" + std::to_string(1'000'000 + i)},
                  {"road", std::string(k_roads[i % 10]) + (i % 5000 == 17 ? "消防支队门前" : "")},
                  {"pressure_pa", 300000.0 + i % 977}};
    out.geometry = Geometry::point({117.70 + i % 1000 * 1e-4, 38.90 + i / 1000 % 1000 * 1e-4});
    return out;
}

struct Million {
    test::Folder folder;
    SystemClock clock;
    SystemRandom random;
    IdSource ids{clock, random};
    Catalog catalog = must(Catalog::load(ANLAN_SOURCE_DIR "/catalog"));
    std::unique_ptr<Register> store;
    const View live{"demo", std::string(k_live), {}};
    int records;

    explicit Million(int count) : records(count) { open(); }
    void open() {
        store.reset();
        store = must(Register::open({.database = folder.path / "register.db",
                                     .catalog = &catalog,
                                     .clock = &clock,
                                     .ids = &ids}));
    }

    Batch one(Change change) {
        Batch b;
        b.zone = "demo";
        b.author = {{}, "bench", "api"};
        b.changes.push_back(std::move(change));
        return b;
    }
    Uuid team() {
        Change c;
        c.kind = "substance";
        c.fields = {{"name", "氨"},
                    {"name_en", "Ammonia"},
                    {"cas", "7664-41-7"},
                    {"molar_mass_g_mol", 17.03},
                    {"source", "bench"}};
        return must(store->write(one(c))).records[0].id;
    }
    /// Single durable updates, a little apart as people's are, until told to stop.
    std::vector<double> updates(const Uuid& id, const std::atomic<bool>& stop, int most) {
        std::vector<double> ms;
        while (!stop && std::ssize(ms) < most) {
            Change c;
            c.action = Action::update;
            c.kind = "substance";
            c.id = id;
            c.fields = {{"name_en", "Ammonia " + std::to_string(ms.size())}};
            const auto start = Steady::now();
            must(store->write(one(std::move(c))));
            ms.push_back(seconds_since(start) * 1e3);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return ms;
    }

    void import() {
        const auto id = team();
        std::atomic<bool> stop = false;
        row("single update, nothing else", updates(id, stop, 500));
        auto& imports = *store->imports();
        const auto import = must(imports.begin({.zone = "demo",
                                                .kind = "hydrant",
                                                .name = "hydrants.csv",
                                                .author = {{}, "bench", "import"},
                                                .reason = {},
                                                .key = "number"}));
        auto start = Steady::now();
        std::vector<ImportRow> rows;
        for (int i = 0; i < records; ++i) {
            rows.push_back(hydrant(i));
            if (rows.size() == 5000 || i + 1 == records) {
                must(imports.stage(import, rows));
                rows.clear();
            }
        }
        const auto staged = seconds_since(start);
        start = Steady::now();
        const auto report = must(imports.check(import));
        const auto checked = seconds_since(start);
        std::vector<double> ms;
        std::thread desk([&] { ms = updates(id, stop, 1'000'000); });
        start = Steady::now();
        const auto processor = processor_seconds();
        must(imports.apply(import));
        const auto applied = seconds_since(start);
        const auto busy = processor_seconds() - processor;
        stop = true;
        desk.join();
        fmt::print(
            "import of {} rows: staged {:.1f} s, checked {:.1f} s ({} problems), applied "
            "{:.1f} s = {:.0f} rows/s with {:.0f} µs of processor time a row; all {:.0f} rows/s\n",
            records, staged, checked, report.problems, applied, records / applied,
            busy / records * 1e6, records / (staged + checked + applied));
        row("single update during the import", std::move(ms));
    }

    void plain() {
        sqlite::Connection peer(folder.path / "plain.db", sqlite::Mode::create);
        peer.execute(
            "CREATE TABLE hydrant (id TEXT PRIMARY KEY, number TEXT, road TEXT, pressure REAL, "
            "geometry TEXT); CREATE INDEX a ON hydrant (number, id); CREATE INDEX b ON hydrant "
            "(road, id)");
        const auto start = Steady::now();
        const auto processor = processor_seconds();
        for (int i = 0; i < records;) {
            sqlite::Transaction transaction(peer);
            for (int k = 0; k < 256 && i < records; ++k, ++i) {
                const auto r = hydrant(i);
                peer.run("INSERT INTO hydrant VALUES (?, ?, ?, ?, ?)", ids.next(),
                         text_at(r.fields, "number"), text_at(r.fields, "road"),
                         number_at(r.fields, "pressure_pa", 0),
                         canonical_text(to_json(*r.geometry)));
            }
            transaction.commit();
        }
        fmt::print(
            "peer: plain SQLite, no journal, search or boxes: {:.0f} rows/s with {:.0f} µs of "
            "processor time a row\n",
            records / seconds_since(start), (processor_seconds() - processor) / records * 1e6);
    }

    /// Pages of 100 one after the other from `query` on.
    void pages(std::string_view what, Query query, int most = 200) {
        std::vector<double> ms;
        for (int i = 0; i < most; ++i) {
            const auto start = Steady::now();
            const auto page = must(store->list(live, "hydrant", query));
            ms.push_back(seconds_since(start) * 1e3);
            query.after = page.next;
        }
        row(what, std::move(ms));
    }
    void counts(std::string_view what, const Query& query) {
        std::vector<double> ms;
        Register::Count count;
        for (int i = 0; i < 50; ++i) {
            const auto start = Steady::now();
            count = must(store->count(live, "hydrant", query));
            ms.push_back(seconds_since(start) * 1e3);
        }
        row(fmt::format("{} = {}{}", what, count.value, count.more ? "+" : ""), std::move(ms));
    }
    /// The cursor about half-way down the list.
    std::string deep(const std::string& sort) {
        Query query{.sort = sort, .limit = 10'000};
        for (int i = 0; i < records / 20'000; ++i)
            query.after = must(store->list(live, "hydrant", query)).next;
        return query.after;
    }

    void read() {
        pages("page, newest first", {});
        pages("page by number", {.sort = "number"});
        pages("deep page by number", {.sort = "number", .after = deep("number")});
        pages("deep page by road (few values)", {.sort = "road", .after = deep("road")});
        pages("filter road = 美洲路 (10 %)", {.where = {{"road", Compare::equal, "美洲路"}}});
        const Query rare{.where = {{"road", Compare::equal, "海铁大道消防支队门前"}}};
        pages("filter, one row in 5,000", rare, 50);
        pages("box 1/10,000 of the area", {.within = Bounds{117.72, 38.92, 117.721, 38.921}}, 50);
        pages("box with everything", {.within = Bounds{117, 38, 118, 39.9}}, 50);
        for (const auto* text : {"消防支队", "支队", "队", "美洲", "路", "xfzd", "xiaofangzhidui",
                                 "mzl", "XHS-1077777", "1077777", "XHS", "没有的"}) {
            pages(fmt::format("search {}", text), {.text = text}, 50);
            pages(fmt::format("search {} by relevance", text), {.text = text, .sort = "relevance"},
                  50);
            counts(fmt::format("count {}", text), {.text = text});
        }
        counts("count of all", {});
        counts("count of the filter", {.where = {{"road", Compare::equal, "美洲路"}}});
        std::vector<double> ms;
        const auto page = must(store->list(live, "hydrant", {.limit = 1000}));
        for (const auto& r : page.records) {
            const auto start = Steady::now();
            must(store->get(live, "hydrant", r.id));
            ms.push_back(seconds_since(start) * 1e3);
        }
        row("one record by id", std::move(ms));
        const View past{"demo", std::string(k_live), {}, store->last_sequence() - 500};
        ms.clear();
        for (int i = 0; i < 50; ++i) {
            const auto start = Steady::now();
            must(store->list(past, "hydrant", {.sort = "number", .limit = 1000}));
            ms.push_back(seconds_since(start) * 1e3);
        }
        row("1,000 rows as they were 500 changes ago", std::move(ms));
    }
};

void run(int records, bool import_only) {
    Million million(records);
    million.import();
    million.plain();
    if (import_only) return;
    million.read();
    const auto start = Steady::now();
    million.open();
    fmt::print("closed and opened again: {:.0f} ms\n", seconds_since(start) * 1e3);
    const auto verifying = Steady::now();
    const auto verdict = must(verify_journal(million.folder.path / "register.db"));
    fmt::print("journal of {} entries verified in {:.1f} s, {}\n", verdict.entries,
               seconds_since(verifying), verdict.broken_at ? "BROKEN" : "whole");
}

}  // namespace
}  // namespace anlan::bigdata

int main(int argc, char** argv) {
    anlan::bigdata::run(argc > 1 ? std::atoi(argv[1]) : 1'000'000,
                        argc > 2 && std::string_view(argv[2]) == "import");
}
