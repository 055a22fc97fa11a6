// The simulator's parts, and the simulator against the real gateways over real ports.
#include "foundations/sensing/simulate/simulate.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/server.h"
#include "foundations/sensing/simulate/alive.h"
#include "foundations/sensing/simulate/detectors.h"
#include "foundations/sensing/simulate/movers.h"
#include "foundations/sensing/simulate/player.h"
#include "foundations/sensing/simulate/script.h"
#include "foundations/sensing/simulate/unit_frames.h"
#include "foundations/sensing/simulate/weather.h"
#include "foundations/sensing/test_doubles.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace anlan::sensing::simulate {
namespace {

using namespace test;

TEST(UnitFrames, ReadingsSurviveTheWayThroughTheGateway) {
    std::vector<Reading> sent;
    for (int i = 0; i < 70; ++i) {
        const std::string part = "1/1/74/" + std::to_string(i) + ".0.2.0";
        sent.push_back(reading("analog:" + part + "/6", 0.1 * i, noon()));
        sent.push_back(reading("part:" + part, i % 3, noon()));
    }
    sent.push_back(reading("analog:1/1/31/1.0.3.0/3", 260.65, noon()));
    sent.push_back(reading("system:1/1", 3, noon()));
    sent.push_back(reading("unit", 1, noon()));
    sent.push_back(reading("part:1/1", 1, noon()));  // no such channel
    sent.push_back(reading("analog:1/1/31/1.0.3.0/99", 1, noon()));
    std::vector<Reading> arrived;
    gb26875::FrameReader reader;
    for (const auto& unit : units_of(sent, noon())) {
        ASSERT_LE(unit.size(), gb26875::k_unit_bytes_max);
        reader.push(gb26875::encode({.time = noon(), .source = {}, .destination = {}}, unit));
    }
    while (auto next = reader.next()) {
        gb26875::Unit unit;
        ASSERT_TRUE(*next && gb26875::decode(**next, unit));
        readings_of(unit, arrived);
    }
    sent.resize(sent.size() - 2);
    ASSERT_EQ(arrived.size(), sent.size());
    for (const Reading& r : sent) {
        const auto at = std::ranges::find(arrived, r.channel, &Reading::channel);
        ASSERT_NE(at, arrived.end()) << r.channel;
        EXPECT_NEAR(at->value, r.value, 1e-6) << r.channel;
        EXPECT_EQ(at->at, r.at);
    }
}

TEST(Weather, TideFollowsItsConstituents) {
    // One constituent of 30°/h: twelve hours apart equal, six hours apart opposite.
    const TideSettings s{2, 0, {{30, 1.5, 0}}};
    const Timestamp epoch = *parse_iso8601("2000-01-01T00:00:00Z");
    EXPECT_NEAR(tide_level_m(s, epoch), 3.5, 1e-9);
    EXPECT_NEAR(tide_level_m(s, epoch + 6 * 3'600'000), 0.5, 1e-9);
    EXPECT_NEAR(tide_level_m(s, epoch + 12 * 3'600'000), 3.5, 1e-9);
}

TEST(Weather, TheSunShinesByDay) {
    const LonLat place{117.8, 39};
    EXPECT_EQ(clear_sky_w_m2(*parse_iso8601("2026-11-19T00:00:00+08:00"), place), 0);
    const double winter = clear_sky_w_m2(*parse_iso8601("2026-12-21T12:00:00+08:00"), place);
    const double summer = clear_sky_w_m2(*parse_iso8601("2026-06-21T12:00:00+08:00"), place);
    // By hand: noon elevation 27.5° and 74.4°.
    EXPECT_NEAR(winter, 910 * std::sin(27.5 * 3.14159265 / 180) - 30, 12);
    EXPECT_NEAR(summer, 910 * std::sin(74.4 * 3.14159265 / 180) - 30, 12);
}

TEST(Wander, ForgetsAndKeepsItsSpreadWhateverTheStep) {
    SeededRandom random(1);
    for (const double step_s : {1.0, 100.0}) {
        Wander w{2, 50, 0};
        double sum = 0, squares = 0;
        constexpr int k_count = 40'000;
        for (int i = 0; i < k_count; ++i) {
            const double v = w.step(step_s, random);
            sum += v;
            squares += v * v;
        }
        EXPECT_NEAR(sum / k_count, 0, 0.35);
        EXPECT_NEAR(std::sqrt(squares / k_count), 2, 0.15);
    }
}

TEST(Movers, APathIsWalkedFromEndToEnd) {
    const Path path({{117.8, 39.0}, {117.8, 39.01}, {117.81, 39.01}});
    EXPECT_NEAR(path.length_m(), 1112 + 864, 3);
    EXPECT_NEAR(path.at(0).course_deg, 0, 1e-6);
    EXPECT_NEAR(path.at(556).at.latitude_deg, 39.005, 1e-5);
    EXPECT_NEAR(path.at(1500).course_deg, 90, 0.1);
    EXPECT_NEAR(path.at(1e9).at.longitude_deg, 117.81, 1e-9);
}

// A truck keeps to the streets, obeys one-way and leaves a dead end the way it came.
TEST(Movers, StreetsOnward) {
    //   a ──→ b ─── c(dead end)
    const LonLat a{117.80, 39}, b{117.81, 39}, c{117.82, 39};
    Streets streets;
    streets.add({a, b}, Traffic::one_way, 10);
    streets.add({b, c}, Traffic::both_ways, 10);
    SeededRandom random(1);
    const auto second = streets.onward({0, false}, random);
    EXPECT_EQ(second.street, 1U);
    const auto turned = streets.onward(second, random);
    EXPECT_EQ(turned.street, 1U);
    EXPECT_TRUE(turned.backwards);
    const auto again = streets.onward(turned, random);  // street 0 may not be entered from b
    EXPECT_EQ(again.street, 1U);
}

TEST(Script, AValueRisesAfterItsDelayAndFallsWhenTheReleaseEnds) {
    const ScriptedChannel c{.channel = "nh3",
                            .baseline = 1,
                            .plateau = 501,
                            .delay_s = 30,
                            .rise_s = 15,
                            .falls_at_s = 600};
    EXPECT_EQ(scripted_value(c, 0), 1);
    EXPECT_EQ(scripted_value(c, 30), 1);
    EXPECT_NEAR(scripted_value(c, 45), 501 - 500 * std::exp(-1), 1e-9);
    EXPECT_NEAR(scripted_value(c, 599), 501, 1e-6);
    EXPECT_NEAR(scripted_value(c, 615), 1 + 500 * std::exp(-1), 1e-6);
    const ScriptedChannel wind{
        .channel = "w", .baseline = 350, .plateau = 350, .veer_after_s = 180, .veer_deg = 35};
    EXPECT_EQ(scripted_value(wind, 180), 350);
    EXPECT_EQ(scripted_value(wind, 240), 385);
}

TEST(Script, EveryMistakeIsNamed) {
    const auto r = read_script(*parse_json(
        R"({"speed":0,"server":{"http_port":70000},"devices":[{"protocol":"morse"},{"protocol":"gb26875","address":"12","channel":"unit"},
            {"protocol":"http_json","address":"a"},{"protocol":"http_json","address":"a","channel":"c","interval_s":0}]})"));
    ASSERT_FALSE(r);
    std::vector<std::string> where;
    for (const auto& f : r.error().fields) where.push_back(f.where);
    EXPECT_THAT(where, testing::UnorderedElementsAre(
                           "/speed", "/server/http_port", "/devices/0/protocol",
                           "/devices/1/address", "/devices/2/channel", "/devices/3/interval_s"));
    EXPECT_FALSE(read_script(json::value("x")));
    EXPECT_FALSE(read_script(json::object{}));
}

class PlayTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    SystemClock clock;
    std::unique_ptr<Hub> hub;
    std::unique_ptr<gb26875::Server> server;
    PlaySettings settings;
    PlayCounters counters;
    std::string address = "900000000001";

    void SetUp() override {
        const auto unit = device("unit", "gb26875", address);
        for (const auto& r :
             {unit, datastream(unit, "unit"), datastream(unit, "analog:1/1/10/1.0.1.0/6"),
              datastream(unit, "part:1/1/10/1.0.1.0")}) {
            records.put(r);
        }
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .report = {}});
        start_server(0);
        settings.clock = &clock;
        settings.first_within_s = 0.05;
        settings.duration_s = 1;
    }
    void start_server(std::uint16_t port) {
        server = *gb26875::Server::start({.hub = hub.get(),
                                          .clock = &clock,
                                          .address = "127.0.0.1",
                                          .port = port,
                                          .report = {}});
        settings.gb26875 = {"127.0.0.1", server->port()};
    }
    std::vector<Device> unit(double interval_s) const {
        Device d;
        d.protocol = Protocol::gb26875;
        d.address = address;
        d.interval_s = interval_s;
        d.heartbeat_s = 0.2;
        d.behaviours.push_back(make_state("unit", 1));
        d.behaviours.push_back(make_background("analog:1/1/10/1.0.1.0/6", 20, {2, 10, 0}));
        std::vector<Device> out;
        out.push_back(std::move(d));
        return out;
    }
    std::vector<double> gas() const {
        std::vector<double> out;
        for (const auto& o : lake.stored) {
            if (o.value != 1) out.push_back(o.value);
        }
        return out;
    }
};

