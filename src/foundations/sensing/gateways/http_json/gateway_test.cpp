#include "foundations/sensing/gateways/http_json/gateway.h"

#include "core/hash.h"
#include "core/random.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"
#include "foundations/sensing/test_doubles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

int fuzz_http_json(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::http_json {
namespace {

using namespace test;

const std::filesystem::path k_captures =
    ANLAN_SOURCE_DIR "/src/foundations/sensing/gateways/http_json/captures";

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> captures() {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(k_captures)) {
        if (entry.path().extension() == ".body") out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

// ANLAN_ACCEPT=1 rewrites the expected files; read the difference before committing it.
TEST(HttpJson, CapturesDecodeAsExpected) {
    ASSERT_GE(captures().size(), 8U);
    for (const auto& path : captures()) {
        const std::string actual = to_text(to_json(decode(std::string_view(read(path))))) + "\n";
        auto expected_path = path;
        expected_path.replace_extension(".expected.json");
        if (std::getenv("ANLAN_ACCEPT") != nullptr) std::ofstream(expected_path) << actual;
        EXPECT_EQ(actual, read(expected_path)) << path;
    }
}

TEST(HttpJson, WrongMembersAreNamedAllAtOnce) {
    const auto r = decode(
        std::string_view(R"({"readings":[{"channel":1,"value":"x"},{"value":1,"unit":"ppm"}]})"));
    ASSERT_FALSE(r);
    std::vector<std::string> where;
    for (const auto& f : r.error().fields) where.push_back(f.where);
    EXPECT_EQ(where, (std::vector<std::string>{"/readings/0/channel", "/readings/0/value",
                                               "/readings/1/channel", "/readings/1/unit"}));
}

// A value that did not come through parse_json is judged too.
TEST(HttpJson, InfinityIsRefused) {
    const json::value body{{"readings", json::array{{{"channel", "nh3"}, {"value", HUGE_VAL}}}}};
    EXPECT_TRUE(decode(body).error().is(errors::k_not_finite));
}

TEST(HttpJson, Limits) {
    const auto many = [](int count) {
        json::array readings;
        for (int i = 0; i < count; ++i) readings.push_back({{"channel", "nh3"}, {"value", 1}});
        return json::value{{"readings", std::move(readings)}};
    };
    EXPECT_EQ(decode(many(10'000))->size(), 10'000U);
    EXPECT_TRUE(decode(many(10'001)).error().is(errors::k_too_many_readings));
    EXPECT_TRUE(decode(json::array{many(9'999), many(2)}).error().is(errors::k_too_many_readings));
    const std::string deep = "[[[[[[[[[[[[]]]]]]]]]]]]";
    EXPECT_TRUE(decode(std::string_view(deep)).error().is(errors::k_bad_json));
}

class GatewayTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    Principal nobody;

    void SetUp() override {
        auto detector = device("GD-0514", "http_json", "GD-0514");
        detector.fields["credential_hash"] = hex(sm3("secret"));
        records.put(detector);
        records.put(datastream(detector, "nh3"));
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .report = {}});
    }
    /// The answer, when it is there; as the connection does, gives up after the deadline.
    Result<json::value> post(std::string token, std::string_view body, double deadline_s = 5) {
        const auto rows = routes({hub.get(), &clock, deadline_s});
        EXPECT_EQ(rows.at(0).right, k_public);
        Call call{.who = nobody,
                  .space = "live",
                  .language = Language::zh,
                  .path = {},
                  .query = {},
                  .if_match = {},
                  .idempotency_key = {},
                  .request_id = {},
                  .peer = "10.0.0.9",
                  .session = {},
                  .bearer = std::move(token),
                  .raw = body};
        auto reply = rows[0].handler(call, nullptr);
        if (!reply) return std::unexpected(std::move(reply).error());
        std::promise<Later::Answer> answer;
        auto future = answer.get_future();
        reply->later->then([&](Later::Answer a) { answer.set_value(std::move(a)); });
        if (future.wait_for(std::chrono::duration<double>(reply->later->deadline_s())) !=
            std::future_status::ready)
            reply->later->give_up();
        return future.get();
    }
};

constexpr std::string_view k_body =
    R"({"readings":[{"channel":"nh3","value":412.0,"at":"2026-11-19T03:59:58Z"}]})";

TEST_F(GatewayTest, StoresAndAnswers) {
    const auto reply = post("secret", k_body);
    ASSERT_TRUE(reply) << text_of(reply.error(), Language::en);
    EXPECT_EQ(to_text(*reply), R"({"stored":1})");
    ASSERT_EQ(lake.stored.size(), 1U);
    EXPECT_EQ(lake.stored[0].value, 412);
    EXPECT_EQ(iso8601(lake.stored[0].at), "2026-11-19T03:59:58.000Z");
}

TEST_F(GatewayTest, RefusesAWrongTokenAndSaysNothingElse) {
    for (const char* token : {"", "Secret", "secret ",
                              "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"}) {
        const auto reply = post(token, k_body);
        ASSERT_FALSE(reply);
        EXPECT_TRUE(reply.error().is(errors::k_bad_device_token));
    }
    EXPECT_TRUE(lake.stored.empty());
}

TEST_F(GatewayTest, AnswersOnlyAfterTheCommit) {
    lake.commits_at_once = false;
    std::thread committing([this] {
        while (lake.waiting() == 0) std::this_thread::yield();
        lake.commit(fail(errors::k_busy));
    });
    const auto reply = post("secret", k_body);
    committing.join();
    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().is(errors::k_busy));
}

TEST_F(GatewayTest, ALakeThatNeverAnswersDoesNotHoldTheHandler) {
    lake.commits_at_once = false;
    const auto reply = post("secret", k_body, 0.05);
    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().is(errors::k_not_durable));
    lake.commit();  // late: nobody waits, nothing breaks
}

TEST_F(GatewayTest, AMisspeltChannelIsSaid) {
    const auto reply = post("secret", R"({"readings":[{"channel":"NH3","value":1}]})");
    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().is(errors::k_unknown_channel));
}

TEST(HttpJsonFuzz, CapturesAndSeededMutations) {
    std::vector<std::string> seeds;
    for (const auto& path : captures()) seeds.push_back(read(path));
    const auto run = [](const std::string& s) {
        fuzz_http_json(reinterpret_cast<const std::uint8_t*>(s.data()), s.size());
    };
    for (const auto& seed : seeds) run(seed);
    SeededRandom random(8259);
    constexpr std::string_view k_bytes = "{}[]\",:0e9-.\\utnf \xff\xc3";
    for (int i = 0; i < 20'000; ++i) {
        std::string text = seeds[random.next_u64() % seeds.size()];
        for (auto n = random.next_u64() % 4 + 1; n > 0 && !text.empty(); --n) {
            text[random.next_u64() % text.size()] = k_bytes[random.next_u64() % k_bytes.size()];
        }
        if (random.next_u64() % 4 == 0) text.resize(random.next_u64() % (text.size() + 1));
        run(text);
    }
}

}  // namespace
}  // namespace anlan::sensing::http_json
