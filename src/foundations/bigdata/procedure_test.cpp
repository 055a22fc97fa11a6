// Procedures through the register: guards, effects, clocks in working time, overdue and escalation.
#include "foundations/bigdata/calendar.h"
#include "foundations/bigdata/clock_keeper.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/procedure_engine.h"
#include "foundations/bigdata/test_register.h"

namespace anlan::bigdata::test {
namespace {

constexpr std::string_view k_repairs = R"(kind: repair
label: {zh: 修, en: Repair}
plural: {zh: 修, en: Repairs}
geometry: none
exercise: own
title: name
states:
  - {name: open, label: {zh: 待修, en: Open}}
  - {name: working, label: {zh: 在修, en: Working}}
  - {name: ready, label: {zh: 待验, en: Ready}}
  - {name: accepted, label: {zh: 已验, en: Accepted}, final: true}
moves:
  - {name: begin, from: [open], to: working, label: {zh: 开修, en: Begin}, effects: [{set: begun_at, to: now}, {set: begun_on, to: today}]}
  - {name: hand_in, from: [working], to: ready, label: {zh: 报验, en: Hand in}, required: [what],
     effects: [{set: done_by, to: actor}, {set: done_by_id, to: actor_id}, {clear: refusal}]}
  - {name: accept, from: [ready], to: accepted, label: {zh: 验收, en: Accept}, roles: [all],
     guards: [{name: not_by, fields: [done_by_id]}, {name: in_order, fields: [begun_on, finished_on]}], effects: [{set: mark, value: 5}]}
  - {name: refuse, from: [ready], to: working, label: {zh: 退回, en: Refuse}, required: [refusal]}
  - {name: again, from: [accepted], to: working, label: {zh: 返修, en: Again}, effects: [{start: mend}]}
  - {name: pause, from: [working], to: working, label: {zh: 停, en: Pause}, effects: [{stop: mend}]}
  - {name: value, from: [open, working], to: same, label: {zh: 估价, en: Value}, required: [what], effects: [{set: mark, value: 7}]}
clocks:
  - {name: mend, label: {zh: 修理, en: Mending}, starts: [working], stops: [ready, accepted], due: {working_days: 2},
     escalate: {after: {hours: 3}, to_role: chief}, source: test}
  - {name: promise, label: {zh: 约定, en: Promise}, starts: [open], stops: [accepted], due: {field: promised_on}, source: test}
fields:
  - {name: name, type: text, label: {zh: 名, en: Name}, required: true}
  - {name: what, type: text, label: {zh: 何, en: What}}
  - {name: refusal, type: text, label: {zh: 退, en: Refusal}}
  - {name: begun_at, type: time, label: {zh: 起, en: Begun}}
  - {name: begun_on, type: date, label: {zh: 起日, en: Begun on}}
  - {name: finished_on, type: date, label: {zh: 止日, en: Finished on}}
  - {name: promised_on, type: date, label: {zh: 约日, en: Promised on}}
  - {name: done_by, type: text, label: {zh: 谁, en: Who}}
  - {name: done_by_id, type: text, label: {zh: 谁号, en: Who by id}}
  - {name: mark, type: integer, label: {zh: 分, en: Mark}}
)";
constexpr std::string_view k_more_codes = R"(tables:
  - {table: clock_state, label: {zh: 计时, en: Clock}, source: product, codes: [{value: running, label: {zh: 计, en: r}}, {value: overdue, label: {zh: 逾, en: o}}, {value: met, label: {zh: 成, en: m}}, {value: late, label: {zh: 迟, en: l}}, {value: stopped, label: {zh: 停, en: s}}]}
  - {table: duty_role, label: {zh: 岗, en: Duty}, source: product, codes: [{value: chief, label: {zh: 长, en: Chief}}]}
)";

struct ProcedureTest : RegisterTest {
    const Uuid anna = Uuid::from_name("anna"), bert = Uuid::from_name("bert");

