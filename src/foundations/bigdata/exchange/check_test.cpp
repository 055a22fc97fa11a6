// The dry run, the export and the jobs, over a real register.
#include "foundations/bigdata/exchange/check.h"
#include "foundations/bigdata/exchange/columns.h"
#include "foundations/bigdata/exchange/desk.h"
#include "foundations/bigdata/exchange/fake_imports.h"
#include "foundations/bigdata/exchange/template.h"
#include "foundations/bigdata/test_register.h"

#include <gmock/gmock.h>

#include <thread>

namespace anlan::bigdata::exchange {
namespace {

using test::put;

/// A reader of one grid only, and one who sees everything but what is sensitive.
constexpr std::string_view k_two_roles = R"(roles:
  - role: keeper
    label: {zh: 数据管理员, en: Keeper}
    scope: all
    rights: ["*.read", "thing.import"]
  - role: guard
    label: {zh: 网格员, en: Guard}
    scope: own_grid
    rights: ["thing.read", "thing.import"]
)";
constexpr std::string_view k_grids = R"(kind: grid
label: {zh: 网格, en: Grid}
plural: {zh: 网格, en: Grids}
geometry: none
exercise: inherit
title: name
list: [name]
fields:
  - {name: number, type: integer, label: {zh: 编号, en: Number}, required: true, unique: true}
  - {name: name, type: text, label: {zh: 名, en: Name}, required: true}
)";

struct ExchangeTest : test::RegisterTest {
    std::unique_ptr<Access> access;
    std::unique_ptr<test::FakeImports> imports;
    Principal keeper, guard;

    void SetUp() override {
        test::put_catalog(folder.path / "catalog");
        put(folder.path / "catalog/kinds/grid.yaml", k_grids);
        put(folder.path / "catalog/roles.yaml", k_two_roles);
        open();
        access = std::make_unique<Access>(*catalog);
        imports = std::make_unique<test::FakeImports>(*store, ids);
        keeper = person("keeper");
        guard = person("guard");
    }

    Principal person(const std::string& role) {
        Principal out;
        out.user = ids.next();
        out.account = role;
        out.name = role;
        out.zone = "demo";
        out.roles = {role};
        return out;
    }
    Uuid grid(int number, const std::string& name) {
        Change change;
        change.kind = "grid";
        change.fields = {{"number", number}, {"name", name}};
        return written(std::move(change)).id;
    }

    CheckRequest request(const std::string& name, const std::string& text) {
        const auto path = folder.path / "in" / name;
        put(path, text);
        CheckRequest out;
        out.records = store.get();
        out.imports = imports.get();
        out.access = access.get();
        out.catalog = &*catalog;
        out.ids = &ids;
        out.kind = catalog->kind("thing");
        out.who = keeper;
        out.path = path.string();
        out.file_name = name;
        return out;
    }
    /// "new 2 changed 0 unchanged 0 | 3:大小=x cell_number": counts, and problems by row and
    /// column.
    static std::string told(const Result<Checked>& checked) {
        if (!checked) return test::text_of_error(checked.error());
        std::string out = "new " + std::to_string(checked->creates) + " changed " +
                          std::to_string(checked->updates) + " unchanged " +
                          std::to_string(checked->unchanged);
        for (const auto& problem : checked->problems) {
            out += " | " + std::to_string(problem.row) + ":" + problem.column + "=" +
                   problem.value + " " + std::string(problem.error->id);
        }
        return out;
    }
    std::string check(const std::string& name, const std::string& text) {
        return told(check_file(request(name, text)));
    }
    /// Checks, and applies what is sound.
    std::string take_in(const std::string& name, const std::string& text) {
        const auto checked = check_file(request(name, text));
        const std::string out = told(checked);
        if (checked && checked->problems.empty()) {
            EXPECT_TRUE(imports->apply(checked->staged));
        }
        return out;
    }

