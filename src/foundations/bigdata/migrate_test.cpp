// An old store under a new catalog: it grows by itself, and never loses anything by itself.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
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