TEST_F(PlayTest, AUnitReportsAndIsConfirmed) {
    play(unit(0.1), settings, counters, {});
    EXPECT_GE(counters.reports, 5U);
    EXPECT_EQ(counters.accepted, counters.reports);
    EXPECT_EQ(counters.refused, 0U);
    EXPECT_GE(lake.count(), 10U);
    EXPECT_GT(server->counters().frames, 2 * counters.accepted);  // heartbeats too
}

TEST_F(PlayTest, TheSameSeedMeasuresTheSame) {
    settings.duration_s = 0.3;
    play(unit(10), settings, counters, {});
    const auto first = gas();
    lake.stored.clear();
    play(unit(10), settings, counters, {});
    EXPECT_EQ(gas(), first);
    lake.stored.clear();
    settings.seed = 2;
    play(unit(10), settings, counters, {});
    EXPECT_NE(gas(), first);
}

TEST_F(PlayTest, ALostLineIsTakenUpAgainAndWhatWasMeasuredMeanwhileIsSent) {
    settings.duration_s = 3;
    const std::uint16_t port = server->port();
    std::jthread outage([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        server.reset();
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
        start_server(port);
    });
    play(unit(0.1), settings, counters, {});
    outage.join();
    EXPECT_GE(counters.line_failures, 1U);
    EXPECT_GE(counters.reports, 25U);  // it measured on
    EXPECT_GE(counters.accepted + 2, counters.reports);
}

TEST_F(PlayTest, Faults) {
    settings.faults = {
        .loss = 1, .duplication = 0, .delay_s_max = 0, .clock_error_s = 0, .noise = 0};
    play(unit(0.1), settings, counters, {});
    EXPECT_EQ(counters.accepted, 0U);
    EXPECT_EQ(counters.lost, counters.reports);
    settings.faults = {
        .loss = 0, .duplication = 1, .delay_s_max = 0.05, .clock_error_s = 3600, .noise = 0};
    PlayCounters twice;
    play(unit(0.1), settings, twice, {});
    EXPECT_GE(twice.accepted, 2 * twice.reports - 4);
    ASSERT_FALSE(lake.stored.empty());
    for (const auto& o : lake.stored) {
        EXPECT_EQ(o.quality, bigdata::Quality::uncertain);  // an hour ahead: receipt counts
        EXPECT_EQ(o.at, o.received);
    }
}

TEST_F(PlayTest, AScriptThroughTheWholeCommand) {
    const std::string script =
        R"({"server":{"host":"127.0.0.1","gb26875_port":)" + std::to_string(server->port()) +
        R"(},"seed":"7","speed":20,"devices":[
        {"protocol":"gb26875","address":")" +
        address + R"(","channel":"analog:1/1/10/1.0.1.0/6","property":"gas_lel","role":"room",
         "baseline":0,"plateau":60,"delay_s":4,"rise_s":2,"interval_s":0.1},
        {"protocol":"gb26875","address":")" +
        address + R"(","channel":"part:1/1/10/1.0.1.0","property":"fire_state","role":"state",
         "baseline":0,"plateau":2,"delay_s":8,"rise_s":0,"interval_s":0.1}]})";
    std::istringstream in(script);
    std::ostringstream out, problems;
    const SimulateOptions options{
        .play = SimulateOptions::Play::leak, .exercise = "-", .duration_s = 1.2};
    EXPECT_EQ(run_simulate(options, {}, in, out, problems), 0) << problems.str();
    EXPECT_THAT(out.str(), testing::HasSubstr("seed 7"));
    std::vector<double> state, gas;
    const auto part = hub->streams("live");
    for (const auto& o : lake.stored)
        (lake.key_of(o.stream)->datastream ==
                 datastream(device("unit", "gb26875", address), "part:1/1/10/1.0.1.0").id
             ? state
             : gas)
            .push_back(o.value);
    ASSERT_GE(state.size(), 5U);
    EXPECT_EQ(state.front(), 0);
    EXPECT_EQ(state.back(), 2);
    EXPECT_LT(gas.front(), 1);
    EXPECT_GT(gas.back(), 50);
}

TEST(Simulate, SaysWhatIsWrong) {
    std::istringstream in("{");
    std::ostringstream out, problems;
    EXPECT_EQ(
        run_simulate({.play = SimulateOptions::Play::leak, .exercise = "-"}, {}, in, out, problems),
        2);
    EXPECT_EQ(run_simulate({.data = "/does/not/exist"}, {}, in, out, problems), 2);
    EXPECT_THAT(problems.str(), testing::HasSubstr("/does/not/exist"));
}

