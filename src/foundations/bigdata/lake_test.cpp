#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/duckdb_wrapper.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_archive.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <limits>
#include <thread>

namespace anlan::bigdata {
namespace {

constexpr std::int64_t k_start_ms = 1'700'000'000'000;

Observation at(StreamNumber stream, std::int64_t offset_ms, double value,
               Quality quality = Quality::good) {
    return {stream, {k_start_ms + offset_ms}, {k_start_ms + offset_ms + 5}, value, quality};
}

class LakeTest : public testing::Test {
  protected:
    void open() {
        m_lake.reset();
        auto opened = Lake::open(m_options);
        ASSERT_TRUE(opened) << text_of(opened.error(), Language::en);
        m_lake = std::move(*opened);
    }
    void SetUp() override {
        m_options.folder = m_folder.path / "lake";
        open();
    }
    Result<void> append(std::vector<Observation> rows) {
        std::promise<Result<void>> done;
        m_lake->append(std::move(rows), [&](Result<void> r) { done.set_value(std::move(r)); });
        return done.get_future().get();
    }
    StreamNumber stream(std::string_view name, std::string space = "live") {
        return m_lake->number_of({Uuid::from_name(name), std::move(space)});
    }
    std::vector<double> values(StreamNumber number) {
        std::vector<double> out;
        const auto rows = m_lake->raw(number, {0}, {k_start_ms * 2}, 1'000'000);
        EXPECT_TRUE(rows);
        for (const auto& row : *rows) out.push_back(row.value);
        return out;
    }

    test::Folder m_folder;
    Lake::Options m_options;
    std::unique_ptr<Lake> m_lake;
};

TEST_F(LakeTest, NumbersStayOverARestartAndTellSpacesApart) {
    const auto a = stream("a"), a_exercise = stream("a", "exercise"), b = stream("b");
    EXPECT_EQ(stream("a"), a);
    EXPECT_NE(a, a_exercise);
    ASSERT_TRUE(append({at(b, 0, 1)}));
    open();
    EXPECT_EQ(stream("b"), b);
    EXPECT_EQ(stream("a", "exercise"), a_exercise);
    EXPECT_EQ(m_lake->key_of(a_exercise)->space, "exercise");
    EXPECT_FALSE(m_lake->key_of(99));
    EXPECT_EQ(stream("new"), 3u);
}

TEST_F(LakeTest, WhatIsAcknowledgedCanBeReadAndIsTheLastValue) {
    const auto a = stream("a"), b = stream("b");
    EXPECT_FALSE(m_lake->last(a));
    ASSERT_TRUE(append({at(a, 0, 1), at(b, 0, 10), at(a, 1000, 2, Quality::uncertain)}));
    EXPECT_EQ(values(a), (std::vector<double>{1, 2}));
    EXPECT_EQ(m_lake->last(a)->value, 2);
    EXPECT_EQ(m_lake->last(a)->quality, Quality::uncertain);
    EXPECT_EQ(m_lake->last(a)->received.ms, k_start_ms + 1005);
    EXPECT_EQ(m_lake->last(b)->value, 10);
    EXPECT_FALSE(m_lake->last(77));
    open();
    EXPECT_EQ(m_lake->last(a)->value, 2);
    EXPECT_EQ(m_lake->last(a)->quality, Quality::uncertain);
}

TEST_F(LakeTest, RepetitionsAreDroppedAndLateOnesKeptOnce) {
    const auto a = stream("a"), b = stream("b");
    ASSERT_TRUE(append({at(a, 0, 1), at(a, 2000, 3), at(a, 2000, 99)}));  // within one batch
    ASSERT_TRUE(append({at(a, 2000, 98)}));                               // at the watermark
    ASSERT_TRUE(append({at(a, 0, 97), at(a, 1000, 2), at(a, 1000, 96), at(b, 1000, 7)}));
    ASSERT_TRUE(append({at(a, 1000, 95), at(a, 3000, 4), at(a, 2500, 3.5), at(a, 3000, 94)}));
    EXPECT_EQ(values(a), (std::vector<double>{1, 2, 3, 3.5, 4}));
    EXPECT_EQ(values(b), (std::vector<double>{7}));
    EXPECT_EQ(m_lake->last(a)->value, 4);
    open();
    ASSERT_TRUE(append({at(a, 3000, 93), at(a, 2500, 92), at(a, -86'400'000 * 30LL, 0)}));
    EXPECT_EQ(values(a), (std::vector<double>{0, 1, 2, 3, 3.5, 4}));
    EXPECT_EQ(m_lake->last(a)->value, 4);
}

// A device that was offline sends its memory, day by day, twice.
TEST_F(LakeTest, ABacklogIsStoredOnce) {
    const auto a = stream("a");
    ASSERT_TRUE(append({at(a, 0, -1)}));
    std::vector<Observation> backlog;
    for (int i = 1; i <= 20'000; ++i) backlog.push_back(at(a, -i * 60'000LL, i));
    ASSERT_TRUE(append(backlog));
    std::ranges::reverse(backlog);
    ASSERT_TRUE(append(backlog));
    EXPECT_EQ(values(a).size(), 20'001u);
}

TEST_F(LakeTest, RefusesWhatIsNotFiniteOrUnknownAndStoresNothingOfIt) {
    const auto a = stream("a");
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
        const auto done = append({at(a, 0, 1), at(a, 1, bad)});
        ASSERT_FALSE(done);
        EXPECT_TRUE(done.error().is(errors::k_value_not_finite));
    }
    const auto unknown = append({at(a, 0, 1), at(42, 0, 1)});
    ASSERT_FALSE(unknown);
    EXPECT_TRUE(unknown.error().is(errors::k_no_such_stream));
    EXPECT_TRUE(values(a).empty());
}

TEST_F(LakeTest, AFullQueueRefusesAndRecovers) {
    m_options.waiting_max = 10;
    open();
    const auto a = stream("a");
    std::promise<void> hold, held;
    m_lake->append({at(a, 0, 0)}, [&](const Result<void>&) {
        held.set_value();
        hold.get_future().wait();  // the writer is stuck here
    });
    held.get_future().wait();
    std::promise<Result<void>> second;
    std::vector<Observation> nine;
    for (int i = 1; i <= 9; ++i) nine.push_back(at(a, i, i));
    m_lake->append(nine, [&](Result<void> r) { second.set_value(std::move(r)); });
    const auto refused = append({at(a, 100, 100)});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(errors::k_lake_busy));
    hold.set_value();
    EXPECT_TRUE(second.get_future().get());
    EXPECT_TRUE(append({at(a, 101, 101)}));
    EXPECT_EQ(values(a).size(), 11u);
}

