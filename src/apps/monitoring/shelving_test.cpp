// Shelving, flood grouping, escalation by the roster, comments: alarms as people live with them.
#include "apps/monitoring/alarm_routes.h"
#include "apps/monitoring/monitoring.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::monitoring {
namespace {

using bigdata::k_live;
using bigdata::Record;

const Uuid k_rule = Uuid::from_name("smoke rule");

/// Smoke detectors in a house that belongs to no enterprise, or to one.
struct Watch {
    testing::House house;
    std::unique_ptr<Monitoring> monitoring;
    std::map<std::string, std::shared_ptr<const sensing::Stream>> streams;
    Monitoring::Options options;

    explicit Watch(std::int64_t group_m = 0) {
        json::object fields{{"name", "感烟"},
                            {"type", "threshold"},
                            {"property", "temperature"},
                            {"hazard", "fire"},
                            {"group_minutes", 5},
                            {"enabled", true},
                            {"levels", *parse_json(R"([{"level":1,"op":">=","value":300},
                                                       {"level":2,"op":">=","value":100}])")}};
        if (group_m > 0) fields["group_m"] = group_m;
        house.records.put("rule", k_rule, fields);
        options.clocks.by_level[2] = {60'000, {"duty_officer", "commander"}};
        house.records.settle();
        boot();
    }
    void boot() {
        house.records.crash();
        house.start_messenger();
        monitoring = std::make_unique<Monitoring>(house.context(), *house.messenger, options);
        ASSERT_TRUE(monitoring->start().has_value());
        house.hear([this](const bigdata::Entry& e) { monitoring->on_entry(e); });
    }
    void detector(const std::string& name, LonLat place, Uuid enterprise = {}) {
        const Uuid device = Uuid::from_name(name);
        if (!enterprise.is_nil() &&
            !house.records.get({"dongjiang", std::string(k_live), {}}, "enterprise", enterprise))
            house.records.put("enterprise", enterprise,
                              {{"code", "E1"}, {"name", "冷库"}, {"type", "cold_store"}});
        json::object fields{
            {"name", name}, {"type", "smoke_detector"}, {"protocol", "gb26875"}, {"address", name}};
        if (!enterprise.is_nil()) fields["enterprise"] = enterprise.text();
        house.records.put("device", device, fields);
        sensing::Stream s;
        s.zone = "dongjiang";
        s.space = k_live;
        s.device = device;
        s.datastream = Uuid::from_name(name + "/t");
        s.property = "temperature";
        s.device_type = "smoke_detector";
        s.enterprise = enterprise;
        s.place = place;
        s.number = house.lake.number_of({s.datastream, s.space});
        house.records.put("datastream", s.datastream,
                          {{"name", name},
                           {"device", device.text()},
                           {"property", "temperature"},
                           {"channel", "t"}});
        streams[name] = house.hub.add(s);
        house.records.settle();
    }
    void hear(const std::string& name, double value, std::int64_t after_ms = 1000) {
        house.clock.advance(after_ms);
        const auto& s = *streams.at(name);
        const auto now = house.clock.now();
        const sensing::Heard heard{s, {s.number, now, now, value, bigdata::Quality::good}};
        monitoring->on_observations({&heard, 1});
        house.records.settle();
    }
    void tick(std::int64_t after_ms = 1000) {
        house.clock.advance(after_ms);
        monitoring->tick(house.clock.now());
        house.records.settle();
    }
    Record alarm_of(const std::string& name) {
        for (auto& each : house.records.rows("alarm", k_live)) {
            if (text_at(each.fields, "device") == Uuid::from_name(name).text()) return each;
        }
        ADD_FAILURE() << "no alarm of " << name;
        return {};
    }
    void shelve(const std::string& name, std::int64_t for_ms) {
        house.records.move(
            "alarm", alarm_of(name).id, "shelve",
            {{"shelved_until", iso8601(house.clock.now() + for_ms)}, {"shelve_reason", "检修"}});
        house.records.settle();
    }
    std::vector<Record> messages() { return house.records.rows("message", k_live); }
    std::size_t moves(std::string_view move) {
        return static_cast<std::size_t>(std::ranges::count_if(
            house.records.journal(), [&](const bigdata::Entry& e) { return e.move == move; }));
    }
};

TEST(Shelving, KeepsTheStateTellsNobodyAndEndsByItself) {
    Watch w;
    w.detector("a", {117.79, 39.0});
    w.hear("a", 120);
    w.shelve("a", 600'000);
    EXPECT_EQ(w.alarm_of("a").state, "active");
    w.tick(300'000);  // five answering times
    EXPECT_TRUE(w.messages().empty());
    w.hear("a", 130, 60'000);  // still evaluated
    EXPECT_EQ(number_at(w.alarm_of("a").fields, "value", 0), 130);
    w.tick(300'000);
    const auto alarm = w.alarm_of("a");
    EXPECT_FALSE(alarm.fields.contains("shelved_until"));
    EXPECT_FALSE(alarm.fields.contains("shelve_reason"));
    EXPECT_EQ(w.moves("unshelve"), 1U);
    EXPECT_TRUE(w.messages().empty());  // the answering time begins anew
    w.tick(61'000);
    EXPECT_EQ(w.messages().size(), 1U);
}

TEST(Shelving, WorseThanWhatWasShelvedEndsIt) {
    Watch w;
    w.detector("a", {117.79, 39.0});
    w.hear("a", 120);
    w.shelve("a", 600'000);
    w.hear("a", 400);
    w.tick();
    const auto alarm = w.alarm_of("a");
    EXPECT_EQ(integer_at(alarm.fields, "level", 0), 1);
    EXPECT_FALSE(alarm.fields.contains("shelved_until"));
}

TEST(Shelving, HoldsOverARestartAndForTheWholeGroup) {
    Watch w;
    const Uuid enterprise = Uuid::from_name("cold store");
    w.detector("a", {117.79, 39.0}, enterprise);
    w.detector("b", {117.79, 39.0}, enterprise);
    w.hear("a", 120);
    w.hear("b", 120);
    w.shelve("a", 600'000);
    EXPECT_TRUE(w.alarm_of("b").fields.contains("shelved_until"));
    w.boot();
    w.tick(300'000);
    EXPECT_TRUE(w.alarm_of("a").fields.contains("shelved_until"));
    w.tick(301'000);
    EXPECT_FALSE(w.alarm_of("a").fields.contains("shelved_until"));
    EXPECT_FALSE(w.alarm_of("b").fields.contains("shelved_until"));
    EXPECT_EQ(w.moves("unshelve"), 2U);
}

TEST(Groups, TwentyDetectorsThatSeeOneFireAreOneEvent) {
    Watch w;
    for (int i = 0; i < 20; ++i) w.detector("d" + std::to_string(i), {117.79 + i * 0.00005, 39.0});
    for (int i = 0; i < 20; ++i) w.hear("d" + std::to_string(i), 120);
    const auto head = w.alarm_of("d0");
    EXPECT_EQ(integer_at(head.fields, "members", 0), 20);
    for (int i = 1; i < 20; ++i)
        EXPECT_EQ(text_at(w.alarm_of("d" + std::to_string(i)).fields, "group"), head.id.text());
}

TEST(Groups, AFireFarAwayIsAnother) {
    Watch w;
    w.detector("here", {117.79, 39.0});
    w.detector("there", {117.793, 39.0});  // 260 m
    w.hear("here", 120);
    w.hear("there", 120);
    EXPECT_FALSE(w.alarm_of("there").fields.contains("group"));
}

TEST(Groups, ARuleMayKeepEventsOfOneEnterpriseApart) {
    Watch w(100);
    const Uuid enterprise = Uuid::from_name("terminal");
    w.detector("north", {117.79, 39.01}, enterprise);
    w.detector("south", {117.79, 39.0}, enterprise);
    w.detector("next", {117.7905, 39.0}, enterprise);  // 43 m from the south one
    for (const char* each : {"north", "south", "next"}) w.hear(each, 120);
    EXPECT_FALSE(w.alarm_of("south").fields.contains("group"));
    EXPECT_EQ(text_at(w.alarm_of("next").fields, "group"), w.alarm_of("south").id.text());
}

TEST(Groups, ARestartKeepsThem) {
    Watch w;
    w.detector("a", {117.79, 39.0});
    w.detector("b", {117.79, 39.0});
    w.hear("a", 120);
    w.boot();
    w.hear("b", 120);
    EXPECT_EQ(text_at(w.alarm_of("b").fields, "group"), w.alarm_of("a").id.text());
}

TEST(Escalation, GoesToWhoeverIsOnDuty) {
    Watch w;
    const Uuid person = Uuid::from_name("chen");
    w.house.records.put("person", person, {{"name", "陈默"}, {"phone", "000-0000-0001"}});
    const auto now = w.house.clock.now();
    w.house.records.put("shift", Uuid::from_name("day"),
                        {{"title", "白班"},
                         {"duty_role", "duty_officer"},
                         {"person", person.text()},
                         {"starts_at", iso8601(now + -3'600'000)},
                         {"ends_at", iso8601(now + 3'600'000)}});
    w.detector("a", {117.79, 39.0});
    w.hear("a", 120);
    w.tick(61'000);
    ASSERT_EQ(w.messages().size(), 1U);
    EXPECT_EQ(text_at(w.messages()[0].fields, "to_person"), person.text());
    EXPECT_EQ(text_at(w.messages()[0].fields, "to_text"), "陈默");
    w.tick(1000);
    EXPECT_EQ(w.messages().size(), 1U);  // the next role has its own time
    w.tick(60'000);
    EXPECT_EQ(w.messages().size(), 2U);
}

TEST(Escalation, WhenNobodyIsOnDutyTheNextRoleIsToldAtOnce) {
    Watch w;
    w.detector("a", {117.79, 39.0});
    w.hear("a", 120);
    w.tick(61'000);
    w.tick(1000);
    EXPECT_EQ(w.messages().size(), 2U);
}

TEST(Comments, BelongToTheAlarmAndStandOnIt) {
    Watch w;
    w.detector("a", {117.79, 39.0});
    w.hear("a", 120);
    const auto rows = alarm_routes(w.house.context());
    Principal who = bigdata::Access::program("dongjiang");
    who.name = "陈默";
    const auto call_of = [&](Uuid id) {
        return Call{.who = who,
                    .space = std::string(k_live),
                    .language = Language::zh,
                    .path = {{"id", id.text()}}};
    };
    const Uuid alarm = w.alarm_of("a").id;
    EXPECT_FALSE(rows[1].handler(call_of(alarm), *parse_json(R"({"text":"  "})")).has_value());
    for (const auto body : {R"({"text":"已派人"})", R"({"text":"到场"})"}) {
        const auto made = rows[1].handler(call_of(alarm), *parse_json(body));
        ASSERT_TRUE(made.has_value()) << text_of(made.error(), Language::en);
        w.house.clock.advance(1000);
    }
    EXPECT_EQ(text_at(w.alarm_of("a").fields, "comment"), "到场");
    const auto listed = rows[0].handler(call_of(alarm), nullptr);
    ASSERT_TRUE(listed.has_value());
    const auto& comments = array_at(std::get<json::value>(listed->body).as_object(), "comments");
    ASSERT_EQ(comments.size(), 2U);
    EXPECT_EQ(text_at(comments[0].as_object(), "text"), "已派人");
    EXPECT_EQ(text_at(comments[0].as_object(), "by"), "陈默");
    EXPECT_FALSE(rows[1]
                     .handler(call_of(Uuid::from_name("none")), *parse_json(R"({"text":"x"})"))
                     .has_value());
    w.hear("a", 20);  // our own comment did not confuse the alarm's life
    EXPECT_EQ(w.alarm_of("a").state, "cleared");
}

}  // namespace
}  // namespace anlan::monitoring
