// Captures with their expected JSON (ANLAN_ACCEPT=1 rewrites them), readings by hand, and a
// terminal's conversation over memory and over real TCP.
#include "core/hash.h"
#include "core/random.h"
#include "foundations/sensing/gateways/hydrant/errors.h"
#include "foundations/sensing/gateways/hydrant/server.h"
#include "foundations/sensing/gateways/hydrant/session.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

int fuzz_hydrant(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::hydrant {
namespace {

using namespace test;
using testing::ElementsAre;

const std::filesystem::path k_captures =
    ANLAN_SOURCE_DIR "/src/foundations/sensing/gateways/hydrant/captures";

std::vector<std::uint8_t> capture(const std::filesystem::path& path) {
    std::string digits;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with('#')) digits += line;
    }
    const auto bytes = unhex(digits);
    EXPECT_TRUE(bytes) << path;
    return {bytes->begin(), bytes->end()};
}

std::vector<std::filesystem::path> capture_files() {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(k_captures)) {
        if (entry.path().extension() == ".hex") out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

TEST(HydrantCaptures, EachDecodesAsExpected) {
    ASSERT_GE(capture_files().size(), 7U);
    for (const auto& path : capture_files()) {
        FrameReader reader;
        const auto bytes = capture(path);
        reader.push(bytes);
        std::string actual;
        decode_stream(reader, Input::ends,
                      [&](const json::object& o) { actual += to_text(o) + "\n"; });
        auto expected_path = path;
        expected_path.replace_extension(".expected.json");
        if (std::getenv("ANLAN_ACCEPT") != nullptr) std::ofstream(expected_path) << actual;
        std::ifstream in(expected_path);
        std::stringstream expected;
        expected << in.rdbuf();
        EXPECT_EQ(actual, expected.str()) << path;
    }
}

/// "channel=value@seconds" of the capture's first frame.
std::vector<std::string> readings(const char* name, const Settings& settings = {}) {
    FrameReader reader;
    const auto bytes = capture(k_captures / (std::string(name) + ".hex"));
    reader.push(bytes);
    const auto frame = reader.next();
    EXPECT_TRUE(frame && *frame);
    std::vector<Reading> found;
    readings_of(**frame, settings, found);
    std::vector<std::string> out;
    for (const auto& each : found) {
        std::ostringstream text;
        text << each.channel << '=' << each.value << '@' << (each.at ? each.at->ms / 1000 : 0);
        out.push_back(text.str());
    }
    return out;
}

// By hand: 0.538 MPa, between 0.531 (0213) and 0.542 (021e), at 2019-07-01 01:49:42 UTC.
TEST(HydrantReadings, OfTheDonorsFrame) {
    EXPECT_THAT(
        readings("pressure_ten_records"),
        ElementsAre("pressure_min=531000@1561945782", "pressure_max=542000@1561945782",
                    "pressure=538000@1561945782", "alarm=2@1561945782", "battery=100@1561945782",
                    "external_power=0@1561945782", "signal=-56@1561945782"));
}

TEST(HydrantReadings, RecordsInAKnownOrder) {
    const auto oldest =
        readings("pressure_ten_records", {.record_order = RecordOrder::oldest_first});
    EXPECT_EQ(oldest.size(), 16U);
    EXPECT_THAT(oldest,
                testing::Contains("pressure=537000@1561945242"));  // 0219, nine minutes before
    const auto newest =
        readings("pressure_ten_records", {.record_order = RecordOrder::newest_first});
    EXPECT_THAT(newest, testing::Contains("pressure=541000@1561945242"));  // 021d
}

TEST(HydrantReadings, AnUnknownKindIsNoPressure) {
    Settings none;
    none.step_pa.clear();
    EXPECT_THAT(readings("pressure_one_record", none),
                ElementsAre("alarm=0@1761589383", "battery=100@1761589383",
                            "external_power=0@1761589383", "signal=-48@1761589383"));
}

TEST(HydrantReadings, EveryChannelHasAMeaning) {
    for (const auto& each : readings("pressure_ten_records"))
        EXPECT_TRUE(meaning(each.substr(0, each.find('=')))) << each;
    EXPECT_FALSE(meaning("nonsense"));
}

Frame frame_now(const Clock& clock, std::int16_t now) {
    Frame out;
    out.number = "SHMK19060013";
    out.kind = 1;
    out.now = now;
    out.time = clock.now();
    return out;
}

class TerminalTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();

    void SetUp() override {
        const auto terminal = device("terminal", "hydrant", "SHMK19060013");
        records.put(terminal);
        for (const char* channel : {"pressure", "alarm", "battery", "external_power", "signal"})
            records.put(datastream(terminal, channel));
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .report = {}});
    }
    std::unique_ptr<Session> session() {
        return std::make_unique<Session>(
            Session::Options{.hub = hub.get(),
                             .clock = &clock,
                             .door = Door::live,
                             .peer = "test",
                             .settings = std::make_shared<const Settings>(),
                             .counters = counters});
    }
};

