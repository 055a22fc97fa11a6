#include "apps/command/board.h"
#include "apps/command/scenery.h"

#include <gtest/gtest.h>

namespace anlan::command {
namespace {

using testing::k_enterprise;
using testing::k_vessel;
using testing::Site;

std::string word(const bigdata::Record& r, std::string_view field) {
    return std::string(text_at(r.fields, field));
}

TEST(IncidentDesk, ARedAlarmDraftsOneIncidentWithPlaceSubstanceAndInventory) {
    Site s;
    const Uuid alarm = s.alarm("GD-1", 1);
    s.house.records.settle();
    const auto incident = s.only("incident");
    EXPECT_EQ(incident.state, "draft");
    EXPECT_EQ(word(incident, "number"), "SJ-20261123-01");
    EXPECT_EQ(word(incident, "title"), "海鲸冷链 V-201 液氨泄漏");
    EXPECT_EQ(word(incident, "title_en"), "Ammonia leak, V-201, Haijing");
    EXPECT_EQ(word(incident, "vessel"), k_vessel.text());
    EXPECT_EQ(number_at(incident.fields, "inventory_kg", 0), 9600);
    EXPECT_EQ(word(incident, "plan"), testing::k_plan.text());
    EXPECT_EQ(word(incident, "frame_at"), "2026-11-23T05:59:59.880Z");
    EXPECT_TRUE(incident.geometry.has_value());
    EXPECT_EQ(word(s.named("alarm", "device", Uuid::from_name("GD-1").text()), "incident"),
              incident.id.text());
    EXPECT_EQ(word(incident, "alarm"), alarm.text());
}

TEST(IncidentDesk, AlarmsThatComeTogetherShareOneIncident) {
    Site s;
    s.alarm("GD-1", 1);  // both are written before either is heard
    s.alarm("GD-2", 1);
    s.house.records.settle();
    const auto incident = s.only("incident");
    for (const auto& alarm : s.rows("alarm"))
        EXPECT_EQ(word(alarm, "incident"), incident.id.text());
    s.alarm("GD-1", 3);
    s.house.records.settle();
    for (const auto& alarm : s.rows("alarm"))
        EXPECT_EQ(word(alarm, "incident"), incident.id.text());
}

TEST(IncidentDesk, OtherHazardsAndMilderAlarmsDoNotMix) {
    Site s;
    s.alarm("GD-1", 2);
    s.house.records.settle();
    EXPECT_TRUE(s.rows("incident").empty());
    s.alarm("GD-1", 1);
    s.alarm("GD-1", 1, bigdata::k_live, "fire");
    s.house.records.settle();
    EXPECT_EQ(s.rows("incident").size(), 2U);
    EXPECT_EQ(word(s.named("incident", "hazard", "fire"), "number").substr(12), "02");
}

TEST(IncidentDesk, WhatWasRejectedIsNotDraftedAgainByTheNextValue) {
    Site s;
    const Uuid incident = s.draft();
    s.house.records.move("incident", incident, "reject", {{"reason_text", "标定"}});
    const Uuid alarm = s.only("alarm").id;
    s.update("alarm", alarm, {{"value", 500}});
    EXPECT_EQ(s.rows("incident").size(), 1U);
    s.update("alarm", alarm, {{"level", 2}});
    s.update("alarm", alarm, {{"level", 1}});  // risen again
    EXPECT_EQ(s.rows("incident").size(), 2U);
}

TEST(IncidentDesk, AFalseAlarmIsNotedAndThePersonDecidesOnTheIncident) {
    Site s;
    const Uuid incident = s.draft();
    s.house.records.move("alarm", s.only("alarm").id, "false", {{"reason_text", "标定"}});
    EXPECT_EQ(s.only("incident").state, "draft");
    EXPECT_EQ(word(s.only("log_entry"), "incident"), incident.text());
    EXPECT_EQ(word(s.only("log_entry"), "text_en"), "陈默 called '氨' false: 标定");
}

TEST(IncidentDesk, ADraftThatWasRefusedIsTriedAgain) {
    Site s;
    s.alarm("GD-1", 1);
    s.house.records.refuse_next(1);
    s.house.records.settle();
    EXPECT_TRUE(s.rows("incident").empty());
    s.house.clock.advance(6000);
    s.command->tick(s.house.clock.now());
    s.house.records.settle();
    EXPECT_EQ(s.rows("incident").size(), 1U);
}

TEST(IncidentDesk, AnAlarmWhoseDraftACrashSwallowedIsDraftedAtStart) {
    Site s;
    s.alarm("GD-1", 1);
    s.boot();
    EXPECT_EQ(s.rows("incident").size(), 1U);
    s.boot();
    EXPECT_EQ(s.rows("incident").size(), 1U);
}

TEST(Response, ConfirmingStartsThePlan) {
    Site s;
    const Uuid id = s.confirmed();
    const auto incident = s.only("incident");
    EXPECT_EQ(word(incident, "confirmed_at"), "2026-11-23T06:00:00.000Z");
    EXPECT_TRUE(incident.fields.contains("plan_started_at"));
    EXPECT_EQ(integer_at(incident.fields, "response_level", 0), 2);
    ASSERT_EQ(s.rows("task").size(), 2U);
    const auto power = s.named("task", "step", "power"), valve = s.named("task", "step", "valve");
    EXPECT_EQ(power.state, "ordered");
    EXPECT_EQ(word(power, "due_at"), "2026-11-23T06:05:00.000Z");
    EXPECT_EQ(word(power, "owner_text"), "吴工");  // the enterprise's own
    EXPECT_EQ(valve.state, "waiting");
    EXPECT_FALSE(valve.fields.contains("due_at"));
    EXPECT_EQ(word(valve, "owner_text_en"), "Qin Yue");  // by the roster
    EXPECT_EQ(word(valve, "owner"), Uuid::from_name("秦岳").text());
    ASSERT_EQ(s.rows("message").size(),
              2U);  // power and the notice; the valve has not been ordered
    EXPECT_EQ(s.named("message", "to_role", "evacuation_leader").state, "sent");
    EXPECT_EQ(word(s.named("message", "to_role", "evacuation_leader"), "to_text"),
              "疏散负责人");  // nobody on duty: the role
    EXPECT_EQ(word(s.named("message", "to_role", "enterprise_safety"), "task"), power.id.text());
    EXPECT_EQ(word(s.named("message", "to_role", "enterprise_safety"), "incident"), id.text());
}

TEST(Response, AStepIsOrderedWhenTheOneBeforeItIsDone) {
    Site s;
    s.confirmed();
    const auto power = s.named("task", "step", "power");
    s.house.clock.advance(60'000);
    s.house.records.move("task", power.id, "accept");
    EXPECT_EQ(word(s.named("task", "step", "power"), "accepted_at"), "2026-11-23T06:01:00.000Z");
    EXPECT_EQ(s.named("task", "step", "valve").state, "waiting");
    s.house.clock.advance(60'000);
    s.house.records.move("task", power.id, "done");
    EXPECT_EQ(word(s.named("task", "step", "power"), "done_at"), "2026-11-23T06:02:00.000Z");
    const auto valve = s.named("task", "step", "valve");
    EXPECT_EQ(valve.state, "ordered");
    EXPECT_EQ(word(valve, "due_at"), "2026-11-23T06:22:00.000Z");
    EXPECT_EQ(s.named("message", "to_role", "hazmat_leader").state, "sent");
}

TEST(Response, ATaskTakenBeforeItsOrderGetsItsClock) {
    Site s;
    s.confirmed();
    s.house.clock.advance(30'000);
    s.house.records.move("task", s.named("task", "step", "valve").id, "accept");
    EXPECT_EQ(word(s.named("task", "step", "valve"), "due_at"), "2026-11-23T06:20:30.000Z");
}

TEST(Response, TheQuickestFitTeamsAreProposedWithTheirWay) {
    Site s;
    s.confirmed();
    ASSERT_EQ(s.rows("dispatch").size(), 2U);
    const auto hazmat =
        s.named("dispatch", "title", "危化队");  // nearer than 远危化队, fitter than 消防不对口
    EXPECT_EQ(hazmat.geometry->type, GeometryType::line_string);
    EXPECT_NEAR(number_at(hazmat.fields, "length_m", 0), 1733, 200);
    EXPECT_EQ(number_at(hazmat.fields, "turnout_s", 0), 60);
    EXPECT_EQ(number_at(hazmat.fields, "eta_s", 0), number_at(hazmat.fields, "travel_s", 0) + 60);
    EXPECT_EQ(number_at(hazmat.fields, "detour_m", -1), 0);
    EXPECT_EQ(word(hazmat, "vehicles_text_en"), "2 × Decontamination vehicle");
    EXPECT_FALSE(hazmat.fields.contains("problem"));
}

TEST(Response, ANewZoneSendsThemRoundItAndNothingIsWrittenTwice) {
    Site s;
    const Uuid id = s.confirmed();
    const auto before = s.named("dispatch", "title", "危化队");
    s.impact(id, 1, 117.789, 117.791);  // lies over the southern street, not over the store
    const auto round = s.named("dispatch", "title", "危化队");
    EXPECT_GT(number_at(round.fields, "length_m", 0),
              number_at(before.fields, "length_m", 0) + 1500);
    EXPECT_GT(number_at(round.fields, "detour_m", 0), 1500);
    EXPECT_EQ(integer_at(round.fields, "edition", 0), 1);
    s.impact(id, 2, 117.7891, 117.7911);  // changes nothing for them
    EXPECT_EQ(s.named("dispatch", "title", "危化队").revision, round.revision);
    s.update("road", Uuid::from_name("north"), {{"closed", true}, {"closed_reason", "施工"}});
    const auto none = s.named("dispatch", "title", "危化队");
    EXPECT_FALSE(text_at(object_at(none.fields, "problem"), "zh").empty());
    EXPECT_FALSE(text_at(object_at(none.fields, "problem"), "en").empty());
    EXPECT_FALSE(none.fields.contains("eta_s"));
    s.update("road", Uuid::from_name("north"), {{"closed", false}});
    EXPECT_FALSE(s.named("dispatch", "title", "危化队").fields.contains("problem"));
}

TEST(Response, ATeamHasOneStateAndItFollowsItsDispatch) {
    Site s;
    const Uuid id = s.confirmed();
    const Uuid dispatch = s.named("dispatch", "title", "危化队").id;
    auto& r = s.house.records;
    r.move("dispatch", dispatch, "order");
    EXPECT_EQ(s.team_named("危化队").state, "assigned");
    EXPECT_EQ(word(s.named("dispatch", "title", "危化队"), "ordered_at"),
              "2026-11-23T06:00:00.000Z");
    EXPECT_TRUE(s.named("dispatch", "title", "危化队").fields.contains("arrive_by"));
    EXPECT_EQ(word(s.named("message", "title", "危化队出动"), "to_role"), "hazmat_leader");
    r.move("dispatch", dispatch, "accept");
    r.move("dispatch", dispatch, "depart");
    r.move("dispatch", dispatch, "arrive");
    EXPECT_EQ(s.team_named("危化队").state, "on_scene");
    EXPECT_TRUE(s.named("dispatch", "title", "危化队").fields.contains("arrived_at"));
    const auto arrived = s.named("dispatch", "title", "危化队");
    s.impact(id, 1, 117.789, 117.791);
    EXPECT_EQ(s.named("dispatch", "title", "危化队").revision, arrived.revision);  // there already
    r.move("dispatch", dispatch, "release");
    EXPECT_EQ(s.team_named("危化队").state, "available");
}

TEST(Response, ADeclinedTeamIsReplacedByTheNext) {
    Site s;
    s.confirmed();
    s.house.records.move("dispatch", s.named("dispatch", "title", "危化队").id, "refuse");
    EXPECT_EQ(s.named("dispatch", "title", "远危化队").state, "proposed");
    EXPECT_EQ(s.team_named("危化队").state, "available");
}

TEST(Response, StandDownTellsEveryOwnerAndCloseBringsTeamsHome) {
    Site s;
    const Uuid id = s.confirmed();
    s.house.records.move("dispatch", s.named("dispatch", "title", "危化队").id, "order");
    const auto messages = s.rows("message").size();
    s.house.records.move("incident", id, "stand_down");
    EXPECT_EQ(s.rows("message").size(), messages + 3);  // enterprise, hazmat leader, medical leader
    EXPECT_TRUE(s.only("incident").fields.contains("stand_down_at"));
    EXPECT_EQ(s.team_named("危化队").state, "assigned");
    s.house.records.move("incident", id, "close");
    EXPECT_EQ(s.team_named("危化队").state, "available");
    EXPECT_EQ(s.named("dispatch", "title", "急救").state, "refused");
    EXPECT_TRUE(s.only("incident").fields.contains("closed_at"));
}

TEST(Response, AConfirmationThatACrashCutShortIsCarriedOutOnceAtStart) {
    Site s;
    const Uuid id = s.draft();
    bigdata::Batch batch;
    batch.zone = "dongjiang";
    batch.changes = {move("incident", id, "confirm")};
    ASSERT_TRUE(s.house.records.write(batch).has_value());
    s.boot();  // the entry was never heard
    EXPECT_EQ(s.rows("task").size(), 2U);
    EXPECT_EQ(s.rows("message").size(), 2U);
    EXPECT_EQ(s.rows("dispatch").size(), 2U);
    const auto entries = s.house.records.journal().size();
    s.boot();
    s.boot();
    EXPECT_EQ(s.house.records.journal().size(), entries);  // nothing is left to do
}

TEST(Response, APlanThatTheDiskRefusedIsStartedLater) {
    Site s;
    const Uuid id = s.draft();
    bigdata::Batch batch;
    batch.zone = "dongjiang";
    batch.changes = {move("incident", id, "confirm")};
    ASSERT_TRUE(s.house.records.write(batch).has_value());
    s.house.records.refuse_next(1);
    s.house.records.settle();
    EXPECT_TRUE(s.rows("task").empty());
    s.house.clock.advance(6000);
    s.command->tick(s.house.clock.now());
    s.house.records.settle();
    EXPECT_EQ(s.rows("task").size(), 2U);
}

TEST(Response, WithoutAPlanItSaysSo) {
    Site s;
    s.alarm("GD-1", 1, bigdata::k_live, "fire");
    s.house.records.settle();
    s.house.records.move("incident", s.only("incident").id, "confirm");
    EXPECT_TRUE(s.rows("task").empty());
    EXPECT_EQ(word(s.only("log_entry"), "text"), "没有匹配的预案，请人工下达任务");
}

TEST(Board, TheStopwatchCountsFromTheFrame) {
    Site s;
    const Uuid id = s.draft();
    s.house.clock.advance(80);
    s.impact(id, 1, 117.789, 117.791);
    s.house.clock.advance(20'000);
    s.house.records.move("incident", id, "confirm");
    s.house.clock.advance(5'000);
    s.house.records.move("message", s.named("message", "to_role", "evacuation_leader").id,
                         "answer");

    const auto routes = s.command->routes();
    const auto board = std::ranges::find(routes, "/api/v1/incidents/{id}/board", &RouteRow::path);
    ASSERT_NE(board, routes.end());
    const auto who = bigdata::Access::program("dongjiang");
    Call call{.who = who, .space = "live", .language = Language::zh, .path = {{"id", id.text()}}};
    const auto reply = board->handler(call, json::object{});
    ASSERT_TRUE(reply.has_value()) << text_of(reply.error(), Language::en);
    const auto& body = std::get<json::value>(reply->body).as_object();
    EXPECT_EQ(body.at("tasks").as_array().size(), 2U);
    EXPECT_EQ(body.at("dispatches").as_array().size(), 2U);
    EXPECT_EQ(body.at("alarms").as_array().size(), 1U);
    EXPECT_EQ(object_at(body, "impact").at("fields").as_object().at("edition"), 1);
    std::string watch;
    for (const auto& step : body.at("stopwatch").as_array()) {
        const auto& ms = step.as_object().at("ms");
        watch += std::string(text_at(step.as_object(), "step")) + "=" +
                 (ms.is_null() ? "-" : std::to_string(ms.to_number<std::int64_t>())) + " ";
    }
    EXPECT_EQ(watch,
              "frame=0 alarm=120 incident=120 zone=200 affected=200 confirmed=20200 plan=20200 "
              "first_order=20200 first_receipt=25200 ");
    call.path["id"] = "nonsense";
    EXPECT_EQ(board->handler(call, json::object{}).error().row->http_status, 404);
}

}  // namespace
}  // namespace anlan::command
