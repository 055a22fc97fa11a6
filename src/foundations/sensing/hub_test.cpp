#include "foundations/sensing/errors.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

namespace anlan::sensing {
namespace {

using namespace test;
using bigdata::Quality;

class HubTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    bigdata::Record mast = device("mast", "http_json", "mast-1");
    std::vector<Error> reported;
    std::mutex reported_mutex;

    void SetUp() override {
        records.put(mast);
        records.put(datastream(mast, "wind_speed", "wind_speed"));
    }
    Hub& start() {
        Hub::Options options{
            .records = &records, .lake = &lake, .clock = &clock, .zone = "dongjiang"};
        options.quarantine_every_ms = 20;
        options.report = [this](const Error& e) {
            const std::lock_guard lock(reported_mutex);
            reported.push_back(e);
        };
        hub = *Hub::create(options);
        return *hub;
    }
    Delivery delivery(std::vector<Reading> readings, std::string address = "mast-1",
                      std::string space = "live") {
        return {"http_json", std::move(space), std::move(address), "10.0.0.9",
                "sample",    clock.now(),      std::move(readings)};
    }
    Result<void> take(Delivery d) {
        std::optional<Result<void>> answer;
        hub->take(std::move(d), [&](Result<void> r) { answer = std::move(r); });
        EXPECT_TRUE(answer);
        return *answer;
    }
    /// Waits for the quarantine's thread.
    bool eventually(const std::function<bool()>& holds) {
        for (int i = 0; i < 500; ++i) {
            if (holds()) return true;
            clock.advance(10);
            std::this_thread::sleep_for(std::chrono::milliseconds(4));
        }
        return false;
    }
};

Reading wind(double value, std::optional<Timestamp> at = {}) {
    return {"wind_speed", value, at, Quality::good};
}

TEST_F(HubTest, AReadingReachesListenersBeforeTheLakeCommitsAndTheGatewayAfter) {
    start();
    lake.commits_at_once = false;
    std::vector<double> heard;
    hub->listen([&](std::span<const Heard> h) {
        EXPECT_EQ(h[0].stream.property, "wind_speed");
        EXPECT_EQ(h[0].stream.name, "mast");
        heard.push_back(h[0].observation.value);
    });
    bool answered = false;
    hub->take(delivery({wind(4.5)}), [&](Result<void> r) { answered = r.has_value(); });
    EXPECT_THAT(heard, testing::ElementsAre(4.5));
    EXPECT_FALSE(answered);
    lake.commit();
    EXPECT_TRUE(answered);
}

TEST_F(HubTest, WhatTheLakeCannotStoreIsNotAcknowledged) {
    start();
    lake.commits_at_once = false;
    std::optional<Result<void>> answer;
    hub->take(delivery({wind(4.5)}), [&](Result<void> r) { answer = std::move(r); });
    lake.commit(fail(errors::k_disk_full));
    ASSERT_TRUE(answer && !*answer);
    EXPECT_TRUE(answer->error().is(errors::k_disk_full));
}

TEST_F(HubTest, ClockRules) {
    start();
    const Timestamp now = clock.now();
    ASSERT_TRUE(take(delivery({wind(1, now + 59'000), wind(2, now + 61'000),
                               wind(3, now + -86'399'000), wind(4, now + -86'401'000), wind(5)})));
    ASSERT_EQ(lake.stored.size(), 5U);
    for (const auto& o : lake.stored) EXPECT_EQ(o.received, now);
    EXPECT_EQ(lake.stored[0].at, now + 59'000);
    EXPECT_EQ(lake.stored[0].quality, Quality::good);
    EXPECT_EQ(lake.stored[1].at, now);  // ahead: receipt counts
    EXPECT_EQ(lake.stored[1].quality, Quality::uncertain);
    EXPECT_EQ(lake.stored[2].quality, Quality::good);
    EXPECT_EQ(lake.stored[3].at, now + -86'401'000);  // behind: kept
    EXPECT_EQ(lake.stored[3].quality, Quality::uncertain);
    EXPECT_EQ(lake.stored[4].at, now);
}

TEST_F(HubTest, NotANumberIsRefusedAndNothingOfTheDeliveryStored) {
    start();
    for (const double bad : {std::nan(""), HUGE_VAL}) {
        const auto r = take(delivery({wind(1), wind(bad)}));
        ASSERT_FALSE(r);
        EXPECT_TRUE(r.error().is(errors::k_not_finite));
    }
    EXPECT_TRUE(lake.stored.empty());
}

TEST_F(HubTest, AStrangerIsQuarantinedOnceHoweverOftenItCalls) {
    start();
    for (int i = 0; i < 1000; ++i) {
        const auto r = take(delivery({wind(1)}, "nobody"));
        ASSERT_TRUE(!r && r.error().is(errors::k_unknown_device));
    }
    ASSERT_TRUE(eventually([&] {
        const auto rows = records.of("quarantine");
        return rows.size() == 1 && integer_at(rows[0].fields, "frames", 0) == 1000;
    }));
    const auto row = records.of("quarantine").at(0);
    EXPECT_EQ(text_at(row.fields, "address"), "nobody");
    EXPECT_EQ(text_at(row.fields, "peer"), "10.0.0.9");
    EXPECT_LE(records.batches.size(), 5U);
    EXPECT_TRUE(lake.stored.empty());
}

TEST_F(HubTest, AnUnknownChannelIsQuarantinedAndTheOthersStored) {
    start();
    const auto r = take(delivery({wind(1), {"humidity", 0.5, {}, Quality::good}}));
    ASSERT_TRUE(!r && r.error().is(errors::k_unknown_channel));
    EXPECT_EQ(lake.stored.size(), 1U);
    ASSERT_TRUE(eventually([&] { return records.of("quarantine").size() == 1; }));
    EXPECT_EQ(text_at(records.of("quarantine")[0].fields, "address"), "mast-1#humidity");
    // Adopted: it speaks at once, and its entry goes.
    hub->on_entry(records.put(datastream(mast, "humidity", "humidity")));
    EXPECT_TRUE(take(delivery({{"humidity", 0.5, {}, Quality::good}})));
    EXPECT_TRUE(eventually([&] { return records.of("quarantine").empty(); }));
}

TEST_F(HubTest, QuarantineKeepsTheLastValueOfEachChannelAndOfAtMostSixtyFour) {
    start();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    ASSERT_FALSE(take(delivery({{"a", 1, {}, Quality::good}, {"b", nan, {}, Quality::good}}, "x")));
    ASSERT_FALSE(take(delivery({{"a", 2, {}, Quality::good}}, "x")));
    std::vector<Reading> many;
    for (int i = 0; i < 200; ++i) many.push_back({"c" + std::to_string(i), 1, {}, Quality::good});
    ASSERT_FALSE(take(delivery(std::move(many), "x")));
    hub.reset();
    const auto rows = records.of("quarantine");
    ASSERT_EQ(rows.size(), 1U);
    const auto& channels = array_at(rows[0].fields, "channels");
    ASSERT_EQ(channels.size(), 64U);
    EXPECT_EQ(text_at(channels[0].as_object(), "channel"), "a");
    EXPECT_EQ(number_at(channels[0].as_object(), "value", 0), 2);
    EXPECT_TRUE(channels[1].at("value").is_null());
    // And after a restart.
    start();
    ASSERT_FALSE(take(delivery({{"a", 3, {}, Quality::good}}, "x")));
    hub.reset();
    const auto again = records.of("quarantine");
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(array_at(again[0].fields, "channels").size(), 64U);
    EXPECT_EQ(number_at(array_at(again[0].fields, "channels")[0].as_object(), "value", 0), 3);
}

TEST_F(HubTest, QuarantineTableIsBounded) {
    start();
    for (int i = 0; i < 10'050; ++i)
        ASSERT_FALSE(take(delivery({wind(1)}, "stranger " + std::to_string(i))));
    hub.reset();
    EXPECT_EQ(records.of("quarantine").size(), 10'000U);
}

// Somebody removed one record while all were due again: the others are written all the same.
TEST_F(HubTest, ARemovedQuarantineEntryDoesNotHoldUpTheOthers) {
    start();
    const std::vector<std::string> strangers{"a", "b", "c"};
    for (const auto& s : strangers) ASSERT_FALSE(take(delivery({wind(1)}, s)));
    ASSERT_TRUE(eventually([&] { return records.of("quarantine").size() == 3; }));
    auto gone = records.of("quarantine")[1];
    gone.deleted = true;
    records.put(gone);  // the hub has not heard of it yet
    for (const auto& s : strangers) ASSERT_FALSE(take(delivery({wind(1)}, s)));
    EXPECT_TRUE(eventually([&] {
        int twice = 0;
        for (const auto& r : records.of("quarantine"))
            twice += integer_at(r.fields, "frames", 0) == 2 ? 1 : 0;
        return twice == 3;
    }));
}

// What could not be written because its exercise has ended is not tried for ever.
TEST_F(HubTest, AnEndedExercisesStrangersAreForgotten) {
    start();
    records.closed_space = "some exercise";
    ASSERT_FALSE(take(delivery({wind(1)}, "nobody", "some exercise")));
    ASSERT_TRUE(eventually([&] { return records.refused == 1; }));
    ASSERT_FALSE(take(delivery({wind(1)}, "nobody")));
    ASSERT_TRUE(eventually([&] { return records.of("quarantine").size() == 1; }));
    hub.reset();
    EXPECT_EQ(records.refused, 1);
}

TEST_F(HubTest, RestartGoesOnCounting) {
    start();
    ASSERT_FALSE(take(delivery({wind(1)}, "nobody")));
    hub.reset();
    start();
    ASSERT_FALSE(take(delivery({wind(1)}, "nobody")));
    hub.reset();
    ASSERT_EQ(records.of("quarantine").size(), 1U);
    EXPECT_EQ(integer_at(records.of("quarantine")[0].fields, "frames", 0), 2);
}

TEST_F(HubTest, AFloodFromOneDeviceLeavesTheOthersAlone) {
    const auto other = device("other", "http_json", "other-1");
    records.put(other);
    records.put(datastream(other, "wind_speed", "wind_speed"));
    start();
    const std::vector<Reading> many(1000, wind(1));
    int taken = 0;
    for (int i = 0; i < 20; ++i) taken += take(delivery(many)).has_value() ? 1 : 0;
    EXPECT_EQ(taken, 10);  // the burst
    const auto refused = take(delivery({wind(1)}));
    ASSERT_TRUE(!refused && refused.error().is(errors::k_rate_limited));
    EXPECT_TRUE(take(delivery({wind(1)}, "other-1")));
    clock.advance(1000);
    EXPECT_TRUE(take(delivery(many)));
    EXPECT_FALSE(take(delivery(many)));
}

TEST_F(HubTest, AnExerciseHasOnlyItsOwnDevices) {
    const auto drill = exercise("running");
    const std::string space = drill.id.text();
    records.put(drill);
    const auto own = device("own", "http_json", "drill-1", space);
    records.put(own);
    records.put(datastream(own, "nh3"));
    start();
    EXPECT_FALSE(take(delivery({wind(1)}, "mast-1", space)));  // the live mast stays live
    EXPECT_TRUE(take(delivery({{"nh3", 300, {}, Quality::good}}, "drill-1", space)));
    EXPECT_FALSE(take(delivery({{"nh3", 300, {}, Quality::good}}, "drill-1", "live")));
    EXPECT_EQ(hub->exercise_of("http_json", "drill-1"), space);
    EXPECT_EQ(hub->exercise_of("http_json", "mast-1"), std::nullopt);
    EXPECT_EQ(hub->streams(space).size(), 1U);
    EXPECT_EQ(hub->streams("live").size(), 1U);
    hub->on_entry(records.put(exercise("ended")));
    EXPECT_FALSE(take(delivery({{"nh3", 300, {}, Quality::good}}, "drill-1", space)));
    EXPECT_EQ(hub->exercise_of("http_json", "drill-1"), std::nullopt);
}

TEST_F(HubTest, DetectorsBehindAFireUnitSpeakThroughIt) {
    const auto unit = device("unit", "gb26875", "000000000379");
    auto detector = device("detector", "gb26875", "000000000379");
    detector.fields["parent"] = unit.id.text();
    records.put(unit);
    records.put(detector);
    const auto stream = datastream(detector, "part:1/1/74/1.0.2.0", "fire_state");
    records.put(stream);
    start();
    auto d = delivery({{"part:1/1/74/1.0.2.0", 2, {}, Quality::good}}, "000000000379");
    d.protocol = "gb26875";
    EXPECT_TRUE(take(d));
    EXPECT_EQ(hub->find("live", stream.id)->name, "detector");
    // The detector is taken away, then moved to where it was: the unit's channel follows.
    auto gone = detector;
    gone.deleted = true;
    hub->on_entry(records.put(gone));
    EXPECT_FALSE(take(d));
    hub->on_entry(records.put(detector));
    EXPECT_TRUE(take(d));
}

TEST_F(HubTest, OneDetectorOutOfServiceDoesNotSilenceItsUnit) {
    const auto unit = device("unit", "gb26875", "000000000379");
    auto detector = device("detector", "gb26875", "000000000379");
    detector.fields["parent"] = unit.id.text();
    detector.fields["in_service"] = false;
    for (const auto& r : {unit, detector, datastream(unit, "unit"), datastream(detector, "part")})
        records.put(r);
    start();
    auto d =
        delivery({{"unit", 1, {}, Quality::good}, {"part", 2, {}, Quality::good}}, "000000000379");
    d.protocol = "gb26875";
    EXPECT_TRUE(take(d));
    EXPECT_EQ(lake.stored.size(), 1U);
}

TEST_F(HubTest, AChangeIsHeardAtOnceAndOldNewsIsNot) {
    start();
    const auto old = records.put(mast);
    auto moved = mast;
    moved.fields["address"] = "mast-2";
    moved.fields["credential_hash"] = "abc";
    hub->on_entry(records.put(moved));
    hub->on_entry(old);
    EXPECT_FALSE(take(delivery({wind(1)}, "mast-1")));
    EXPECT_TRUE(take(delivery({wind(1)}, "mast-2")));
    ASSERT_TRUE(hub->by_credential("abc"));
    EXPECT_EQ(hub->by_credential("abc")->address, "mast-2");
    EXPECT_FALSE(hub->by_credential(""));
    moved.fields["in_service"] = false;
    hub->on_entry(records.put(moved));
    const auto r = take(delivery({wind(1)}, "mast-2"));
    ASSERT_TRUE(!r && r.error().is(errors::k_device_out_of_service));
}

TEST_F(HubTest, AListenerThatThrowsCostsNeitherReadingNorOthers) {
    start();
    int heard = 0;
    hub->listen([](std::span<const Heard>) { throw std::runtime_error("a rule"); });
    hub->listen([&](std::span<const Heard>) { ++heard; });
    EXPECT_TRUE(take(delivery({wind(1)})));
    EXPECT_EQ(heard, 1);
    EXPECT_EQ(lake.stored.size(), 1U);
    EXPECT_EQ(reported.size(), 1U);
}

// For the thread sanitizer, and for order within a device.
TEST_F(HubTest, ManyThreadsAtOnce) {
    start();
    std::atomic<int> inside = 0;
    std::atomic<bool> overlapped = false;
    hub->listen([&](std::span<const Heard>) {
        if (++inside > 1) overlapped = true;
        --inside;
    });
    std::vector<std::thread> threads;
    std::atomic<int> taken = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i)
                hub->take(delivery({wind(i)}), [&](Result<void> r) { taken += r ? 1 : 0; });
        });
    }
    for (int i = 0; i < 200; ++i) hub->on_entry(records.put(mast));
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(taken, 2000);
    EXPECT_FALSE(overlapped);
    EXPECT_EQ(lake.count(), 2000U);
}

}  // namespace
}  // namespace anlan::sensing