/// A zone small enough to check by hand.
class AliveTest : public testing::Test {
  protected:
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("anlan-alive-" + std::to_string(::getpid()));
    void SetUp() override {
        std::filesystem::create_directories(folder / "records");
        std::filesystem::copy_file(ANLAN_SOURCE_DIR "/data/dongjiang/alive.yaml",
                                   folder / "alive.yaml");
        std::ofstream(folder / "records" / "road.ndjson")
            << R"({"id":"r1","geometry":{"type":"LineString","coordinates":[[117.80,39.0],[117.81,39.0]]},"fields":{"speed_km_h":36}})"
               "\n"
            << R"({"id":"r2","geometry":{"type":"LineString","coordinates":[[117.81,39.0],[117.81,39.01]]},"fields":{"speed_km_h":36}})"
               "\n";
        std::ofstream(folder / "records" / "device.ndjson")
            << R"({"id":"d1","geometry":{"type":"Point","coordinates":[117.8,39]},"fields":{"type":"weather_mast","protocol":"http_json","address":"MAST-01","expected_interval_s":10}})"
               "\n"
            << R"({"id":"d2","geometry":{"type":"Point","coordinates":[117.8,39]},"fields":{"type":"vehicle","protocol":"http_json","address":"TRUCK-001"}})"
               "\n"
            << R"({"id":"d3","fields":{"type":"fire_unit","protocol":"gb26875","address":"000000005001","expected_interval_s":30}})"
               "\n"
            << R"({"id":"d4","fields":{"type":"gas_detector","protocol":"gb26875","address":"000000005001","parent":"d3"}})"
               "\n"
            << R"({"id":"d5","geometry":{"type":"Point","coordinates":[117.84,38.99]},"fields":{"type":"ship","protocol":"http_json","address":"SHIP-008"}})"
               "\n"
            << R"({"id":"d6","fields":{"type":"gas_detector","protocol":"http_json","address":"GD-1","in_service":false}})"
               "\n"
            << R"({"id":"d7","fields":{"type":"tide_gauge","protocol":"http_json","address":"TIDE-01"}})"
               "\n";
        std::ofstream(folder / "records" / "datastream.ndjson")
            << R"({"id":"s1","fields":{"device":"d3","property":"unit_state","channel":"unit"}})"
               "\n"
            << R"({"id":"s2","fields":{"device":"d4","property":"gas_lel","channel":"analog:1/1/10/1.0.1.0/6"}})"
               "\n";
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
};

TEST_F(AliveTest, TheZonesDevicesAndWhatTheyMeasure) {
    auto devices = read_alive(folder);
    ASSERT_TRUE(devices) << text_of(devices.error(), Language::en);
    std::map<std::string, std::map<std::string, double>> seen;
    SeededRandom random(1);
    for (Device& d : *devices) {
        std::vector<Reading> report;
        for (int i = 0; i < 2; ++i) {
            report.clear();
            for (const auto& b : d.behaviours) b->report({noon(), i * 10.0, 0}, random, report);
        }
        for (const Reading& r : report) seen[d.address][r.channel] = r.value;
    }
    EXPECT_EQ(seen.size(),
              5U);  // the unit and its detector are one, the detector out of service none
    EXPECT_THAT(seen["000000005001"], testing::SizeIs(2));
    EXPECT_EQ(seen["000000005001"]["unit"], 1);
    const auto& mast = seen["MAST-01"];
    EXPECT_THAT(mast, testing::SizeIs(6));
    EXPECT_GT(mast.at("wind_speed"), 0);
    EXPECT_NEAR(mast.at("air_temperature"), 279, 15);
    EXPECT_NEAR(mast.at("air_pressure"), 102'300, 2'500);
    EXPECT_GT(mast.at("radiation"), 50);
    EXPECT_NEAR(seen["TRUCK-001"]["latitude"], 39, 0.0001);
    EXPECT_GT(seen["TRUCK-001"]["longitude"], 117.8001);
    EXPECT_THAT(seen["SHIP-008"]["speed"], testing::AllOf(testing::Gt(3), testing::Lt(9)));
    EXPECT_THAT(seen["TIDE-01"]["tide_level"], testing::AllOf(testing::Gt(0), testing::Lt(5)));
}

TEST_F(AliveTest, AWrongFileIsNamed) {
    std::ofstream(folder / "records" / "road.ndjson") << "{\n";
    const auto r = read_alive(folder);
    ASSERT_FALSE(r);
    EXPECT_THAT(text_of(r.error(), Language::en), testing::HasSubstr("road.ndjson:1"));
    std::ofstream(folder / "records" / "road.ndjson") << "";
    std::ofstream(folder / "alive.yaml") << "climate: {months: [{month: 13}]}\n";
    EXPECT_FALSE(read_alive(folder));
}

}  // namespace
}  // namespace anlan::sensing::simulate