    std::string exported(Format format, const Principal& who, Style style = Style::labels,
                         Language language = Language::zh, std::vector<std::string> columns = {},
                         Query query = {}) {
        ExportRequest out;
        out.records = store.get();
        out.access = access.get();
        out.catalog = &*catalog;
        out.kind = catalog->kind("thing");
        out.who = who;
        out.query = std::move(query);
        if (out.query.sort == "-updated_at") out.query.sort = "id";
        out.format = format;
        out.style = style;
        out.language = language;
        out.columns = std::move(columns);
        auto opened = Export::open(std::move(out));
        if (!opened) return test::text_of_error(opened.error());
        std::string text;
        while (true) {
            auto piece = (*opened)->next();
            EXPECT_TRUE(piece);
            if (!piece || piece->empty()) return text;
            text += *piece;
        }
    }
};

TEST_F(ExchangeTest, LabelsOfBothLanguagesUnitsCodesReferencesAndPlaces) {
    written(create({{"name", "上级"}, {"number", "N-1"}}));
    EXPECT_EQ(take_in("a.csv",
                      "物台账（2026年）,,\n名 *,号,大小,开,时,日,色,Parent,经度,纬度\n"
                      "甲,A-1,\"1,200\",是,2026-11-24 14:30,2026年11月24日,红,上级 [N-1],117.8,39\n"
                      "乙,A-2,３,否,,20261124,blue,A-1,,\n"),
              "new 2 changed 0 unchanged 0");
    Query query;
    query.where = {{"number", Compare::equal, "A-1"}};
    const auto first = store->list(live, "thing", query)->records.at(0);
    EXPECT_EQ(first.fields.at("size"), 1200.0);
    EXPECT_EQ(first.fields.at("open"), true);
    EXPECT_EQ(first.fields.at("at"), "2026-11-24T06:30:00.000Z");
    EXPECT_EQ(first.fields.at("day"), "2026-11-24");
    EXPECT_EQ(first.fields.at("colour"), "red");
    EXPECT_EQ(first.geometry, Geometry::point({117.8, 39}));
    query.where = {{"number", Compare::equal, "A-2"}};
    const auto second = store->list(live, "thing", query)->records.at(0);
    EXPECT_EQ(second.fields.at("parent"), json::value(first.id.text()))
        << "a row that refers to another row";
}

TEST_F(ExchangeTest, EveryBadCellIsNamedAndNothingIsWritten) {
    EXPECT_EQ(check("a.csv",
                    "名,大小,色,日,开,经度,纬度,上级\n"
                    "甲,many,green,someday,perhaps,200,39,nobody\n"
                    "乙,-1,红,2026-01-02,是,117.8,39,\n"
                    "丙,1,红,2026-01-02,是,117.8,,,extra\n"),
              "new 0 changed 0 unchanged 0"
              " | 2:大小=many cell_number | 2:色=green cell_code | 2:日=someday cell_date"
              " | 2:开=perhaps cell_boolean | 2:上级=nobody cell_reference"
              " | 2:纬度=200, 39 cell_place | 3:大小=-1 below_min"
              " | 4:=extra row_too_wide | 4:经度=117.8 cell_place");
    EXPECT_EQ(names(live), "");
}

TEST_F(ExchangeTest, UpsertByKeyKeepsWhatTheFileLeavesOut) {
    written(create({{"name", "甲"}, {"number", "A-1"}, {"note", "old"}, {"size", 1}}));
    EXPECT_EQ(take_in("a.csv", "号,名,大小,备注\nA-1,甲,2,\nA-2,乙,,\n"),
              "new 1 changed 1 unchanged 0");
    Query query;
    query.where = {{"number", Compare::equal, "A-1"}};
    auto record = store->list(live, "thing", query)->records.at(0);
    EXPECT_EQ(record.fields.at("size"), 2.0);
    EXPECT_EQ(record.fields.at("note"), "old");
    EXPECT_EQ(record.revision, 2);
    EXPECT_EQ(take_in("a.csv", "号,名,大小,备注\nA-1,甲,2,\nA-2,乙,,\n"),
              "new 0 changed 0 unchanged 2");
    auto again = request("a.csv", "号,备注\nA-1,\n");
    again.empty = EmptyCells::clear;
    const auto checked = check_file(again);
    ASSERT_TRUE(checked);
    ASSERT_TRUE(imports->apply(checked->staged));
    record = store->list(live, "thing", query)->records.at(0);
    EXPECT_FALSE(record.fields.contains("note")) << "an empty cell clears only when asked to";
}

