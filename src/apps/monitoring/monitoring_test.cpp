#include "apps/monitoring/monitoring.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

using bigdata::k_live;
using bigdata::Record;

const Uuid k_enterprise = Uuid::from_name("cold store");
const Uuid k_rule = Uuid::from_name("nh3 rule");

struct Station {
    testing::House house;
    std::unique_ptr<Monitoring> monitoring;
    std::map<std::string, std::shared_ptr<const sensing::Stream>> streams;

    Station() {
        house.records.put("enterprise", k_enterprise,
                          {{"code", "E1"}, {"name", "冷库"}, {"type", "cold_store"}});
        detector("d1");
        detector("d2");
        house.records.put(
            "rule", k_rule,
            {{"name", "氨浓度"},
             {"type", "threshold"},
             {"property", "nh3_ppm"},
             {"hazard", "ammonia_leak"},
             {"group_minutes", 5},
             {"enabled", true},
             {"levels",
              *parse_json(R"([{"level":1,"op":">=","value":300,"clear":270,"source":"IDLH"},
                                                      {"level":3,"op":">=","value":25,"clear":20}])")}});
        house.records.settle();
        boot();
    }
    void detector(const std::string& name, const std::string& space = std::string(k_live),
                  double interval_s = 0) {
        const Uuid device = Uuid::from_name(name), stream = Uuid::from_name(name + "/nh3");
        if (house.records.get({"dongjiang", space, {}}, "device", device)) {
        } else {
            house.records.put("device", device,
                              {{"name", name},
                               {"type", "gas_detector"},
                               {"protocol", "http_json"},
                               {"address", name},
                               {"enterprise", k_enterprise.text()}},
                              {}, space);
            house.records.put("datastream", stream,
                              {{"name", name},
                               {"device", device.text()},
                               {"property", "nh3_ppm"},
                               {"channel", "nh3"}},
                              {}, space);
        }
        sensing::Stream s;
        s.number = house.lake.number_of({stream, space});
        s.zone = "dongjiang";
        s.space = space;
        s.datastream = stream;
        s.device = device;
        s.enterprise = k_enterprise;
        s.property = "nh3_ppm";
        s.unit = "ppm";
        s.device_type = "gas_detector";
        s.place = LonLat{117.79, 39.0};
        s.expected_interval_s = interval_s;
        streams[name] = house.hub.add(s);
    }
    /// As at a start of the program: the memory is rebuilt, then the journal is heard.
    void boot(AlarmClocks clocks = {}) {
        house.records.crash();
        house.start_messenger();
        monitoring = std::make_unique<Monitoring>(house.context(), *house.messenger,
                                                  Monitoring::Options{clocks, 10'000});
        ASSERT_TRUE(monitoring->start().has_value());
        house.hear([this](const bigdata::Entry& e) { monitoring->on_entry(e); });
    }
    void hear_only(const std::string& name, double value, std::int64_t after_ms = 1000) {
        house.clock.advance(after_ms);
        hear_at(name, value, house.clock.now());
    }
    void hear_at(const std::string& name, double value, Timestamp at) {
        const auto& stream = *streams.at(name);
        const sensing::Heard heard{
            stream, {stream.number, at, house.clock.now(), value, bigdata::Quality::good}};
        monitoring->on_observations({&heard, 1});
    }
    void hear(const std::string& name, double value, std::int64_t after_ms = 1000) {
        hear_only(name, value, after_ms);
        house.records.settle();
    }
    void tick(std::int64_t after_ms = 1000) {
        house.clock.advance(after_ms);
        monitoring->tick(house.clock.now());
        house.records.settle();
    }
    std::vector<Record> alarms(std::string_view space = k_live) {
        return house.records.rows("alarm", space);
    }
    Record only() {
        const auto rows = alarms();
        EXPECT_EQ(rows.size(), 1U);
        return rows.empty() ? Record{} : rows.front();
    }
    /// The oldest first.
    Record alarm(std::size_t index) {
        auto rows = alarms();
        std::ranges::sort(rows, {}, [](const Record& r) { return std::pair(r.created_at, r.id); });
        EXPECT_LT(index, rows.size());
        return index < rows.size() ? rows[index] : Record{};
    }
};

TEST(Monitoring, ACrossingIsOneAlarmWithItsEvidence) {
    Station s;
    s.hear("d1", 12);
    EXPECT_TRUE(s.alarms().empty());
    s.hear("d1", 26);
    const auto alarm = s.only();
    EXPECT_EQ(alarm.state, "active");
    EXPECT_EQ(text_at(alarm.fields, "title"), "氨体积分数三级报警");
    EXPECT_EQ(text_at(alarm.fields, "title_en"), "Ammonia by volume, level 3 alarm");
    EXPECT_EQ(integer_at(alarm.fields, "level", 0), 3);
    EXPECT_EQ(number_at(alarm.fields, "limit", 0), 25);
    EXPECT_EQ(text_at(alarm.fields, "hazard"), "ammonia_leak");
    EXPECT_EQ(alarm.scope.enterprise, k_enterprise);
    EXPECT_TRUE(alarm.geometry.has_value());
    EXPECT_EQ(text_at(alarm.fields, "frame_at"), "2026-11-23T06:00:02.000Z");
    const auto& readings = array_at(alarm.fields, "readings");
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(number_at(readings[0].as_object(), "value", 0), 12);
    s.hear("d1", 21);  // still within the hysteresis
    s.hear("d1", 30);
    EXPECT_EQ(s.only().state, "active");
}

TEST(Monitoring, FlappingNeverMakesASecondAlarm) {
    Station s;
    for (int i = 0; i < 50; ++i) s.hear("d1", i % 2 == 0 ? 40 : 5);
    EXPECT_EQ(s.only().state, "cleared");
    s.hear("d1", 40);
    EXPECT_EQ(s.only().state, "active");
    EXPECT_FALSE(s.only().fields.contains("cleared_at"));
}

TEST(Monitoring, FramesThatOutrunTheDiskMakeOneAlarm) {
    Station s;
    for (int i = 0; i < 10; ++i) s.hear_only("d1", 40 + i, 10);
    s.hear_only("d1", 320, 10);
    s.hear_only("d1", 350, 10);
    s.house.records.settle();
    EXPECT_EQ(integer_at(s.only().fields, "level", 0), 1);
    EXPECT_EQ(text_at(s.only().fields, "frame_at"),
              "2026-11-23T06:00:00.110Z");  // the first over 300
    EXPECT_EQ(text_at(s.only().fields, "limit_source"), "IDLH");
}

TEST(Monitoring, LevelsRiseAndFallOnTheSameAlarm) {
    Station s;
    s.hear("d1", 40);
    const auto raised_at = std::string(text_at(s.only().fields, "raised_at"));
    s.hear("d1", 400);
    EXPECT_EQ(integer_at(s.only().fields, "level", 0), 1);
    EXPECT_EQ(text_at(s.only().fields, "raised_at"), raised_at);
    EXPECT_EQ(text_at(s.only().fields, "level_at"), "2026-11-23T06:00:02.000Z");
    s.hear("d1", 260);
    EXPECT_EQ(integer_at(s.only().fields, "level", 0), 3);
    EXPECT_EQ(number_at(s.only().fields, "value_max", 0), 400);
}

TEST(Monitoring, APersonAnswersAndTheAlarmEndsWhenTheValueIsBack) {
    Station s;
    s.hear("d1", 40);
    s.house.records.move("alarm", s.only().id, "acknowledge");
    EXPECT_EQ(text_at(s.only().fields, "acknowledged_by"), "陈默");
    EXPECT_EQ(text_at(s.only().fields, "acknowledged_at"), "2026-11-23T06:00:01.000Z");
    s.hear("d1", 5);
    EXPECT_EQ(s.only().state, "closed");
    EXPECT_EQ(text_at(s.only().fields, "cleared_at"), "2026-11-23T06:00:02.000Z");
    s.hear("d1", 40);
    EXPECT_EQ(s.alarms().size(), 2U);
}

TEST(Monitoring, AFalseAlarmStaysQuietUntilItsConditionHasEnded) {
    Station s;
    s.hear("d1", 40);
    s.house.records.move("alarm", s.only().id, "false", {{"reason_text", "标定"}});
    s.hear("d1", 50);
    s.tick();
    EXPECT_EQ(s.only().state, "false_alarm");
    s.boot();  // the bar is remembered across a restart
    s.hear("d1", 60);
    EXPECT_EQ(s.alarms().size(), 1U);
    s.hear("d1", 5);
    EXPECT_TRUE(s.only().fields.contains("cleared_at"));
    s.hear("d1", 40);
    EXPECT_EQ(s.alarms().size(), 2U);
}

TEST(Monitoring, WorseThanWhatWasCalledFalseIsRaised) {
    Station s;
    s.hear("d1", 40);
    s.house.records.move("alarm", s.only().id, "false", {{"reason_text", "标定"}});
    s.hear("d1", 400);
    ASSERT_EQ(s.alarms().size(), 2U);
    EXPECT_EQ(integer_at(s.alarm(1).fields, "level", 0), 1);
}

TEST(Monitoring, AfterARestartEveryLiveAlarmIsStillLiveAndNoneIsDoubled) {
    Station s;
    s.hear("d1", 400);
    s.hear("d2", 40);
    s.house.records.move("alarm", s.alarm(1).id, "acknowledge");
    s.boot();
    EXPECT_EQ(s.monitoring->live_alarms(), 2U);
    s.hear("d1", 410);
    s.hear("d2", 41);
    s.tick();
    ASSERT_EQ(s.alarms().size(), 2U);
    EXPECT_EQ(s.alarm(0).state, "active");
    EXPECT_EQ(s.alarm(1).state, "active_acknowledged");
    s.hear("d2", 1);
    s.hear("d1", 1);
    EXPECT_EQ(s.alarm(0).state, "cleared");
    EXPECT_EQ(s.alarm(1).state, "closed");
}

TEST(Monitoring, AWriteLostInACrashIsRaisedAgain) {
    Station s;
    s.hear_only("d1", 40);
    s.boot();  // the alarm never reached the disk
    EXPECT_TRUE(s.alarms().empty());
    s.hear("d1", 41);
    EXPECT_EQ(s.only().state, "active");
}

TEST(Monitoring, ARefusedWriteIsTriedAgain) {
    Station s;
    s.house.records.refuse_next(1);
    s.hear("d1", 40);
    EXPECT_TRUE(s.alarms().empty());
    s.tick(6000);
    EXPECT_EQ(s.only().state, "active");
    s.house.records.refuse_next(1);
    s.hear("d1", 400);
    EXPECT_EQ(integer_at(s.only().fields, "level", 0), 3);
    s.tick(6000);
    s.tick(6000);
    EXPECT_EQ(integer_at(s.only().fields, "level", 0), 1);
}

TEST(Monitoring, ARefusalOfTheOldAlarmDoesNotHoldUpTheNext) {
    Station s;
    s.hear("d1", 400);
    s.hear_only("d1", 5);  // wants to clear it, while a person calls it false: refused
    s.house.records.move("alarm", s.only().id, "false", {{"reason_text", "标定"}});
    EXPECT_EQ(s.only().state, "false_alarm");
    s.hear("d1", 400, 10);
    ASSERT_EQ(s.alarms().size(), 2U);
    EXPECT_EQ(s.alarm(1).state, "active");
}

TEST(Monitoring, ARateRulesAlarmTellsTheSpeed) {
    Station s;
    s.house.records.put("rule", Uuid::from_name("rate"),
                        {{"name", "上升过快"},
                         {"type", "rate"},
                         {"property", "nh3_ppm"},
                         {"window_s", 60},
                         {"enabled", true},
                         {"levels", *parse_json(R"([{"level":2,"op":">=","value":6}])")}});
    s.house.records.settle();
    for (int i = 0; i < 7; ++i) s.hear("d1", 2 * i, 10'000);
    const auto alarm = s.only();
    EXPECT_EQ(text_at(alarm.fields, "title"), "氨体积分数变化过快二级报警");
    EXPECT_EQ(text_at(alarm.fields, "unit"), "ppm/min");
    EXPECT_EQ(number_at(alarm.fields, "value", 0), 12);
    EXPECT_EQ(number_at(alarm.fields, "limit", 0), 6);
}

TEST(Monitoring, SeveralTogetherRaiseOneAlarmThatOutlivesARestart) {
    Station s;
    s.house.records.put("rule", Uuid::from_name("together"),
                        {{"name", "两点同时超限"},
                         {"name_en", "Two detectors at once"},
                         {"type", "combined"},
                         {"enabled", true},
                         {"levels", *parse_json(R"([{"level":2,"k":2,"within_s":60,
                             "of":[{"property":"nh3_ppm","op":">=","value":10}]}])")}});
    s.house.records.settle();
    s.hear("d1", 12);
    EXPECT_TRUE(s.alarms().empty());
    s.hear("d2", 12);
    EXPECT_EQ(text_at(s.only().fields, "title"), "两点同时超限二级报警");
    EXPECT_EQ(text_at(s.only().fields, "title_en"), "Two detectors at once, level 2 alarm");
    s.boot();
    s.tick();
    EXPECT_EQ(s.only().state, "active");
    s.hear("d1", 12);
    s.hear("d2", 12);
    s.tick(59'000);
    EXPECT_EQ(s.only().state, "active");
    s.tick(2'000);  // d1 was heard more than a minute ago
    EXPECT_EQ(s.only().state, "cleared");
}

TEST(Monitoring, AnExceptionQuietsOneDetectorOnly) {
    Station s;
    auto exceptions = json::array{
        json::object{{"device", Uuid::from_name("d1").text()}, {"off", true}, {"reason", "检修"}}};
    bigdata::Batch batch{.zone = "dongjiang", .author = {Uuid{}, "test", "api"}};
    batch.changes.push_back({.action = bigdata::Action::update, .kind = "rule", .id = k_rule});
    batch.changes.back().fields["exceptions"] = exceptions;
    ASSERT_TRUE(s.house.records.write(std::move(batch)));
    s.house.records.settle();
    s.hear("d1", 400);
    EXPECT_TRUE(s.alarms().empty());
    s.hear("d2", 400);
    EXPECT_EQ(s.alarms().size(), 1U);
}

TEST(Monitoring, TheFirstAlarmOfAnEnterpriseLeadsItsGroup) {
    Station s;
    s.hear("d1", 40);
    s.hear("d2", 400);
    const auto head = s.alarm(0), member = s.alarm(1);
    EXPECT_EQ(text_at(member.fields, "group"), head.id.text());
    EXPECT_EQ(integer_at(head.fields, "members", 0), 2);
    EXPECT_EQ(integer_at(head.fields, "level", 0), 1);  // as bad as its worst
    s.hear("d1", 5);
    EXPECT_EQ(s.alarm(0).state, "active");  // not over while a member is
    s.house.records.move("alarm", head.id, "acknowledge");
    EXPECT_EQ(s.alarm(1).state, "active_acknowledged");
    s.boot();
    s.hear("d2", 5);
    EXPECT_EQ(s.alarm(1).state, "closed");
    s.tick();
    EXPECT_EQ(s.alarm(0).state, "active_acknowledged");  // since the restart d1 has said nothing
    s.hear("d1", 5);
    EXPECT_EQ(s.alarm(0).state, "closed");
}

TEST(Monitoring, AnAlarmAfterTheWindowStandsAlone) {
    Station s;
    s.hear("d1", 40);
    s.hear("d2", 40, 5 * 60'000 + 1);
    EXPECT_FALSE(s.alarm(1).fields.contains("group"));
    EXPECT_FALSE(s.alarm(0).fields.contains("members"));
}

TEST(Monitoring, UnansweredItGoesToTheNextRoleOnce) {
    AlarmClocks clocks;
    clocks.by_level[3] = {60'000, {"commander", "expert"}};
    Station s;
    s.boot(clocks);
    s.hear("d1", 40);
    EXPECT_EQ(text_at(s.only().fields, "answer_by"), "2026-11-23T06:01:01.000Z");
    s.tick(59'000);
    EXPECT_TRUE(s.house.records.rows("message").empty());
    s.tick(1'000);
    s.boot(clocks);  // a restart does not repeat it
    s.tick(1'000);
    ASSERT_EQ(s.house.records.rows("message").size(), 1U);
    EXPECT_EQ(text_at(s.house.records.rows("message")[0].fields, "to_role"), "commander");
    EXPECT_EQ(s.house.records.rows("message")[0].state, "sent");
    s.house.records.move("alarm", s.only().id, "acknowledge");
    s.tick(120'000);
    EXPECT_EQ(s.house.records.rows("message").size(), 1U);
}

TEST(Monitoring, SilenceIsAnAlarmAndEndsWithTheNextWord) {
    Station s;
    s.detector("quiet", std::string(k_live), 10);
    s.house.records.put("rule", Uuid::from_name("silence"),
                        {{"name", "无数据"},
                         {"type", "silence"},
                         {"device_type", "gas_detector"},
                         {"enabled", true},
                         {"levels", *parse_json(R"([{"level":4,"factor":3}])")}});
    s.house.records.settle();
    s.hear("quiet", 1);
    s.tick(30'000);
    EXPECT_TRUE(s.alarms().empty());
    s.tick(1'000);
    EXPECT_EQ(text_at(s.only().fields, "title"), "氨体积分数无数据");
    EXPECT_EQ(number_at(s.only().fields, "limit", 0), 30);
    EXPECT_EQ(number_at(s.only().fields, "value", 0), 31);
    EXPECT_FALSE(s.only().fields.contains("hazard"));
    s.boot();
    s.tick();
    EXPECT_EQ(s.only().state, "active");
    s.hear("quiet", 1);
    EXPECT_EQ(s.only().state, "cleared");
}

TEST(Monitoring, AWrongRuleIsReportedOnceAndTheOthersGoOn) {
    Station s;
    s.house.records.put("rule", Uuid::from_name("bad"),
                        {{"name", "坏"},
                         {"type", "threshold"},
                         {"property", "nh3_ppm"},
                         {"enabled", true},
                         {"levels", *parse_json(R"([{"level":1,"op":"≥","value":1}])")}});
    s.house.records.settle();
    s.boot();
    s.house.records.settle();
    ASSERT_EQ(s.monitoring->faults().size(), 1U);
    EXPECT_EQ(s.house.records.rows("log_entry").size(), 1U);
    s.hear("d1", 40);
    EXPECT_EQ(s.alarms().size(), 1U);
}

TEST(Monitoring, SwitchingARuleOffClearsItsAlarm) {
    Station s;
    s.hear("d1", 40);
    bigdata::Batch batch;
    batch.zone = "dongjiang";
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "rule";
    change.id = k_rule;
    change.fields = {{"enabled", false}};
    batch.changes.push_back(change);
    ASSERT_TRUE(s.house.records.write(batch).has_value());
    s.house.records.settle();
    s.tick();
    EXPECT_EQ(s.only().state, "cleared");
    s.hear("d1", 400);
    EXPECT_EQ(s.only().state, "cleared");
}

TEST(Monitoring, StragglersSayNothingButAClockThatStepsBackIsBelieved) {
    Station s;
    const auto now = s.house.clock.now();
    s.hear_at("d1", 5, now);
    s.hear_at("d1", 400, now + -60'000);
    s.hear_at("d1", 400, now + -59'000);
    s.house.records.settle();
    EXPECT_TRUE(s.alarms().empty());
    s.hear_at("d1", 400, now + -58'000);
    s.house.records.settle();
    EXPECT_EQ(s.alarms().size(), 1U);
}

TEST(Monitoring, AnExerciseHasItsOwnAlarmsAndTouchesNothingElse) {
    Station s;
    const auto exercise = s.house.records.put(
        "exercise", Uuid::from_name("drill"),
        {{"name", "演练"}, {"number", "YL-1"}, {"started_at", "2026-11-23T06:00:00Z"}});
    const std::string space = exercise.id.text();
    ASSERT_TRUE(s.house.records.open_space("dongjiang", space).has_value());
    s.detector("x1", space, 10);
    s.house.records.settle();
    const auto before = s.house.records.journal().size();
    s.hear("x1", 400);
    ASSERT_EQ(s.alarms(space).size(), 1U);
    EXPECT_EQ(s.alarms(space)[0].state, "active");
    EXPECT_TRUE(s.alarms().empty());
    for (auto i = before; i < s.house.records.journal().size(); ++i) {
        EXPECT_EQ(s.house.records.journal()[i].after.space, space);
    }
    s.boot();
    EXPECT_EQ(s.monitoring->live_alarms(), 1U);
    s.house.records.move("exercise", exercise.id, "end");
    EXPECT_EQ(s.monitoring->live_alarms(), 0U);
}

}  // namespace
}  // namespace anlan::monitoring
