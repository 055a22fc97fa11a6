// Bulk imports: checked before, all or nothing, seen as a whole, taken up after a crash.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_register.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace anlan::bigdata::test {
namespace {

struct ImportTest : RegisterTest {
    Imports& imports() { return *store->imports(); }
    Uuid begin(std::string key = "number") {
        const auto id = imports().begin({.zone = "demo",
                                         .kind = "thing",
                                         .name = "things.csv",
                                         .author = {{}, "importer", "api"},
                                         .reason = "yearly list",
                                         .key = std::move(key)});
        EXPECT_TRUE(id) << said(id);
        return id.value_or(Uuid{});
    }
    static ImportRow row(std::int64_t line, json::object fields, Uuid id = {}) {
        ImportRow out;
        out.line = line;
        out.id = id;
        out.fields = std::move(fields);
        return out;
    }
    static std::vector<ImportRow> many(int count, std::string_view name = "新") {
        std::vector<ImportRow> rows;
        for (int i = 0; i < count; ++i)
            rows.push_back(row(i + 2, {{"name", std::string(name) + std::to_string(i)},
                                       {"number", "N" + std::to_string(i)}}));
        return rows;
    }
    std::string problems_of(const Uuid& id) {
        std::string out;
        const auto all = *imports().problems(id, 0, 100);
        for (const auto& [line, problem] : all)
            out += std::to_string(line) + problem.where + ":" + std::string(problem.row->id) + " ";
        return out;
    }
    std::int64_t things(std::string text = {}) {
        return store->count(live, "thing", {.text = std::move(text)})->value;
    }
};

TEST_F(ImportTest, ChecksEveryRowAndWritesNothingWhenOneIsWrong) {
    const auto there = written(create({{"name", "老"}, {"number", "A1"}, {"size", 3}}));
    written(create({{"name", "占"}, {"number", "B1"}}));
    const auto target = ids.next();
    const auto id = begin();
    const std::vector<ImportRow> rows{
        row(2, {{"name", "老"}, {"number", "A1"}, {"size", 3}}),  // As it is.
        row(3, {{"number", "A2"}}),                               // No name.
        row(4, {{"name", "x"}, {"number", "A3"}, {"size", -1}, {"nosuch", 1}}),
        row(5, {{"name", "x"}, {"number", "A4"}}),
        row(6, {{"name", "y"}, {"number", "A4"}}),
        row(7, {{"name", "z"}, {"number", "A5"}, {"parent", target.text()}}),
        row(8, {{"name", "z"}, {"number", "B1"}}, ids.next()),
        row(9, {{"name", "k"}}),
    };
    ASSERT_TRUE(imports().stage(id, rows));
    const auto report = imports().check(id);
    ASSERT_TRUE(report);
    EXPECT_EQ(problems_of(id),
              "3/fields/name:field_missing 4/fields/size:below_min 4/fields/nosuch:field_unknown "
              "6/fields/number:import_twice 7/fields/parent:reference_broken "
              "8/fields/number:unique_taken 9/fields/number:field_missing ");
    EXPECT_EQ(report->unchanged, 1);
    EXPECT_EQ(said(imports().apply(id)), "import_problems");
    EXPECT_EQ(said(imports().stage(id, rows)), "import_state");
    EXPECT_EQ(things(), 2);
    EXPECT_EQ(store->last_sequence(), 2);
    EXPECT_EQ(store->get(live, "thing", there.id)->revision, 1);
    ASSERT_TRUE(imports().abandon(id));
    EXPECT_EQ(said(imports().report(id)), "no_such_import");
}

TEST_F(ImportTest, CreatesUpdatesAndLeavesAloneByItsKey) {
    written(create({{"name", "改"}, {"number", "A1"}, {"size", 3}}));
    written(create({{"name", "同"}, {"number", "A2"}, {"size", 4}}));
    const auto parent = ids.next();
    const auto id = begin();
    ASSERT_TRUE(imports().stage(
        id, std::vector{row(2, {{"number", "A1"}, {"size", 5}}),
                        row(3, {{"name", "同"}, {"number", "A2"}}),
                        row(4, {{"name", "子"}, {"number", "A3"}, {"parent", parent.text()}})}));
    ASSERT_TRUE(imports().stage(id, std::vector{row(5, {{"name", "父"}}, parent)}));
    const auto report = imports().check(id);
    ASSERT_TRUE(report);
    EXPECT_EQ(problems_of(id), "");
    EXPECT_EQ(report->creates, 2);
    EXPECT_EQ(report->updates, 1);
    EXPECT_EQ(report->unchanged, 1);
    const auto done = imports().apply(id);
    ASSERT_TRUE(done) << said(done);
    EXPECT_EQ(done->state, ImportState::done);
    EXPECT_EQ(names(live, {.sort = "number"}), "父 改 同 子");
    EXPECT_EQ(store->last_sequence(), 5);
    const auto entries = *store->entries(live, 2, 10);
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].author.origin, "import");
    EXPECT_EQ(entries[0].request_id, id.text());
    EXPECT_EQ(entries[0].reason, "yearly list");
    EXPECT_EQ(entries[0].before, (json::object{{"size", 3}}));
    EXPECT_EQ(things("zi"), 1);
    // Once more: nothing left to do.
    const auto again = begin();
    ASSERT_TRUE(imports().stage(again, std::vector{row(2, {{"number", "A1"}, {"size", 5}})}));
    EXPECT_EQ(imports().check(again)->unchanged, 1);
    ASSERT_TRUE(imports().apply(again));
    EXPECT_EQ(store->last_sequence(), 5);
    EXPECT_EQ(imports().list("demo")->size(), 2U);
    EXPECT_EQ(imports().list("elsewhere")->size(), 0U);
}

