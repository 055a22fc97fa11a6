#include "apps/monitoring/adoption.h"
#include "apps/testing/house.h"
#include "core/hash.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

using bigdata::k_live;

const Uuid k_stranger = Uuid::from_name("stranger"), k_grid = Uuid::from_name("grid");

struct Gate {
    testing::House house;
    RouteRows rows = adoption_routes(house.context());
    Principal who = bigdata::Access::program("dongjiang");

    Gate() {
        house.records.put(
            "grid", k_grid, {{"number", 1}, {"name", "一网格"}},
            Geometry::polygon({{117.7, 38.9}, {117.9, 38.9}, {117.9, 39.1}, {117.7, 39.1}}));
    }
    void quarantine(std::string_view protocol, std::string_view address,
                    std::string_view channels) {
        house.records.put("quarantine", k_stranger,
                          {{"protocol", protocol},
                           {"address", address},
                           {"frames", 11},
                           {"first_at", "2026-11-23T05:50:00Z"},
                           {"last_at", "2026-11-23T05:55:05Z"},
                           {"channels", *parse_json(channels)}});
        house.records.settle();
    }
    Result<json::object> call(std::size_t row, const json::value& body) {
        const Call call{.who = who,
                        .space = std::string(k_live),
                        .language = Language::zh,
                        .path = {{"id", k_stranger.text()}}};
        auto reply = rows[row].handler(call, body);
        if (!reply) return std::unexpected(reply.error());
        house.records.settle();
        return std::get<json::value>(reply->body).as_object();
    }
    Result<json::object> propose() { return call(0, nullptr); }
    Result<json::object> adopt(std::string_view body) { return call(1, *parse_json(body)); }
    std::size_t count(std::string_view kind) { return house.records.rows(kind, k_live).size(); }
};

constexpr auto k_two = R"([{"channel":"nh3_ppm","value":12.5,"at":"2026-11-23T05:55:00.000Z"},
                           {"channel":"x7","value":null,"at":"2026-11-23T05:55:00.000Z"}])";

TEST(Adoption, ProposesTypeIntervalAndWhatEachChannelMeans) {
    Gate g;
    g.quarantine("http_json", "GD-9", k_two);
    const auto proposal = g.propose();
    ASSERT_TRUE(proposal.has_value());
    const auto& device = object_at(*proposal, "device");
    EXPECT_EQ(text_at(device, "type"), "other");
    EXPECT_EQ(text_at(device, "address"), "GD-9");
    EXPECT_EQ(integer_at(device, "expected_interval_s", 0), 30);  // 305 s by ten gaps
    EXPECT_TRUE(boolean_at(*proposal, "needs_token", false));
    const auto& streams = array_at(*proposal, "datastreams");
    ASSERT_EQ(streams.size(), 2U);
    EXPECT_EQ(text_at(streams[0].as_object(), "property"), "nh3_ppm");
    EXPECT_EQ(number_at(streams[0].as_object(), "value", 0), 12.5);
    EXPECT_EQ(text_at(streams[1].as_object(), "property"), "");  // the screen asks
    EXPECT_EQ(text_at(streams[1].as_object(), "channel"), "x7");
    EXPECT_TRUE(streams[1].at("value").is_null());
}

TEST(Adoption, IsOneBatchWithATokenThatIsKeptOnlyAsItsHash) {
    Gate g;
    g.quarantine("http_json", "GD-9", k_two);
    const auto done = g.adopt(
        R"({"device":{"name":"氨探头","name_en":null,"type":"gas_detector","expected_interval_s":10},
            "geometry":{"type":"Point","coordinates":[117.79,39.0]},
            "datastreams":[{"channel":"nh3_ppm","property":"nh3_ppm","unit":"ppm","name":"氨","name_en":"NH3"}]})");
    ASSERT_TRUE(done.has_value()) << text_of(done.error(), Language::en);
    EXPECT_EQ(g.count("quarantine"), 0U);
    ASSERT_EQ(g.count("datastream"), 1U);
    const auto device = g.house.records.rows("device", k_live).front();
    EXPECT_EQ(text_at(device.fields, "protocol"), "http_json");
    EXPECT_EQ(text_at(device.fields, "address"), "GD-9");
    EXPECT_EQ(device.scope.grid, k_grid);
    const std::string token(text_at(*done, "token"));
    EXPECT_GE(token.size(), 40U);
    EXPECT_EQ(text_at(device.fields, "credential_hash"), hex(sm3(token)));
    const auto stream = g.house.records.rows("datastream", k_live).front();
    EXPECT_EQ(text_at(stream.fields, "device"), device.id.text());
    EXPECT_EQ(stream.scope.grid, k_grid);
    // Whoever comes second learns that it has been done.
    const auto again =
        g.adopt(R"({"device":{"name":"氨探头","type":"gas_detector"},"datastreams":[]})");
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().row->http_status, 404);
}

