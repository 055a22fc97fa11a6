// What a write must pass, and what comes back.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_register.h"

#include "core/describe.h"

#include <algorithm>
#include <future>

namespace anlan::bigdata::test {
namespace {

using WriteTest = RegisterTest;

TEST_F(WriteTest, ARecordComesBackAsItWasWritten) {
    const auto parent = written(create({{"name", "父"}}));
    Change c = create({{"name", "甲"},
                       {"number", "A-1"},
                       {"size", 2.5},
                       {"count", 7},
                       {"open", true},
                       {"at", "2026-11-19T14:00:00+08:00"},
                       {"day", "2026-11-19"},
                       {"colour", "red"},
                       {"parent", parent.id.text()},
                       {"others", json::array{parent.id.text()}},
                       {"phone", "022-12345678"},
                       {"note", "注\n二"},
                       {"more", {{"a", json::array{1, 2.5}}}}});
    c.geometry = Geometry::point({117.8, 38.98});
    c.scope = Scope{parent.id, {}, {}};
    const auto r = written(c);
    EXPECT_EQ(r.revision, 1);
    EXPECT_EQ(r.state, "idle");
    EXPECT_EQ(r.sequence, 2);
    EXPECT_EQ(r.zone, "demo");
    EXPECT_EQ(r.space, "live");
    EXPECT_EQ(r.updated_at, clock.now());
    const auto read = store->get(live, "thing", r.id);
    ASSERT_TRUE(read);
    EXPECT_EQ(canonical_text(to_json(*read)), canonical_text(to_json(r)));
    EXPECT_EQ(text_at(read->fields, "at"), "2026-11-19T06:00:00.000Z");
    EXPECT_EQ(read->geometry, c.geometry);
    EXPECT_EQ(read->scope, *c.scope);
    const auto back = record_from_json(to_json(*read));
    ASSERT_TRUE(back);
    EXPECT_EQ(canonical_text(to_json(*back)), canonical_text(to_json(r)));
}

TEST_F(WriteTest, DefaultsAndTheFirstStateAreFilledIn) {
    const auto r = written(create({{"name", "甲"}}));
    EXPECT_EQ(r.fields.at("count"), 1);
    EXPECT_EQ(r.state, "idle");
    Change c = create({{"name", "乙"}, {"count", nullptr}});
    c.state = "busy";
    const auto s = written(c);
    EXPECT_FALSE(s.fields.contains("count"));
    EXPECT_EQ(s.state, "busy");
    c.state = "dancing";
    EXPECT_EQ(refused(c), "bad_request /state:state_unknown");
}

TEST_F(WriteTest, WrongFieldsAreNamed) {
    EXPECT_EQ(refused(create({{"size", -1}, {"colour", "green"}, {"wings", 2}})),
              "bad_request /fields/size:below_min /fields/colour:not_in_table "
              "/fields/wings:field_unknown "
              "/fields/name:field_missing");
    Change c = create({{"name", "x"}});
    c.kind = "dragon";
    EXPECT_EQ(refused(c), "unknown_kind");
    c = create({{"name", "x"}});
    c.geometry = Geometry::line({{117, 38}, {118, 39}});
    EXPECT_EQ(refused(c), "bad_request /geometry:geometry_use");
    const auto r = written(create({{"name", "x"}}));
    EXPECT_EQ(refused(update(r.id, {{"name", nullptr}})), "bad_request /fields/name:field_missing");
    EXPECT_EQ(refused(update(r.id, {{"count", "many"}})), "bad_request /fields/count:field_type");
}

TEST_F(WriteTest, AnUpdatePatchesAndTellsWhatWasThere) {
    const auto r = written(create({{"name", "甲"}, {"size", 1}, {"note", "旧"}}));
    clock.advance(1000);
    const auto u = written(update(r.id, {{"size", 2}, {"note", nullptr}, {"name", "甲"}}, 1));
    EXPECT_EQ(u.revision, 2);
    EXPECT_EQ(u.fields.at("size"), 2.0);
    EXPECT_FALSE(u.fields.contains("note"));
    EXPECT_EQ(u.created_at, r.created_at);
    EXPECT_GT(u.updated_at, r.updated_at);
    const auto entries = store->entries(live, 0, 10, "thing", r.id);
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_EQ(canonical_text((*entries)[1].before), R"({"note":"旧","size":1})");
    EXPECT_EQ((*entries)[1].action, Action::update);
    EXPECT_EQ((*entries)[1].after.revision, 2);
}

TEST_F(WriteTest, AStaleRevisionIsRefusedWithBoth) {
    const auto r = written(create({{"name", "甲"}}));
    written(update(r.id, {{"size", 1}}, 1));
    const auto out = write(update(r.id, {{"size", 2}}, 1));
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().is(errors::k_stale_revision));
    EXPECT_EQ(text_of(out.error(), Language::en),
              "The record has moved on to revision 2, yours is 1; look at the new one, then save");
    EXPECT_EQ(store->get(live, "thing", r.id)->fields.at("size"), 1.0);
}

TEST_F(WriteTest, MovesFollowTheProcedure) {
    const auto r = written(create({{"name", "甲"}}));
    EXPECT_EQ(refused(move(r.id, "leave")), "bad_request /fields/note:field_missing");
    EXPECT_EQ(refused(move(r.id, "leave", {{"note", ""}})),
              "bad_request /fields/note:field_missing");
    const auto busy = written(move(r.id, "start"));
    EXPECT_EQ(busy.state, "busy");
    const auto again = write(move(r.id, "start"));
    ASSERT_FALSE(again);
    EXPECT_EQ(text_of(again.error(), Language::zh), "当前状态“忙”不能开始；现在可以：离开");
    EXPECT_EQ(text_of(again.error(), Language::en),
              "'Start' is not open from state 'Busy'; open now: Leave");
    EXPECT_EQ(refused(move(r.id, "fly")), "move_not_open");
    const auto gone = written(move(r.id, "leave", {{"note", "下班"}}));
    EXPECT_EQ(gone.state, "gone");
    const auto entries = store->entries(live, 0, 10, "thing", r.id);
    EXPECT_EQ(entries->back().move, "leave");
    EXPECT_EQ(canonical_text(entries->back().before), R"({"note":null,"state":"busy"})");
}

TEST_F(WriteTest, RemovalIsSoft) {
    const auto r = written(create({{"name", "甲"}, {"number", "1"}}));
    EXPECT_TRUE(written(remove(r.id)).deleted);
    EXPECT_FALSE(store->get(live, "thing", r.id));
    EXPECT_EQ(names(live), "");
    EXPECT_EQ(names(live, {.deleted_too = true}), "甲");
    EXPECT_EQ(refused(update(r.id, {{"size", 1}})), "no_such_record");
    EXPECT_EQ(refused(remove(r.id)), "no_such_record");
    EXPECT_EQ(refused(create({{"name", "甲"}, {"number", "1"}}, r.id)), "id_taken");
    written(create({{"name", "乙"}, {"number", "1"}}));  // The number is free again.
}

TEST_F(WriteTest, UniqueValuesStayUnique) {
    const auto r = written(create({{"name", "甲"}, {"number", "1"}}));
    EXPECT_EQ(refused(create({{"name", "乙"}, {"number", "1"}})),
              "unique_taken /fields/number:unique_taken");
    const auto s = written(create({{"name", "乙"}, {"number", "2"}}));
    EXPECT_EQ(refused(update(s.id, {{"number", "1"}})), "unique_taken /fields/number:unique_taken");
    written(update(r.id, {{"number", "1"}, {"size", 1}}));
    Batch other = batch({create({{"name", "丙"}, {"number", "1"}})});
    other.zone = "elsewhere";
    EXPECT_TRUE(store->write(other));
}

TEST_F(WriteTest, ReferencesMustExist) {
    const auto nobody = Uuid::from_name("nobody");
    EXPECT_EQ(refused(create({{"name", "甲"}, {"parent", nobody.text()}})),
              "reference_broken /fields/parent:reference_broken");
    const auto r = written(create({{"name", "甲"}}));
    EXPECT_EQ(refused(update(r.id, {{"others", json::array{r.id.text(), nobody.text()}}})),
              "reference_broken /fields/others/1:reference_broken");
    const auto child = written(create({{"name", "乙"}, {"parent", r.id.text()}}));
    written(remove(r.id));
    written(update(child.id, {{"size", 3}}));  // What is not touched may point to what has gone.
    EXPECT_EQ(refused(update(child.id, {{"parent", r.id.text()}})),
              "reference_broken /fields/parent:reference_broken");
    Batch elsewhere = batch({create({{"name", "丙"}, {"parent", child.id.text()}})});
    elsewhere.zone = "elsewhere";
    EXPECT_FALSE(store->write(elsewhere));
}

TEST_F(WriteTest, ABatchIsAllOrNothingAndMayPointForward) {
    const auto a = Uuid::from_name("a"), b = Uuid::from_name("b");
    auto out = store->write(batch({create({{"name", "甲"}, {"parent", b.text()}}, a),
                                   create({{"name", "乙"}, {"parent", a.text()}}, b)}));
    ASSERT_TRUE(out) << text_of_error(out.error());
    EXPECT_EQ(out->first_sequence, 1);
    EXPECT_EQ(out->last_sequence, 2);
    out = store->write(
        batch({create({{"name", "丙"}}), create({{"size", 1}}), create({{"name", "丁"}})}));
    ASSERT_FALSE(out);
    EXPECT_EQ(said(out), "bad_request /changes/1/fields/name:field_missing");
    out = store->write(batch({create({{"name", "丙"}}), update(Uuid::from_name("none"), {})}));
    EXPECT_EQ(said(out), "no_such_record /changes/1:no_such_record");
    EXPECT_EQ(names(live, {.sort = "name"}), "乙 甲");
    EXPECT_EQ(store->last_sequence(), 2);
    EXPECT_EQ(written(create({{"name", "戊"}})).sequence, 3);
}

TEST_F(WriteTest, TheSameIdAgainIsARepetitionOrRefused) {
    const auto id = Uuid::from_name("mine");
    Change c = create({{"name", "甲"}, {"size", 1}, {"more", {{"x", 0.1}}}}, id);
    c.geometry = Geometry::point({117.791234567891, 38.991234567891});
    const auto r = written(c);
    const auto again = write(c);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->records.at(0).sequence, r.sequence);
    EXPECT_EQ(store->last_sequence(), 1);
    c.fields["size"] = 2;
    EXPECT_EQ(refused(c), "id_taken");
    c.fields["size"] = 1;
    written(update(id, {{"size", 1}}));
    EXPECT_EQ(refused(c), "id_taken");
}

