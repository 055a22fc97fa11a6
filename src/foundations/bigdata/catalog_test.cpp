#include "foundations/bigdata/catalog.h"

#include "core/describe.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace anlan::bigdata {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view k_good_kind = R"(kind: team
label: {zh: 队伍, en: Team}
plural: {zh: 队伍, en: Teams}
geometry: point
exercise: inherit
title: name
list: [name, state]
states:
  - {name: idle, label: {zh: 待命, en: Idle}}
  - {name: out, label: {zh: 出动, en: Out}, final: true}
moves:
  - {name: go, from: [idle], to: out, label: {zh: 出动, en: Go}, required: [size]}
fields:
  - {name: name, type: text, label: {zh: 名称, en: Name}, required: true, length: 5}
  - {name: type, type: code, label: {zh: 类型, en: Type}, table: team_type}
  - {name: size, type: integer, label: {zh: 人数, en: Size}, min: 1, max: 9, unit: 人, default: 3}
  - {name: weight, type: number, label: {zh: 重, en: Weight}}
  - {name: open, type: boolean, label: {zh: 开, en: Open}}
  - {name: day, type: date, label: {zh: 日, en: Day}}
  - {name: at, type: time, label: {zh: 时, en: At}}
  - {name: parent, type: reference, label: {zh: 上级, en: Parent}, kind: team}
  - {name: others, type: references, label: {zh: 其他, en: Others}, kind: team}
  - {name: phone, type: phone, label: {zh: 电话, en: Phone}, sensitive: true}
  - {name: plate, type: text, label: {zh: 车牌, en: Plate}, pattern: "津[A-Z]\\d{5}"}
  - {name: more, type: json, label: {zh: 更多, en: More}}
)";
constexpr std::string_view k_good_codes = R"(tables:
  - table: team_type
    label: {zh: 类型, en: Types}
    source: product
    codes:
      - {value: fire, label: {zh: 消防, en: Fire}}
      - {value: hazmat, label: {zh: 危化, en: Hazmat}, parent: fire}
)";
constexpr std::string_view k_good_roles = R"(roles:
  - role: keeper
    label: {zh: 管理员, en: Keeper}
    scope: all
    rights: ["*.read", "team.*", "report.make"]
)";