TEST(Adoption, AWrongFieldLeavesEverythingAsItWas) {
    Gate g;
    g.quarantine("http_json", "GD-9", k_two);
    for (
        const auto body :
        {R"({"device":{"name":"氨探头","type":"no such type"},"datastreams":[]})",
         R"({"device":{"name":"氨探头","type":"other","address":"GD-8"},"datastreams":[]})",
         R"({"device":{"name":"氨探头","type":"other","credential_hash":"00"},"datastreams":[]})",
         R"({"device":{"name":"氨探头","type":"other"},"datastreams":[{"channel":"a","property":"nope","name":"n"}]})",
         R"({"device":{"name":"氨探头","type":"other"},"datastreams":[{"channel":"a","property":"nh3_ppm","name":"n"},{"channel":"a","property":"nh3_ppm","name":"n"}]})"}) {
        EXPECT_FALSE(g.adopt(body).has_value()) << body;
    }
    EXPECT_EQ(g.count("quarantine"), 1U);
    EXPECT_EQ(g.count("device"), 0U);
    EXPECT_EQ(g.count("datastream"), 0U);
}

TEST(Adoption, AChannelOfAKnownDeviceBecomesItsDatastream) {
    Gate g;
    const Uuid known = Uuid::from_name("station");
    g.house.records.put("device", known,
                        {{"name", "空气站"},
                         {"type", "environment_station"},
                         {"protocol", "hj212"},
                         {"address", "MN1"}});
    g.quarantine("hj212", "MN1#a21001",
                 R"([{"channel":"a21001","value":0.5,"at":"2026-11-23T05:55:00Z"}])");
    const auto proposal = g.propose();
    ASSERT_TRUE(proposal.has_value());
    EXPECT_EQ(text_at(object_at(*proposal, "device"), "id"), known.text());
    EXPECT_FALSE(boolean_at(*proposal, "needs_token", true));
    const auto other = g.adopt(
        R"({"device":{},"datastreams":[{"channel":"a34004","property":"nh3_ppm","name":"氨"}]})");
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().row->id, "adoption_channels");
    const auto done = g.adopt(
        R"({"device":{},"datastreams":[{"channel":"a21001","property":"nh3_ppm","name":"氨"}]})");
    ASSERT_TRUE(done.has_value()) << text_of(done.error(), Language::en);
    EXPECT_FALSE(done->contains("token"));
    EXPECT_EQ(g.count("device"), 1U);
    EXPECT_EQ(text_at(g.house.records.rows("datastream", k_live).front().fields, "device"),
              known.text());
    EXPECT_EQ(g.count("quarantine"), 0U);
}

TEST(Adoption, WithoutTheRightNothingHappens) {
    Gate g;
    g.quarantine("http_json", "GD-9", k_two);
    g.who = {.user = Uuid::from_name("li"),
             .account = "li",
             .name = "李",
             .zone = "dongjiang",
             .roles = {"grid_officer"},
             .organisation = {},
             .enterprise = {},
             .grid = k_grid};
    const auto done = g.adopt(R"({"device":{"name":"氨探头","type":"other"},"datastreams":[]})");
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().row->http_status, 403);
    EXPECT_EQ(g.count("quarantine"), 1U);
}

}  // namespace
}  // namespace anlan::monitoring
