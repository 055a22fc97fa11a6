// Exercise spaces: the live register as of the base, under the exercise's own rows.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_register.h"

#include <map>

namespace anlan::bigdata::test {
namespace {

struct ExerciseTest : RegisterTest {
    const View drill{"demo", "drill", {}};
    std::int64_t open_drill(std::string space = "drill") {
        const auto base = store->open_space("demo", space);
        EXPECT_TRUE(base) << text_of_error(base.error());
        return base.value_or(-1);
    }
};

TEST_F(ExerciseTest, ShowsTheLiveRowsAsOfItsBase) {
    const auto a = written(create({{"name", "a"}, {"size", 1}, {"number", "1"}}));
    const auto b = written(create({{"name", "b"}}));
    const auto c = written(create({{"name", "c"}}));
    EXPECT_EQ(open_drill(), 3);
    written(update(a.id, {{"size", 2}, {"name", "A"}}));  // Live moves on,
    written(update(a.id, {{"size", 3}}));
    written(remove(b.id));
    written(create({{"name", "d"}}));
    EXPECT_EQ(names(drill, {.sort = "name"}), "a b c");  // the exercise does not.
    EXPECT_EQ(names(live, {.sort = "name"}), "A c d");
    const auto seen = store->get(drill, "thing", a.id);
    ASSERT_TRUE(seen);
    EXPECT_EQ(canonical_text(to_json(*seen)), canonical_text(to_json(a)));
    EXPECT_EQ(seen->space, "live");
    EXPECT_EQ(store->count(drill, "thing", {})->value, 3);
    EXPECT_EQ(store->all(drill, "thing")->size(), 3u);
    // A live row that got its before-image, and one that did not, are found by conditions all the
    // same.
    EXPECT_EQ(names(drill, {.where = {{"size", Compare::equal, 1}}}), "a");
    EXPECT_EQ(names(drill, {.where = {{"size", Compare::equal, 3}}}), "");
    EXPECT_EQ(store->entries(drill, 0, 100)->size(), 0u);  // Before-images are no changes.
    EXPECT_EQ(store->last_sequence(), 7);
}

TEST_F(ExerciseTest, ItsOwnChangesStayItsOwn) {
    const auto a = written(create({{"name", "a"}, {"size", 1}}));
    const auto b = written(create({{"name", "b"}}));
    open_drill();
    const auto changed = written(update(a.id, {{"size", 9}}, 1), "drill");
    EXPECT_EQ(changed.revision, 2);
    EXPECT_EQ(changed.space, "drill");
    EXPECT_EQ(changed.created_at, a.created_at);
    written(remove(b.id), "drill");
    written(create({{"name", "x"}}), "drill");
    EXPECT_EQ(names(drill, {.sort = "name"}), "a x");
    EXPECT_EQ(names(live, {.sort = "name"}), "a b");
    EXPECT_EQ(store->get(live, "thing", a.id)->fields.at("size"), 1.0);
    EXPECT_EQ(store->get(drill, "thing", a.id)->fields.at("size"), 9.0);
    EXPECT_FALSE(store->get(drill, "thing", b.id));
    EXPECT_EQ(store->entries(drill, 0, 10)->size(), 3u);
    EXPECT_EQ(store->entries(live, 0, 10)->size(), 2u);
    // Live changes after the exercise's own must not come through.
    written(update(a.id, {{"size", 5}}));
    EXPECT_EQ(store->get(drill, "thing", a.id)->fields.at("size"), 9.0);
    // Changing an inherited row once its before-image is there.
    const auto c = written(create({{"name", "c"}, {"size", 1}}));
    open_drill("second");
    written(update(c.id, {{"size", 2}}));
    const auto mine = written(update(c.id, {{"note", "n"}}, 1), "second");
    EXPECT_EQ(mine.fields.at("size"), 1.0);
    EXPECT_EQ(mine.space, "second");
    EXPECT_EQ(store->get({"demo", "second", {}}, "thing", c.id)->space, "second");
}

TEST_F(ExerciseTest, OwnKindsStartEmpty) {
    Change c = create({{"name", "e"}});
    c.kind = "event";
    ASSERT_TRUE(store->write(batch({c})));
    open_drill();
    EXPECT_EQ(store->count(drill, "event", {})->value, 0);
    ASSERT_TRUE(store->write(batch({c}, "drill")));
    EXPECT_EQ(store->count(drill, "event", {})->value, 1);
    EXPECT_EQ(store->count(live, "event", {})->value, 1);
}

TEST_F(ExerciseTest, RulesLookThroughTheExercisesEyes) {
    const auto a = written(create({{"name", "a"}, {"number", "1"}}));
    open_drill();
    const auto later = written(create({{"name", "later"}, {"number", "2"}}));
    EXPECT_EQ(refused(create({{"name", "x"}, {"number", "1"}}), "drill"),
              "unique_taken /fields/number:unique_taken");
    written(create({{"name", "x"}, {"number", "2"}, {"parent", a.id.text()}}),
            "drill");  // 2 came after the base.
    EXPECT_EQ(refused(create({{"name", "y"}, {"parent", later.id.text()}}), "drill"),
              "reference_broken /fields/parent:reference_broken");
    EXPECT_EQ(refused(update(later.id, {{"size", 1}}), "drill"), "no_such_record");
    EXPECT_EQ(refused(create({{"name", "z"}, {"number", "3"}}, a.id), "drill"), "id_taken");
}

TEST_F(ExerciseTest, OpensAndClosesOnce) {
    EXPECT_EQ(refused(create({{"name", "x"}}), "drill"), "no_such_space");
    EXPECT_FALSE(store->open_space("demo", "live"));
    const auto a = written(create({{"name", "a"}}));
    const auto base = open_drill();
    written(create({{"name", "b"}}));
    EXPECT_EQ(open_drill(), base);
    EXPECT_FALSE(store->list({"elsewhere", "drill", {}}, "thing", {}));
    written(create({{"name", "mine"}}), "drill");
    ASSERT_TRUE(store->close_space("demo", "drill"));
    EXPECT_EQ(refused(create({{"name", "y"}}), "drill"), "space_closed");
    EXPECT_EQ(said(store->open_space("demo", "drill")), "space_closed");
    EXPECT_EQ(said(store->close_space("demo", "nothing")), "no_such_space");
    written(
        update(a.id, {{"name", "A"}}));  // Closed, it still reads as it was; also after a restart.
    EXPECT_EQ(names(drill, {.sort = "name"}), "a mine");
    open();
    EXPECT_EQ(names(drill, {.sort = "name"}), "a mine");
    EXPECT_EQ(refused(create({{"name", "y"}}), "drill"), "space_closed");
}

// Against a model that copies everything at the base: random changes in live and three exercises.
TEST_F(ExerciseTest, AgreesWithPlainCopies) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        SeededRandom dice(seed);
        const std::string zone = "z" + std::to_string(seed);
        std::map<std::string, std::map<Uuid, std::string>> model;
        std::vector<std::string> spaces{"live"};
        for (int step = 0; step < 150; ++step) {
            if (spaces.size() < 4 && dice.next_u64() % 25 == 0) {
                const auto space = "drill" + std::to_string(spaces.size());
                ASSERT_TRUE(store->open_space(zone, space));
                spaces.push_back(space);
                model[space] = model["live"];
            }
            const auto& space = spaces[dice.next_u64() % spaces.size()];
            auto& rows = model[space];
            const auto name = "n" + std::to_string(step);
            Batch b = batch({}, space);
            b.zone = zone;
            if (rows.empty() || dice.next_u64() % 3 == 0) {
                b.changes = {create({{"name", name}})};
                rows[store->write(b)->records.at(0).id] = name;
                continue;
            }
            const auto id =
                std::next(rows.begin(), static_cast<long>(dice.next_u64() % rows.size()))->first;
            const bool removes = dice.next_u64() % 4 == 0;
            b.changes = {removes ? remove(id) : update(id, {{"name", name}})};
            ASSERT_TRUE(store->write(b));
            if (removes)
                rows.erase(id);
            else
                rows[id] = name;
        }
        for (const auto& space : spaces) {
            std::map<Uuid, std::string> found;
            const auto all = store->all({zone, space, {}}, "thing");
            ASSERT_TRUE(all);
            for (const auto& r : *all) found[r.id] = text_at(r.fields, "name");
            EXPECT_EQ(found, model[space]) << space;
            for (const auto& [id, name] : model[space]) {
                EXPECT_EQ(text_at(store->get({zone, space, {}}, "thing", id)->fields, "name"),
                          name);
            }
        }
    }
    const auto verdict = verify_journal(database());
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->broken_at);
}

}  // namespace
}  // namespace anlan::bigdata::test