TEST_F(WriteTest, AnIdempotencyKeyAnswersWithTheFirstOutcome) {
    Batch b = batch({create({{"name", "甲"}})});
    b.idempotency_key = "k1";
    const auto first = store->write(b);
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->repeated);
    open();  // Also after a restart.
    const auto second = store->write(b);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->repeated);
    EXPECT_EQ(second->first_sequence, first->first_sequence);
    EXPECT_EQ(canonical_text(to_json(second->records.at(0))),
              canonical_text(to_json(first->records.at(0))));
    EXPECT_EQ(store->last_sequence(), 1);
    b.author.user = Uuid::from_name("another");
    EXPECT_FALSE(store->write(b)->repeated);
    b.idempotency_key = "k2";
    b.changes = {create({})};
    EXPECT_FALSE(store->write(b));
    b.changes = {create({{"name", "乙"}})};
    EXPECT_FALSE(store->write(b)->repeated);  // A refusal is no outcome to repeat.
    clock.advance(25LL * 3600 * 1000);
    open();
    EXPECT_TRUE(store->write(b)->repeated);
    clock.advance(48LL * 3600 * 1000);
    open();
    EXPECT_FALSE(store->write(b)->repeated);
}

TEST_F(WriteTest, EverythingIsThereAfterReopening) {
    const auto r = written(create({{"name", "甲"}}));
    const auto head = store->head();
    open();
    EXPECT_EQ(store->head(), head);
    EXPECT_EQ(store->last_sequence(), 1);
    EXPECT_EQ(store->get(live, "thing", r.id)->fields, r.fields);
    EXPECT_EQ(written(create({{"name", "乙"}})).sequence, 2);
}

TEST_F(WriteTest, AClosedRegisterRefusesQuietly) {
    std::vector<std::string> outcomes;
    for (int i = 0; i < 50; ++i) {
        store->write_later(batch({create({{"name", "甲"}})}), [&](Result<Applied> out) {
            outcomes.push_back(out ? "ok" : text_of_error(out.error()));
        });
    }
    store.reset();  // What was accepted is finished first.
    EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "ok"), 50);
}

TEST_F(WriteTest, WritingFromTheWritersOwnThreadIsRefused) {
    std::promise<std::string> said;
    store->write_later(batch({create({{"name", "甲"}})}), [&](Result<Applied>) {
        const auto inner = store->write(batch({create({{"name", "乙"}})}));
        said.set_value(inner ? "accepted" : std::string(inner.error().row->id));
    });
    EXPECT_EQ(said.get_future().get(), "internal");
}

}  // namespace
}  // namespace anlan::bigdata::test