TEST_F(ExchangeTest, AnExportReadBackChangesNothingInEveryFormat) {
    const Uuid one = grid(1, "一网格");
    const auto parent =
        written(create({{"name", "=SUM(A1)"}, {"number", "-7"}, {"note", "'quoted\n\"x\""}}));
    Change full = create({{"name", "全 \"都\",有; \t"},
                          {"number", "+86"},
                          {"size", 0.1},
                          {"count", -3},
                          {"open", false},
                          {"at", "2026-11-24T06:30:05.120Z"},
                          {"day", "2026-02-28"},
                          {"colour", "blue"},
                          {"parent", parent.id.text()},
                          {"others", json::array{parent.id.text()}},
                          {"phone", "+86 22 1234"},
                          {"note", "a\r\nb"},
                          {"more", json::object{{"k", json::array{1, "二"}}}}});
    full.geometry = Geometry::point({117.80000001, 38.9});
    full.scope = Scope{one, {}, {}};
    written(std::move(full));
    written(create({{"name", "第三"}, {"size", 1e22}, {"at", "2026-11-24T06:30:05Z"}}));
    for (const auto language : {Language::zh, Language::en}) {
        for (const auto style : {Style::labels, Style::names}) {
            for (const auto& [format, name] : {std::pair{Format::csv, "x.csv"},
                                               {Format::xlsx, "x.xlsx"},
                                               {Format::geojson, "x.geojson"}}) {
                const auto text = exported(format, keeper, style, language);
                EXPECT_EQ(check(name, text), "new 0 changed 0 unchanged 3") << name << "\n" << text;
            }
        }
    }
}

TEST_F(ExchangeTest, NoCellOfAnExportIsAFormula) {
    for (const char* text : {"=1+1", "+1", "-1", "@x", "\t=1", "＝1"})
        written(create({{"name", text}}));
    const auto csv = exported(Format::csv, keeper, Style::labels, Language::zh, {"name"});
    std::istringstream lines(csv.substr(3));
    std::string line;
    std::getline(lines, line);
    int seen = 0;
    while (std::getline(lines, line)) {
        const auto first = line[0] == '"' ? line[1] : line[0];
        EXPECT_EQ(first, '\'') << line;
        ++seen;
    }
    EXPECT_EQ(seen, 6);
}

TEST_F(ExchangeTest, MaskedStaysMaskedOnTheWayOutAndUntouchedOnTheWayIn) {
    written(create({{"name", "甲"}, {"number", "A-1"}, {"phone", "022-1234"}}));
    const auto text = exported(Format::csv, keeper);
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("022-1234")));
    EXPECT_THAT(text, ::testing::HasSubstr("***"));
    EXPECT_EQ(check("a.csv", text), "new 0 changed 0 unchanged 1");
    EXPECT_THAT(exported(Format::geojson, keeper),
                ::testing::Not(::testing::HasSubstr("022-1234")));
    Query query;
    query.where = {{"phone", Compare::contains, "022"}};
    EXPECT_THAT(exported(Format::csv, keeper, Style::labels, Language::zh, {}, query),
                ::testing::StartsWith("forbidden"));
}