// Readers never see a part: neither new rows, nor changed ones, nor counts between.
TEST_F(ImportTest, IsSeenAsAWhole) {
    for (int i = 0; i < 300; ++i)
        written(create({{"name", "旧" + std::to_string(i)}, {"number", "N" + std::to_string(i)}}));
    std::atomic<bool> stop = false;
    std::atomic<int> before = 0, after = 0, parts = 0;
    std::thread reader([&] {
        while (!stop) {
            const auto all = store->all(live, "thing");
            int old = 0, fresh = 0;
            for (const auto& r : all.value())
                ++(text_at(r.fields, "name").starts_with("旧") ? old : fresh);
            if (old == 300 && fresh == 0)
                ++before;
            else if (old == 0 && fresh == 3000)
                ++after;
            else
                ++parts;
            const auto count = store->count(live, "thing", {})->value;
            if (count != 300 && count != 3000) ++parts;
            const auto page = store->list(live, "thing", {.text = "旧", .limit = 1000});
            if (page->records.size() != 300 && !page->records.empty()) ++parts;
        }
    });
    const auto id = begin();
    const auto rows = many(3000);
    ASSERT_TRUE(imports().stage(id, rows));
    ASSERT_TRUE(imports().check(id));
    EXPECT_EQ(problems_of(id), "");
    const auto done = imports().apply(id);
    EXPECT_TRUE(done) << said(done);
    const int so_far = after;
    while (after < so_far + 2 && parts == 0) std::this_thread::yield();
    stop = true;
    reader.join();
    EXPECT_EQ(parts, 0);
    EXPECT_GT(before, 0);
    EXPECT_FALSE(verify_journal(database())->broken_at);
}

TEST_F(ImportTest, OthersWriteWhileItRunsAndItsRecordsWait) {
    const auto changed = written(create({{"name", "旧"}, {"number", "N0"}}));
    const auto id = begin();
    ASSERT_TRUE(imports().stage(id, many(4000)));
    ASSERT_TRUE(imports().check(id));
    std::atomic<bool> applied = false;
    std::thread importer([&] {
        EXPECT_TRUE(imports().apply(id));
        applied = true;
    });
    int accepted = 0, waiting = 0;
    while (!applied) {
        if (write(create({{"name", "急"}}))) ++accepted;
        const auto out = refused(update(changed.id, {{"size", 1}}));
        if (out == "import_running") ++waiting;
        const auto space = said(store->open_space("demo", "drill"));
        EXPECT_TRUE(space == "busy" || space == "accepted") << space;
    }
    importer.join();
    EXPECT_GT(accepted, 0);
    EXPECT_GT(waiting, 0);
    EXPECT_EQ(things(), 4000 + accepted);
    EXPECT_EQ(refused(update(changed.id, {{"size", 2}})), "accepted");
}

