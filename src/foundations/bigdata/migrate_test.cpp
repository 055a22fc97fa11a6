// An old store under a new catalog: it grows by itself, and never loses anything by itself.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/store.h"
#include "foundations/bigdata/test_register.h"

namespace anlan::bigdata::test {
namespace {

struct MigrateTest : RegisterTest {
    Uuid kept;
    void SetUp() override {
        RegisterTest::SetUp();
        kept = written(create({{"name", "甲"}, {"size", 2}, {"note", "n"}})).id;
        Change c = create({{"name", "e"}});
        c.kind = "event";
        ASSERT_TRUE(store->write(batch({c})));
        store.reset();
    }
    using Exchange = std::pair<std::string_view, std::string_view>;
    static std::string with(std::initializer_list<Exchange> exchanges) {
        std::string text(k_things);
        for (const auto& [from, to] : exchanges) {
            const auto at = text.find(from);
            EXPECT_NE(at, text.npos) << from;
            text.replace(at, from.size(), to);
        }
        return text;
    }
    /// Opens the store under another catalog: "opened", or the problems.
    std::string under(std::string_view things, std::string_view events = k_events) {
        store.reset();
        put_catalog(folder.path / "catalog", things, events);
        auto loaded = Catalog::load(folder.path / "catalog");
        if (!loaded) return text_of(loaded.error(), Language::en);
        catalog = std::move(*loaded);
        auto opened = reopen();
        if (!opened) return text_of_error(opened.error());
        store = std::move(*opened);
        return "opened";
    }
};

// Format 1 is what first light wrote: no row numbers, no history, no indexes of texts and boxes.
TEST_F(MigrateTest, TheFirstFormatBecomesThisOne) {
    {
        sqlite::Connection old(database(), sqlite::Mode::create);
        for (const auto* kind : {"thing", "event"}) {
            const std::string name = std::string("r_") + kind;
            std::string columns, declared;
            auto row = old.prepare(
                "SELECT name, type, \"notnull\" FROM pragma_table_info(?) WHERE name NOT IN "
                "('row', 'import', 'erased') ORDER BY cid");
            row.bind(1, name);
            while (row.step()) {
                columns += (columns.empty() ? "" : ", ") + std::string(row.text(0));
                declared += std::string(row.text(0)) + " " + std::string(row.text(1)) +
                            (row.integer(2) != 0 ? " NOT NULL, " : ", ");
            }
            row.reset();
            old.execute("ALTER TABLE " + name + " RENAME TO newer; CREATE TABLE " + name + " (" +
                        declared + "PRIMARY KEY (zone, space, id)); INSERT INTO " + name +
                        " SELECT " + columns + " FROM newer; DROP TABLE newer; DROP TABLE h_" +
                        kind + "; DROP TABLE x_" + kind + "$");
        }
        old.execute(
            "DROP TABLE g_thing$; DROP TABLE imports; DELETE FROM meta WHERE key LIKE 'text:%'; "
            "UPDATE meta SET value = 1 WHERE key = 'schema_version'");
    }
    ASSERT_EQ(under(k_things), "opened");
    EXPECT_EQ(names(live, {.text = "jia"}), "甲");
    EXPECT_EQ(store->count(live, "thing", {.text = "甲"})->value, 1);
    const auto before = store->last_sequence();
    EXPECT_EQ(written(update(kept, {{"name", "乙"}})).revision, 2);
    EXPECT_EQ(names({"demo", std::string(k_live), {}, before}), "甲");
    EXPECT_EQ(store->count(live, "thing", {.text = "甲"})->value, 0);
    ASSERT_EQ(under(k_things), "opened");
    EXPECT_EQ(names(live, {.text = "yi"}), "乙");
}

TEST_F(MigrateTest, FieldsKindsAndIndexesAreAdded) {
    const auto grown =
        with({{"  - {name: note,",
               "  - {name: weight, type: number, label: {zh: 重, en: Weight}, index: true}\n"
               "  - {name: code, type: text, label: {zh: 码, en: Code}, required: true}\n  - "
               "{name: note,"}});
    ASSERT_EQ(under(grown), "opened");
    put(folder.path / "catalog/kinds/extra.yaml",
        "kind: extra\nlabel: {zh: 外, en: Extra}\nplural: {zh: 外, en: Extras}\n"
        "geometry: none\nexercise: own\ntitle: name\nfields:\n  - {name: name, type: text, label: "
        "{zh: 名, en: Name}}\n");
    ASSERT_EQ(under(grown), "opened");
    EXPECT_EQ(text_at(store->get(live, "thing", kept)->fields, "name"), "甲");
    // The old row has no value for the new required field; changing another field is still
    // possible.
    EXPECT_EQ(written(update(kept, {{"weight", 3}})).fields.at("weight"), 3.0);
    EXPECT_EQ(refused(create({{"name", "乙"}})), "bad_request /fields/code:field_missing");
    EXPECT_EQ(names(live, {.where = {{"weight", Compare::equal, 3}}}), "甲");
    Change c = create({{"name", "x"}});
    c.kind = "extra";
    EXPECT_TRUE(store->write(batch({c})));
    const auto verdict = verify_journal(database());
    EXPECT_FALSE(verdict->broken_at);
    sqlite::Connection connection(database(), sqlite::Mode::read_only);
    EXPECT_TRUE(
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'i_thing_weight'").step());
}

TEST_F(MigrateTest, WhatWouldLoseDataIsRefusedAndNamed) {
    const Exchange no_note{"  - {name: note, type: long_text, label: {zh: 备注, en: Note}}\n", ""};
    const Exchange no_requirement{", required: [note]", ""};
    EXPECT_EQ(under(with({no_requirement, no_note})), "store_unfit thing.note:store_field_gone");
    EXPECT_EQ(under(with({{"name: size, type: number", "name: size, type: integer"}})),
              "store_unfit thing.size:store_field_type");
    EXPECT_EQ(under(with({{"{name: idle,", "{name: ready,"},
                          {"from: [idle]", "from: [ready]"},
                          {"from: [idle, busy]", "from: [busy]"}})),
              "store_unfit thing:store_state_gone");
    EXPECT_EQ(under(k_things, ""), "store_unfit event:store_kind_gone");
    // All at once.
    EXPECT_EQ(under(with({no_requirement,
                          {"name: size, type: number", "name: size, type: text"},
                          {", min: 0", ""},
                          no_note}),
                    ""),
              "store_unfit event:store_kind_gone thing.note:store_field_gone "
              "thing.size:store_field_type");
    // Nothing was touched meanwhile, and what is empty may go.
    EXPECT_EQ(
        under(with(
            {{"  - {name: phone, type: phone, label: {zh: 电话, en: Phone}, sensitive: true}\n",
              ""}})),
        "opened");
    EXPECT_EQ(under(k_things), "opened");
    EXPECT_EQ(text_at(store->get(live, "thing", kept)->fields, "note"), "n");
}

struct NumberedTest : MigrateTest {
    void migration(int number, const std::string& steps) {
        const auto name = std::string("000") + std::to_string(number) + "-step.yaml";
        put(folder.path / "catalog/migrations" / name,
            "number: " + std::to_string(number) + "\ntitle: {zh: 步, en: Step}\nsteps:\n" + steps);
    }
    std::string row(const std::string& sql) {
        sqlite::Connection connection(database(), sqlite::Mode::read_only);
        auto statement = connection.prepare(sql);
        return statement.step() ? std::string(statement.text(0)) : "nothing";
    }
};

const std::initializer_list<MigrateTest::Exchange> k_renamed{
    {"name: note, type: long_text", "name: remark, type: long_text"},
    {"required: [note]", "required: [remark]"}};

TEST_F(NumberedTest, ARenamedFieldKeepsItsValuesAndIsRenamedOnce) {
    EXPECT_EQ(under(with(k_renamed)), "store_unfit thing.note:store_field_gone");
    migration(1, "  - {rename: thing.note, to: remark}\n");
    ASSERT_EQ(under(with(k_renamed)), "opened");
    EXPECT_EQ(text_at(store->get(live, "thing", kept)->fields, "remark"), "n");
    EXPECT_EQ(store->get(live, "thing", kept)->revision, 1);
    EXPECT_EQ(written(update(kept, {{"remark", "m"}})).revision, 2);
    // The old entry says what it said, and the chain holds.
    EXPECT_EQ(text_at(store->entries(live, 0, 10, "thing", kept)->front().after.fields, "note"),
              "n");
    EXPECT_FALSE(verify_journal(database())->broken_at);
    ASSERT_EQ(under(with(k_renamed)), "opened");
    EXPECT_EQ(text_at(store->get(live, "thing", kept)->fields, "remark"), "m");
    EXPECT_EQ(row("SELECT count(*) FROM migration"), "1");
    EXPECT_EQ(row("SELECT rows FROM migration"), "1");
    EXPECT_EQ(row("SELECT catalog_after FROM migration"), catalog->version());
    EXPECT_NE(row("SELECT catalog_before FROM migration"), catalog->version());
}

TEST_F(NumberedTest, TypesChangeAndCodesMergeOrNothingDoes) {
    ASSERT_EQ(under(k_things), "opened");
    const auto red = written(create({{"name", "红"}, {"size", 2.5}, {"colour", "red"}})).id;
    const auto whole = with({{"name: size, type: number", "name: size, type: integer"}});
    migration(1,
              "  - {map: thing.colour, codes: {red: blue}}\n"
              "  - {change: thing.size, to: integer}\n");
    EXPECT_EQ(under(whole), "migration_refused thing.size:migration_value");
    EXPECT_EQ(row("SELECT f_colour FROM r_thing WHERE id = '" + red.text() + "'"), "red");
    migration(1,
              "  - {map: thing.colour, codes: {red: blue}}\n"
              "  - {change: thing.size, to: integer, factor: 1000}\n"
              "  - {map_states: thing, states: {idle: busy}}\n");
    ASSERT_EQ(under(whole), "opened");
    const auto changed = *store->get(live, "thing", red);
    EXPECT_EQ(changed.fields.at("size"), 2500);
    EXPECT_TRUE(changed.fields.at("size").is_int64());
    EXPECT_EQ(text_at(changed.fields, "colour"), "blue");
    EXPECT_EQ(changed.state, "busy");
    EXPECT_EQ(names(live, {.where = {{"size", Compare::greater, 2000}}}), "红");
}

TEST_F(NumberedTest, DropsNeedNoMoreThanTheirReasonAndFillsReachWhatIsEmpty) {
    const auto without = with({{"  - {name: note, type: long_text, label: {zh: 备注, en: Note}}\n",
                                "  - {name: code, type: text, label: {zh: 码, en: Code}, required: "
                                "true}\n"},
                               {", required: [note]", ""}});
    migration(1,
              "  - {drop: thing.note, reason: never used}\n"
              "  - {drop_kind: event, reason: never used}\n");
    migration(2, "  - {fill: thing.code, value: \"-\"}\n");
    ASSERT_EQ(under(without, ""), "opened");
    const auto there = *store->get(live, "thing", kept);
    EXPECT_FALSE(there.fields.contains("note"));
    EXPECT_EQ(text_at(there.fields, "code"), "-");
    EXPECT_EQ(row("SELECT count(*) FROM migration"), "2");
    EXPECT_EQ(row("SELECT 1 FROM sqlite_schema WHERE name = 'r_event'"), "nothing");
}

TEST_F(NumberedTest, ATrialChangesNothing) {
    migration(1, "  - {rename: thing.note, to: remark}\n");
    put_catalog(folder.path / "catalog", with(k_renamed));
    const auto loaded = Catalog::load(folder.path / "catalog");
    ASSERT_TRUE(loaded) << text_of(loaded.error(), Language::en);
    {
        sqlite::Connection connection(database(), sqlite::Mode::create);
        const auto told =
            migrate(connection, *loaded, Tables(*loaded), clock.now(), Migrate::trial);
        ASSERT_TRUE(told) << text_of_error(told.error());
        ASSERT_EQ(told->size(), 1u);
        EXPECT_EQ(told->front().rows, 1);
    }
    EXPECT_EQ(row("SELECT f_note FROM r_thing"), "n");
    EXPECT_EQ(row("SELECT 1 FROM sqlite_schema WHERE name = 'migration' AND rootpage > 0 AND "
                  "(SELECT count(*) FROM migration) > 0"),
              "nothing");
}

TEST_F(NumberedTest, AStoreThatIsAheadAndARenameOntoValuesAreRefused) {
    migration(1, "  - {rename: thing.note, to: number}\n");
    ASSERT_EQ(under(k_things), "opened");  // Nothing has a number yet.
    store.reset();
    EXPECT_EQ(row("SELECT f_number FROM r_thing"), "n");
    std::filesystem::remove_all(folder.path / "catalog/migrations");
    EXPECT_EQ(under(k_things), "migration_newer");
    migration(1, "  - {rename: thing.note, to: number}\n");
    migration(2, "  - {rename: thing.name, to: number}\n");
    EXPECT_EQ(under(k_things), "migration_refused thing.name:migration_taken");
}

TEST_F(NumberedTest, WrongFilesAreSaidWithTheirLine) {
    migration(1, "  - {rename: thing.note}\n  - {change: thing, to: integer}\n  - {paint: red}\n");
    migration(3, "  - {drop: thing.note, reason: x}\n");
    const auto said = under(k_things);
    EXPECT_NE(said.find("0001-step.yaml:4"), said.npos) << said;
    EXPECT_NE(said.find("0001-step.yaml:5"), said.npos) << said;
    EXPECT_NE(said.find("0001-step.yaml:6"), said.npos) << said;
    EXPECT_NE(said.find("0003-step.yaml:1"), said.npos) << said;
}

TEST_F(MigrateTest, ANewerStoreIsLeftAlone) {
    {
        sqlite::Connection connection(database(), sqlite::Mode::create);
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'schema_version'");
    }
    EXPECT_EQ(under(k_things), "store_version");
}

TEST_F(MigrateTest, AFileThatIsNoDatabaseIsSaid) {
    put(database(), "this is no database, and long enough to be looked at as one");
    EXPECT_EQ(under(k_things), "io");
}

}  // namespace
}  // namespace anlan::bigdata::test