TEST_F(LakeTest, SeriesKeepsPeaksAndLeavesEmptyBucketsOut) {
    const auto a = stream("a"), other = stream("other");
    std::vector<Observation> rows;
    for (int i = 0; i < 1000; ++i) {
        if (i >= 400 && i < 500) continue;  // silent for the fifth bucket
        rows.push_back(at(a, i, i == 250 ? 5000 : i));
        rows.push_back(at(other, i, -1));
    }
    rows.push_back(at(a, 1000, 77));  // outside [from, to)
    rows.push_back(at(a, 1001, 1e9, Quality::bad));
    ASSERT_TRUE(append(rows));
    const auto series = m_lake->series(a, {k_start_ms}, {k_start_ms + 1000}, 10);
    ASSERT_TRUE(series);
    ASSERT_EQ(series->size(), 9u);
    const Bucket& third = (*series)[2];
    EXPECT_EQ(third.from.ms, k_start_ms + 200);
    EXPECT_EQ(third.min, 200);
    EXPECT_EQ(third.max, 5000);
    EXPECT_EQ(third.last, 299);
    EXPECT_EQ(third.count, 100);
    EXPECT_DOUBLE_EQ(third.mean, (249.5 * 100 - 250 + 5000) / 100);
    EXPECT_EQ((*series)[4].from.ms, k_start_ms + 500);
    const auto after = m_lake->series(a, {k_start_ms + 1000}, {k_start_ms + 2000}, 3);
    ASSERT_EQ(after->size(), 1u);
    EXPECT_EQ(after->front().max, 77);  // the bad one is left out
    EXPECT_TRUE(m_lake->series(a, {0}, {1}, 5)->empty());
    EXPECT_FALSE(m_lake->series(a, {0}, {1}, 0));
    EXPECT_FALSE(m_lake->series(a, {1}, {1}, 5));
    EXPECT_TRUE(m_lake->series(a, {std::numeric_limits<std::int64_t>::min()},
                               {std::numeric_limits<std::int64_t>::max()}, 10'000));
}

TEST_F(LakeTest, RawIsOrderedAndLimited) {
    const auto a = stream("a");
    ASSERT_TRUE(append({at(a, 10, 1), at(a, 30, 3)}));
    ASSERT_TRUE(append({at(a, 20, 2)}));
    const auto two = m_lake->raw(a, {k_start_ms}, {k_start_ms + 100}, 2);
    ASSERT_EQ(two->size(), 2u);
    EXPECT_EQ((*two)[1].value, 2);
    EXPECT_EQ(m_lake->raw(a, {k_start_ms}, {k_start_ms + 30}, 100)->size(), 2u);
}

TEST_F(LakeTest, ManyThreadsWriteAndReadAtOnce) {
    constexpr int k_threads = 4, k_batches = 50, k_rows = 20;
    std::vector<StreamNumber> numbers;
    for (int i = 0; i < k_threads; ++i) numbers.push_back(stream("t" + std::to_string(i)));
    std::vector<std::thread> threads;
    std::atomic<int> acknowledged = 0;
    for (int t = 0; t < k_threads; ++t) {
        threads.emplace_back([&, t] {
            for (int b = 0; b < k_batches; ++b) {
                std::vector<Observation> rows;
                for (int i = 0; i < k_rows; ++i) rows.push_back(at(numbers[t], b * k_rows + i, i));
                m_lake->append(std::move(rows),
                               [&](const Result<void>& r) { acknowledged += r ? 1 : 0; });
                if (b % 10 == 0) {
                    EXPECT_TRUE(m_lake->series(numbers[t], {0}, {k_start_ms * 2}, 10));
                }
                [[maybe_unused]] const auto last = m_lake->last(numbers[t]);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    open();  // closing stores what waits
    EXPECT_EQ(acknowledged, k_threads * k_batches);
    for (const auto number : numbers)
        EXPECT_EQ(values(number).size(), std::size_t{k_batches * k_rows});
}

TEST_F(LakeTest, TooLittleFreeDiskIsRefusedAndReadingGoesOn) {
    const auto a = stream("a");
    ASSERT_TRUE(append({at(a, 0, 1)}));
    m_options.free_min_mb = 1ULL << 40;
    open();
    const auto refused = append({at(a, 1, 2)});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(errors::k_disk_full));
    EXPECT_EQ(values(a), (std::vector<double>{1}));
    EXPECT_EQ(m_lake->last(a)->value, 1);
}

/// Days pass by a clock of our own; the lake looks after its house when it is opened.
class LakeDaysTest : public LakeTest {
  protected:
    static constexpr std::int64_t k_day = 86'400'000;
    ManualClock m_clock{{k_start_ms}};
    void SetUp() override {
        m_options.clock = &m_clock;
        LakeTest::SetUp();
    }
    LakeExtent extent() {
        const auto rows = rows_of(*m_lake);
        EXPECT_TRUE(rows);
        return (*rows)->extent().value_or(LakeExtent{});
    }
    /// Waits until the housekeeper has taken away what is before row `first`.
    void wait_for_first(std::int64_t first) {
        for (int i = 0; i < 500 && extent().first != first; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(extent().first, first);
    }
};

TEST_F(LakeDaysTest, ADayGoesAsAWholeAndItsHoursStay) {
    const auto a = stream("a"), b = stream("b");
    for (int day = 0; day < 3; ++day) {
        std::vector<Observation> rows;
        for (int minute = 0; minute < 120; ++minute)
            rows.push_back(at(a, day * k_day + minute * 60'000, day * 1000 + minute));
        rows.push_back(at(b, day * k_day, day));
        rows.push_back(at(a, day * k_day + 1, 1e9, Quality::bad));
        ASSERT_TRUE(append(rows));
        m_clock.advance(k_day);
    }
    m_clock.advance(1000);
    const auto before = m_lake->series(a, {k_start_ms - 3'600'000}, {k_start_ms + k_day * 4}, 1);
    m_options.retention.raw_days = 1;
    m_options.retention.archive = m_folder.path / "archive";
    open();
    wait_for_first(2 * 122);  // the day before yesterday's and the one before
    EXPECT_EQ(extent().rows, 3 * 122);
    EXPECT_EQ(values(a).size(), 121U);
    EXPECT_EQ(values(a).front(), 2000);
    // What is left of the days that went: peaks, mean, last and count, to the hour.
    const auto after = m_lake->series(a, {k_start_ms - 3'600'000}, {k_start_ms + k_day * 4}, 1);
    ASSERT_TRUE(after) << text_of(after.error(), Language::en);
    ASSERT_EQ(after->size(), 1U);
    EXPECT_EQ((*after)[0].count, (*before)[0].count);
    EXPECT_EQ((*after)[0].min, 0);
    EXPECT_EQ((*after)[0].max, 2119);
    EXPECT_EQ((*after)[0].last, 2119);
    EXPECT_NEAR((*after)[0].mean, (*before)[0].mean, 1e-9);
    const auto first_day = m_lake->series(a, {k_start_ms - 3'600'000}, {k_start_ms + k_day / 2}, 1);
    EXPECT_EQ((*first_day)[0].max, 119);
    EXPECT_EQ((*first_day)[0].count, 120);
    // The readings that went lie in the archive, with all of their columns.
    std::vector<double> archived;
    for (const char* name :
         {"observation-000000000000.parquet", "observation-000000000122.parquet"})
        ASSERT_TRUE(read_archive(m_folder.path / "archive" / name,
                                 [&](std::span<const Observation> rows) -> Result<void> {
                                     for (const auto& row : rows) archived.push_back(row.value);
                                     return {};
                                 }));
    EXPECT_EQ(archived.size(), 2U * 122);
    EXPECT_TRUE(std::filesystem::exists(m_folder.path / "archive/streams.csv"));
    // A backup takes rows and hours, and a lake made of them answers the same.
    const auto rows = rows_of(*m_lake);
    ASSERT_EQ(*archive_hours(**rows, m_folder.path / "hourly.parquet"), 2 * (3 + 1));
    ASSERT_TRUE(archive_rows(**rows, 2 * 122, 3 * 122, m_folder.path / "rows.parquet"));
    Lake::Options other = m_options;
    other.folder = m_folder.path / "restored";
    const std::filesystem::path files[] = {m_folder.path / "rows.parquet"};
    ASSERT_TRUE(
        restore_lake(other, (*rows)->extent()->streams, files, m_folder.path / "hourly.parquet"));
    {
        const auto restored = Lake::open(other);
        ASSERT_TRUE(restored);
        const auto whole =
            (*restored)->series(a, {k_start_ms - 3'600'000}, {k_start_ms + k_day * 4}, 1);
        EXPECT_EQ((*whole)[0].count, (*before)[0].count);
        EXPECT_EQ((*whole)[0].min, 0);
    }
    // It goes on where it was: numbers, last values, repetitions.
    ASSERT_TRUE(append({at(a, 2 * k_day, 77), at(a, 4 * k_day, 5)}));
    EXPECT_EQ(values(a).size(), 122U);
    EXPECT_EQ(extent().rows, 3 * 122 + 1);
    open();
    EXPECT_EQ(m_lake->last(a)->value, 5);
    EXPECT_EQ(m_lake->last(b)->value, 2);
    EXPECT_EQ(values(a).size(), 122U);
}

TEST_F(LakeDaysTest, HoursGoAfterTheirOwnTimeAndNothingGoesUnasked) {
    const auto a = stream("a");
    for (int day = 0; day < 4; ++day) {
        ASSERT_TRUE(append({at(a, day * k_day, day)}));
        m_clock.advance(k_day);
    }
    m_clock.advance(1000);
    open();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(extent().first, 0);
    EXPECT_EQ(values(a), (std::vector<double>{0, 1, 2, 3}));
    m_options.retention.raw_days = 1;
    m_options.retention.hour_days = 3;
    open();
    wait_for_first(3);
    const auto left = m_lake->series(a, {k_start_ms - k_day}, {k_start_ms + 5 * k_day}, 1);
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ((*left)[0].count, 2);  // the hour of day 2, the reading of day 3
    EXPECT_EQ((*left)[0].min, 2);
}

// Rows are numbered through the days, so a backup takes them as if they lay in one table.
TEST_F(LakeDaysTest, RowsAreNumberedThroughTheDaysAndAClockThatStepsBackTurnsNoPage) {
    const auto a = stream("a");
    for (int day = 0; day < 3; ++day) {
        for (int i = 0; i < 10; ++i) ASSERT_TRUE(append({at(a, day * k_day + i, day * 10 + i)}));
        m_clock.step(day == 1 ? -40 * k_day : k_day);
    }
    const auto rows = rows_of(*m_lake);
    std::vector<double> seen;
    ASSERT_TRUE((*rows)->rows(5, 25, [&](std::span<const Observation> piece) {
        for (const auto& row : piece) seen.push_back(row.value);
    }));
    ASSERT_EQ(seen.size(), 20U);
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], 5 + static_cast<double>(i));
    EXPECT_FALSE((*rows)->rows(5, 31, [](std::span<const Observation>) {}));
}

// What the first release wrote: one table of rows.
TEST_F(LakeTest, ALakeOfFormatOneBecomesTheFirstSegment) {
    m_lake.reset();
    std::filesystem::remove_all(m_options.folder);
    std::filesystem::create_directories(m_options.folder);
    {
        const auto database =
            duck::Database::open((m_options.folder / "lake.duckdb").string(), {{"threads", "1"}});
        ASSERT_TRUE(database);
        auto old = duck::Connection::open(*database);
        ASSERT_TRUE(old->run(
            "CREATE TABLE observation(stream UINTEGER NOT NULL, at_ms BIGINT NOT NULL, received_ms "
            "BIGINT NOT NULL, value DOUBLE NOT NULL, quality UTINYINT NOT NULL); "
            "CREATE TABLE stream(number UINTEGER NOT NULL, datastream VARCHAR NOT NULL, space "
            "VARCHAR NOT NULL); "
            "CREATE TABLE last_value(stream UINTEGER NOT NULL, at_ms BIGINT NOT NULL, received_ms "
            "BIGINT NOT NULL, value DOUBLE NOT NULL, quality UTINYINT NOT NULL); "
            "CREATE TABLE state(name VARCHAR NOT NULL, value BIGINT NOT NULL); "
            "INSERT INTO state VALUES ('format', 1), ('identity', 7), ('last_covers', 1); "
            "INSERT INTO stream VALUES (0, '" +
            Uuid::from_name("a").text() +
            "', 'live'); "
            "INSERT INTO last_value VALUES (0, 1700000000000, 1700000000005, 1, 0); "
            "INSERT INTO observation VALUES (0, 1700000000000, 1700000000005, 1, 0), "
            "(0, 1700000001000, 1700000001005, 2, 0)"));
    }
    for (int start = 0; start < 2; ++start) {
        open();
        const auto a = stream("a");
        EXPECT_EQ(a, 0U);
        EXPECT_EQ(values(a), (std::vector<double>{1, 2}));
        EXPECT_EQ(m_lake->last(a)->value, 2);
        ASSERT_TRUE(append({at(a, 1000, 99), at(a, 0, 99)}));  // repetitions
    }
    ASSERT_TRUE(append({at(0, 2000, 3)}));
    EXPECT_EQ(values(0), (std::vector<double>{1, 2, 3}));
    const auto rows = rows_of(*m_lake);
    EXPECT_EQ((*rows)->extent()->rows, 3);
    EXPECT_EQ((*rows)->extent()->identity, 7);
}

TEST_F(LakeTest, ScanSeesAllStreamsOfAPeriod) {
    const auto a = stream("a"), b = stream("b");
    std::vector<Observation> rows;
    for (int i = 0; i < 5000; ++i) rows.push_back(at(i % 2 == 0 ? a : b, i, i));
    ASSERT_TRUE(append(rows));
    std::vector<double> seen;
    ASSERT_TRUE(m_lake->scan({k_start_ms + 1000}, {k_start_ms + 4000},
                             [&](std::span<const Observation> piece) {
                                 for (const auto& row : piece) seen.push_back(row.value);
                             }));
    ASSERT_EQ(seen.size(), 3000U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_EQ(seen.front(), 1000);
    EXPECT_EQ(seen.back(), 3999);
}

}  // namespace
}  // namespace anlan::bigdata
