#include "apps/monitoring/combined.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

Timestamp second(double s) {
    return {1'000'000 + static_cast<std::int64_t>(s * 1000)};
}

/// Detectors 100 m apart on a line to the east; gas at the even ones, smoke at the odd ones.
sensing::Stream detector(int n, std::string_view enterprise = "cold store") {
    sensing::Stream s;
    s.datastream = Uuid::from_name("d" + std::to_string(n));
    s.enterprise = Uuid::from_name(enterprise);
    s.property = n % 2 == 0 ? "nh3_ppm" : "fire_state";
    s.place = LonLat{117.79 + n * 100 / 86'600.0, 39.0};
    return s;
}

Combined combined(std::string_view levels) {
    bigdata::Record r;
    r.id = Uuid::from_name("rule");
    r.fields = {{"name", "规则"}, {"type", "combined"}, {"levels", *parse_json(levels)}};
    auto rule = rule_from(r);
    EXPECT_TRUE(rule.has_value()) << text_of(rule.error(), Language::en);
    return Combined(*rule);
}

/// "d2:0" for every datastream whose level changed, in the order of the changes.
std::string said(const std::vector<Combined::Change>& changes) {
    std::string out;
    for (const auto& change : changes) {
        for (int n = 0; n < 20; ++n) {
            if (change.datastream == detector(n).datastream)
                out += (out.empty() ? "d" : " d") + std::to_string(n) + ":" +
                       std::to_string(change.row);
        }
    }
    return out;
}

constexpr auto k_two_of_gas =
    R"([{"level":1,"k":3,"within_s":60,"of":[{"property":"nh3_ppm","op":">=","value":40,"clear":30}]},
        {"level":2,"k":2,"within_s":60,"of":[{"property":"nh3_ppm","op":">=","value":40,"clear":30}]}])";

TEST(Combined, OneDetectorAloneRaisesNothing) {
    auto c = combined(k_two_of_gas);
    EXPECT_EQ(said(c.observe(detector(0), 100, second(0))), "");
    EXPECT_EQ(said(c.observe(detector(0), 200, second(1))), "");
    EXPECT_EQ(said(c.observe(detector(2), 39, second(2))), "");
    EXPECT_EQ(said(c.observe(detector(1), 100, second(3))), "");  // not a property of the rule
}

TEST(Combined, TheSecondRaisesOneAlarmTheThirdMakesItWorse) {
    auto c = combined(k_two_of_gas);
    c.observe(detector(0), 50, second(0));
    EXPECT_EQ(said(c.observe(detector(2), 50, second(5))), "d2:1");
    EXPECT_EQ(said(c.observe(detector(4), 50, second(6))), "d2:0");  // and none of its own
    EXPECT_EQ(said(c.observe(detector(4), 35, second(7))), "");      // hysteresis
    EXPECT_EQ(said(c.observe(detector(4), 29, second(8))), "d2:1");
    EXPECT_EQ(said(c.observe(detector(0), 29, second(9))), "d2:-1");
}

TEST(Combined, TheAlarmStandsAlthoughItsOwnDetectorFallsBack) {
    auto c = combined(k_two_of_gas);
    for (int n : {0, 2, 4}) c.observe(detector(n), 50, second(n));
    EXPECT_EQ(said(c.observe(detector(2), 10, second(5))), "d2:1");  // the other two still hold it
    EXPECT_EQ(said(c.observe(detector(0), 10, second(6))), "d2:-1");
}

TEST(Combined, AReadingCountsForItsTimeOnly) {
    auto c = combined(k_two_of_gas);
    c.observe(detector(0), 50, second(0));
    EXPECT_EQ(said(c.observe(detector(2), 50, second(61))), "");  // the first is too old
    EXPECT_EQ(said(c.observe(detector(0), 50, second(100))), "d0:1");
    EXPECT_EQ(said(c.tick(second(121))), "");
    EXPECT_EQ(said(c.tick(second(122))), "d0:-1");
}

TEST(Combined, EnterprisesAreApartAndSoAreDistantDetectors) {
    auto c = combined(k_two_of_gas);
    c.observe(detector(0), 50, second(0));
    EXPECT_EQ(said(c.observe(detector(2, "another"), 50, second(1))), "");
    auto near = combined(
        R"([{"level":2,"k":2,"area_m":250,"of":[{"property":"nh3_ppm","op":">=","value":40}]}])");
    near.observe(detector(0), 50, second(0));
    EXPECT_EQ(said(near.observe(detector(4), 50, second(1))), "");                 // 400 m
    EXPECT_EQ(said(near.observe(detector(2, "another"), 50, second(2))), "d2:0");  // 200 m
    // Far from that alarm another one may stand.
    near.observe(detector(10), 50, second(3));
    EXPECT_EQ(said(near.observe(detector(12), 50, second(4))), "d12:0");
}

TEST(Combined, AllOfThemMeansEveryItem) {
    auto c = combined(R"([{"level":1,"all":true,"of":[{"property":"nh3_ppm","op":">=","value":40},
                                                      {"property":"fire_state","bit":1}]}])");
    c.observe(detector(0), 50, second(0));
    EXPECT_EQ(said(c.observe(detector(2), 50, second(1))), "");
    EXPECT_EQ(said(c.observe(detector(1), 1, second(2))), "");  // bit 0 is not asked for
    EXPECT_EQ(said(c.observe(detector(1), 2, second(3))), "d1:0");
    EXPECT_EQ(said(c.observe(detector(1), 0, second(4))), "d1:-1");
}

TEST(Combined, AfterARestartAnAlarmIsHeldUntilItsDetectorsCanHaveSpoken) {
    auto c = combined(k_two_of_gas);
    c.resume(detector(2), 1, second(0));
    EXPECT_EQ(said(c.tick(second(59))), "");
    auto other = c;
    EXPECT_EQ(said(c.tick(second(60))), "d2:-1");
    other.observe(detector(0), 50, second(10));
    other.observe(detector(2), 50, second(20));
    EXPECT_EQ(said(other.tick(second(60))), "");
    EXPECT_EQ(said(other.tick(second(71))), "d2:-1");
}

TEST(Rule, ACombinedRuleSaysWhatIsWrong) {
    const auto what = [](std::string_view levels) {
        bigdata::Record r;
        r.fields = {{"name", "规则"}, {"type", "combined"}, {"levels", *parse_json(levels)}};
        const auto rule = rule_from(r);
        return rule ? std::string("fine") : rule.error().parameters.at(1).second;
    };
    EXPECT_EQ(what(R"([{"level":1,"k":2}])"), "levels/0: of has not 1 to 16 items");
    EXPECT_EQ(what(R"([{"level":1,"k":2,"of":[{"op":">="}]}])"), "levels/0: of/0: no property");
    EXPECT_EQ(what(R"([{"level":1,"of":[{"property":"p","bit":1}]}])"),
              "levels/0: k is not 1 to 1000, and all is not set");
    EXPECT_EQ(what(R"([{"level":1,"k":1,"within_s":0,"of":[{"property":"p","bit":1}]}])"),
              "levels/0: within_s is not 1 to 86400");
    EXPECT_EQ(what(R"([{"level":1,"k":1,"of":[{"property":"p","bit":32}]}])"),
              "levels/0: of/0: bit is not 0 to 31");
}

}  // namespace
}  // namespace anlan::monitoring
