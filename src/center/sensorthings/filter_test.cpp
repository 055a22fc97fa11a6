// $filter, $expand and values, without any entity behind them.
#include "center/sensorthings/errors.h"
#include "center/sensorthings/evaluate.h"
#include "center/sensorthings/options.h"
#include "center/sensorthings/routes.h"
#include "core/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

int fuzz_sensorthings_filter(const std::uint8_t* data, std::size_t size);

namespace anlan::center::sensorthings {
namespace {

/// An entity of paths and values.
const std::map<std::string, Values> k_entity{
    {"result", {412.0}},
    {"name", {std::string("罐区 A")}},
    {"phenomenonTime", {Timestamp{1'795'060'799'250}}},  // 2026-11-19T03:59:59.250Z
    {"Datastreams/name", {std::string("nh3"), std::string("wind")}},
    {"nothing", {}},
    {"location", {std::make_shared<const Geometry>(Geometry::point({117.8, 39.0}))}},
    {"many", Values(5, 1.0)}};

Result<Values> lookup(std::span<const std::string> path) {
    std::string name;
    for (const auto& each : path) name += (name.empty() ? "" : "/") + each;
    const auto at = k_entity.find(name);
    if (at == k_entity.end()) return fail(errors::k_st_no_property, {{"name", name}});
    return at->second;
}

std::string judged(std::string_view filter) {
    const auto parsed = parse_filter(filter);
    if (!parsed) {
        std::string byte;
        for (const auto& [name, value] : parsed.error().parameters)
            if (name == "byte") byte = value;
        return "wrong at " + byte;
    }
    const auto answer = holds(*parsed, lookup, *parse_iso8601("2026-11-19T04:00:00Z"));
    if (!answer) return std::string(answer.error().row->id);
    return *answer ? "yes" : "no";
}

TEST(SensorThingsFilter, WhatHoldsAndWhatDoesNot) {
    for (const char* filter :
         {"result gt 300",
          "result ge 412 and result le 412",
          "not (result lt 300)",
          "result lt 1 or result gt 1",
          "result add 1 eq 413",
          "2 mul result sub 24 eq 800",
          "result sub 10 sub 2 eq 400",
          "-result eq -412",
          "- result lt 0",
          "result mod 10 eq 2",
          "result div 4 eq 103",
          "startswith(name,'罐区')",
          "substringof('区',name)",
          "endswith(name,'A')",
          "length(name) eq 4",
          "indexof(name,'A') eq 3",
          "substring(name,1,1) eq '区'",
          "tolower(name) eq '罐区 a'",
          "concat(name,'x') eq '罐区 Ax'",
          "contains(name,'区 A')",
          "trim(' x ') eq 'x'",
          "'it''s' eq 'it''s'",
          "Datastreams/name eq 'wind'",
          "nothing eq null",
          "not (result eq null)",
          "result ne null",
          "phenomenonTime gt 2026-11-19T03:59:59Z",
          "phenomenonTime lt 2026-11-19T11:59:59.5+08:00",
          "phenomenonTime ge 2026-11-19",
          "year(phenomenonTime) eq 2026",
          "day(phenomenonTime) eq 19",
          "hour(phenomenonTime) eq 3",
          "fractionalseconds(phenomenonTime) eq 0.25",
          "date(phenomenonTime) eq 2026-11-19",
          "phenomenonTime gt now() sub duration'PT1M'",
          "now() sub phenomenonTime lt duration'PT1S'",
          "round(1.5) eq 2",
          "floor(-1.5) eq -2",
          "st_within(location,geography'POLYGON ((117 38, 118 38, 118 40, 117 40, 117 38))')",
          "st_contains(geography'POLYGON ((117 38, 118 38, 118 40, 117 40, 117 38))',location)",
          "geo.intersects(location,geography'POINT (117.8 39)')",
          "st_disjoint(location,geography'POINT (1 1)')",
          "geo.distance(location,geography'POINT (117.8 39.01)') lt 1200",
          "geo.distance(location,geography'POINT (117.8 39.01)') gt 1000",
          "result gt 300 and not startswith(name,'x') and (result eq 1 or name ne 'y')"})
        EXPECT_EQ(judged(filter), "yes") << filter;
    for (const char* filter :
         {"result lt 300", "result eq '412'", "name gt 5", "Datastreams/name eq 'rain'",
          "nothing gt 1", "nothing eq 1", "result div 0 gt 1",
          "st_within(location,geography'POLYGON ((1 1, 2 1, 2 2, 1 1))')",
          "st_contains(location,geography'POINT (1 1)')", "true and false", "result"})
        EXPECT_EQ(judged(filter), "no") << filter;
    EXPECT_EQ(judged("pressure gt 1"), "sensorthings_no_property");
}

TEST(SensorThingsFilter, SaysAtWhichByteItIsWrong) {
    EXPECT_EQ(judged(""), "wrong at 0");
    EXPECT_EQ(judged("result gt"), "wrong at 9");
    EXPECT_EQ(judged("result gt 3 3"), "wrong at 12");
    EXPECT_EQ(judged("(result gt 3"), "wrong at 12");
    EXPECT_EQ(judged("name eq 'x"), "wrong at 10");
    EXPECT_EQ(judged("sqrt(result) gt 2"), "wrong at 0");
    EXPECT_EQ(judged("result eq 1 and length(name, 2)"), "wrong at 27");
    EXPECT_EQ(judged("substringof('x')"), "wrong at 0");
    EXPECT_EQ(judged("result gt 12:00"), "wrong at 10");
    EXPECT_EQ(judged("result gt 1e999"), "wrong at 10");
    EXPECT_EQ(judged("geo.intersects(location,geography'POINT (1)')"), "wrong at 24");
    EXPECT_EQ(judged(std::string(40, '(') + "1" + std::string(40, ')')), "wrong at 32");
    std::string long_one = "result eq 1";
    for (int i = 0; i < 200; ++i) long_one += " or result eq 1";
    EXPECT_TRUE(judged(long_one).starts_with("wrong")) << judged(long_one);
    EXPECT_EQ(judged(std::string(5000, ' ')), "wrong at 4096");
}

// Five values each of four operands: 625 combinations are tried; of six, the first 1,000.
TEST(SensorThingsFilter, CombinationsAreBounded) {
    EXPECT_EQ(judged("many add many add many add many eq 4"), "yes");
    EXPECT_EQ(judged("many add many add many add many add many add many eq 6"), "yes");
    EXPECT_EQ(judged("many add many eq 3"), "no");
}

TEST(SensorThingsFilter, TimesBoundWhatIsRead) {
    const auto bounds = [](std::string_view filter) {
        const auto b = bounds_of(*parse_filter(filter), "phenomenonTime");
        return std::pair{b.from.ms, b.to.ms};
    };
    EXPECT_EQ(bounds("phenomenonTime ge 1970-01-01T00:00:01Z and result gt 3 and "
                     "1970-01-01T00:00:09Z gt phenomenonTime"),
              (std::pair{std::int64_t{1000}, std::int64_t{9000}}));
    EXPECT_EQ(bounds("phenomenonTime eq 1970-01-01T00:00:01Z"),
              (std::pair{std::int64_t{1000}, std::int64_t{1001}}));
    // What need not hold bounds nothing.
    EXPECT_EQ(bounds("phenomenonTime ge 1970-01-01T00:00:01Z or result gt 3"),
              (std::pair{std::int64_t{INT64_MIN}, std::int64_t{INT64_MAX}}));
    EXPECT_EQ(bounds("not (phenomenonTime ge 1970-01-01T00:00:01Z)"),
              (std::pair{std::int64_t{INT64_MIN}, std::int64_t{INT64_MAX}}));
}

TEST(SensorThingsOptions, ExpandNestsAndMerges) {
    const auto options = options_of(
        {{"$expand",
          "Datastreams/Sensor,Datastreams($select=name,id;$expand=Observations($top=1;$orderby="
          "phenomenonTime desc;$filter=result gt 3 and resultQuality eq 'a,b;c')),Locations"},
         {"$top", "5000"},
         {"other", "ignored"}},
        *set_named("Things"));
    ASSERT_TRUE(options) << text_of(options.error(), Language::en);
    EXPECT_EQ(options->top, k_top_max);
    ASSERT_EQ(options->expand.size(), 2U);
    const Options& streams = options->expand[0].options;
    EXPECT_THAT(streams.select, testing::ElementsAre("name", "id"));
    ASSERT_EQ(streams.expand.size(), 2U);
    EXPECT_EQ(streams.expand[0].name, "Sensor");
    EXPECT_EQ(streams.expand[1].options.top, 1U);
    EXPECT_TRUE(streams.expand[1].options.order.at(0).descending);
    EXPECT_TRUE(streams.expand[1].options.filter.has_value());
    // As asked, so that a nextLink below can say it again.
    EXPECT_EQ(streams.asked.at(0), (std::pair<std::string, std::string>{"$expand", "Sensor"}));
}

TEST(SensorThingsOptions, WhatIsNotKnownIsRefused) {
    const auto said = [](std::string_view set, std::string name, std::string value) {
        const auto options = options_of({{std::move(name), std::move(value)}}, *set_named(set));
        return options ? "taken" : std::string(options.error().row->id);
    };
    EXPECT_EQ(said("Things", "$select", "weight"), "sensorthings_no_property");
    EXPECT_EQ(said("Things", "$expand", "Sensor"), "sensorthings_no_property");
    EXPECT_EQ(said("Things", "$expand", "Datastreams($top=1"), "sensorthings_option");
    EXPECT_EQ(said("Things", "$expand", "Datastreams(top)"), "sensorthings_option");
    EXPECT_EQ(said("Things", "$apply", "x"), "sensorthings_option");
    EXPECT_EQ(said("Things", "$top", "-1"), "sensorthings_option");
    EXPECT_EQ(said("Things", "$count", "yes"), "sensorthings_option");
    EXPECT_EQ(said("Things", "$resultFormat", "dataArray"), "sensorthings_option");
    EXPECT_EQ(said("Observations", "$resultFormat", "dataArray"), "taken");
    EXPECT_EQ(said("Things", "$expand", "Datastreams/Thing/Datastreams/Thing/Datastreams/Thing"),
              "sensorthings_option");
}

TEST(SensorThingsPath, Segments) {
    EXPECT_EQ(parse_segment("Things('it''s')")->id, "it's");
    EXPECT_EQ(parse_segment("Things(7)")->id, "7");
    EXPECT_FALSE(parse_segment("Things")->id);
    for (const char* wrong : {"Things(", "Things()", "Things('')", "Things('a'b')", "Things(1)x"})
        EXPECT_FALSE(parse_segment(wrong)) << wrong;
}

TEST(SensorThingsFuzz, SeededMutations) {
    SeededRandom random{11};
    const std::vector<std::string> seeds{
        "result gt 300 and (Datastream/Thing/name eq 'x' or not startswith(name,'GD'))",
        "phenomenonTime ge 2026-11-19T00:00:00Z and st_within(location,geography'POINT (1 2)')",
        "Datastreams($select=name;$expand=Observations($top=1;$orderby=phenomenonTime "
        "desc)),Locations",
        "Things('it''s')", "now() sub duration'P1DT2H' lt mindatetime()"};
    constexpr std::string_view k_bytes = "()',/;= -0e9:.T$\xc3\xff";
    for (int i = 0; i < 20'000; ++i) {
        std::string text = seeds[random.next_u64() % seeds.size()];
        for (auto n = random.next_u64() % 4; n > 0; --n)
            text[random.next_u64() % text.size()] = k_bytes[random.next_u64() % k_bytes.size()];
        if (random.next_u64() % 4 == 0) text.resize(random.next_u64() % (text.size() + 1));
        fuzz_sensorthings_filter(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }
}

}  // namespace
}  // namespace anlan::center::sensorthings
