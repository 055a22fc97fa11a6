#include "core/describe.h"
#include "core/geo.h"
#include "core/hash.h"
#include "core/hash_stream.h"
#include "core/ids.h"
#include "core/queue.h"
#include "core/random.h"
#include "core/route.h"
#include "core/time.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace anlan {
namespace {

// GB/T 32905-2016, appendix A.1.
TEST(Sm3, StandardExample) {
    EXPECT_EQ(hex(sm3("abc")), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

TEST(Hash, PiecesGiveTheHashOfTheWhole) {
    std::string whole;
    for (int i = 0; i < 10'000; ++i) whole += static_cast<char>(i * 7);
    for (const std::size_t size : {1UZ, 63UZ, 64UZ, 65UZ, 9'999UZ, 10'000UZ}) {
        Sm3Stream stream;
        for (std::size_t at = 0; at < whole.size(); at += size)
            stream.add(std::string_view(whole).substr(at, size));
        EXPECT_EQ(stream.finish(), sm3(whole)) << size;
    }
    EXPECT_EQ(Sm3Stream().finish(), sm3(""));
}

TEST(Uuid, TextRoundTripAndRefusals) {
    const auto id = Uuid::parse("018F3c1e-7a2b-7cde-8f01-0123456789ab");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->text(), "018f3c1e-7a2b-7cde-8f01-0123456789ab");
    EXPECT_FALSE(Uuid::parse("018f3c1e7a2b-7cde-8f01-0123456789ab-"));
    EXPECT_FALSE(Uuid::parse("018f3c1e-7a2b-7cde-8f01-0123456789ag"));
    EXPECT_FALSE(Uuid::parse(""));
}

TEST(IdSource, GrowsWhenTheClockStandsAndWhenItStepsBack) {
    ManualClock clock({1'700'000'000'000});
    SeededRandom random(1);
    IdSource ids(clock, random);
    Uuid last = ids.next();
    for (int i = 0; i < 10'000; ++i) {
        if (i == 5'000) clock.step(-3'600'000);
        const Uuid next = ids.next();
        ASSERT_LT(last, next);
        ASSERT_EQ(next.bytes[6] >> 4, 7);
        last = next;
    }
}

TEST(Time, Iso8601RoundTripAndOffsets) {
    const auto t = parse_iso8601("2026-11-19T14:29:37.120+08:00");
    ASSERT_TRUE(t);
    EXPECT_EQ(iso8601(*t), "2026-11-19T06:29:37.120Z");
    EXPECT_EQ(beijing_text(*t), "2026-11-19 14:29:37");
    EXPECT_EQ(parse_iso8601("2024-02-29T00:00:00Z")->ms, 1'709'164'800'000);
    for (const auto* bad :
         {"2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", ""}) {
        EXPECT_FALSE(parse_iso8601(bad)) << bad;
    }
}

// EPSG:4548 through an independent series: the arc of the parallel at 39°N from 117°E.
TEST(Geo, LocalMetresAreMetresOnTheGround) {
    const LonLat a{117.80, 39.00}, b{117.81, 39.00}, c{117.80, 39.01};
    EXPECT_NEAR(distance_m(to_local(a), to_local(b)), 866.1, 0.5);
    EXPECT_NEAR(distance_m(to_local(a), to_local(c)), 1110.2, 0.5);
    const LonLat back = to_lonlat(to_local(a));
    EXPECT_NEAR(back.longitude_deg, a.longitude_deg, 1e-9);
    EXPECT_NEAR(back.latitude_deg, a.latitude_deg, 1e-9);
    EXPECT_NEAR(to_local({117.0, 39.0}).east_m, 500'000, 1e-6);
}

TEST(Geo, GridNorthTurnsFromTrueNorth) {
    const LonLat p{117.8, 39.0};
    const Local a = to_local(p), b = to_local({117.8, 39.01});  // true north of p
    const double bearing =
        std::atan2(b.east_m - a.east_m, b.north_m - a.north_m) * 180 / 3.14159265358979;
    EXPECT_NEAR(grid_bearing_deg(0, p), bearing, 1e-3);
}

TEST(Geo, GeoJsonRoundTripOfEveryType) {
    for (
        const auto* text :
        {R"({"type":"Point","coordinates":[117.8,39.0]})",
         R"({"type":"MultiPoint","coordinates":[[117.8,39.0],[117.9,39.1]]})",
         R"({"type":"LineString","coordinates":[[117.8,39.0],[117.9,39.1]]})",
         R"({"type":"MultiLineString","coordinates":[[[1.5,2.5],[3.5,4.5]],[[5.5,6.5],[7.5,8.5]]]})",
         R"({"type":"Polygon","coordinates":[[[0.5,0.5],[9.5,0.5],[9.5,9.5],[0.5,0.5]],[[2.5,1.5],[3.5,1.5],[3.5,2.5],[2.5,1.5]]]})",
         R"({"type":"MultiPolygon","coordinates":[[[[0.5,0.5],[9.5,0.5],[9.5,9.5],[0.5,0.5]]]]})"}) {
        const auto value = parse_json(text);
        ASSERT_TRUE(value);
        const auto g = geometry_from_json(*value);
        ASSERT_TRUE(g) << text_of(g.error(), Language::en);
        EXPECT_EQ(canonical_text(to_json(*g)), canonical_text(*value));
    }
}

TEST(Geo, BadGeometriesSayWhatIsWrong) {
    const auto problem = [](std::string_view text) {
        const auto g = geometry_from_json(*parse_json(text));
        return g ? std::string("accepted") : text_of(g.error(), Language::en);
    };
    EXPECT_NE(problem(R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]})")
                  .find("not closed"),
              std::string::npos);
    EXPECT_NE(
        problem(R"({"type":"Point","coordinates":[39.0,117.8]})").find("longitude comes first"),
        std::string::npos);
    EXPECT_NE(problem(R"({"type":"Point","coordinates":["x",1]})").find("not a number"),
              std::string::npos);
    EXPECT_NE(problem(R"({"type":"Circle","coordinates":[1,1]})").find("Circle"),
              std::string::npos);
    EXPECT_NE(problem(R"({"type":"LineString","coordinates":[[1,1]]})").find("at least 2"),
              std::string::npos);
}

TEST(Geo, ContainmentHolesAndIntersection) {
    Geometry square = Geometry::polygon({{0, 0}, {10, 0}, {10, 10}, {0, 10}});
    square.parts[0].push_back({{4, 4}, {6, 4}, {6, 6}, {4, 6}, {4, 4}});
    EXPECT_TRUE(contains(square, {1, 1}));
    EXPECT_FALSE(contains(square, {5, 5}));
    EXPECT_FALSE(contains(square, {11, 5}));
    EXPECT_TRUE(intersects(square, Geometry::polygon({{9, 9}, {12, 9}, {12, 12}, {9, 12}})));
    EXPECT_FALSE(intersects(square, Geometry::polygon({{11, 11}, {12, 11}, {12, 12}})));
    // A cross: no vertex of either lies inside the other.
    EXPECT_TRUE(intersects(Geometry::polygon({{-1, 1}, {11, 1}, {11, 2}, {-1, 2}}),
                           Geometry::polygon({{1, -1}, {2, -1}, {2, 11}, {1, 11}})));
    EXPECT_TRUE(intersects(Geometry::line({{-5, 5}, {3, 5}}), square));
}

TEST(Json, CanonicalFormSortsAndIsStable) {
    const auto v = parse_json(R"({"b":1.50,"a":[true,null,"é"],"c":{"z":1,"y":-0.1}})");
    ASSERT_TRUE(v);
    EXPECT_EQ(canonical_text(*v), R"({"a":[true,null,"é"],"b":1.5,"c":{"y":-0.1,"z":1}})");
}

TEST(Json, LimitsAndBadTextAreNamed) {
    EXPECT_TRUE(parse_json(" [1] \n"));
    EXPECT_FALSE(parse_json("[1] x"));
    EXPECT_FALSE(parse_json(std::string(40, '[')));
    EXPECT_FALSE(parse_json("\"\xff\""));
    EXPECT_FALSE(
        parse_json(R"({"a":[1,-1e999]})"));  // infinity: the canonical form has no text for it
    EXPECT_FALSE(parse_json("[1", {}));
    EXPECT_FALSE(parse_json("[1,2]", {.bytes = 3}));
}

struct Inner {
    double rate = 0;
    std::vector<std::string> names;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (rate, names))
struct Outer {
    std::string title;
    std::optional<std::int32_t> count;
    Inner inner;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (title, count, inner))

TEST(Describe, EveryWrongFieldIsNamedAtOnce) {
    const auto out = from_json<Outer>(
        *parse_json(R"({"count":"x","inner":{"rate":1,"names":["a",2]},"tilte":"y"})"));
    ASSERT_FALSE(out);
    std::vector<std::string> where;
    for (const auto& f : out.error().fields) where.push_back(f.where);
    EXPECT_EQ(where, (std::vector<std::string>{"/title", "/count", "/inner/names/1", "/tilte"}));
}

TEST(Describe, RoundTripAndSchema) {
    const auto text = R"({"count":null,"inner":{"names":["a"],"rate":1.5},"title":"t"})";
    const auto out = from_json<Outer>(*parse_json(text));
    ASSERT_TRUE(out);
    EXPECT_EQ(canonical_text(value_of(*out)), text);
    EXPECT_EQ(canonical_text(schema_of<Outer>().at("required")), R"(["title","inner"])");
    EXPECT_TRUE(value_of(std::numeric_limits<double>::quiet_NaN()).is_null());
}

TEST(Error, TextFillsParametersInBothLanguages) {
    const Error e(errors::k_not_found, {{"what", "x"}});
    EXPECT_EQ(text_of(e, Language::en), "Not found: x");
    EXPECT_EQ(text_of(e, Language::zh), "没有找到x");
}

TEST(BoundedQueue, PoliciesHoldUnderProducersAndConsumers) {
    BoundedQueue<int> refuse(2, Overflow::refuse);
    EXPECT_TRUE(refuse.push(1));
    EXPECT_TRUE(refuse.push(2));
    EXPECT_FALSE(refuse.push(3));
    BoundedQueue<int> drop(2, Overflow::drop_oldest);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(drop.push(i));
    EXPECT_EQ(drop.dropped(), 3U);
    EXPECT_EQ(*drop.pop(), 3);
    BoundedQueue<int> wait(4, Overflow::wait);
    std::int64_t sum = 0;
    std::jthread consumer([&] {
        while (auto v = wait.pop()) sum += *v;
    });
    for (int i = 1; i <= 10'000; ++i) ASSERT_TRUE(wait.push(i));
    wait.close();
    consumer.join();
    EXPECT_EQ(sum, 50'005'000);
}

}  // namespace
}  // namespace anlan