    void SetUp() override {
        put_catalog(folder.path / "catalog");
        put(folder.path / "catalog/kinds/repair.yaml", k_repairs);
        put(folder.path / "catalog/codes/more.yaml", k_more_codes);
        std::filesystem::create_directories(folder.path / "catalog/calendar");
        std::filesystem::copy(std::string(ANLAN_SOURCE_DIR) + "/catalog/calendar/cn.yaml",
                              folder.path / "catalog/calendar/cn.yaml");
        open();
        at("2026-02-12T15:00");  // A Thursday before Spring Festival; Saturday the 14th is worked.
    }
    void at(const char* beijing) {
        const auto wanted = *parse_iso8601(std::string(beijing) + ":00+08:00");
        clock.step(wanted - clock.now());
    }
    Result<Applied> act(Change change, Uuid who) {
        change.kind = "repair";
        auto b = batch({std::move(change)});
        b.author = {who, who == anna ? "安娜" : "伯特", "api"};
        return store->write(std::move(b));
    }
    Record done(Change change, Uuid who) {
        auto out = act(std::move(change), who);
        if (!out) {
            ADD_FAILURE() << text_of_error(out.error());
            return {};
        }
        return out->records.at(0);
    }
    Record working() {
        const auto id = done(create({{"name", "泵"}, {"promised_on", "2026-03-02"}}), anna).id;
        return done(move(id, "begin"), anna);
    }
    static std::string text(const Record& r, std::string_view field) {
        const auto* v = r.fields.if_contains(field);
        return v == nullptr     ? "-"
               : v->is_string() ? std::string(v->get_string())
                                : canonical_text(*v);
    }
    static std::string local(const Record& r, std::string_view field) {
        const auto t = parse_iso8601(text_at(r.fields, field));
        return t ? beijing_text(*t) : "-";
    }
    Record now(const Record& r) { return *store->get(live, "repair", r.id); }
};

TEST_F(ProcedureTest, EffectsSetTimesActorsAndValues) {
    auto r = working();
    EXPECT_EQ(local(r, "begun_at"), "2026-02-12 15:00:00");
    EXPECT_EQ(text(r, "begun_on"), "2026-02-12");
    EXPECT_EQ(said(act(move(r.id, "hand_in"), anna)), "bad_request /fields/what:field_missing");
    r = done(move(r.id, "hand_in", {{"what", "密封圈"}}), anna);
    EXPECT_EQ(text(r, "done_by"), "安娜");
    EXPECT_EQ(text(r, "done_by_id"), anna.text());
    r = done(move(r.id, "refuse", {{"refusal", "漏"}}), bert);
    r = done(move(r.id, "hand_in"), anna);
    EXPECT_EQ(text(r, "refusal"), "-");
    r = done(move(r.id, "accept"), bert);
    EXPECT_EQ(text(r, "mark"), "5");
    // The journal tells what the effects changed, as it was.
    const auto entries = *store->entries(live, 0, 100, "repair", r.id);
    EXPECT_EQ(entries.back().before.at("mark"), nullptr);
    EXPECT_EQ(entries.back().before.at("state"), "ready");
    EXPECT_FALSE(entries.back().before.contains("what"));
}

TEST_F(ProcedureTest, AMoveToTheSameStateIsAMoveThatLeavesStateAndClocks) {
    auto r = done(create({{"name", "泵"}}), anna);
    EXPECT_EQ(said(act(move(r.id, "value"), anna)), "bad_request /fields/what:field_missing");
    r = done(move(r.id, "value", {{"what", "轴"}}), anna);
    EXPECT_EQ(r.state, "open");
    EXPECT_EQ(text(r, "mark"), "7");
    r = done(move(working().id, "value", {{"what", "轴"}}), anna);
    EXPECT_EQ(r.state, "working");
    EXPECT_EQ(text(r, "mend_state"), "running");
    EXPECT_EQ(local(r, "mend_started_at"), "2026-02-12 15:00:00");
    const auto entries = *store->entries(live, 0, 100, "repair", r.id);
    EXPECT_EQ(entries.back().move, "value");
    r = done(move(r.id, "hand_in"), anna);
    EXPECT_EQ(said(act(move(r.id, "value"), anna)), "move_not_open");
}

TEST_F(ProcedureTest, GuardsRefuseAndSayWhy) {
    auto r = done(move(working().id, "hand_in", {{"what", "x"}}), anna);
    const auto same = act(move(r.id, "accept"), anna);
    ASSERT_FALSE(same);
    EXPECT_TRUE(same.error().is(errors::k_guard_same_person));
    EXPECT_EQ(text_of(same.error(), Language::zh), "须由他人办理：“谁号”一步是您本人办的");
    EXPECT_EQ(said(act(move(r.id, "accept", {{"finished_on", "2026-02-11"}}), bert)),
              "guard_order");
    EXPECT_EQ(now(r).state, "ready");
    EXPECT_EQ(now(r).fields.contains("finished_on"), false);
    EXPECT_EQ(said(act(move(r.id, "accept", {{"finished_on", "2026-02-12"}}), bert)), "accepted");
    EXPECT_EQ(said(act(move(r.id, "begin"), bert)), "move_not_open");
}

