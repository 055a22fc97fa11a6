#include "apps/monitoring/condition.h"
#include "apps/monitoring/alarm_clocks.h"
#include "apps/monitoring/errors.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace anlan::monitoring {
namespace {

bigdata::Record rule_record(std::string_view type, std::string_view levels) {
    bigdata::Record r;
    r.id = Uuid::from_name("rule");
    r.kind = "rule";
    r.revision = 1;
    r.fields = {{"name", "规则"}, {"type", type}, {"levels", *parse_json(levels)}};
    return r;
}

Condition condition(std::string_view type, std::string_view levels) {
    auto rule = rule_from(rule_record(type, levels));
    EXPECT_TRUE(rule.has_value()) << text_of(rule.error(), Language::en);
    return Condition(*rule);
}

/// One row: at second `at_s` the value `value` arrives, and then the level is `level`.
struct Step {
    double at_s, value;
    int level;
};

void play(Condition& c, std::initializer_list<Step> steps) {
    for (const auto& step : steps) {
        const Timestamp at{1'000'000 + static_cast<std::int64_t>(step.at_s * 1000)};
        c.observe(step.value, at, at);
        EXPECT_EQ(c.level(), step.level) << "at " << step.at_s << " s, value " << step.value;
    }
}

constexpr auto k_two_levels =
    R"([{"level":1,"op":">=","value":300,"clear":270},{"level":2,"op":">=","value":100,"clear":80}])";

TEST(Condition, FlappingWithinTheHysteresisIsOneCrossing) {
    auto c = condition("threshold", k_two_levels);
    play(c, {{0, 99.9, 0},
             {1, 100, 2},
             {2, 85, 2},
             {3, 101, 2},
             {4, 80, 2},
             {5, 79.9, 0},
             {6, 85, 0},
             {7, 100, 2}});
}

TEST(Condition, RisesAndFallsThroughItsLevels) {
    auto c = condition("threshold", k_two_levels);
    play(c, {{0, 150, 2},
             {1, 300, 1},
             {2, 271, 1},
             {3, 269, 2},
             {4, 400, 1},
             {5, 10, 0},
             {6, 1000, 1}});
}

TEST(Condition, KeepsTheReceiptOfTheFirstFrameOverEachLimit) {
    auto c = condition("threshold", k_two_levels);
    play(c, {{0, 150, 2}});
    EXPECT_EQ(c.first_frame().ms, 1'000'000);
    play(c, {{5, 320, 1}, {6, 330, 1}});
    EXPECT_EQ(c.first_frame().ms, 1'005'000);
    play(c, {{7, 200, 2}});
    EXPECT_EQ(c.first_frame().ms, 1'000'000);
}

TEST(Condition, HoldsOnlyAfterItsDuration) {
    auto c = condition("threshold", R"([{"level":3,"op":">","value":50,"for_s":10}])");
    play(c, {{0, 50, 0},
             {1, 51, 0},
             {10.9, 60, 0},
             {11, 60, 3},
             {12, 50, 0},
             {13, 60, 0},
             {20, 40, 0},
             {21, 60, 0},
             {30, 60, 0}});
    EXPECT_EQ(c.level(), 0);
    c.tick(Timestamp{1'000'000 + 31'000});  // no further reading: the last value is taken to hold
    EXPECT_EQ(c.level(), 3);
    EXPECT_EQ(c.first_frame().ms, 1'021'000);
}

TEST(Condition, ALowLimitClearsUpward) {
    auto c = condition("threshold", R"([{"level":2,"op":"<","value":10,"clear":12}])");
    play(c, {{0, 10, 0}, {1, 9.9, 2}, {2, 12, 2}, {3, 12.1, 0}});
}

TEST(Condition, WithoutAClearValueTheLimitIsTheClearValue) {
    auto c = condition("threshold", R"([{"level":2,"op":">=","value":10}])");
    play(c, {{0, 10, 2}, {1, 9.999, 0}, {2, 10, 2}});
}

TEST(Condition, ReadsTheBitsOfAState) {
    auto c = condition("state_bits", R"([{"level":1,"bit":1,"name":"火警","name_en":"Fire alarm"},
                                         {"level":3,"bit":2,"name":"故障","name_en":"Fault"}])");
    play(c, {{0, 1, 0}, {1, 4, 3}, {2, 6, 1}, {3, 2, 1}, {4, 0, 0}, {5, -1, 0}});
}

TEST(Condition, SilenceIsCountedInExpectedIntervals) {
    auto c = condition("silence", R"([{"level":3,"factor":5}])");
    const Timestamp now{5'000};
    c.silence(50, 10, now);
    EXPECT_EQ(c.level(), 0);
    c.silence(50.1, 10, now);
    EXPECT_EQ(c.level(), 3);
    c.silence(0, 10, now);
    EXPECT_EQ(c.level(), 0);
    c.silence(1e9, 0, now);  // nothing is expected of it
    EXPECT_EQ(c.level(), 0);
}

TEST(Condition, AnEditedRuleKeepsTheLevelThatHolds) {
    auto c = condition("threshold", k_two_levels);
    play(c, {{0, 150, 2}});
    c.adopt(
        *rule_from(rule_record("threshold", R"([{"level":2,"op":">=","value":120,"clear":110}])")));
    EXPECT_EQ(c.level(), 2);
    play(c, {{1, 115, 2}, {2, 109, 0}});
}

TEST(Rule, SaysWhatIsWrongWithItsLevels) {
    const auto what = [](std::string_view type, std::string_view levels) {
        const auto rule = rule_from(rule_record(type, levels));
        if (rule) return std::string("fine");
        EXPECT_TRUE(rule.error().is(errors::k_bad_rule));
        return rule.error().parameters.at(1).second;
    };
    EXPECT_EQ(what("threshold", "[]"), "no levels");
    EXPECT_EQ(what("threshold", "{}"), "no levels");
    EXPECT_EQ(what("threshold", "[7]"), "levels/0: not an object");
    EXPECT_EQ(
        what("threshold", R"([{"level":1,"op":">=","value":5},{"level":5,"op":">=","value":5}])"),
        "levels/1: level is not 1 to 4");
    EXPECT_EQ(what("threshold", R"([{"level":1,"op":"=","value":5}])"),
              "levels/0: op is not one of >= > <= <");
    EXPECT_EQ(what("threshold", R"([{"level":1,"op":">=","value":"5"}])"),
              "levels/0: value is not a number");
    EXPECT_EQ(what("threshold", R"([{"level":1,"op":">=","value":5,"clear":6}])"),
              "levels/0: clear lies beyond the limit");
    EXPECT_EQ(what("threshold", R"([{"level":1,"op":"<=","value":5,"clear":4}])"),
              "levels/0: clear lies beyond the limit");
    EXPECT_EQ(what("threshold", R"([{"level":1,"op":">=","value":5,"for_s":-1}])"),
              "levels/0: for_s is not a number from 0");
    EXPECT_EQ(what("state_bits", R"([{"level":1,"bit":32}])"), "levels/0: bit is not 0 to 31");
    EXPECT_EQ(what("silence", R"([{"level":1}])"), "levels/0: factor is not above 0");
    EXPECT_EQ(what("threshold", k_two_levels), "fine");
}

TEST(AlarmClocks, TheShippedFileHasASourceAndEscalatesRed) {
    const auto clocks = AlarmClocks::load(std::filesystem::path(ANLAN_SOURCE_DIR) /
                                          "catalog/settings/alarm_clocks.yaml");
    ASSERT_TRUE(clocks.has_value()) << text_of(clocks.error(), Language::en);
    EXPECT_FALSE(clocks->source.empty());
    EXPECT_GT(clocks->by_level[1].answer_within_ms, 0);
    EXPECT_FALSE(clocks->by_level[1].escalate_to.empty());
}

TEST(AlarmClocks, AWrongFileIsRefusedWithItsLine) {
    const auto file = std::filesystem::temp_directory_path() / "anlan_clocks_test.yaml";
    std::ofstream(file) << "source: product\nlevels:\n  - {level: 1, answer_within_s: 0}\n";
    const auto clocks = AlarmClocks::load(file);
    std::filesystem::remove(file);
    ASSERT_FALSE(clocks.has_value());
    EXPECT_NE(text_of(clocks.error(), Language::en).find(":3:"), std::string::npos)
        << text_of(clocks.error(), Language::en);
    EXPECT_TRUE(AlarmClocks::load("nowhere.yaml").error().is(errors::k_io));
}

}  // namespace
}  // namespace anlan::monitoring
