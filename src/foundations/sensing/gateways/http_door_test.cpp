// What devices send over HTTP in other forms than HTTP JSON's: NDJSON, line protocol, SensorThings;
// packed bodies and credentials. The captures are decoded as expected (ANLAN_ACCEPT=1 rewrites).
#include "core/hash.h"
#include "core/random.h"
#include "foundations/bigdata/base64url.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_errors.h"
#include "foundations/sensing/gateways/http_json/gateway.h"
#include "foundations/sensing/gateways/json_push/decoder.h"
#include "foundations/sensing/gateways/line_protocol/decoder.h"
#include "foundations/sensing/gateways/line_protocol/gateway.h"
#include "foundations/sensing/gateways/ndjson/decoder.h"
#include "foundations/sensing/gateways/sensorthings/decoder.h"
#include "foundations/sensing/gateways/sensorthings/gateway.h"
#include "foundations/sensing/gateways/table.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

int fuzz_json_push(const std::uint8_t* data, std::size_t size);
int fuzz_line_protocol(const std::uint8_t* data, std::size_t size);
int fuzz_sensorthings(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing {
namespace {

using namespace test;
using testing::ElementsAre;

const std::filesystem::path k_gateways = ANLAN_SOURCE_DIR "/src/foundations/sensing/gateways";

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> bodies(std::string_view protocol) {
    std::vector<std::filesystem::path> out;
    for (const auto& entry :
         std::filesystem::directory_iterator(k_gateways / protocol / "captures")) {
        if (entry.path().extension() == ".body") out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

TEST(HttpDoorCaptures, EachDecodesAsExpected) {
    for (const char* protocol : {"ndjson", "line_protocol", "sensorthings", "json_push"}) {
        ASSERT_GE(bodies(protocol).size(), 3U) << protocol;
        for (const auto& path : bodies(protocol)) {
            const std::string body = read(path);
            std::string actual;
            const auto decoder = gateway_row(protocol)->decoder();
            const auto each = [&](const json::object& o) { actual += to_text(o) + "\n"; };
            decoder->push({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}, each);
            decoder->end(each);
            auto expected_path = path;
            expected_path.replace_extension(".expected.json");
            if (std::getenv("ANLAN_ACCEPT") != nullptr) std::ofstream(expected_path) << actual;
            EXPECT_EQ(actual, read(expected_path)) << path;
        }
    }
}

/// "channel=value@ms", "@?" without a time.
std::vector<std::string> told(const std::vector<Reading>& readings) {
    std::vector<std::string> out;
    for (const auto& each : readings) {
        std::ostringstream text;
        text << each.channel << '=' << each.value << '@'
             << (each.at ? std::to_string(each.at->ms) : "?");
        out.push_back(text.str());
    }
    return out;
}

std::vector<std::string> points(std::string_view body, line_protocol::Options options = {}) {
    const auto decoded = line_protocol::decode(body, options);
    if (!decoded) return {text_of(decoded.error(), Language::en)};
    return told(decoded->readings);
}

TEST(LineProtocol, NumbersBooleansTextsAndEscapes) {
    EXPECT_THAT(points("m,b=2,a=1 f=1.5e1,i=-3i,u=4u,t=T,x=FALSE,s=\"a, b=\\\"1\\\" \n x\" "
                       "1700000000123456789\n"),
                ElementsAre("m,a=1,b=2.f=15@1700000000123", "m,a=1,b=2.i=-3@1700000000123",
                            "m,a=1,b=2.u=4@1700000000123", "m,a=1,b=2.t=1@1700000000123",
                            "m,a=1,b=2.x=0@1700000000123"));
    EXPECT_THAT(points("wea\\,ther\\ x,ta\\=g=v\\ 1 fi\\ eld=1"),
                ElementsAre("wea,ther x,ta=g=v 1.fi eld=1@?"));
    EXPECT_THAT(points("nh3_ppm value=412"), ElementsAre("nh3_ppm=412@?"));
    EXPECT_THAT(points("# comment\n\r\n  nh3 a=1,b=2\r\nnh3 a=3 5\n", {.precision = 1'000'000'000}),
                ElementsAre("nh3.a=1@?", "nh3.b=2@?", "nh3.a=3@5000"));
}

TEST(LineProtocol, TagsThatAreNotAskedForAreNotInTheName) {
    EXPECT_THAT(points("m,host=a,sensor=2 v=1", {.tags = {{"sensor"}}}),
                ElementsAre("m,sensor=2.v=1@?"));
    EXPECT_THAT(points("m,host=a v=1", {.tags = std::vector<std::string>{}}),
                ElementsAre("m.v=1@?"));
}

// All or nothing, and every wrong line named with its byte.
TEST(LineProtocol, WrongLinesAreNamed) {
    const auto decoded =
        line_protocol::decode("m a=1\nm a=\nm\nm a=1 x\nm,t a=1\nm a=nan\nm a=1i.5", {});
    ASSERT_FALSE(decoded);
    std::vector<std::string> where;
    for (const auto& each : decoded.error().fields)
        where.push_back(each.where + " " + each.parameters.front().second);
    EXPECT_THAT(where, ElementsAre("line 2 10", "line 3 12", "line 4 19", "line 5 24", "line 6 33",
                                   "line 7 41"));
    EXPECT_EQ(decoded.error().row->http_status, 400);
    EXPECT_TRUE(
        line_protocol::decode(std::string(130, 'm') + " a=1", {}).error().fields.front().row->id ==
        "line_channel");
}

TEST(LineProtocol, TimesBeyondTheLakeAreRefusedInEveryPrecision) {
    for (const char* name : {"ns", "us", "ms", "s", "m", "h"}) {
        const line_protocol::Options options{.precision = *line_protocol::precision_named(name)};
        for (const char* time : {"9223372036854775807", "-9223372036854775808"}) {
            const auto decoded = line_protocol::decode("m a=1 " + std::string(time), options);
            // Nanoseconds of 64 bits end in 2262.
            EXPECT_EQ(decoded.has_value(), std::string_view(name) == "ns") << name << time;
        }
        EXPECT_TRUE(line_protocol::decode("m a=1 0", options)) << name;
    }
    EXPECT_FALSE(line_protocol::precision_named("fortnight"));
}

TEST(Ndjson, WrongLinesAreNamedAndNothingIsTaken) {
    const auto decoded = ndjson::decode(
        "{\"channel\":\"a\",\"value\":1}\r\n\n{\"channel\":\"\",\"value\":1}\nrubbish\n"
        "{\"channel\":\"b\",\"value\":\"x\",\"unit\":1}\n");
    ASSERT_FALSE(decoded);
    EXPECT_TRUE(decoded.error().is(errors::k_bad_reading_lines));
    std::vector<std::string> where;
    for (const auto& each : decoded.error().fields) where.push_back(each.where);
    EXPECT_THAT(where, ElementsAre("line 3/channel", "line 4", "line 5/value", "line 5/unit"));
    EXPECT_EQ(decoded.error().parameters[1].second, "28");
    EXPECT_THAT(told(*ndjson::decode("{\"channel\":\"a\",\"value\":1}\n{\"channel\":\"a\","
                                     "\"value\":2,\"at\":\"1970-01-01T00:00:01Z\"}")),
                ElementsAre("a=1@?", "a=2@1000"));
    std::string many;
    for (int i = 0; i < 10'001; ++i) many += "{\"channel\":\"a\",\"value\":1}\n";
    EXPECT_TRUE(ndjson::decode(many).error().is(errors::k_too_many_readings));
}

TEST(JsonPush, TheAddressSaysWhereThingsStand) {
    const std::string body = read(k_gateways / "json_push/captures/edge_electricity.body");
    const auto pushed = json_push::decode(body, {"batch", "metrics", "timestamp", "deviceId"});
    ASSERT_TRUE(pushed) << text_of(pushed.error(), Language::en);
    EXPECT_THAT(told(pushed->readings),
                ElementsAre("SHE-01/voltage.value.phase_a=220.1@1795060799250",
                            "SHE-01/voltage.value.phase_b=221@1795060799250",
                            "SHE-01/voltage.value.phase_c=219.8@1795060799250",
                            "SHE-01/breaker.value=1@1795060799250"));
    EXPECT_EQ(pushed->passed_over, 1U);
    const auto where = [&](json_push::Profile profile) {
        const auto wrong = json_push::decode(body, profile);
        return wrong ? "taken" : wrong.error().fields.at(0).where;
    };
    EXPECT_EQ(where({"messages", "", "", ""}), "messages");
    EXPECT_EQ(where({"batch", "values", "", ""}), "values");
    EXPECT_EQ(where({"batch", "", "time", ""}), "time");
    EXPECT_EQ(where({"batch", "", "", "id"}), "id");
    EXPECT_THAT(
        told(json_push::decode(R"({"t":"1970-01-01T00:00:01Z","v":[1,{"w":2}]})", {"", "", "t", ""})
                 ->readings),
        ElementsAre("v.0=1@1000", "v.1.w=2@1000"));
}

TEST(JsonPush, TimesOfEveryUnit) {
    for (const char* time :
         {"1795060799", "1795060799000", "1795060799000000", "1795060799000000000",
          "\"1795060799\"", "\"2026-11-19T11:59:59+08:00\""}) {
        const auto pushed =
            json_push::decode("{\"v\":1,\"t\":" + std::string(time) + "}", {"", "", "t", ""});
        ASSERT_TRUE(pushed) << time;
        EXPECT_EQ(iso8601(*pushed->readings.at(0).at), "2026-11-19T03:59:59.000Z") << time;
    }
    EXPECT_FALSE(json_push::decode("{\"v\":1,\"t\":-5}", {"", "", "t", ""}));
    EXPECT_FALSE(json_push::decode("{\"v\":1,\"t\":\"noon\"}", {"", "", "t", ""}));
}

TEST(HttpJson, ChannelsNamedAsPropertiesHaveAMeaning) {
    const auto known = [](std::string_view channel) {
        const auto found = http_json::meaning(channel);
        return found ? found->property + ' ' + found->unit : std::string("?");
    };
    EXPECT_EQ(known("nh3_ppm"), "nh3_ppm ppm");
    EXPECT_EQ(known("weather,mast=2.wind_speed"), "wind_speed m/s");
    EXPECT_EQ(known("nh3_ppm,sensor=1"), "nh3_ppm ppm");
    EXPECT_EQ(known("cpu.usage"), "?");
    // Each is a code of the shipped table.
    const std::string codes = read(ANLAN_SOURCE_DIR "/catalog/codes/sensing.yaml");
    for (const char* each : {"water_pressure", "residual_current", "breaker_state", "energy"}) {
        EXPECT_NE(known(each), "?") << each;
        EXPECT_NE(codes.find("{value: " + std::string(each) + ","), std::string::npos) << each;
    }
}

std::string packed(std::string_view text) {
    z_stream z{};
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, text.size()) + 32, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

TEST(Gunzip, WholeCutBrokenAndTooLarge) {
    const std::string text(200'000, 'x');
    EXPECT_EQ(gunzip(packed(text), 200'000), text);
    EXPECT_EQ(gunzip(packed("one") + packed(" two"), 100), "one two");
    EXPECT_TRUE(gunzip(packed(text), 199'999).error().is(errors::k_inflates_too_large));
    const auto whole = packed("a text of some length");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_TRUE(gunzip(whole.substr(0, size), 100).error().is(errors::k_bad_gzip)) << size;
    EXPECT_TRUE(gunzip("no gzip", 100).error().is(errors::k_bad_gzip));
}

class DoorTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    Principal nobody;
    Uuid own, foreign;
    std::string type, encoding, authorization = "Bearer secret";
    std::map<std::string, std::string, std::less<>> query, path;

    void SetUp() override {
        auto detector = device("GD-0514", "http_json", "GD-0514");
        detector.fields["credential_hash"] = hex(sm3("secret"));
        auto child = device("child", "http_json", "child");
        child.fields["parent"] = detector.id.text();
        const auto other = device("other", "http_json", "other");
        for (const auto& each : {detector, child, other}) records.put(each);
        for (const auto& each :
             {datastream(detector, "nh3"), datastream(child, "nh3b"), datastream(other, "nh3")})
            records.put(each);
        own = datastream(child, "nh3b").id;
        foreign = datastream(other, "nh3").id;
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .report = {}});
    }
    Result<Reply> post(std::string_view target, std::string_view body) {
        const HttpDoor door{hub.get(), &clock, 5, &records, "dongjiang"};
        RouteRows rows = http_json::routes(door);
        for (auto& more : {line_protocol::routes(door), sensorthings::routes(door)})
            rows.insert(rows.end(), more.begin(), more.end());
        const auto row = std::ranges::find(rows, target, &RouteRow::path);
        EXPECT_NE(row, rows.end());
        EXPECT_GT(row->body_bytes_max, 0U);
        Call call{.who = nobody, .space = "live", .language = Language::en};
        call.path = path;
        call.query = query;
        call.peer = "10.0.0.9";
        call.raw = body;
        call.content_type = type;
        call.content_encoding = encoding;
        call.authorization = authorization;
        if (authorization.starts_with("Bearer ")) call.bearer = authorization.substr(7);
        call.origin = "http://anlan:8080";
        auto reply = row->handler(call, nullptr);
        if (!reply || !reply->later) return reply;
        // The memory lake commits at once.
        std::optional<Later::Answer> answer;
        reply->later->then([&](Later::Answer told_later) { answer = std::move(told_later); });
        EXPECT_TRUE(answer);
        if (!answer || !*answer) return std::unexpected(std::move(*answer).error());
        reply->body = std::move(**answer);
        return reply;
    }
    static std::string id_of(const Result<Reply>& reply) {
        if (!reply) return std::string(reply.error().row->id);
        return to_text(std::get<json::value>(reply->body));
    }
};

TEST_F(DoorTest, NdjsonAndPackedBodies) {
    type = "application/x-ndjson; charset=utf-8";
    encoding = "gzip";
    EXPECT_EQ(
        id_of(post("/api/v1/observations",
                   packed("{\"channel\":\"nh3\",\"value\":1,\"at\":\"2026-11-19T03:59:57Z\"}\n"
                          "{\"channel\":\"nh3\",\"value\":2,\"at\":\"2026-11-19T03:59:58Z\"}"))),
        "{\"stored\":2}");
    EXPECT_EQ(lake.count(), 2U);
    EXPECT_EQ(id_of(post("/api/v1/observations", "{}")), "bad_gzip");
    encoding = "br";
    EXPECT_EQ(id_of(post("/api/v1/observations", "{}")), "body_encoding");
    encoding = "";
    EXPECT_EQ(id_of(post("/api/v1/observations", "\xff")), "bad_reading_lines");
    EXPECT_EQ(id_of(post("/api/v1/write", "m a=1\n\xff")), "not_utf8");
    type = "text/xml";
    EXPECT_EQ(id_of(post("/api/v1/observations", "{}")), "body_type");
    EXPECT_EQ(lake.count(), 2U);
}

TEST_F(DoorTest, TheCredentialsOfInfluxClients) {
    const std::string body = "nh3 value=412";
    for (const std::string& each : {std::string("Bearer secret"), std::string("Token secret"),
                                    // user:secret
                                    std::string("Basic dXNlcjpzZWNyZXQ=")}) {
        authorization = each;
        EXPECT_EQ(id_of(post("/api/v1/write", body)), "null") << each;
        clock.advance(1000);
    }
    authorization = "";
    query = {{"u", "device"}, {"p", "secret"}};
    EXPECT_EQ(id_of(post("/write", body)), "null");
    EXPECT_EQ(lake.count(), 4U);
    query = {{"p", "Secret"}};
    EXPECT_EQ(id_of(post("/write", body)), "bad_device_token");
    authorization = "Basic !!!";
    EXPECT_EQ(id_of(post("/api/v2/write", body)), "bad_device_token");
}

TEST_F(DoorTest, LineProtocolInAnotherPrecision) {
    query = {{"precision", "s"}};
    EXPECT_EQ(id_of(post("/api/v1/write", "nh3 value=412 1795060799")), "null");
    ASSERT_EQ(lake.count(), 1U);
    EXPECT_EQ(iso8601(lake.stored[0].at), "2026-11-19T03:59:59.000Z");
    query = {{"precision", "y"}};
    EXPECT_EQ(id_of(post("/api/v1/write", "nh3 value=412")), "bad_precision");
}

TEST_F(DoorTest, AnObservationToItsOwnDatastream) {
    const std::string body =
        "{\"result\":412,\"phenomenonTime\":\"2026-11-19T03:59:58Z\","
        "\"Datastream\":{\"@iot.id\":\"" +
        own.text() + "\"}}";
    const auto reply = post("/v1.1/Observations", body);
    ASSERT_TRUE(reply) << text_of(reply.error(), Language::en);
    const auto at = parse_iso8601("2026-11-19T03:59:58Z");
    EXPECT_EQ(reply->headers[0].second, "http://anlan:8080/v1.1/Observations('" + own.text() + ":" +
                                            std::to_string(at->ms) + "')");
    ASSERT_EQ(lake.count(), 1U);
    EXPECT_EQ(lake.stored[0].value, 412);
    EXPECT_EQ(lake.stored[0].at, *at);
    path = {{"datastream", "Datastreams('" + own.text() + "')"}};
    EXPECT_NE(id_of(post("/v1.1/{datastream}/Observations", "{\"result\":true}")).find("iot.id"),
              std::string::npos);
    EXPECT_EQ(lake.stored.at(1).value, 1);
    path = {{"datastream", "Things('" + own.text() + "')"}};
    EXPECT_EQ(id_of(post("/v1.1/{datastream}/Observations", "{\"result\":1}")),
              "not_own_datastream");
}

TEST_F(DoorTest, ADatastreamOfAnotherDeviceIsRefused) {
    for (const Uuid& id : {foreign, Uuid::from_name("nobody's")}) {
        const std::string body =
            "{\"result\":412,\"Datastream\":{\"@iot.id\":\"" + id.text() + "\"}}";
        EXPECT_EQ(id_of(post("/v1.1/Observations", body)), "not_own_datastream");
    }
    EXPECT_EQ(lake.count(), 0U);
}

// Each row of a data array is answered for itself; what is linked is stored.
TEST_F(DoorTest, DataArrays) {
    const std::string body = "[{\"Datastream\":{\"@iot.id\":\"" + own.text() +
                             "\"},\"components\":[\"phenomenonTime\",\"result\",\"resultQuality\"],"
                             "\"dataArray@iot.count\":3,\"dataArray\":["
                             "[\"2026-11-19T03:59:57Z\",1,null],[\"yesterday\",2,null],"
                             "[\"2026-11-19T03:59:58Z/2026-11-19T03:59:59Z\",3,\"bad\"]]},"
                             "{\"Datastream\":{\"@iot.id\":\"" +
                             foreign.text() +
                             "\"},\"components\":[\"result\"],\"dataArray\":[[9]]}]";
    const auto reply = post("/v1.1/CreateObservations", body);
    ASSERT_TRUE(reply) << text_of(reply.error(), Language::en);
    const auto& links = std::get<json::value>(reply->body).get_array();
    ASSERT_EQ(links.size(), 4U);
    EXPECT_TRUE(std::string_view(links[0].as_string()).starts_with("http://anlan:8080/v1.1/Obs"));
    EXPECT_TRUE(std::string_view(links[1].as_string()).starts_with("error"));
    EXPECT_TRUE(std::string_view(links[3].as_string()).starts_with("error"));
    ASSERT_EQ(lake.count(), 2U);
    EXPECT_EQ(lake.stored[1].quality, bigdata::Quality::bad);
    EXPECT_EQ(iso8601(lake.stored[1].at), "2026-11-19T03:59:58.000Z");
    EXPECT_EQ(id_of(post("/v1.1/CreateObservations", "[{}]")), "bad_request");
}

TEST(HttpDoorFuzz, CapturesAndSeededMutations) {
    SeededRandom random{212};
    std::vector<std::string> seeds;
    for (const char* protocol : {"line_protocol", "sensorthings", "json_push"}) {
        for (const auto& path : bodies(protocol)) seeds.push_back('\0' + read(path));
    }
    constexpr std::string_view k_bytes = "\n ,=\\\"#{}[]:0e9-.iutT\xff\xc3";
    for (int i = 0; i < 20'000; ++i) {
        std::string text = seeds[random.next_u64() % seeds.size()];
        for (auto n = random.next_u64() % 4; n > 0; --n)
            text[random.next_u64() % text.size()] = k_bytes[random.next_u64() % k_bytes.size()];
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
        fuzz_line_protocol(bytes, text.size());
        fuzz_json_push(bytes, text.size());
        fuzz_sensorthings(bytes + 1, text.size() - 1);
    }
}

}  // namespace
}  // namespace anlan::sensing
