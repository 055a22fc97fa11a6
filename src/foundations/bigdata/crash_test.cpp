// Bad days of the store: killed in the middle of writing, a full disk.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_register.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

namespace anlan::bigdata::test {
namespace {

struct CrashTest : RegisterTest {
    /// The child: four threads write, and each acknowledged id goes down the pipe at once.
    [[noreturn]] void write_until_killed(int out, int round) {
        auto opened = reopen();
        if (!opened) _exit(3);
        store = std::move(*opened);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0;; ++i) {
                    Change c = create({{"name", "r" + std::to_string(round)},
                                       {"count", t},
                                       {"note", std::string(500, 'x')}});
                    std::vector<Change> changes{c, c};
                    const auto done = store->write(batch(std::move(changes)));
                    if (!done) _exit(4);
                    for (const auto& r : done->records) {
                        if (::write(out, r.id.bytes.data(), 16) != 16) _exit(5);
                    }
                }
            });
        }
        for (auto& thread : threads) thread.join();
        _exit(6);
    }
};

TEST_F(CrashTest, WhatWasAcknowledgedSurvivesKillNine) {
    store.reset();
    SeededRandom dice(2026);
    std::size_t acknowledged_all = 0;
    for (int round = 0; round < 10; ++round) {
        SCOPED_TRACE(round);
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            close(ends[0]);
            write_until_killed(ends[1], round);
        }
        close(ends[1]);
        std::vector<Uuid> acknowledged;
        const auto wanted = 40 + dice.next_u64() % 400;
        Uuid id;
        while (acknowledged.size() < wanted && read(ends[0], id.bytes.data(), 16) == 16)
            acknowledged.push_back(id);
        usleep(static_cast<useconds_t>(dice.next_u64() % 3000));
        kill(child, SIGKILL);
        while (read(ends[0], id.bytes.data(), 16) == 16) acknowledged.push_back(id);
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
        ASSERT_GE(acknowledged.size(), wanted);
        acknowledged_all += acknowledged.size();

        auto opened = reopen();
        ASSERT_TRUE(opened) << text_of_error(opened.error());
        store = std::move(*opened);
        for (const auto& each : acknowledged)
            ASSERT_TRUE(store->get(live, "thing", each)) << each.text();
        // Batches of two are there whole or not at all, and every row has its entry.
        const auto rows = static_cast<std::int64_t>(store->all(live, "thing")->size());
        EXPECT_EQ(rows % 2, 0);
        EXPECT_EQ(rows, store->last_sequence());
        const auto verdict = verify_journal(database());
        ASSERT_TRUE(verdict);
        EXPECT_FALSE(verdict->broken_at) << verdict->what;
        EXPECT_EQ(verdict->entries, rows);
        store.reset();
    }
    EXPECT_GT(acknowledged_all, 400u);
}

/// No file may grow beyond `bytes`: what a full disk is to the program, without filling one.
struct FileLimit {
    rlimit before{};
    void (*handler)(int) = nullptr;
    explicit FileLimit(rlim_t bytes) {
        handler = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before);
        const rlimit now{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FileLimit() {
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
    }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;
};

TEST_F(CrashTest, AFullDiskRefusesReadsGoOnAndItHealsByItself) {
    std::vector<Uuid> kept;
    for (int i = 0; i < 20; ++i) kept.push_back(written(create({{"name", "before"}})).id);
    std::int64_t heard = 0;
    auto subscription = store->listen(store->last_sequence(), [&](const Entry& e) {
        EXPECT_EQ(e.sequence, 21 + heard);
        ++heard;
    });
    std::atomic<int> accepted = 0, full = 0, other = 0;
    {
        // Room for a while in the write-ahead log, then none.
        const auto log = std::filesystem::file_size(database().string() + "-wal");
        const FileLimit limit(log + 400'000);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 60; ++i) {
                    const auto out = store->write(
                        batch({create({{"name", "during"}, {"note", std::string(3000, 'x')}})}));
                    if (out)
                        ++accepted;
                    else
                        ++(out.error().is(errors::k_disk_full) ? full : other);
                }
            });
        }
        for (auto& thread : threads) thread.join();
        EXPECT_GT(accepted, 0);
        EXPECT_GT(full, 0);
        EXPECT_EQ(other, 0);
        for (const auto& id : kept) EXPECT_TRUE(store->get(live, "thing", id));
        EXPECT_EQ(store->count(live, "thing", {})->value, 20 + accepted);
        EXPECT_EQ(store->last_sequence(), 20 + accepted);
        const FileLimit none(0);
        EXPECT_EQ(said(store->open_space("demo", "drill")), "disk_full");
        EXPECT_EQ(said(store->list({"demo", "drill", {}}, "thing", {})), "no_such_space");
    }
    const auto after = written(create({{"name", "after"}}));
    EXPECT_EQ(after.sequence, 21 + accepted);
    ASSERT_TRUE(store->open_space("demo", "drill"));
    open();
    EXPECT_EQ(store->count(live, "thing", {})->value, 21 + accepted);
    const auto verdict = verify_journal(database());
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->broken_at) << verdict->what;
}

}  // namespace
}  // namespace anlan::bigdata::test