TEST_F(ExchangeTest, WhoSeesOneGridExportsAndImportsThatGrid) {
    const Uuid mine = grid(1, "一网格"), other = grid(2, "二网格");
    guard.grid = mine;
    for (const auto& [name, scope] : {std::pair{"mine", mine}, {"other", other}}) {
        Change change = create({{"name", name}, {"number", name}});
        change.scope = Scope{scope, {}, {}};
        written(std::move(change));
    }
    const auto text = exported(Format::csv, guard);
    EXPECT_THAT(text, ::testing::HasSubstr("mine"));
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("other")));
    auto theirs = request("a.csv", "号,名\nmine,改\nother,改\nnew,新\n");
    theirs.who = guard;
    EXPECT_EQ(told(check_file(theirs)), "new 1 changed 1 unchanged 0 | 3:= row_hidden")
        << "a row of another grid is refused, a new one becomes the own grid's";
    const auto staged = imports->held.begin()->second.rows;
    EXPECT_EQ(staged.back().scope, (Scope{mine, {}, {}}));
    guard.roles = {};
    EXPECT_THAT(exported(Format::csv, guard), ::testing::StartsWith("forbidden"));
}

TEST_F(ExchangeTest, AFileThatIsOlderThanTheRecordIsTold) {
    const auto record = written(create({{"name", "甲"}, {"number", "A-1"}}));
    auto text = exported(Format::csv, keeper, Style::names, Language::zh,
                         {"id", "name", "note", "revision"});
    written(update(record.id, {{"name", "乙"}}));
    EXPECT_EQ(check("a.csv", text), "new 0 changed 0 unchanged 0 | 2:revision=1 row_moved_on");
    EXPECT_EQ(check("a.csv", "id,name,revision\n" + record.id.text() + ",甲,\n"),
              "new 0 changed 1 unchanged 0");
    EXPECT_EQ(check("a.csv", "id,name,revision\n" + record.id.text() + ",乙,1\n"),
              "new 0 changed 0 unchanged 1")
        << "nothing would be overwritten";
}

TEST_F(ExchangeTest, AStateIsTheProceduresBusiness) {
    const auto record = written(create({{"name", "甲"}, {"number", "A-1"}}));
    written(test::RegisterTest::move(record.id, "start"));
    EXPECT_EQ(check("a.csv", "号,名,状态\nA-1,甲,忙\nA-2,乙,闲\nA-3,丙,\n"),
              "new 2 changed 0 unchanged 1");
    EXPECT_EQ(check("a.csv", "号,名,状态\nA-1,甲,闲\nA-2,乙,忙\nA-3,丙,飞\n"),
              "new 0 changed 0 unchanged 0 | 2:状态=闲 Idle state_fixed | 3:状态=忙 Busy "
              "state_fixed | 4:状态=飞 cell_state");
    auto trusted = request("a.csv", "号,名,状态\nA-2,乙,忙\n");
    trusted.states = States::any;
    EXPECT_EQ(told(check_file(trusted)), "new 1 changed 0 unchanged 0");
    EXPECT_EQ(imports->held.rbegin()->second.rows.at(0).state, "busy");
}

TEST_F(ExchangeTest, WhatTheRegisterFindsIsSaidWithTheFilesColumn) {
    imports->wrong[3] = {"/fields/number", &errors::k_unique_taken, {{"value", "A-1"}}};
    EXPECT_EQ(check("a.csv", "号,名\nA-1,甲\nA-1,乙\n"),
              "new 2 changed 0 unchanged 0 | 3:号=A-1 unique_taken");
}

TEST_F(ExchangeTest, HeadersThatCannotBeMeant) {
    EXPECT_EQ(check("a.csv", "foo,bar\n1,2\n"), "no_header");
    EXPECT_EQ(check("a.csv", ""), "file_empty");
    EXPECT_EQ(check("a.csv", "名,号\n\n"), "file_empty");
    EXPECT_EQ(check("a.csv", "名,name\n1,2\n"), "column_twice");
    EXPECT_EQ(check("a.doc", "名\n1\n"), "file_format");
    EXPECT_EQ(check("a.csv", "名,fid\n甲,1\n"), "new 1 changed 0 unchanged 0");
    auto chosen = request("a.csv", "Bezeichnung,名\n甲,乙\n");
    chosen.choices = {{"Bezeichnung", "name"}, {"名", "note"}};
    const auto checked = check_file(chosen);
    ASSERT_TRUE(checked) << told(checked);
    EXPECT_EQ(checked->columns.at(0).column, "name");
    EXPECT_EQ(imports->held.rbegin()->second.rows.at(0).fields.at("note"), "乙");
    chosen.choices = {{"Bezeichnung", "nothing"}};
    EXPECT_EQ(told(check_file(chosen)), "column_unknown");
}

