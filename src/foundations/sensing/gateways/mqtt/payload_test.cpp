#include "foundations/sensing/gateways/mqtt/payload.h"

#include "foundations/sensing/gateways/mqtt/settings.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anlan::sensing::mqtt {
namespace {

using testing::ElementsAre;

const Timestamp k_received = *parse_iso8601("2026-11-19T06:30:00Z");

/// "channel=value@time", or the error's identifier.
std::vector<std::string> read(std::string_view topic, std::string_view payload,
                              const TopicRule* rule = nullptr) {
    std::vector<Reading> readings;
    const auto outcome = readings_of({topic, payload, "MAST-1", k_received}, rule, readings);
    std::vector<std::string> out;
    for (const Reading& r : readings) {
        out.push_back(r.channel + "=" + to_text(r.value) + (r.at ? "@" + iso8601(*r.at) : ""));
    }
    if (!outcome) out.emplace_back(outcome.error().row->id);
    return out;
}
std::vector<std::string> read(std::string_view payload) {
    return read("anlan/MAST-1/up", payload);
}

TEST(MqttPayload, ANumberIsTheTopicsLastLevel) {
    EXPECT_THAT(read("anlan/MAST-1/nh3", "412.5"), ElementsAre("nh3=412.5"));
    EXPECT_THAT(read("nh3", " -1e3\n"), ElementsAre("nh3=-1000"));
    for (const char* bad : {"", "on", "1,5", "nan", "inf", "1 2", "0x10", "1e999"})
        EXPECT_THAT(read("anlan/MAST-1/nh3", bad), ElementsAre("mqtt_payload")) << bad;
    EXPECT_THAT(read("anlan/MAST-1/", "1"), ElementsAre("mqtt_payload"));
}

TEST(MqttPayload, MembersOfAnObject) {
    EXPECT_THAT(read(R"({"nh3":1.6,"temperature":-18.5})"),
                ElementsAre("nh3=1.6", "temperature=-18.5"));
    EXPECT_THAT(read(R"( { "nh3" : 0 , "a" : 1E2 } )"), ElementsAre("nh3=0", "a=100"));
    EXPECT_THAT(read(R"({"alarm":true,"id":"x","nh3":2,"at":"2026-11-19T06:29:37Z"})"),
                ElementsAre("alarm=1@2026-11-19T06:29:37.000Z", "nh3=2@2026-11-19T06:29:37.000Z"));
    EXPECT_THAT(read(R"({"nh3":2,"at":1763533777})"),
                ElementsAre("nh3=2@2025-11-19T06:29:37.000Z"));
    EXPECT_THAT(read(R"({"nh3":2,"at":1763533777500})"),
                ElementsAre("nh3=2@2025-11-19T06:29:37.500Z"));
    EXPECT_THAT(read(R"({"a\u0062":1})"), ElementsAre("ab=1"));
    EXPECT_THAT(read(R"({"氨":1})"), ElementsAre("氨=1"));
    EXPECT_THAT(read(R"({"a":1,"a":2})"), ElementsAre("a=2"));  // as everywhere: the last one wins
}

// The quick way takes what RFC 8259 takes and nothing else.
TEST(MqttPayload, NotJson) {
    for (const char* bad :
         {R"({"a":01})", R"({"a":1.})", R"({"a":.5})", R"({"a":+1})", R"({"a":inf})",
          R"({"a":nan})", R"({"a":1,})", R"({"a":1)", R"({"a":1}x)", R"({"a" 1})", R"({"a":1.e3})",
          R"({"a":-})", R"({a:1})", "{\"a\x01\":1}"})
        EXPECT_THAT(read(bad), ElementsAre("bad_json")) << bad;
    EXPECT_THAT(read("{}"), ElementsAre("mqtt_payload"));
    EXPECT_THAT(read(R"({"id":"x"})"), ElementsAre("mqtt_payload"));
    EXPECT_THAT(read(R"({"":1})"), ElementsAre("mqtt_payload"));
    EXPECT_THAT(read(R"({"a":1,"at":"yesterday"})"), ElementsAre("mqtt_payload"));
    EXPECT_THAT(read(R"([1,2])"), ElementsAre("bad_request"));
}

TEST(MqttPayload, AsOverHttp) {
    EXPECT_THAT(
        read(R"({"readings":[{"channel":"nh3","value":412,"at":"2026-11-19T06:29:37.120Z"}]})"),
        ElementsAre("nh3=412@2026-11-19T06:29:37.120Z"));
    EXPECT_THAT(
        read(
            R"([{"readings":[{"channel":"a","value":1}]},{"readings":[{"channel":"b","value":2}]}])"),
        ElementsAre("a=1", "b=2"));
}

// The examples of RFC 8428, sections 5.1.2 and 5.1.3, shortened.
TEST(MqttPayload, SenMl) {
    EXPECT_THAT(read(R"([{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},)"
                     R"({"n":"current","u":"A","v":1.2}])"),
                ElementsAre("urn:dev:ow:10e2073a01080063:voltage=120.1@2026-11-19T06:30:00.000Z",
                            "urn:dev:ow:10e2073a01080063:current=1.2@2026-11-19T06:30:00.000Z"));
    EXPECT_THAT(
        read(
            R"([{"bn":"MAST-1:","bt":1.276020076001e+09,"n":"wind","v":4.2},{"n":"wind","t":-5,"v":4}])"),
        ElementsAre("wind=4.2@2010-06-08T18:01:16.001Z", "wind=4@2010-06-08T18:01:11.001Z"));
    EXPECT_THAT(read(R"([{"n":"door","vb":true,"t":-2},{"n":"label","vs":"x"}])"),
                ElementsAre("door=1@2026-11-19T06:29:58.000Z"));
    EXPECT_THAT(read(R"([{"n":"label","vs":"x"}])"), ElementsAre("mqtt_payload"));
    EXPECT_THAT(read(R"([{"bn":"x","n":"a","v":"12"}])"), ElementsAre("mqtt_payload"));
}

Settings settings(std::string_view text) {
    auto out = settings_of(parse_json(text)->as_object());
    EXPECT_TRUE(out) << text_of(out.error(), Language::en);
    return out ? *out : Settings{};
}

constexpr std::string_view k_vendor = R"({"topics":[{"filter":"vendor/+/up","address":"topic:1",
  "format":"json","values":{"nh3":{"at":"/data/nh3_ppb","scale":0.001},"temperature":"/data/t/0"},"at":"/ts"},
  {"filter":"meter/#","address":"METER-1","channel":"topic:1","format":"number","scale":0.5,"offset":-1}]})";

