#include "apps/monitoring/trend.h"
#include "apps/monitoring/condition.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

Timestamp second(double s) {
    return {1'000'000 + static_cast<std::int64_t>(s * 1000)};
}

std::shared_ptr<const Rule> rule(std::string_view type, json::object more) {
    bigdata::Record r;
    r.id = Uuid::from_name("rule");
    r.fields = std::move(more);
    r.fields["name"] = "规则";
    r.fields["type"] = type;
    auto out = rule_from(r);
    EXPECT_TRUE(out.has_value()) << text_of(out.error(), Language::en);
    return *out;
}

json::value levels(std::string_view text) {
    return *parse_json(text);
}

TEST(Slope, SaysNothingUntilHalfTheWindowIsCovered) {
    Slope slope(60);
    EXPECT_FALSE(slope.add(10, second(0)));
    EXPECT_FALSE(slope.add(11, second(29)));
    EXPECT_DOUBLE_EQ(slope.add(12, second(30)).value(), 4);  // 2 in half a minute
}

TEST(Slope, LooksAtTheWindowAndNotBeyond) {
    Slope slope(60);
    for (int s = 0; s <= 300; s += 10) slope.add(s, second(s));
    // 60 s back the value was 250: the ramp of 60 a minute, although now it has stopped for 10 s.
    EXPECT_NEAR(slope.add(300, second(310)).value(), 50, 1e-9);
    EXPECT_NEAR(slope.add(300, second(370)).value(), 0, 1e-9);
}

TEST(Slope, OneNoisyReadingInBetweenDoesNotCount) {
    Slope slope(60);
    for (int s = 0; s < 60; s += 10) slope.add(s == 30 ? 500 : 20, second(s));
    EXPECT_NEAR(slope.add(20, second(60)).value(), 0, 1e-9);
}

TEST(Slope, BeginsAnewAfterAGapOrAClockThatStepsBack) {
    Slope slope(60);
    slope.add(0, second(0));
    EXPECT_FALSE(slope.add(100, second(121)));
    EXPECT_TRUE(slope.add(100, second(160)));
    EXPECT_FALSE(slope.add(100, second(100)));
}

