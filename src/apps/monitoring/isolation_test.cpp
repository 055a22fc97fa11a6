// A rule that throws or is slow is switched off for a while, told of, and hurts nobody else.
#include "apps/monitoring/rule_engine.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

const Timestamp k_start = *parse_iso8601("2026-11-23T06:00:00Z");

struct Bench {
    testing::House house;
    std::int64_t steady_us = 0, each_takes_us = 0;
    bool throws = false;
    RuleEngine engine{options()};
    sensing::Stream stream;
    Timestamp now = k_start;

    Bench() {
        stream.space = "live";
        stream.datastream = Uuid::from_name("s");
        stream.device = Uuid::from_name("d");
        stream.enterprise = Uuid::from_name("e");
        stream.property = "nh3_ppm";
        stream.number = 1;
        set_rules(1);
    }
    RuleEngine::Options options() {
        RuleEngine::Options out;
        out.ids = &house.ids;
        out.property_label = [](std::string_view p) {
            return Label{std::string(p), std::string(p)};
        };
        out.scope_of = [](const sensing::Stream&) { return bigdata::Scope{}; };
        out.settings.rule_budget_ms = 5;
        out.settings.rule_slow_max = 3;
        out.settings.rule_off_ms = 60'000;
        // A clock that goes on by what an evaluation takes, or gives out in the middle of one.
        out.steady_us = [this] {
            if (throws) throw std::runtime_error("boom");
            return steady_us += each_takes_us;
        };
        return out;
    }
    static std::shared_ptr<const Rule> rule(const char* name, const char* type, const char* levels,
                                            std::int64_t revision) {
        bigdata::Record record;
        record.id = Uuid::from_name(name);
        record.revision = revision;
        record.fields = {{"name", name},
                         {"type", type},
                         {"property", "nh3_ppm"},
                         {"levels", *parse_json(levels)}};
        return *rule_from(record);
    }
    void set_rules(std::int64_t revision) {
        engine.set_rules("live",
                         {rule("rate", "rate", R"([{"level":2,"op":">=","value":1000}])", revision),
                          rule("limit", "threshold", R"([{"level":1,"op":">=","value":300}])", 1)},
                         now);
    }
    void hear(double value) {
        now = now + 1000;
        engine.observe(stream, {1, now, now, value, bigdata::Quality::good}, now);
    }
    RuleState state(const char* name) {
        for (auto& each : engine.rule_states("live")) {
            if (each.rule == Uuid::from_name(name)) return each;
        }
        return {};
    }
};

TEST(Isolation, ARuleThatThrowsIsOffAtOnceAndTheOthersGoOn) {
    Bench b;
    b.throws = true;
    b.hear(400);
    const auto told = b.engine.take_isolations();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].rule, Uuid::from_name("rate"));
    EXPECT_NE(told[0].text.en.find("boom"), std::string::npos);
    EXPECT_EQ(b.engine.take_writes().size(), 1U);  // the limit's alarm was raised
    EXPECT_EQ(b.state("limit").health.raised, 1);
    EXPECT_EQ(b.state("rate").health.problem_id, "rule_threw");
    EXPECT_EQ(b.engine.isolated(b.now), 1U);
    b.hear(400);  // off: it is not asked, so it does not throw again
    EXPECT_TRUE(b.engine.take_isolations().empty());
    EXPECT_EQ(b.state("rate").health.evaluated, 1);
    EXPECT_EQ(b.state("limit").health.evaluated, 2);
}

TEST(Isolation, ItIsTriedAgainAfterAWhile) {
    Bench b;
    b.throws = true;
    b.hear(1);
    b.throws = false;
    b.now = b.now + 61'000;
    b.hear(2);
    EXPECT_EQ(b.state("rate").health.evaluated, 2);
    EXPECT_TRUE(b.state("rate").health.problem_id.empty());
    EXPECT_EQ(b.engine.isolated(b.now), 0U);
}

TEST(Isolation, SlowOnceIsForgivenThreeTimesInARowIsNot) {
    Bench b;
    b.each_takes_us = 8'000;
    b.hear(1);
    b.hear(2);
    b.each_takes_us = 10;
    b.hear(3);
    b.each_takes_us = 8'000;
    b.hear(4);
    b.hear(5);
    EXPECT_TRUE(b.engine.take_isolations().empty());
    b.hear(6);
    const auto told = b.engine.take_isolations();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].text.zh.find("8 毫秒"), std::string::npos) << told[0].text.zh;
    EXPECT_EQ(b.state("rate").health.problem_id, "rule_slow");
    EXPECT_EQ(b.state("rate").health.last_ms, 8);
}

TEST(Isolation, AnEditedRuleBeginsAnew) {
    Bench b;
    b.throws = true;
    b.hear(1);
    b.throws = false;
    b.set_rules(2);
    b.hear(2);
    EXPECT_EQ(b.state("rate").health.evaluated, 1);
    EXPECT_TRUE(b.state("rate").health.problem_id.empty());
}

}  // namespace
}  // namespace anlan::monitoring