TEST_F(ProcedureTest, RolesOfAMoveAreNamedInTheRefusal) {
    const auto* accept = catalog->kind("repair")->move("accept");
    EXPECT_TRUE(check_move_roles(*catalog, *accept, {.user = anna, .roles = {"all"}}));
    const auto other = check_move_roles(*catalog, *accept, {.user = anna, .roles = {"none"}});
    ASSERT_FALSE(other);
    EXPECT_EQ(text_of(other.error(), Language::zh), "“验收”只能由全办理");
    EXPECT_TRUE(
        check_move_roles(*catalog, *catalog->kind("repair")->move("begin"), {.user = anna}));
}

TEST_F(ProcedureTest, AClockRunsInWorkingDaysAndIsMet) {
    auto r = working();
    EXPECT_EQ(text(r, "mend_state"), "running");
    EXPECT_EQ(local(r, "mend_started_at"), "2026-02-12 15:00:00");
    EXPECT_EQ(local(r, "mend_due_at"), "2026-02-14 23:59:59");  // Friday, and the shifted Saturday.
    EXPECT_EQ(text(r, "mend_calendar_known"), "true");
    at("2026-02-14T22:00");
    r = done(move(r.id, "hand_in", {{"what", "x"}}), anna);
    EXPECT_EQ(text(r, "mend_state"), "met");
    EXPECT_EQ(local(r, "mend_ended_at"), "2026-02-14 22:00:00");
    // Sent back after the due time: the same term, and it is over.
    at("2026-02-24T09:00");
    r = done(move(r.id, "refuse", {{"refusal", "漏"}}), bert);
    EXPECT_EQ(text(r, "mend_state"), "running");
    EXPECT_EQ(text(r, "mend_ended_at"), "-");
    EXPECT_EQ(local(r, "mend_due_at"), "2026-02-14 23:59:59");
    r = done(move(r.id, "hand_in"), anna);
    EXPECT_EQ(text(r, "mend_state"), "late");
    // An effect starts it afresh; another stops it.
    r = done(move(r.id, "accept"), bert);
    r = done(move(r.id, "again"), bert);
    EXPECT_EQ(text(r, "mend_state"), "running");
    EXPECT_EQ(local(r, "mend_due_at"), "2026-02-26 23:59:59");
    r = done(move(r.id, "pause"), bert);
    EXPECT_EQ(text(r, "mend_state"), "stopped");
}

TEST_F(ProcedureTest, ATermBeyondThePublishedCalendarIsMarked) {
    at("2026-12-31T10:00");
    EXPECT_EQ(text(working(), "mend_calendar_known"), "false");
}

TEST_F(ProcedureTest, ATermThatIsAFieldFollowsIt) {
    const auto id = done(create({{"name", "a"}, {"promised_on", "2026-02-13"}}), anna).id;
    at("2026-02-14T09:00");
    auto r = done(update(id, {{"what", "x"}}), anna);
    EXPECT_EQ(local(r, "promise_due_at"), "2026-02-13 23:59:59");
    r = done(update(id, {{"promised_on", "2026-02-20"}}), anna);
    EXPECT_EQ(local(r, "promise_due_at"), "2026-02-20 23:59:59");
    EXPECT_EQ(text(r, "promise_state"), "running");
    // An extension takes back what the keeper has seen.
    at("2026-02-24T09:00");
    ClockKeeper keeper({.records = store.get(),
                        .catalog = &*catalog,
                        .clock = &clock,
                        .zone = "demo",
                        .tell = {}});
    EXPECT_EQ(keeper.tick(), 1u);
    EXPECT_EQ(text(now(r), "promise_state"), "overdue");
    r = done(update(id, {{"promised_on", "2026-02-27"}}), anna);
    EXPECT_EQ(text(r, "promise_state"), "running");
    EXPECT_EQ(keeper.tick(), 0u);
}