TEST_F(ExchangeTest, AnErrorOfTheWholeFileLeavesNothingStaged) {
    EXPECT_EQ(check("a.csv", "名,号\n甲,\"1\n"), "quote_open");
    auto cut = request("a.csv", "名\n甲\n");
    cut.go_on = [](double) { return false; };
    EXPECT_EQ(told(check_file(cut)), "import_interrupted");
    auto many = request("a.csv", "名\n甲\n乙\n丙\n");
    many.limits.rows_max = 2;
    EXPECT_EQ(told(check_file(many)), "rows_too_many");
    EXPECT_TRUE(imports->held.empty());
}

TEST_F(ExchangeTest, TemplatesImportNothingUntilTheyAreFilled) {
    for (const auto language : {Language::zh, Language::en}) {
        for (const auto& [format, name] :
             {std::pair{Format::csv, "t.csv"}, {Format::xlsx, "t.xlsx"}}) {
            auto text = template_of(*catalog, *catalog->kind("thing"), format, language);
            ASSERT_TRUE(text);
            EXPECT_EQ(check(name, *text), "file_empty") << name;
            if (format != Format::csv) continue;
            const auto columns = columns_of(*catalog, *catalog->kind("thing"));
            std::string filled = *text;
            for (const auto& column : columns) {
                if (column.use == ColumnUse::revision || column.use == ColumnUse::updated_at)
                    continue;
                filled += (column.use == ColumnUse::id ? "" : ",");
                if (column.name == "name") filled += "甲";
            }
            EXPECT_EQ(check(name, filled + "\r\n"), "new 1 changed 0 unchanged 0") << filled;
        }
    }
}

/// The register's own staging behind the same door.
TEST_F(ExchangeTest, TheRegistersStagingTakesWhatWasChecked) {
    const auto real = [&](const std::string& text) {
        auto asked = request("a.csv", text);
        asked.imports = store->imports();
        return check_file(asked);
    };
    const std::string body = "号,名,大小,上级\nA-1,甲,1,\nA-2,乙,2,A-1\nA-3,丙,3,A-4\nA-4,丁,4,\n";
    const auto checked = real(body);
    ASSERT_EQ(told(checked), "new 4 changed 0 unchanged 0");
    EXPECT_EQ(names(live), "") << "nothing is seen before it is applied";
    ASSERT_TRUE(store->imports()->apply(checked->staged));
    EXPECT_EQ(store->count(live, "thing", {})->value, 4);
    EXPECT_EQ(told(real(body)), "new 0 changed 0 unchanged 4");
    EXPECT_EQ(told(real("号,名,大小\nA-1,甲,7\nA-9,新,1\n")), "new 1 changed 1 unchanged 0");
    const auto twice = real("号,名\nB-1,甲\nB-1,乙\n");
    ASSERT_TRUE(twice);
    ASSERT_FALSE(twice->problems.empty()) << "the same key twice";
    EXPECT_EQ(twice->problems.back().row, 3);
    const auto missing = real("号,大小\nC-1,1\n");
    ASSERT_TRUE(missing);
    ASSERT_FALSE(missing->problems.empty()) << "a new record without what it must have";
    EXPECT_EQ(missing->problems[0].field, "name");
    EXPECT_EQ(missing->problems[0].row, 2);
    EXPECT_EQ(store->count(live, "thing", {})->value, 4);
}