TEST(MqttPayload, AVendorsOwn) {
    const Settings s = settings(k_vendor);
    const TopicRule* rule = rule_of(s.topics, "vendor/GAS-9/up");
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(address_of(*rule, "vendor/GAS-9/up"), "GAS-9");
    EXPECT_THAT(
        read("vendor/GAS-9/up", R"({"ts":1763533777,"data":{"nh3_ppb":1500,"t":["-18.5"]}})", rule),
        ElementsAre("nh3=1.5@2025-11-19T06:29:37.000Z",
                    "temperature=-18.5@2025-11-19T06:29:37.000Z"));
    EXPECT_THAT(read("vendor/GAS-9/up", R"({"data":{"nh3_ppb":null,"t":[1]}})", rule),
                ElementsAre("temperature=1"));
    EXPECT_THAT(read("vendor/GAS-9/up", R"({"data":{}})", rule), ElementsAre("mqtt_payload"));
    EXPECT_THAT(read("vendor/GAS-9/up", R"({"data":{"nh3_ppb":{}}})", rule),
                ElementsAre("mqtt_payload"));
    const TopicRule* meter = rule_of(s.topics, "meter/flow/now");
    ASSERT_NE(meter, nullptr);
    EXPECT_EQ(address_of(*meter, "meter/flow/now"), "METER-1");
    EXPECT_THAT(read("meter/flow/now", "10", meter), ElementsAre("flow=4"));
    EXPECT_EQ(rule_of(s.topics, "vendor/GAS-9/up/x"), nullptr);
}

TEST(MqttSettings, WrongOnesAreNamed) {
    const auto wrong = [](std::string_view text) {
        const auto out = settings_of(parse_json(text)->as_object());
        return out ? std::string("good") : out.error().parameters.at(1).second;
    };
    EXPECT_EQ(wrong(R"({})"), "good");
    EXPECT_EQ(wrong(R"({"tls_port":8883,"accept_unknown":true,"command_timeout_s":5})"), "good");
    EXPECT_EQ(wrong(R"({"tls":8883})"), "tls");
    EXPECT_EQ(wrong(R"({"tls_port":70000})"), "tls_port");
    EXPECT_EQ(wrong(R"({"receive_maximum":0})"), "receive_maximum");
    EXPECT_EQ(wrong(R"({"command_topic":"commands"})"), "command_topic");
    EXPECT_EQ(wrong(R"({"topics":[{"filter":"a/#/b"}]})"), "topics[0].filter");
    EXPECT_EQ(wrong(R"({"topics":[{"filter":"a"},{"format":"json"}]})"), "topics[1].filter");
    EXPECT_EQ(wrong(R"({"topics":[{"filter":"a","values":{"x":"no pointer"}}]})"),
              "topics[0].values");
    EXPECT_EQ(wrong(R"({"topics":[{"filter":"a","address":"topic:x"}]})"), "topics[0].address");
    EXPECT_EQ(wrong(R"({"topics":[{"filter":"a","format":"xml"}]})"), "topics[0].format");
    EXPECT_EQ(
        wrong(
            R"({"topics":[{"filter":"a/+","address":"topic:1"}],"brokers":[{"host":"b","topics":["a/#"]}]})"),
        "good");
    EXPECT_EQ(wrong(R"({"brokers":[{"host":"b","topics":["a/#"]}]})"), "brokers[0].topics");
    EXPECT_EQ(wrong(R"({"brokers":[{"topics":["a/#"]}]})"), "brokers[0].host");
}

}  // namespace
}  // namespace anlan::sensing::mqtt