TEST_F(ProcedureTest, PeopleDoNotWriteClocks) {
    const auto r = working();
    EXPECT_EQ(said(act(update(r.id, {{"mend_due_at", "2030-01-01T00:00:00Z"}}), anna)),
              "bad_request /fields/mend_due_at:field_read_only");
    EXPECT_EQ(said(act(create({{"name", "x"}, {"mend_state", "met"}}), anna)),
              "bad_request /fields/mend_state:field_read_only");
    // As it is, it may be said again.
    EXPECT_EQ(said(act(update(r.id, {{"mend_state", "running"}}), anna)), "accepted");
    auto b = batch({update(r.id, {{"mend_state", "met"}})});
    b.changes[0].kind = "repair";
    b.author = {anna, "安娜", "clock"};
    EXPECT_EQ(said(store->write(b)), "bad_request /fields/mend_state:field_read_only");
}

TEST_F(ProcedureTest, ARepeatedCreationIsARepetitionThoughAClockRuns) {
    const auto id = Uuid::from_name("twice");
    done(create({{"name", "a"}, {"promised_on", "2026-03-02"}}, id), anna);
    at("2026-02-13T09:00");
    const auto again = act(create({{"name", "a"}, {"promised_on", "2026-03-02"}}, id), anna);
    ASSERT_TRUE(again) << text_of_error(again.error());
    EXPECT_EQ(again->first_sequence, 0);
    EXPECT_EQ(said(act(create({{"name", "b"}, {"promised_on", "2026-03-02"}}, id), anna)),
              "id_taken");
}

TEST_F(ProcedureTest, TheKeeperTurnsClocksOverdueAndEscalatesOnceWithItsMessages) {
    std::vector<std::string> told;
    ClockKeeper keeper({.records = store.get(),
                        .catalog = &*catalog,
                        .clock = &clock,
                        .zone = "demo",
                        .tell = [&](const ClockEvent& event, std::string_view) {
                            const bool late = event.what == ClockEvent::What::overdue;
                            told.push_back((late ? "overdue " : "escalated ") + event.clock.name);
                            Change message = create({{"name", told.back()}});
                            message.kind = "event";
                            return std::vector{message};
                        }});
    const auto r = working();
    const auto other = working();
    EXPECT_EQ(keeper.tick(), 0u);
    at("2026-02-15T01:00");
    EXPECT_EQ(keeper.tick(), 2u);
    EXPECT_EQ(text(now(r), "mend_state"), "overdue");
    EXPECT_EQ(keeper.tick(), 0u);
    EXPECT_EQ(names(live, {}), "");
    at("2026-02-15T03:30");  // Three hours after the due time.
    EXPECT_EQ(keeper.tick(), 2u);
    EXPECT_EQ(local(now(r), "mend_escalated_at"), "2026-02-15 03:30:00");
    EXPECT_EQ(keeper.tick(), 0u);
    EXPECT_EQ(told, (std::vector<std::string>{"overdue mend", "overdue mend", "escalated mend",
                                              "escalated mend"}));
    EXPECT_EQ(store->count(live, "event", {})->value, 4);
    const auto entries = *store->entries(live, 0, 100, "repair", other.id);
    EXPECT_EQ(entries.back().author.origin, "clock");
    EXPECT_EQ(entries.back().before.at("mend_escalated_at"), nullptr);
    // The clock steps back: nothing is undone.
    at("2026-02-13T09:00");
    EXPECT_EQ(keeper.tick(), 0u);
    EXPECT_EQ(text(now(r), "mend_state"), "overdue");
}

TEST_F(ProcedureTest, CalendarDaysEndOnAWorkingDay) {
    const auto end = [&](const char* from, Term term) {
        const auto t = *parse_iso8601(std::string(from) + ":00+08:00");
        return beijing_text(*end_of_term(catalog->calendar(), term, {}, t));
    };
    const auto days = Term::Unit::days;
    EXPECT_EQ(end("2026-02-10T09:00", {days, 3, ""}), "2026-02-13 23:59:59");
    EXPECT_EQ(end("2026-02-13T09:00", {days, 3, ""}), "2026-02-24 23:59:59");  // Into the festival.
    EXPECT_EQ(end("2026-02-13T09:00", {Term::Unit::hours, 24, ""}), "2026-02-14 09:00:00");
    EXPECT_EQ(end("2026-02-13T09:00", {Term::Unit::working_days, 0.5, ""}), "2026-02-14 14:00:00");
}

}  // namespace
}  // namespace anlan::bigdata::test
