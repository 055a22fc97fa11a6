#include "apps/monitoring/monitoring.h"
#include "apps/monitoring/trial.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

using bigdata::k_live;
using bigdata::Record;

const Uuid k_fence = Uuid::from_name("beach"), k_rule = Uuid::from_name("beach rule");
constexpr std::array<const char*, 4> k_properties{"longitude", "latitude", "speed", "course"};

/// A square of 0.01 degrees (865 m by 1110 m) at 117.80 E, 39.00 N, and trucks.
struct Beach {
    testing::House house;
    std::unique_ptr<Monitoring> monitoring;
    std::map<std::string, std::vector<std::shared_ptr<const sensing::Stream>>> trucks;

    explicit Beach(std::string_view levels, bool dangerous_only = false) {
        fence(dangerous_only);
        rule(levels);
        truck("t1", "3");
        truck("t2", "");
        house.records.settle();
        boot();
    }
    void fence(bool dangerous_only) {
        Geometry area =
            Geometry::polygon({{117.80, 39.00}, {117.81, 39.00}, {117.81, 39.01}, {117.80, 39.01}});
        house.records.put("geofence", k_fence,
                          {{"name", "海滩"},
                           {"name_en", "Beach"},
                           {"purpose", "no_entry"},
                           {"dangerous_only", dangerous_only},
                           {"enabled", true}},
                          area);
    }
    void rule(std::string_view levels) {
        house.records.put("rule", k_rule,
                          {{"name", "海滩禁入"},
                           {"type", "geofence"},
                           {"geofence", k_fence.text()},
                           {"enabled", true},
                           {"levels", *parse_json(levels)}});
    }
    void truck(const std::string& name, const std::string& dangerous_goods) {
        json::object fields{
            {"name", name}, {"type", "vehicle"}, {"protocol", "http_json"}, {"address", name}};
        if (!dangerous_goods.empty()) fields["dangerous_goods"] = dangerous_goods;
        const Uuid device = Uuid::from_name(name);
        house.records.put("device", device, fields);
        for (const char* property : k_properties) {
            sensing::Stream s;
            s.zone = "dongjiang";
            s.space = k_live;
            s.device = device;
            s.datastream = Uuid::from_name(name + "/" + property);
            s.property = property;
            s.device_type = "vehicle";
            s.name = name;
            s.expected_interval_s = 10;
            s.number = house.lake.number_of({s.datastream, s.space});
            house.records.put("datastream", s.datastream,
                              {{"name", name + property},
                               {"device", device.text()},
                               {"property", property},
                               {"channel", property}});
            trucks[name].push_back(house.hub.add(s));
        }
    }
    void boot() {
        house.records.crash();
        house.start_messenger();
        Monitoring::Options options;
        options.positions.edge_m = 30;
        monitoring = std::make_unique<Monitoring>(house.context(), *house.messenger, options);
        ASSERT_TRUE(monitoring->start().has_value());
        house.hear([this](const bigdata::Entry& e) { monitoring->on_entry(e); });
    }
    void say(const std::string& name, double longitude, double latitude, double speed = 8,
             std::int64_t after_ms = 10'000) {
        house.clock.advance(after_ms);
        const auto now = house.clock.now();
        std::vector<sensing::Heard> heard;
        std::vector<bigdata::Observation> kept;
        const std::array<double, 4> values{longitude, latitude, speed, 90};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto& stream = *trucks.at(name)[i];
            heard.push_back({stream, {stream.number, now, now, values[i], bigdata::Quality::good}});
            kept.push_back(heard.back().observation);
        }
        monitoring->on_observations(heard);
        house.lake.append(kept, [](const Result<void>&) {});
        house.records.settle();
    }
    void tick(std::int64_t after_ms) {
        house.clock.advance(after_ms);
        monitoring->tick(house.clock.now());
        house.records.settle();
    }
    std::vector<Record> alarms() { return house.records.rows("alarm", k_live); }
    Record only() {
        const auto rows = alarms();
        EXPECT_EQ(rows.size(), 1U);
        return rows.empty() ? Record{} : rows.front();
    }
};