struct DeskTest : ExchangeTest {
    std::unique_ptr<Desk> desk;
    bool with_the_register = false;
    void start() {
        Desk::Options options;
        options.records = store.get();
        options.imports = with_the_register ? store->imports() : imports.get();
        options.access = access.get();
        options.catalog = &*catalog;
        options.clock = &clock;
        options.ids = &ids;
        options.folder = folder.path / "imports";
        options.jobs_max = 3;
        desk.reset();
        auto opened = Desk::open(std::move(options));
        ASSERT_TRUE(opened);
        desk = std::move(*opened);
    }
    Job wait(const Uuid& id, const Principal& who) {
        for (int i = 0; i < 5000; ++i) {
            const auto job = desk->job(who, id);
            EXPECT_TRUE(job);
            if (!job) return {};
            if (job->state != JobState::waiting && job->state != JobState::checking &&
                job->state != JobState::applying)
                return *job;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ADD_FAILURE() << "the job does not end";
        return {};
    }
};

TEST_F(DeskTest, AJobIsCheckedLookedAtAppliedAndItsOwnersAlone) {
    start();
    const auto job = desk->receive(keeper, "thing", "物.csv", "名,号\n甲,A-1\n", {});
    ASSERT_TRUE(job) << test::text_of_error(job.error());
    const auto checked = wait(job->id, keeper);
    EXPECT_EQ(checked.state, JobState::checked);
    EXPECT_EQ(checked.creates, 1);
    EXPECT_EQ(test::said(desk->job(guard, job->id)), "no_such_import");
    EXPECT_EQ(test::said(desk->apply(guard, job->id)), "no_such_import");
    EXPECT_TRUE(desk->jobs(guard).empty());
    EXPECT_EQ(names(live), "");
    ASSERT_TRUE(desk->apply(keeper, job->id));
    EXPECT_EQ(wait(job->id, keeper).state, JobState::done);
    EXPECT_EQ(names(live), "甲");
    EXPECT_EQ(test::said(desk->apply(keeper, job->id)), "import_not_now");
    ASSERT_TRUE(desk->discard(keeper, job->id));
    EXPECT_EQ(test::said(desk->job(keeper, job->id)), "no_such_import");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path / "imports"));
}

TEST_F(DeskTest, TheRegistersOwnStagingBehindTheDesk) {
    with_the_register = true;
    start();
    const auto job = desk->receive(keeper, "thing", "物.csv", "名,号\n甲,A-1\n乙,A-2\n", {});
    ASSERT_TRUE(job);
    ASSERT_EQ(wait(job->id, keeper).creates, 2);
    ASSERT_TRUE(desk->apply(keeper, job->id));
    EXPECT_EQ(wait(job->id, keeper).state, JobState::done);
    EXPECT_EQ(store->count(live, "thing", {})->value, 2);
    // A stop loses what is staged and not begun; the file is still there.
    const auto second = desk->receive(keeper, "thing", "物.csv", "名,号\n丙,A-3\n", {});
    ASSERT_TRUE(second);
    ASSERT_EQ(wait(second->id, keeper).state, JobState::checked);
    desk.reset();
    open();
    start();
    const auto after = desk->job(keeper, second->id);
    ASSERT_TRUE(after);
    if (after->state == JobState::failed) {
        EXPECT_EQ(after->error->id, "import_interrupted");
        ASSERT_TRUE(desk->check_again(keeper, second->id, {}));
    }
    ASSERT_EQ(wait(second->id, keeper).state, JobState::checked);
    ASSERT_TRUE(desk->apply(keeper, second->id));
    EXPECT_EQ(wait(second->id, keeper).state, JobState::done);
    EXPECT_EQ(store->count(live, "thing", {})->value, 3);
    desk.reset();
}

