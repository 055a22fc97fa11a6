#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/errors.h"
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

}  // namespace
}  // namespace anlan::bigdata