TEST(Slope, AFloodOfReadingsGivesTheSameSlope) {
    Slope slope(60);
    std::optional<double> last;
    for (int i = 0; i <= 60'000; ++i) last = slope.add(i * 1e-3, second(i * 1e-3));
    EXPECT_NEAR(*last, 60, 1.5);  // the oldest kept is within a 64th of the window
}

TEST(Condition, ARateRuleFollowsTheSpeedAndNotTheValue) {
    Condition c(rule(
        "rate",
        {{"window_s", 60}, {"levels", levels(R"([{"level":2,"op":">=","value":10,"clear":5}])")}}));
    for (int s = 0; s <= 120; s += 10) c.observe(1000, second(s), second(s));
    EXPECT_EQ(c.level(), 0);
    for (int s = 130; s <= 200; s += 10) c.observe(1000 + (s - 120) / 5.0, second(s), second(s));
    EXPECT_EQ(c.level(), 2);
    EXPECT_NEAR(c.per_minute(), 12, 1e-9);
    for (int s = 210; s <= 270; s += 10) c.observe(1016, second(s), second(s));
    EXPECT_EQ(c.level(), 0);
}

TEST(Condition, StandingStillIsFoundOnlyWhileReadingsCome) {
    Condition c(
        rule("stuck", {{"within", 0.1}, {"levels", levels(R"([{"level":3,"for_s":600}])")}}));
    c.observe(5, second(0), second(0));
    c.observe(5, second(700), second(700));
    EXPECT_EQ(c.level(), 0);  // two alike may be chance
    c.observe(5.05, second(710), second(710));
    EXPECT_EQ(c.level(), 3);
    EXPECT_EQ(c.first_frame(), second(710));
    c.observe(5.2, second(720), second(720));
    EXPECT_EQ(c.level(), 0);
    c.tick(second(10'000));  // silence is another rule's
    EXPECT_EQ(c.level(), 0);
}

// 2026-11-23 is a Monday; 00:00 in Beijing is 16:00 UTC of the day before.
Timestamp beijing(std::string_view text) {
    return *parse_iso8601(std::string(text) + "+08:00");
}

TEST(Schedule, WindowsOfTheWeekInBeijingTime) {
    Schedule s;
    ASSERT_EQ(Schedule::read(parse_json(R"([{"days":[1,5],"from":"08:00","to":"18:00"},
                                             {"days":[5],"from":"22:00","to":"06:00"}])")
                                 ->as_array(),
                             s),
              "");
    EXPECT_FALSE(s.is_on(beijing("2026-11-23T07:59:59")));
    EXPECT_TRUE(s.is_on(beijing("2026-11-23T08:00:00")));
    EXPECT_FALSE(s.is_on(beijing("2026-11-23T18:00:00")));
    EXPECT_FALSE(s.is_on(beijing("2026-11-24T09:00:00")));
    EXPECT_TRUE(s.is_on(beijing("2026-11-27T23:00:00")));
    EXPECT_TRUE(s.is_on(beijing("2026-11-28T05:59:59")));  // Friday's window, on Saturday
    EXPECT_FALSE(s.is_on(beijing("2026-11-28T06:00:00")));
    EXPECT_FALSE(s.is_on(beijing("2026-11-23T05:00:00")));  // Sunday has no window
}

TEST(Schedule, WhatIsWrongIsNamed) {
    for (const auto& [text, what] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {R"([{"from":"8:00","to":"18:00"}])", "schedule/0: from is not HH:MM"},
             {R"([{"from":"08:00","to":"24:01"}])", "schedule/0: to is not HH:MM"},
             {R"([{"from":"08:00","to":"18:00","days":[0]}])",
              "schedule/0: days are 1 (Monday) to 7"},
             {R"([{"from":"08:00","to":"18:00","days":[]}])", "schedule/0: no days"},
             {R"([{"from":"08:00","to":"18:00"},7])", "schedule/1: not an object"}}) {
        Schedule s;
        EXPECT_EQ(Schedule::read(parse_json(text)->as_array(), s), what);
    }
}

TEST(Condition, OutsideItsTimetableARuleHoldsNothing) {
    Condition c(rule("threshold", {{"levels", levels(R"([{"level":1,"op":">=","value":10}])")},
                                   {"schedule", levels(R"([{"from":"22:00","to":"06:00"}])")}}));
    const auto day = beijing("2026-11-23T12:00:00"), night = beijing("2026-11-23T22:00:00");
    c.observe(50, day, day);
    EXPECT_EQ(c.level(), 0);
    c.tick(night);  // the value still stands when the window opens
    EXPECT_EQ(c.level(), 1);
    c.tick(beijing("2026-11-24T06:00:00"));
    EXPECT_EQ(c.level(), 0);
}

TEST(Rule, AnExceptionTakesTheDatastreamBeforeTheDevice) {
    const Uuid device = Uuid::from_name("d"), stream = Uuid::from_name("s");
    json::array exceptions{
        json::object{{"device", device.text()}, {"off", true}},
        json::object{{"datastream", stream.text()},
                     {"levels", levels(R"([{"level":2,"op":">=","value":99}])")}}};
    const auto base = rule(
        "threshold",
        {{"levels", levels(R"([{"level":1,"op":">=","value":10}])")}, {"exceptions", exceptions}});
    sensing::Stream elsewhere, same_device, same_stream;
    same_device.device = same_stream.device = device;
    same_stream.datastream = stream;
    EXPECT_EQ(rule_for(base, elsewhere), base);
    EXPECT_EQ(rule_for(base, same_device), nullptr);
    ASSERT_NE(rule_for(base, same_stream), nullptr);
    EXPECT_EQ(rule_for(base, same_stream)->levels.front().limit.value, 99);
    EXPECT_EQ(rule_for(base, same_stream)->id, base->id);
}

TEST(Rule, AnEditFromOneTypeToAnotherForgetsTheOldOnesLevels) {
    Condition c(rule("threshold", {{"levels", levels(R"([{"level":1,"op":">=","value":10}])")}}));
    c.observe(50, second(0), second(0));
    EXPECT_EQ(c.level(), 1);
    c.adopt(rule("rate", {{"levels", levels(R"([{"level":1,"op":">=","value":10}])")}}));
    EXPECT_EQ(c.level(), 0);
    for (int s = 10; s <= 60; s += 10) c.observe(50, second(s), second(s));
    EXPECT_EQ(c.level(), 0);
}

}  // namespace
}  // namespace anlan::monitoring