struct CatalogTest : ::testing::Test {
    test::Folder folder;
    void put(const std::string& name, std::string_view text) {
        const auto path = folder.path / "catalog" / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    void SetUp() override {
        put("kinds/team.yaml", k_good_kind);
        put("codes/all.yaml", k_good_codes);
        put("roles.yaml", k_good_roles);
    }
    Result<Catalog> load() { return Catalog::load(folder.path / "catalog"); }
    /// The problems, one "where id" a line.
    std::string problems() {
        const auto out = load();
        if (out) return "none";
        std::string text;
        for (const auto& problem : out.error().fields) {
            text += problem.where + " " + std::string(problem.row->id) + "\n";
            for (const auto language : {Language::zh, Language::en}) {
                const auto said = text_of(*problem.row, problem.parameters, language);
                EXPECT_EQ(said.find('{'), said.npos) << said;
            }
        }
        return text;
    }
    /// The good kind with one piece of its text exchanged.
    void put_kind(std::string_view from, std::string_view to) {
        std::string text(k_good_kind);
        const auto at = text.find(from);
        ASSERT_NE(at, text.npos) << from;
        text.replace(at, from.size(), to);
        put("kinds/team.yaml", text);
    }
};

TEST_F(CatalogTest, AGoodCatalogLoads) {
    const auto catalog = load();
    ASSERT_TRUE(catalog) << text_of(catalog.error(), Language::en);
    const auto* team = catalog->kind("team");
    ASSERT_NE(team, nullptr);
    EXPECT_EQ(team->geometry, GeometryUse::point);
    EXPECT_EQ(team->field("size")->otherwise, json::value(3));
    EXPECT_EQ(team->move("go")->right, "team.go");
    EXPECT_TRUE(team->state("out")->final);
    EXPECT_EQ(catalog->codes("team_type")->find("hazmat")->parent, "fire");
    EXPECT_EQ(catalog->version().size(), 16u);
    EXPECT_EQ(catalog->kind("nothing"), nullptr);
}

TEST_F(CatalogTest, TheVersionFollowsTheDeclaration) {
    const auto before = load()->version();
    EXPECT_EQ(load()->version(), before);
    put_kind("max: 9", "max: 8");
    EXPECT_NE(load()->version(), before);
    put_kind("kind: team", "# a remark\nkind: team");
    EXPECT_EQ(load()->version(), before);
}

struct WrongCase {
    const char *from, *to, *expected;
};

class WrongKind : public CatalogTest, public ::testing::WithParamInterface<WrongCase> {};

TEST_P(WrongKind, IsSaidWithFileAndLine) {
    put_kind(GetParam().from, GetParam().to);
    EXPECT_THAT(problems(), HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WrongKind,
    ::testing::Values(
        WrongCase{"geometry: point", "geometry: circle", "catalog/kinds/team.yaml:4 catalog_value"},
        WrongCase{"exercise: inherit\n", "", "catalog/kinds/team.yaml:1 catalog_key_missing"},
        WrongCase{"exercise: inherit", "exercise: inherit\ncolour: red",
                  "catalog/kinds/team.yaml:6 catalog_key_unknown"},
        WrongCase{"title: name", "title: nme", "catalog/kinds/team.yaml:6 catalog_undeclared"},
        WrongCase{"list: [name, state]", "list: [name, rank]",
                  "catalog/kinds/team.yaml:7 catalog_undeclared"},
        WrongCase{"from: [idle]", "from: [sleeping]",
                  "catalog/kinds/team.yaml:12 catalog_undeclared"},
        WrongCase{"to: out", "to: away", "catalog/kinds/team.yaml:12 catalog_undeclared"},
        WrongCase{"required: [size]", "required: [length]",
                  "catalog/kinds/team.yaml:12 catalog_undeclared"},
        WrongCase{"{name: out,", "{name: idle,", "catalog/kinds/team.yaml:10 catalog_twice"},
        WrongCase{"type: code", "type: kode", "catalog/kinds/team.yaml:15 catalog_value"},
        WrongCase{"table: team_type", "table: team_types",
                  "catalog/kinds/team.yaml:15 catalog_undeclared"},
        WrongCase{", table: team_type", "", "catalog/kinds/team.yaml:15 catalog_key_missing"},
        WrongCase{"kind: team}", "kind: tram}", "catalog/kinds/team.yaml:21 catalog_undeclared"},
        WrongCase{"en: Weight", "fr: Poids", "catalog/kinds/team.yaml:17 catalog_label"},
        WrongCase{"en: Weight", "fr: Poids", "catalog/kinds/team.yaml:17 catalog_key_unknown"},
        WrongCase{"name: weight", "name: size", "catalog/kinds/team.yaml:17 catalog_twice"},
        WrongCase{"name: weight", "name: Weight-kg", "catalog/kinds/team.yaml:17 catalog_shape"},
        WrongCase{"name: weight", "name: state", "catalog/kinds/team.yaml:17 catalog_twice"},
        WrongCase{"min: 1, max: 9", "min: 9, max: 1", "catalog/kinds/team.yaml:16 catalog_shape"},
        WrongCase{"min: 1, max: 9", "min: one", "catalog/kinds/team.yaml:16 catalog_shape"},
        WrongCase{"default: 3", "default: 30", "catalog/kinds/team.yaml:16 above_max"},
        WrongCase{"required: true", "required: yes", "catalog/kinds/team.yaml:14 catalog_value"},
        WrongCase{"type: boolean", "type: boolean, min: 1",
                  "catalog/kinds/team.yaml:18 catalog_unfit"},
        WrongCase{"\\\\d{5}", "(", "catalog/kinds/team.yaml:24 catalog_shape"},
        WrongCase{"kind: team\n", "kind: crew\n", "catalog/kinds/team.yaml:1 catalog_value"},
        WrongCase{"fields:", "fields: 3\nmore:", "catalog/kinds/team.yaml:13 catalog_shape"},
        WrongCase{"title: name", "title: [", "catalog/kinds/team.yaml:"}));

INSTANTIATE_TEST_SUITE_P(
    Declarations, WrongKind,
    ::testing::Values(
        WrongCase{"list: [name, state]", "list: [name, state]\nkey: [nme]",
                  "catalog/kinds/team.yaml:8 catalog_undeclared"},
        WrongCase{"list: [name, state]", "list: [name, state]\nsearch: [size]",
                  "catalog/kinds/team.yaml:8 catalog_unfit"},
        WrongCase{"list: [name, state]",
                  "list: [name, state]\nform: [{section: {zh: 甲, en: A}, fields: [name, nme]}]",
                  "catalog/kinds/team.yaml:8 catalog_undeclared"},
        WrongCase{"list: [name, state]",
                  "list: [name, state]\nform: [{section: {zh: 甲, en: A}, fields: [name, name]}]",
                  "catalog/kinds/team.yaml:8 catalog_twice"},
        WrongCase{"list: [name, state]", "list: [name, state]\nretention: {years: 3}",
                  "catalog/kinds/team.yaml:8 catalog_key_missing"},
        WrongCase{"list: [name, state]", "list: [name, state]\nretention: {years: 0, source: x}",
                  "catalog/kinds/team.yaml:8 catalog_shape"},
        WrongCase{"list: [name, state]", "list: [name, state]\nmap: {by_state: {idl: {a: 1}}}",
                  "catalog/kinds/team.yaml:8 catalog_undeclared"},
        WrongCase{"type: date", "type: date, earliest: yesterday",
                  "catalog/kinds/team.yaml:19 catalog_shape"},
        WrongCase{"type: date", "type: date, earliest: \"2026-01-02\", latest: \"2026-01-01\"",
                  "catalog/kinds/team.yaml:19 catalog_shape"},
        WrongCase{"type: boolean", "type: boolean, latest: \"2026-01-01\"",
                  "catalog/kinds/team.yaml:18 catalog_unfit"},
        WrongCase{"name: weight, type: number", "name: weight, type: height",
                  "catalog/kinds/team.yaml:17 catalog_key_missing"},
        WrongCase{"name: weight, type: number", "name: weight, type: height, datum: moon",
                  "catalog/kinds/team.yaml:17 catalog_undeclared"},
        WrongCase{"required: [size]}", "required: [size], roles: [king]}",
                  "catalog/kinds/team.yaml:12 catalog_undeclared"},
        WrongCase{"required: [size]}", "required: [size], guards: [{name: sober}]}",
                  "catalog/kinds/team.yaml:12 catalog_value"},
        WrongCase{"required: [size]}",
                  "required: [size], guards: [{name: in_order, fields: [day]}]}",
                  "catalog/kinds/team.yaml:12 catalog_guard"},
        WrongCase{"required: [size]}", "required: [size], effects: [{set: day, to: now}]}",
                  "catalog/kinds/team.yaml:12 catalog_unfit"},
        WrongCase{"required: [size]}", "required: [size], effects: [{set: size, value: 99}]}",
                  "catalog/kinds/team.yaml:12 above_max"},
        WrongCase{"required: [size]}", "required: [size], effects: [{start: watch}]}",
                  "catalog/kinds/team.yaml:12 catalog_undeclared"},
        WrongCase{
            "fields:\n",
            "clocks:\n  - {name: c, label: {zh: 钟, en: C}, starts: [idl], stops: [out], due: "
            "{hours: 1}, source: x}\nfields:\n",
            "catalog/kinds/team.yaml:14 catalog_undeclared"},
        WrongCase{
            "fields:\n",
            "clocks:\n  - {name: c, label: {zh: 钟, en: C}, starts: [idle], stops: [out], due: "
            "{hours: 1}}\nfields:\n",
            "catalog/kinds/team.yaml:14 catalog_key_missing"},
        WrongCase{
            "fields:\n",
            "clocks:\n  - {name: c, label: {zh: 钟, en: C}, starts: [idle], stops: [out], due: "
            "{field: size}, source: x}\nfields:\n",
            "catalog/kinds/team.yaml:14 catalog_unfit"},
        WrongCase{
            "fields:\n",
            "clocks:\n  - {name: c, label: {zh: 钟, en: C}, starts: [idle], stops: [out], due: "
            "{hours: 1, days: 2}, source: x}\nfields:\n",
            "catalog/kinds/team.yaml:14 catalog_shape"}));

TEST_F(CatalogTest, ACodeMeansItsDescendantsAndIsNotItsOwnAncestor) {
    const std::string head =
        "tables:\n  - table: team_type\n    label: {zh: 类, en: T}\n"
        "    source: x\n    codes:\n";
    const auto code = [](const char* value, const char* parent) {
        return std::string("      - {value: ") + value +
               ", label: {zh: 甲, en: A}, parent: " + parent + "}\n";
    };
    put("codes/all.yaml", head + "      - {value: a, label: {zh: 甲, en: A}}\n" + code("b", "a") +
                              code("c", "b") + code("d", "a"));
    const auto catalog = load();
    ASSERT_TRUE(catalog) << text_of(catalog.error(), Language::en);
    const auto* table = catalog->codes("team_type");
    EXPECT_EQ(table->with_descendants("a"), (std::vector<std::string>{"a", "b", "d", "c"}));
    EXPECT_EQ(table->with_descendants("b"), (std::vector<std::string>{"b", "c"}));
    EXPECT_EQ(table->with_descendants("x"), (std::vector<std::string>{"x"}));
    put("codes/all.yaml", head + code("a", "c") + code("b", "a") + code("c", "b"));
    EXPECT_THAT(problems(), HasSubstr("catalog/codes/all.yaml:6 catalog_circle"));
}

TEST_F(CatalogTest, WhatIsDeclaredIsServed) {
    put_kind(
        "list: [name, state]",
        "list: [name, state]\nkey: [name]\nsearch: [name]\nretention: {years: 3, source: law}\n"
        "form: [{section: {zh: 甲, en: A}, fields: [name, type]}]\nmap: {by_state: {out: {a: 1}}}");
    const auto catalog = load();
    ASSERT_TRUE(catalog) << text_of(catalog.error(), Language::en);
    const auto kind = to_json(*catalog).at("kinds").at(0).as_object();
    EXPECT_EQ(canonical_text(kind.at("key")), R"(["name"])");
    EXPECT_EQ(canonical_text(kind.at("search")), R"(["name"])");
    EXPECT_EQ(canonical_text(kind.at("retention")), R"({"source":"law","years":3})");
    EXPECT_EQ(canonical_text(kind.at("form")),
              R"([{"fields":["name","type"],"label":{"en":"A","zh":"甲"}}])");
    EXPECT_EQ(canonical_text(kind.at("map")), R"({"by_state":{"out":{"a":1}}})");
}

TEST_F(CatalogTest, CalendarsAreReadStrictly) {
    put("calendar/cn.yaml",
        "hours: [\"09:00-12:00\", \"11:00-18:00\"]\nyears:\n  - year: 2026\n    source: x\n"
        "    holidays:\n      - {name: {zh: 甲, en: A}, from: \"2026-01-03\", to: \"2026-01-01\"}\n"
        "      - {name: {zh: 乙, en: B}, from: \"2026-05-01\", to: \"2026-05-02\", shifted: "
        "[\"2027-05-09\"]}\n");
    const auto said = problems();
    EXPECT_THAT(said, HasSubstr("catalog/calendar/cn.yaml:1 catalog_shape"));
    EXPECT_THAT(said, HasSubstr("catalog/calendar/cn.yaml:6 catalog_shape"));
    EXPECT_THAT(said, HasSubstr("catalog/calendar/cn.yaml:7 catalog_shape"));
}

TEST_F(CatalogTest, AllProblemsAreSaidAtOnce) {
    put_kind("geometry: point", "geometry: circle");
    put("codes/all.yaml",
        "tables:\n  - table: t\n    label: {zh: 甲, en: A}\n    codes:\n      - {value: a, label: "
        "{zh: 甲}, parent: b}\n");
    put("roles.yaml",
        "roles:\n  - role: keeper\n    label: {zh: 管, en: K}\n    scope: everywhere\n    rights: "
        "[read, \"*.fly\"]\n");
    const auto said = problems();
    EXPECT_THAT(said, HasSubstr("catalog/kinds/team.yaml:4 catalog_value"));
    EXPECT_THAT(said, HasSubstr("catalog/kinds/team.yaml:15 catalog_undeclared"));
    EXPECT_THAT(said, HasSubstr("catalog/codes/all.yaml:2 catalog_key_missing"));
    EXPECT_THAT(said, HasSubstr("catalog/codes/all.yaml:5 catalog_label"));
    EXPECT_THAT(said, HasSubstr("catalog/codes/all.yaml:5 catalog_undeclared"));
    EXPECT_THAT(said, HasSubstr("catalog/roles.yaml:4 catalog_value"));
    EXPECT_THAT(said, HasSubstr("catalog/roles.yaml:5 catalog_value"));
}

TEST_F(CatalogTest, AMissingFolderIsSaid) {
    std::filesystem::remove_all(folder.path / "catalog" / "codes");
    std::filesystem::remove(folder.path / "catalog" / "roles.yaml");
    const auto said = problems();
    EXPECT_THAT(said, HasSubstr("codes catalog_unreadable"));
    EXPECT_THAT(said, HasSubstr("catalog/roles.yaml catalog_unreadable"));
}

TEST_F(CatalogTest, ATableInTwoFilesIsSaid) {
    put("codes/more.yaml", k_good_codes);
    EXPECT_THAT(problems(), HasSubstr("catalog/codes/more.yaml:2 catalog_twice"));
}

struct FieldsTest : CatalogTest {
    std::optional<Catalog> catalog;
    void SetUp() override {
        CatalogTest::SetUp();
        catalog = *load();
    }
    std::string check(const json::object& fields, bool complete = true) {
        const auto out = check_fields(*catalog, *catalog->kind("team"), fields, complete);
        if (out) return "";
        EXPECT_TRUE(out.error().is(errors::k_bad_request));
        std::string text;
        for (const auto& each : out.error().fields)
            text += each.where + " " + std::string(each.row->id) + ";";
        return text;
    }
};

TEST_F(FieldsTest, EachKindOfMistakeIsNamed) {
    EXPECT_EQ(check({{"name", "甲队"}}), "");
    EXPECT_EQ(check({}), "/fields/name field_missing;");
    EXPECT_EQ(check({}, false), "");
    EXPECT_EQ(check({{"name", nullptr}}, false), "/fields/name field_missing;");
    EXPECT_EQ(check({{"name", nullptr}}), "/fields/name field_missing;");
    EXPECT_EQ(check({{"name", ""}}), "/fields/name too_short;");
    EXPECT_EQ(check({{"name", "一二三四五"}}), "");
    EXPECT_EQ(check({{"name", "一二三四五六"}}), "/fields/name too_long;");
    EXPECT_EQ(check({{"name", "a"}, {"rank", 1}}), "/fields/rank field_unknown;");
    EXPECT_EQ(check({{"size", 0}}, false), "/fields/size below_min;");
    EXPECT_EQ(check({{"size", 10}}, false), "/fields/size above_max;");
    EXPECT_EQ(check({{"size", 2.5}}, false), "/fields/size field_type;");
    EXPECT_EQ(check({{"size", 2.0}}, false), "");
    EXPECT_EQ(check({{"size", "2"}}, false), "/fields/size field_type;");
    EXPECT_EQ(check({{"type", "sea"}}, false), "/fields/type not_in_table;");
    EXPECT_EQ(check({{"open", 1}}, false), "/fields/open field_type;");
    EXPECT_EQ(check({{"day", "2026-02-30"}}, false), "/fields/day field_type;");
    EXPECT_EQ(check({{"at", "yesterday"}}, false), "/fields/at field_type;");
    EXPECT_EQ(check({{"parent", "x"}}, false), "/fields/parent field_type;");
    EXPECT_EQ(check({{"others", json::array{"x"}}}, false), "/fields/others/0 field_type;");
    EXPECT_EQ(check({{"phone", "call me"}}, false), "/fields/phone field_type;");
    EXPECT_EQ(check({{"plate", "津A12345"}}, false), "");
    EXPECT_EQ(check({{"plate", "津A123456"}}, false), "/fields/plate pattern_mismatch;");
    EXPECT_EQ(check({{"more", 3}}, false), "/fields/more field_type;");
    EXPECT_EQ(check({{"size", 0}, {"open", 3}, {"x", 1}}, false),
              "/fields/size below_min;/fields/open field_type;/fields/x field_unknown;");
}

TEST_F(FieldsTest, HeightsDatesDurationsFilesAndPhonesAreChecked) {
    put_kind("  - {name: more, type: json, label: {zh: 更多, en: More}}\n",
             "  - {name: more, type: height, datum: chart, label: {zh: 高, en: High}, min: -5}\n"
             "  - {name: since, type: date, label: {zh: 自, en: Since}, earliest: \"2020-01-01\", "
             "latest: \"2030-12-31\"}\n"
             "  - {name: long, type: duration, label: {zh: 久, en: Long}, max: 100000}\n"
             "  - {name: picture, type: file, label: {zh: 图, en: Picture}}\n"
             "  - {name: number, type: text, label: {zh: 号, en: No}, pattern: \"[0-9]+\", "
             "pattern_text: {zh: 只要数字, en: digits only}}\n");
    put("codes/more.yaml",
        "tables:\n  - {table: vertical_datum, label: {zh: 基准, en: Datum}, source: "
        "x, codes: [{value: chart, label: {zh: 潮, en: Chart}}]}\n");
    put("formats.yaml",
        "phone:\n  - {pattern: \"1[3-9]\\\\d{9}\", label: {zh: 手机, en: m}, source: x}\n");
    auto loaded = load();
    ASSERT_TRUE(loaded) << text_of(loaded.error(), Language::en);
    catalog = std::move(*loaded);
    EXPECT_EQ(check({{"more", -5.5}}, false), "/fields/more below_min;");
    EXPECT_EQ(catalog->kind("team")->field("more")->unit, "m");
    EXPECT_EQ(check({{"since", "2019-12-31"}}, false), "/fields/since date_early;");
    EXPECT_EQ(check({{"since", "2031-01-01"}}, false), "/fields/since date_late;");
    EXPECT_EQ(check({{"since", "2030-12-31"}}, false), "");
    EXPECT_EQ(check({{"phone", "138 0013 8000"}}, false), "");
    EXPECT_EQ(check({{"phone", "12800138000"}}, false), "/fields/phone field_type;");
    EXPECT_EQ(check({{"picture", "../x"}}, false), "/fields/picture field_type;");
    EXPECT_EQ(check({{"picture", std::string(64, 'a')}}, false), "");
    EXPECT_EQ(check({{"number", "a1"}}, false), "/fields/number pattern_says;");
    EXPECT_EQ(check({{"long", "P2D"}}, false), "/fields/long above_max;");
    for (const char* wrong : {"1h", "P", "PT", "P1H", "PT1D", "P1Y", "PT5M3H", "P1DT", "PT-1S"})
        EXPECT_EQ(check({{"long", wrong}}, false), "/fields/long field_type;") << wrong;
    json::object fields{{"long", "P1DT2H30M1.5S"}};
    EXPECT_EQ(check(fields, false), "");
    normalise_fields(*catalog->kind("team"), fields);
    EXPECT_EQ(fields.at("long"), 95401.5);
}

TEST_F(FieldsTest, ValuesAreKeptInOneForm) {
    json::object fields{{"at", "2026-11-19T14:29:37+08:00"},
                        {"size", 2.0},
                        {"weight", 3},
                        {"parent", "019A0000-0000-7000-8000-00000000000A"}};
    normalise_fields(*catalog->kind("team"), fields);
    EXPECT_EQ(
        canonical_text(fields),
        R"({"at":"2026-11-19T06:29:37.000Z","parent":"019a0000-0000-7000-8000-00000000000a","size":2,"weight":3})");
    EXPECT_TRUE(fields["size"].is_int64());
    EXPECT_TRUE(fields["weight"].is_double());
}

TEST(ShippedCatalog, LoadsAndIsWrittenForTheWeb) {
    const auto catalog = Catalog::load(std::string(ANLAN_SOURCE_DIR) + "/catalog/");
    ASSERT_TRUE(catalog) << text_of(catalog.error(), Language::en);
    EXPECT_GE(catalog->kinds().size(), 26u);
    const auto written = to_json(*catalog);
    EXPECT_EQ(written.at("kinds").as_array().size(), catalog->kinds().size());
    EXPECT_EQ(catalog->kind("alarm")->move("false")->to, "false_alarm");
}

}  // namespace
}  // namespace anlan::bigdata