constexpr auto k_enter = R"([{"level":2,"event":"enter"}])";

TEST(Geofence, EnteringIsOneAlarmAtThePlaceAndLeavingClearsIt) {
    Beach b(k_enter);
    b.say("t1", 117.7950, 39.005);
    EXPECT_TRUE(b.alarms().empty());
    b.say("t1", 117.8002, 39.005);
    const auto alarm = b.only();
    EXPECT_EQ(alarm.state, "active");
    EXPECT_EQ(text_at(alarm.fields, "title"), "进入海滩");
    EXPECT_EQ(text_at(alarm.fields, "title_en"), "Entered: Beach");
    EXPECT_EQ(text_at(alarm.fields, "geofence"), k_fence.text());
    EXPECT_EQ(text_at(alarm.fields, "unit"), "s");
    ASSERT_TRUE(alarm.geometry.has_value());
    EXPECT_NEAR(anchor_of(*alarm.geometry).longitude_deg, 117.8002, 1e-9);
    const auto& readings = array_at(alarm.fields, "readings");
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(number_at(readings[1].as_object(), "longitude", 0), 117.8002);
    b.say("t1", 117.7950, 39.005);
    EXPECT_EQ(b.only().state, "cleared");
}

TEST(Geofence, TremblingAtTheEdgeEntersOnce) {
    Beach b(k_enter);
    for (int i = 0; i < 6; ++i) b.say("t1", i % 2 == 0 ? 117.80005 : 117.79985, 39.005);
    const auto alarm = b.only();  // 13 m beyond the edge is still inside
    EXPECT_EQ(alarm.state, "active");
    EXPECT_EQ(alarm.revision, 1);
}

TEST(Geofence, OnlyDangerousGoodsWhenItSaysSo) {
    Beach b(k_enter, true);
    b.say("t2", 117.805, 39.005);
    EXPECT_TRUE(b.alarms().empty());
    b.say("t1", 117.805, 39.005);
    EXPECT_EQ(text_at(b.only().fields, "device"), Uuid::from_name("t1").text());
}

TEST(Geofence, SpeedHasItsHysteresisAndItsValue) {
    Beach b(R"([{"level":3,"event":"speed","speed":10,"clear":8}])");
    b.say("t1", 117.805, 39.005, 9);
    EXPECT_TRUE(b.alarms().empty());
    b.say("t1", 117.806, 39.005, 12);
    EXPECT_EQ(text_at(b.only().fields, "title"), "海滩内超速");
    EXPECT_EQ(number_at(b.only().fields, "value", 0), 12);
    EXPECT_EQ(number_at(b.only().fields, "limit", 0), 10);
    EXPECT_EQ(text_at(b.only().fields, "unit"), "m/s");
    b.say("t1", 117.807, 39.005, 9);
    EXPECT_EQ(b.only().state, "active");
    b.say("t1", 117.808, 39.005, 7);
    EXPECT_EQ(b.only().state, "cleared");
}

TEST(Geofence, TooFastOutsideIsNobodysBusiness) {
    Beach b(R"([{"level":3,"event":"speed","speed":10}])");
    b.say("t1", 117.795, 39.005, 30);
    EXPECT_TRUE(b.alarms().empty());
}