TEST_F(DeskTest, AFileWithProblemsIsNotApplied) {
    start();
    const auto job = desk->receive(keeper, "thing", "a.csv", "名,大小\n甲,x\n乙,y\n丙,1\n", {});
    ASSERT_TRUE(job);
    const auto checked = wait(job->id, keeper);
    EXPECT_EQ(checked.problems, 2);
    EXPECT_EQ(checked.wrong_rows, 2);
    EXPECT_EQ(test::said(desk->apply(keeper, job->id)), "import_problems");
    const auto all = desk->problems(keeper, job->id, 0, 10);
    ASSERT_TRUE(all);
    ASSERT_EQ(all->problems.size(), 2U);
    EXPECT_EQ(all->problems[0].row, 2);
    EXPECT_EQ(all->problems[0].column, "大小");
    EXPECT_EQ(all->problems[0].value, "x");
    EXPECT_THAT(all->problems[0].text.zh, ::testing::HasSubstr("数字"));
    EXPECT_EQ(desk->problems(keeper, job->id, 1, 10)->problems.at(0).value, "y");
    EXPECT_EQ(desk->problems(keeper, job->id, 0, 10, "Y")->matching, 1U);
    // The same file with that column left out is sound.
    ASSERT_TRUE(desk->check_again(keeper, job->id, {{{"大小", ""}}, {}, {}}));
    EXPECT_EQ(wait(job->id, keeper).problems, 0);
    EXPECT_TRUE(desk->apply(keeper, job->id));
    EXPECT_EQ(wait(job->id, keeper).state, JobState::done);
}

TEST_F(DeskTest, RightsAndLimitsComeFirst) {
    start();
    Principal nobody = person("nobody");
    EXPECT_EQ(test::said(desk->receive(nobody, "thing", "a.csv", "名\n甲\n", {})), "forbidden");
    EXPECT_EQ(test::said(desk->receive(keeper, "nothing", "a.csv", "名\n", {})), "unknown_kind");
    EXPECT_EQ(test::said(desk->receive(keeper, "thing", "a.exe", "名\n", {})), "file_format");
    EXPECT_EQ(test::said(desk->receive(keeper, "thing", "a.csv", "", {})), "file_empty");
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(desk->receive(keeper, "thing", "a.csv", "名\n甲\n", {}));
    EXPECT_EQ(test::said(desk->receive(keeper, "thing", "a.csv", "名\n甲\n", {})), "imports_full");
    for (const auto& job : desk->jobs(keeper)) wait(job.id, keeper);
    clock.advance(25LL * 3600 * 1000);
    EXPECT_TRUE(desk->receive(keeper, "thing", "a.csv", "名\n甲\n", {})) << "old ones have gone";
    EXPECT_EQ(desk->jobs(keeper).size(), 1U);
}

TEST_F(DeskTest, AJobOutlivesARestart) {
    start();
    const auto sound = desk->receive(keeper, "thing", "a.csv", "名\n甲\n", {});
    ASSERT_TRUE(sound);
    const auto before = wait(sound->id, keeper);
    start();
    const auto after = desk->job(keeper, sound->id);
    ASSERT_TRUE(after);
    EXPECT_EQ(to_text(to_json(*after, Language::en)), to_text(to_json(before, Language::en)));
    ASSERT_TRUE(desk->apply(keeper, sound->id));
    EXPECT_EQ(wait(sound->id, keeper).state, JobState::done);
    // As a power cut would leave it: half-way through applying, half-way through checking.
    const auto file = folder.path / "imports" / sound->id.text() / "job.json";
    std::ifstream in(file);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto with = [&](const std::string& state) {
        std::string changed = text;
        const auto at = changed.find("\"state\":\"done\"");
        ASSERT_NE(at, changed.npos);
        changed.replace(at, 14, "\"state\":\"" + state + "\"");
        desk.reset();
        put(file, changed);
        start();
    };
    with("applying");
    EXPECT_EQ(wait(sound->id, keeper).state, JobState::done) << "what was begun is ended";
    with("checking");
    EXPECT_EQ(wait(sound->id, keeper).state, JobState::failed);
    EXPECT_EQ(desk->job(keeper, sound->id)->error->id, "import_interrupted");
    ASSERT_TRUE(desk->check_again(keeper, sound->id, {}));
    EXPECT_EQ(wait(sound->id, keeper).state, JobState::checked);
}

}  // namespace
}  // namespace anlan::bigdata::exchange
