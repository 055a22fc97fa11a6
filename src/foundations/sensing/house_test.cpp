// The hub on the real register and lake, and the simulator on the shipped zone: what the doubles of
// the other tests might have wrong.
#include "foundations/bigdata/test_folder.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/hub.h"
#include "foundations/sensing/simulate/alive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <thread>

namespace anlan::sensing {
namespace {

const std::filesystem::path k_source = ANLAN_SOURCE_DIR;

class HouseTest : public testing::Test {
  protected:
    anlan::test::Folder folder{anlan::test::quick_base()};
    SystemClock clock;
    SystemRandom random;
    IdSource ids{clock, random};
    bigdata::Catalog catalog = *bigdata::Catalog::load(k_source / "catalog");
    std::unique_ptr<bigdata::Register> records;
    std::unique_ptr<bigdata::Lake> lake;
    std::unique_ptr<Hub> hub;
    std::unique_ptr<bigdata::Register::Subscription> subscription;

    void SetUp() override { open(); }
    void TearDown() override { close(); }
    void open() {
        records = *bigdata::Register::open({.database = folder.path / "register.db",
                                            .catalog = &catalog,
                                            .clock = &clock,
                                            .ids = &ids});
        lake = *bigdata::Lake::open({.folder = folder.path / "lake", .clock = &clock});
        hub = *Hub::create({.records = records.get(),
                            .lake = lake.get(),
                            .clock = &clock,
                            .zone = "dongjiang",
                            .quarantine_every_ms = 20,
                            .report = {}});
        subscription = records->listen(records->last_sequence(),
                                       [this](const bigdata::Entry& e) { hub->on_entry(e); });
    }
    void close() {
        subscription.reset();
        hub.reset();
        lake.reset();
        records.reset();
    }
    Uuid create(std::string kind, json::object fields, std::string space = "live") {
        bigdata::Change change;
        change.kind = std::move(kind);
        change.fields = std::move(fields);
        auto applied = records->write({.zone = "dongjiang",
                                       .space = std::move(space),
                                       .author = {{}, "test", "api"},
                                       .idempotency_key = {},
                                       .request_id = {},
                                       .changes = {change}});
        EXPECT_TRUE(applied) << text_of(applied.error(), Language::en);
        return applied ? applied->records.at(0).id : Uuid{};
    }
    Result<void> take(double value, std::string space = "live") {
        std::promise<Result<void>> answer;
        hub->take({"http_json",
                   std::move(space),
                   "GD-1",
                   "10.0.0.9",
                   "{}",
                   clock.now(),
                   {{"nh3", value, {}, bigdata::Quality::good}}},
                  [&](Result<void> r) { answer.set_value(std::move(r)); });
        return answer.get_future().get();
    }
    template <class F>
    static bool eventually(F holds) {
        for (int i = 0; i < 400; ++i) {
            if (holds()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    std::size_t quarantined() {
        return records->all({"dongjiang", "live", {}}, "quarantine")->size();
    }
};

TEST_F(HouseTest, AStrangerIsListedRegisteredAndHeardAlsoAfterARestart) {
    EXPECT_TRUE(take(1).error().is(errors::k_unknown_device));
    ASSERT_TRUE(eventually([&] { return quarantined() == 1; }));
    const Uuid device = create("device", {{"name", "示例"},
                                          {"type", "gas_detector"},
                                          {"protocol", "http_json"},
                                          {"address", "GD-1"}});
    const Uuid datastream = create(
        "datastream",
        {{"name", "氨"}, {"device", device.text()}, {"property", "nh3_ppm"}, {"channel", "nh3"}});
    ASSERT_TRUE(eventually([&] { return hub->find("live", datastream) != nullptr; }));
    EXPECT_TRUE(take(412).has_value());
    EXPECT_EQ(lake->last(hub->find("live", datastream)->number)->value, 412);
    EXPECT_TRUE(eventually([&] { return quarantined() == 0; }));
    close();
    open();
    EXPECT_TRUE(take(413).has_value());
    EXPECT_EQ(lake->last(hub->find("live", datastream)->number)->value, 413);
}

// A sample longer than a text field takes, cut in the middle of a character.
TEST_F(HouseTest, AStrangersLongFrameIsListedToo) {
    std::string sample = "x";
    while (sample.size() < 600) sample += "氨";
    hub->take({"gb26875", "live", "0000000000ff", "10.0.0.9", sample, clock.now(), {}},
              [](Result<void>) {});
    ASSERT_TRUE(eventually([&] { return quarantined() == 1; }));
    const auto row = records->all({"dongjiang", "live", {}}, "quarantine")->at(0);
    EXPECT_EQ(text_at(row.fields, "sample"), sample.substr(0, 478));
}

TEST_F(HouseTest, AnExerciseHearsOnlyWhatWasWrittenInItsSpace) {
    const Uuid live = create("device", {{"name", "示例"},
                                        {"type", "gas_detector"},
                                        {"protocol", "http_json"},
                                        {"address", "GD-1"}});
    const Uuid channel = create(
        "datastream",
        {{"name", "氨"}, {"device", live.text()}, {"property", "nh3_ppm"}, {"channel", "nh3"}});
    const Uuid exercise = create(
        "exercise", {{"name", "推演"}, {"number", "YL-1"}, {"started_at", "2026-11-19T12:00:00Z"}});
    const std::string space = exercise.text();
    ASSERT_TRUE(records->open_space("dongjiang", space));
    EXPECT_TRUE(take(1, space).error().is(errors::k_unknown_device));
    // The same device, written over in the exercise, as a what-if does.
    for (const auto& [kind, id, fields] :
         {std::tuple{"device", live, json::object{{"address", "GD-1"}, {"name_en", "example"}}},
          std::tuple{"datastream", channel, json::object{{"expected_interval_s", 2}}}}) {
        bigdata::Change change;
        change.action = bigdata::Action::update;
        change.kind = kind;
        change.id = id;
        change.fields = fields;
        ASSERT_TRUE(records->write({.zone = "dongjiang",
                                    .space = space,
                                    .author = {{}, "system", "exercise"},
                                    .idempotency_key = {},
                                    .request_id = {},
                                    .changes = {change}}));
    }
    ASSERT_TRUE(eventually([&] { return hub->streams(space).size() == 1; }));
    EXPECT_TRUE(take(2, space).has_value());
    EXPECT_TRUE(take(3).has_value());
    EXPECT_EQ(lake->last(hub->find(space, channel)->number)->value, 2);
    EXPECT_EQ(lake->last(hub->find("live", channel)->number)->value, 3);
    close();
    open();
    EXPECT_TRUE(take(4, space).has_value());
}

std::vector<json::object> shipped(const char* kind) {
    std::vector<json::object> out;
    std::ifstream in(k_source / "data/dongjiang/records" / (std::string(kind) + ".ndjson"));
    for (std::string line; std::getline(in, line);) out.push_back(parse_json(line)->as_object());
    return out;
}

// Every shipped datastream is played by the simulator, and nothing else is.
TEST(ShippedZone, IsAlive) {
    auto devices = simulate::read_alive(k_source / "data/dongjiang");
    ASSERT_TRUE(devices) << text_of(devices.error(), Language::en);
    using Channels = std::map<std::string, std::set<std::string>>;
    Channels played, registered;
    SeededRandom random(1);
    for (simulate::Device& d : *devices) {
        std::vector<Reading> report;
        const Timestamp now = *parse_iso8601("2026-11-19T12:00:00+08:00");
        for (const auto& b : d.behaviours) b->report({now, 0, 0}, random, report);
        for (const Reading& r : report) played[d.address].insert(r.channel);
    }
    std::map<std::string, std::string> address;
    for (const auto& o : shipped("device")) {
        address[std::string(text_at(o, "id"))] = text_at(object_at(o, "fields"), "address");
    }
    for (const auto& o : shipped("datastream")) {
        const auto& f = object_at(o, "fields");
        registered[address.at(std::string(text_at(f, "device")))].insert(
            std::string(text_at(f, "channel")));
    }
    ASSERT_GE(registered.size(), 80U);
    EXPECT_EQ(played, registered);
}

/// Metres from the nearest street, well enough within a kilometre.
double off_street_m(const std::vector<json::object>& roads, LonLat at) {
    const auto flat = [&](double lon, double lat) {
        return Local{(lon - at.longitude_deg) * 86'400, (lat - at.latitude_deg) * 111'195};
    };
    double best_m = 1e9;
    for (const auto& road : roads) {
        const auto& line = road.at("geometry").at("coordinates").as_array();
        for (std::size_t i = 1; i < line.size(); ++i) {
            const Local a =
                flat(line[i - 1].at(0).to_number<double>(), line[i - 1].at(1).to_number<double>());
            const Local d =
                flat(line[i].at(0).to_number<double>(), line[i].at(1).to_number<double>()) - a;
            const double along = -(a.east_m * d.east_m + a.north_m * d.north_m) /
                                 (d.east_m * d.east_m + d.north_m * d.north_m);
            const double t = std::clamp(along, 0.0, 1.0);
            best_m =
                std::min(best_m, std::hypot(a.east_m + t * d.east_m, a.north_m + t * d.north_m));
        }
    }
    return best_m;
}

// A day of sailing and driving: ships stay afloat, trucks on their streets.
TEST(ShippedZone, ShipsStayAfloatAndTrucksOnTheStreets) {
    std::ifstream in(k_source / "data/dongjiang/odbl/land.geojson");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto land =
        geometry_from_json(parse_json(text, {16 << 20, 32})->at("features").at(0).at("geometry"));
    ASSERT_TRUE(land);
    auto devices = simulate::read_alive(k_source / "data/dongjiang");
    ASSERT_TRUE(devices);
    const auto roads = shipped("road");
    SeededRandom random(3);
    int ships = 0, trucks = 0;
    for (simulate::Device& d : *devices) {
        const bool ship = d.address.starts_with("SHIP"), truck = d.address.starts_with("TRUCK");
        if (!ship && !truck) continue;
        ++(ship ? ships : trucks);
        for (int i = 0; i < 1440; ++i) {
            std::vector<Reading> report;
            d.behaviours.at(0)->report({{i * 60'000LL}, i == 0 ? 0.0 : 60.0, 0}, random, report);
            const LonLat at{report.at(0).value, report.at(1).value};
            if (ship) {
                ASSERT_FALSE(contains(*land, at)) << d.address << " after " << i << " min";
            } else if (i % 10 == 0) {
                ASSERT_LT(off_street_m(roads, at), 1) << d.address << " after " << i << " min";
            }
            ASSERT_LT(report.at(2).value, 25) << d.address;
        }
    }
    EXPECT_EQ(ships, 8);
    EXPECT_EQ(trucks, 12);
}

}  // namespace
}  // namespace anlan::sensing
