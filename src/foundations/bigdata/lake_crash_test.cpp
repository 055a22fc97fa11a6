// The lake's promise on bad days: a child process is killed in the middle of its work, or meets a
// file size limit (which DuckDB meets as it meets a full disk), and the parent looks at what is
// left.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <future>
#include <thread>

namespace anlan::bigdata {
namespace {

constexpr std::int64_t k_start_ms = 1'700'000'000'000;
constexpr int k_streams = 5;
constexpr int k_batch_rows = 400;

Lake::Options options_for(const test::Folder& folder) {
    Lake::Options options;
    options.folder = folder.path / "lake";
    options.commit_every_ms = 2;
    options.checkpoint_mb = 1;  // many checkpoints in a short run
    options.keep_last_every_ms = 30;
    return options;
}

StreamKey key(int i) {
    return {Uuid::from_name("stream " + std::to_string(i)), "live"};
}

/// Batch `number` holds 80 new times for each of five streams, the value telling which.
std::vector<Observation> batch(Lake& lake, int number) {
    std::vector<Observation> rows;
    for (int i = 0; i < k_batch_rows; ++i) {
        const std::int64_t step =
            static_cast<std::int64_t>(number) * (k_batch_rows / k_streams) + i / k_streams;
        rows.push_back({lake.number_of(key(i % k_streams)),
                        {k_start_ms + step},
                        {k_start_ms + step},
                        static_cast<double>(step),
                        Quality::good});
    }
    return rows;
}

/// Never returns: sends batch after batch and writes each acknowledged number to the pipe.
[[noreturn]] void ingest_until_killed(const Lake::Options& options, int first, int pipe) {
    auto lake = Lake::open(options);
    if (!lake) _exit(2);
    for (int number = first;; ++number) {
        (*lake)->append(batch(**lake, number), [number, pipe](const Result<void>& done) {
            if (!done || write(pipe, &number, sizeof number) != sizeof number) _exit(3);
        });
        if (number % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

TEST(LakeCrash, EveryAcknowledgedObservationIsThereOnceAfterKill) {
    const test::Folder folder;
    const auto options = options_for(folder);
    int acknowledged = -1;
    for (int round = 0; round < 6; ++round) {
        int pipes[2];
        ASSERT_EQ(pipe(pipes), 0);
        const pid_t child = fork();
        if (child == 0) {
            close(pipes[0]);
            // Sends the last acknowledged batch again, as a device does whose acknowledgement was
            // lost.
            ingest_until_killed(options, std::max(0, acknowledged), pipes[1]);
        }
        close(pipes[1]);
        // Killed in the middle of its work: after so many acknowledgements, however slow the
        // machine.
        int heard = 0;
        for (int number = 0; read(pipes[0], &number, sizeof number) == sizeof number;) {
            acknowledged = number;
            if (++heard == 40 + 37 * round) kill(child, SIGKILL);
        }
        close(pipes[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;

        auto lake = Lake::open(options);
        ASSERT_TRUE(lake) << text_of(lake.error(), Language::en);
        const std::int64_t least =
            static_cast<std::int64_t>(acknowledged + 1) * (k_batch_rows / k_streams);
        for (int i = 0; i < k_streams; ++i) {
            const auto number = (*lake)->number_of(key(i));
            const auto rows = (*lake)->raw(number, {0}, {k_start_ms * 2}, 10'000'000);
            ASSERT_TRUE(rows);
            ASSERT_GE(static_cast<std::int64_t>(rows->size()), least) << "round " << round;
            for (std::size_t r = 0; r < rows->size(); ++r) {
                ASSERT_EQ((*rows)[r].value, static_cast<double>(r))
                    << "a row is missing or doubled";
            }
            ASSERT_EQ((*lake)->last(number)->at, rows->back().at);
            ASSERT_EQ((*lake)->last(number)->value, rows->back().value);
        }
    }
    ASSERT_GT(acknowledged, 300);
}

Result<void> append(Lake& lake, std::vector<Observation> rows) {
    std::promise<Result<void>> done;
    lake.append(std::move(rows), [&](Result<void> r) { done.set_value(std::move(r)); });
    return done.get_future().get();
}

/// 0 when all is well; otherwise the number of the expectation that failed.
int fill_the_disk_and_free_it(const Lake::Options& options) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = Lake::open(options);
    if (!opened) return 1;
    Lake& lake = **opened;
    if (!append(lake, batch(lake, 0))) return 2;
    const rlimit small{1 << 20, RLIM_INFINITY}, large{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &small);
    int number = 1;
    Result<void> done;
    for (; done && number < 5000; ++number) done = append(lake, batch(lake, number));
    if (done || !done.error().is(errors::k_disk_full)) return 3;
    const int refused = number - 1;
    setrlimit(RLIMIT_FSIZE, &large);
    for (int tries = 0; tries < 50; ++tries) {
        done = append(lake, batch(lake, refused));
        if (done) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (!done) return 4;
    const auto rows = lake.raw(lake.number_of(key(0)), {0}, {k_start_ms * 2}, 10'000'000);
    if (!rows || rows->size() != static_cast<std::size_t>(refused + 1) * (k_batch_rows / k_streams))
        return 5;
    for (std::size_t r = 0; r < rows->size(); ++r) {
        if ((*rows)[r].value != static_cast<double>(r)) return 6;
    }
    return 0;
}

TEST(LakeCrash, AFullDiskIsToldAndWritingGoesOnWhenThereIsRoomAgain) {
    const test::Folder folder;
    auto options = options_for(folder);
    options.free_min_mb = 0;
    const pid_t child = fork();
    if (child == 0) _exit(fill_the_disk_and_free_it(options));
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status)) << status;
    EXPECT_EQ(WEXITSTATUS(status), 0) << "see fill_the_disk_and_free_it";
}

}  // namespace
}  // namespace anlan::bigdata