TEST(Geofence, StayingTooLongAlsoCountsWithoutFurtherWord) {
    Beach b(R"([{"level":3,"event":"dwell","for_s":600}])");
    b.say("t1", 117.805, 39.005, 0);
    b.tick(500'000);
    EXPECT_TRUE(b.alarms().empty());
    b.tick(101'000);
    EXPECT_EQ(text_at(b.only().fields, "title"), "在海滩停留过久");
}

TEST(Geofence, LeavingCountsOnlyAfterHavingBeenInside) {
    Beach b(R"([{"level":2,"event":"leave"}])");
    b.say("t2", 117.790, 39.005);
    EXPECT_TRUE(b.alarms().empty());
    b.say("t1", 117.8095, 39.005);
    b.say("t1", 117.8102, 39.005);  // 17 m out: not yet
    EXPECT_TRUE(b.alarms().empty());
    b.say("t1", 117.8110, 39.005);
    EXPECT_EQ(text_at(b.only().fields, "title_en"), "Left: Beach");
    b.say("t1", 117.8095, 39.005);
    EXPECT_EQ(b.only().state, "cleared");
}

TEST(Geofence, ARestartKeepsTheOneAlarmAndWhatWasInside) {
    Beach b(R"([{"level":1,"event":"leave"},{"level":2,"event":"enter"}])");
    b.say("t1", 117.805, 39.005);
    EXPECT_EQ(integer_at(b.only().fields, "level", 0), 2);
    b.boot();
    b.say("t1", 117.8051, 39.005);
    EXPECT_EQ(b.only().state, "active");
    b.boot();
    b.say("t1", 117.8200, 39.005, 8, 60'000);  // it left while the program was down
    EXPECT_EQ(integer_at(b.only().fields, "level", 0), 1);
}

TEST(Geofence, ASpikeAcrossTheZoneRaisesNothing) {
    Beach b(k_enter);
    b.say("t1", 117.70, 39.005);
    b.say("t1", 117.805, 39.005);  // 9 km in ten seconds
    b.say("t1", 117.70, 39.005);
    EXPECT_TRUE(b.alarms().empty());
}

TEST(Geofence, SwitchingTheAreaOffClearsItsAlarms) {
    Beach b(k_enter);
    b.say("t1", 117.805, 39.005);
    EXPECT_EQ(b.only().state, "active");
    bigdata::Batch off{.zone = "dongjiang", .changes = {}};
    off.author = {Uuid{}, "test", "import"};
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "geofence";
    change.id = k_fence;
    change.fields["enabled"] = false;
    off.changes.push_back(change);
    ASSERT_TRUE(b.house.records.write(off).has_value());
    b.house.records.settle();
    b.tick(1000);
    EXPECT_EQ(b.only().state, "cleared");
}

TEST(Geofence, ARuleWithoutAnAreaIsAFault) {
    Beach b(k_enter);
    b.house.records.put("rule", Uuid::from_name("no area"),
                        {{"name", "无围栏"},
                         {"type", "geofence"},
                         {"enabled", true},
                         {"levels", *parse_json(k_enter)}});
    b.house.records.settle();
    ASSERT_EQ(b.monitoring->faults().size(), 1U);
    EXPECT_EQ(b.monitoring->faults()[0].rule, Uuid::from_name("no area"));
}

TEST(Geofence, OnTrialTellsWhatItWouldHaveRaised) {
    Beach b(k_enter);
    for (const double longitude : {117.795, 117.805, 117.806, 117.795})
        b.say("t1", longitude, 39.005);
    auto fences = read_fences(b.house.records, {"dongjiang", std::string(k_live), {}}, 30);
    ASSERT_TRUE(fences.has_value());
    const auto record = b.house.records.get({"dongjiang", std::string(k_live), {}}, "rule", k_rule);
    ASSERT_TRUE(record.has_value());
    const auto now = b.house.clock.now();
    const auto trial = try_rule(*rule_from(*record, *fences), b.trucks.at("t1"), b.house.lake,
                                now + -3'600'000, now + 1);
    ASSERT_TRUE(trial.has_value());
    ASSERT_EQ(trial->alarms.size(), 1U);
    EXPECT_EQ(trial->alarms[0].level, 2);
    EXPECT_EQ(trial->alarms[0].raised_at, now + -20'000);
    EXPECT_EQ(trial->alarms[0].cleared_at, now);
}

}  // namespace
}  // namespace anlan::monitoring