TEST_F(TerminalTest, StickyHalfAndRubbish) {
    auto terminal = session();
    auto bytes = pack(frame_now(clock, 538), {});
    const auto second = pack(frame_now(clock, 540), {});
    bytes.insert(bytes.end(), {0x00, 0xA5});
    bytes.insert(bytes.end(), second.begin(), second.end());
    for (std::size_t at = 0; at < bytes.size(); at += 7)
        terminal->receive(Bytes(bytes).subspan(at, std::min<std::size_t>(7, bytes.size() - at)));
    EXPECT_EQ(counters->frames, 2U);
    EXPECT_EQ(counters->disturbances, 1U);
    EXPECT_EQ(counters->stored, 2U);
    EXPECT_EQ(terminal->unanswered(), 0U);
    ASSERT_FALSE(lake.stored.empty());
    EXPECT_EQ(lake.stored[0].value, 538'000);
    EXPECT_EQ(lake.stored[0].at, noon());
}

TEST_F(TerminalTest, AHalfFrameIsGivenUp) {
    auto terminal = session();
    const auto bytes = pack(frame_now(clock, 538), {});
    terminal->receive(Bytes(bytes).first(20));
    EXPECT_TRUE(terminal->waiting());
    terminal->quiet();
    terminal->receive(bytes);
    EXPECT_EQ(counters->frames, 1U);
    EXPECT_FALSE(terminal->waiting());
}

TEST_F(TerminalTest, AStrangerIsQuarantined) {
    Frame stranger = frame_now(clock, 538);
    stranger.number = "STRANGER";
    session()->receive(pack(stranger, {}));
    EXPECT_EQ(counters->refused, 1U);
    hub.reset();
    const auto listed = records.of("quarantine");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(text_at(listed[0].fields, "address"), "STRANGER");
    EXPECT_TRUE(text_at(listed[0].fields, "sample").starts_with("a55a00"));
}

TEST_F(TerminalTest, OverTcp) {
    GatewayOptions options;
    options.hub = hub.get();
    options.clock = &clock;
    const auto server = start(std::move(options));
    ASSERT_TRUE(server) << text_of(server.error(), Language::en);
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), (*server)->port()});
    boost::asio::write(socket, boost::asio::buffer(pack(frame_now(clock, 538), {})));
    for (int i = 0; i < 500 && lake.count() == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(lake.count(), 5U);
}

TEST(HydrantSettings, AreChecked) {
    EXPECT_TRUE(check({{"record_order", "oldest_first"}, {"step_pa", {{"2", 10}}}}));
    for (const json::object& wrong :
         {json::object{{"record_order", "sideways"}}, json::object{{"step_pa", {{"x", 1}}}},
          json::object{{"step_pa", {{"1", 0}}}}, json::object{{"step_pa", {{"300", 1}}}},
          json::object{{"speed", 1}}, json::object{{"idle_timeout_s", -1}}})
        EXPECT_FALSE(check(wrong)) << to_text(wrong);
}

TEST(HydrantFuzz, CapturesAndSeededMutations) {
    SeededRandom random{55};
    std::vector<std::vector<std::uint8_t>> seeds;
    for (const auto& path : capture_files()) {
        seeds.push_back(capture(path));
        seeds.back().insert(seeds.back().begin(), 3);
    }
    for (int i = 0; i < 20'000; ++i) {
        auto bytes = seeds[random.next_u64() % seeds.size()];
        for (auto n = random.next_u64() % 4; n > 0; --n)
            bytes[random.next_u64() % bytes.size()] = static_cast<std::uint8_t>(random.next_u64());
        fuzz_hydrant(bytes.data(), bytes.size());
    }
}

}  // namespace
}  // namespace anlan::sensing::hydrant
