#include "apps/monitoring/trial.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

const Timestamp k_from = *parse_iso8601("2026-11-23T00:00:00Z");
const Timestamp k_to = k_from + 3'600'000;

struct Records {
    testing::FakeLake lake;
    std::vector<std::shared_ptr<const sensing::Stream>> streams;

    void stream(const std::string& name, double interval_s = 0) {
        sensing::Stream s;
        s.datastream = Uuid::from_name(name);
        s.space = "live";
        s.property = "nh3_ppm";
        s.place = LonLat{117.79, 39.0};
        s.expected_interval_s = interval_s;
        s.number = lake.number_of({s.datastream, s.space});
        streams.push_back(std::make_shared<const sensing::Stream>(s));
    }
    void hear(std::size_t stream, double at_s, double value,
              bigdata::Quality quality = bigdata::Quality::good) {
        const auto at = k_from + static_cast<std::int64_t>(at_s * 1000);
        lake.append({{streams[stream]->number, at, at, value, quality}},
                    [](const Result<void>&) {});
    }
    Trial trial(std::string_view type, std::string_view levels) {
        bigdata::Record record;
        record.id = Uuid::from_name("rule");
        record.fields = {{"name", "规则"},
                         {"type", type},
                         {"property", "nh3_ppm"},
                         {"levels", *parse_json(levels)}};
        auto out = try_rule(*rule_from(record), streams, lake, k_from, k_to);
        EXPECT_TRUE(out.has_value());
        return std::move(*out);
    }
};

double seconds(Timestamp t) {
    return static_cast<double>(t - k_from) / 1000;
}

constexpr auto k_limit = R"([{"level":1,"op":">=","value":100,"clear":80},
                             {"level":3,"op":">=","value":20,"clear":15}])";

TEST(Trial, ListsWhatTheRuleWouldHaveRaised) {
    Records r;
    r.stream("a");
    r.stream("b");
    for (const auto& [at, value] :
         {std::pair{60, 10.0}, {120, 25.0}, {180, 120.0}, {240, 90.0}, {300, 5.0}, {360, 30.0}})
        r.hear(0, at, value);
    r.hear(1, 200, 21);
    r.hear(1, 210, 500, bigdata::Quality::bad);  // a broken reading raises nothing
    const auto t = r.trial("threshold", k_limit);
    EXPECT_TRUE(t.complete);
    EXPECT_EQ(t.streams, 2U);
    EXPECT_EQ(t.readings, 8U);
    ASSERT_EQ(t.alarms.size(), 3U);
    EXPECT_EQ(seconds(t.alarms[0].raised_at), 120);
    EXPECT_EQ(t.alarms[0].level, 1);
    EXPECT_EQ(t.alarms[0].worst, 120);
    EXPECT_EQ(seconds(*t.alarms[0].cleared_at), 300);
    EXPECT_EQ(t.alarms[1].stream, r.streams[1]);
    EXPECT_EQ(t.alarms[1].worst, 21);
    EXPECT_EQ(seconds(t.alarms[2].raised_at), 360);
    EXPECT_FALSE(t.alarms[2].cleared_at.has_value());
}

TEST(Trial, ADurationEndsWithTheNextReadingOrThePeriod) {
    Records r;
    r.stream("a");
    r.hear(0, 60, 30);
    r.hear(0, 100, 30);
    r.hear(0, 200, 5);
    r.hear(0, 3500, 30);
    const auto t = r.trial("threshold", R"([{"level":2,"op":">=","value":20,"for_s":60}])");
    ASSERT_EQ(t.alarms.size(), 2U);
    EXPECT_EQ(seconds(t.alarms[0].raised_at), 200);
    EXPECT_EQ(seconds(*t.alarms[0].cleared_at), 200);
    EXPECT_EQ(t.alarms[1].raised_at, k_to);
}

TEST(Trial, SilenceIsFoundBetweenReadingsAndAtBothEnds) {
    Records r;
    r.stream("a", 60);
    r.stream("never expected");
    r.hear(0, 30, 1);
    r.hear(0, 90, 1);
    r.hear(0, 1000, 1);
    const auto t = r.trial("silence", R"([{"level":2,"factor":10},{"level":4,"factor":5}])");
    ASSERT_EQ(t.alarms.size(), 2U);
    EXPECT_EQ(seconds(t.alarms[0].raised_at), 90 + 300.001);
    EXPECT_EQ(t.alarms[0].level, 2);
    EXPECT_EQ(t.alarms[0].worst, 910);
    EXPECT_EQ(seconds(*t.alarms[0].cleared_at), 1000);
    EXPECT_EQ(seconds(t.alarms[1].raised_at), 1300.001);
    EXPECT_FALSE(t.alarms[1].cleared_at.has_value());
}

TEST(Trial, SeveralTogetherAreTriedInTheOrderOfTheirReadings) {
    Records r;
    r.stream("a");
    r.stream("b");
    for (double at : {10.0, 50.0, 90.0}) r.hear(0, at, 50);
    r.hear(1, 60, 50);
    r.hear(1, 2000, 50);  // alone
    const auto t = r.trial("combined", R"([{"level":2,"k":2,"within_s":45,
        "area_m":100,"of":[{"property":"nh3_ppm","op":">=","value":40}]}])");
    EXPECT_EQ(t.streams, 2U);
    EXPECT_EQ(t.readings, 5U);
    ASSERT_EQ(t.alarms.size(), 1U);
    EXPECT_EQ(t.alarms[0].stream, r.streams[1]);
    EXPECT_EQ(seconds(t.alarms[0].raised_at), 60);
    EXPECT_EQ(seconds(*t.alarms[0].cleared_at), 2000);  // the next moment the record tells of
}

TEST(Trial, PagesThroughALongRecordAndStopsAtItsLimitOfAlarms) {
    Records r;
    r.stream("a");
    for (int i = 0; i < 3000; ++i) r.hear(0, i + 0.5, i % 2 == 0 ? 50 : 1);
    const auto t = r.trial("threshold", k_limit);
    EXPECT_EQ(t.readings, 3000U);
    EXPECT_FALSE(t.complete);
    EXPECT_EQ(t.alarms.size(), Trial::k_alarms_max);
}

}  // namespace
}  // namespace anlan::monitoring