TEST_F(ImportTest, KilledInTheMiddleItIsTakenUpAgain) {
    store.reset();
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto opened = reopen();
        if (!opened) _exit(3);
        store = std::move(*opened);
        const auto id = begin();
        for (int i = 0; i < 4; ++i) {
            auto rows = many(5000);
            for (auto& r : rows) {
                r.line += i * 5000;
                r.fields["number"] = "N" + std::to_string(r.line);
            }
            if (!imports().stage(id, rows)) _exit(4);
        }
        if (!imports().check(id)) _exit(5);
        auto heard = store->listen(0, [&](const Entry& e) {
            if (e.sequence == 1000 && ::write(ends[1], "x", 1) != 1) _exit(6);
        });
        (void)imports().apply(id);
        pause();
    }
    close(ends[1]);
    char sign = 0;
    ASSERT_EQ(read(ends[0], &sign, 1), 1);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(ends[0]);
    open();
    const auto list = *imports().list("demo");
    ASSERT_EQ(list.size(), 1U);
    for (;;) {
        const auto count = things();
        ASSERT_TRUE(count == 0 || count == 10'000) << count;  // Exact up to ten thousand.
        if (imports().report(list[0].id)->state == ImportState::done) break;
        std::this_thread::yield();
    }
    EXPECT_EQ(store->all(live, "thing")->size(), 20'000U);
    EXPECT_EQ(store->last_sequence(), 20'000);
    EXPECT_FALSE(verify_journal(database())->broken_at);
}

// Many steps are on their way at once: none may come in before the one that failed.
TEST_F(ImportTest, AStepThatFailsLeavesNoHoleBehindIt) {
    const auto id = begin();
    ASSERT_TRUE(imports().stage(id, many(3000)));
    ASSERT_TRUE(imports().check(id));
    const auto behind_its_back = [&](const std::string& sql) {
        sqlite::Connection(database(), sqlite::Mode::create).execute(sql);
    };
    behind_its_back(
        "CREATE TRIGGER bad BEFORE INSERT ON r_thing WHEN NEW.f_number = 'N700' BEGIN SELECT "
        "RAISE(ABORT, 'bad sector'); END");
    std::atomic<bool> failed = false;
    int accepted = 0;
    std::thread desk([&] {
        do {
            if (write(create({{"name", "急"}}))) ++accepted;
        } while (!failed);
    });
    EXPECT_EQ(said(imports().apply(id)), "io");
    failed = true;
    desk.join();
    EXPECT_EQ(imports().report(id)->state, ImportState::applying);
    EXPECT_LE(imports().report(id)->applied, 700);
    EXPECT_EQ(things(), accepted);
    behind_its_back("DROP TRIGGER bad");
    const auto done = imports().apply(id);
    ASSERT_TRUE(done) << said(done);
    EXPECT_EQ(things(), 3000 + accepted);
    EXPECT_EQ(things("新2999"), 1);
    EXPECT_EQ(things("新700"), 1);
    EXPECT_EQ(store->last_sequence(), 3000 + accepted);
    EXPECT_FALSE(verify_journal(database())->broken_at);
}

TEST_F(ImportTest, CutOffBeforeApplyNothingHasHappened) {
    const auto id = begin();
    ASSERT_TRUE(imports().stage(id, many(100)));
    ASSERT_TRUE(imports().check(id));
    open();
    EXPECT_EQ(said(imports().report(id)), "no_such_import");
    EXPECT_EQ(things(), 0);
}

TEST_F(ImportTest, WhatChangesBetweenCheckAndApplyGivesWay) {
    const auto gone = written(create({{"name", "去"}, {"number", "N1"}}));
    const auto id = begin();
    ASSERT_TRUE(imports().stage(id, many(3)));
    EXPECT_EQ(imports().check(id)->updates, 1);
    written(remove(gone.id));
    const auto come = written(create({{"name", "来"}, {"number", "N2"}}));
    ASSERT_TRUE(imports().apply(id));
    EXPECT_EQ(names(live, {.sort = "number"}), "新0 新1 新2");
    EXPECT_EQ(text_at(store->get(live, "thing", come.id)->fields, "name"), "新2");
}

}  // namespace
}  // namespace anlan::bigdata::test
