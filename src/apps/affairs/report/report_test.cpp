#include "apps/affairs/report/report.h"
#include "core/random.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace anlan::affairs {
namespace {

using bigdata::Action;

/// The hub and the lake are not asked by a report; they only have to exist.
struct NoLake final : bigdata::Lake {
    bigdata::StreamNumber number_of(const bigdata::StreamKey&) override { return 0; }
    std::optional<bigdata::StreamKey> key_of(bigdata::StreamNumber) const override { return {}; }
    void append(std::vector<bigdata::Observation>, std::function<void(Result<void>)>) override {}
    std::optional<bigdata::Observation> last(bigdata::StreamNumber) const override { return {}; }
    Result<std::vector<bigdata::Bucket>> series(bigdata::StreamNumber, Timestamp, Timestamp,
                                                std::size_t) const override {
        return {};
    }
    Result<std::vector<bigdata::Observation>> raw(bigdata::StreamNumber, Timestamp, Timestamp,
                                                  std::size_t) const override {
        return {};
    }
};
struct NoHub final : sensing::Hub {
    void take(sensing::Delivery, std::function<void(Result<void>)>) override {}
    void listen(Listener) override {}
    std::shared_ptr<const sensing::Stream> stream(bigdata::StreamNumber) const override {
        return {};
    }
    std::vector<std::shared_ptr<const sensing::Stream>> streams(std::string_view) const override {
        return {};
    }
    std::shared_ptr<const sensing::Stream> find(std::string_view, Uuid) const override {
        return {};
    }
    void on_entry(const bigdata::Entry&) override {}
};

/// A real register over the shipped catalog, with one small incident in it.
struct ReportTest : testing::Test {
    test::Folder folder;
    ManualClock clock{*parse_iso8601("2026-11-19T14:30:00+08:00")};
    SystemRandom random;
    IdSource ids{clock, random};
    bigdata::Catalog catalog = *bigdata::Catalog::load(std::string(ANLAN_SOURCE_DIR) + "/catalog");
    std::unique_ptr<bigdata::Register> records =
        *bigdata::Register::open({.database = folder.path / "register.db",
                                  .catalog = &catalog,
                                  .clock = &clock,
                                  .ids = &ids});
    bigdata::Access access{catalog};
    NoLake lake;
    NoHub hub;
    apps::Context context{*records, lake, catalog, access, hub, clock, ids, "dongjiang"};
    Uuid incident;

    Uuid create(std::string kind, json::object fields, std::optional<Geometry> geometry = {}) {
        bigdata::Change change{.kind = std::move(kind),
                               .id = ids.next(),
                               .fields = std::move(fields),
                               .geometry = std::move(geometry)};
        const Uuid id = change.id;
        const auto done = records->write(
            {.zone = "dongjiang", .author = {Uuid{}, "沈岚", "api"}, .changes = {change}});
        EXPECT_TRUE(done) << text_of(done.error(), Language::en);
        return id;
    }

    void SetUp() override {
        incident = create("incident",
                          {{"number", "SJ-20261119-01"},
                           {"title", "海鲸冷链液氨泄漏"},
                           {"title_en", "Ammonia leak at Haijing"},
                           {"hazard", "ammonia_leak"},
                           {"level", 1},
                           {"inventory_kg", 18400},
                           {"frame_at", "2026-11-19T06:29:37.120Z"},
                           {"started_at", "2026-11-19T06:29:37.400Z"},
                           {"drafted_at", "2026-11-19T06:29:37.900Z"},
                           {"confirmed_at", "2026-11-19T06:29:55.000Z"}},
                          Geometry::point({117.80, 39.00}));
        create(
            "impact",
            {{"title", "#1"},
             {"incident", incident.text()},
             {"edition", 1},
             {"cause", "draft"},
             {"wind",
              {{"from_deg", 312}, {"speed_m_s", 4}, {"mode", "measured"}, {"stability", "D"}}},
             {"source_term",
              {{"rate_kg_s", 4.2},
               {"steps", json::array{json::object{{"zh", "孔流"}, {"en", "Discharge"}}}}}},
             {"model", {{"name", "gaussian_plume"}, {"zh", "高斯烟羽"}, {"en", "Gaussian plume"}}},
             {"zones",
              json::array{json::object{
                  {"key", "aegl2"},
                  {"name", "AEGL-2"},
                  {"level", 2},
                  {"ppm", 160},
                  {"distance_m", 1020},
                  {"geometry", to_json(Geometry::polygon(
                                   {{117.80, 39.0}, {117.806, 38.995}, {117.808, 38.997}}))}}}},
             {"affected", json::array{json::object{{"zone", "aegl2"},
                                                   {"name", "望潮小学"},
                                                   {"name_en", "Wangchao School"},
                                                   {"people", 486},
                                                   {"distance_m", 820},
                                                   {"bearing_deg", 132},
                                                   {"advice", "stay_in"},
                                                   {"reason", {{"zh", "就地"}, {"en", "Stay"}}},
                                                   {"fan_only", false}}}},
             {"totals", {{"people", 486}, {"fan_extra", 120}}},
             {"notes", json::array{}},
             {"computed_at", "2026-11-19T06:29:38.000Z"},
             {"computed_ms", 3.1}});
        // Enough tasks to need a second page.
        for (int i = 0; i < 60; ++i) {
            create("task", {{"incident", incident.text()},
                            {"section", "现场处置"},
                            {"section_en", "On scene"},
                            {"title", "任务" + std::to_string(i)},
                            {"title_en", "Task " + std::to_string(i)},
                            {"sequence", i}});
        }
    }
    Result<std::string> print(Language language, const Principal& who, Uuid id) {
        const Report report(
            context,
            *Words::load(std::string(ANLAN_SOURCE_DIR) + "/catalog/documents/after_action.yaml"),
            BaseMap::load(std::string(ANLAN_SOURCE_DIR) + "/data/dongjiang"));
        return report.print(who, bigdata::k_live, id, language);
    }
};

std::size_t pages(const std::string& pdf) {
    const auto at = pdf.find("/Count ");
    return at == pdf.npos ? 0 : static_cast<std::size_t>(std::atoi(pdf.c_str() + at + 7));
}

TEST_F(ReportTest, PrintsInBothLanguagesOverSeveralPages) {
    for (const Language language : {Language::zh, Language::en}) {
        const auto pdf = print(language, bigdata::Access::program("dongjiang"), incident);
        ASSERT_TRUE(pdf) << text_of(pdf.error(), Language::en);
        EXPECT_EQ(pdf->substr(0, 5), "%PDF-");
        EXPECT_GE(pages(*pdf), 4U);
    }
}

TEST_F(ReportTest, WhoMayNotSeeTheIncidentGetsNoReport) {
    Principal nobody{ids.next(), "audit", "审计", "dongjiang", {"audit_administrator"}, {}, {}, {}};
    const auto pdf = print(Language::zh, nobody, incident);
    EXPECT_FALSE(pdf);
    EXPECT_FALSE(print(Language::zh, bigdata::Access::program("elsewhere"), incident));
    EXPECT_FALSE(print(Language::zh, bigdata::Access::program("dongjiang"), ids.next()));
}

TEST_F(ReportTest, StopwatchAndTimelineComeFromTheJournal) {
    const auto story =
        gather(context, bigdata::Access::program("dongjiang"), bigdata::k_live, incident);
    ASSERT_TRUE(story);
    const auto steps = stopwatch(*story);
    ASSERT_EQ(steps.size(), 4U);
    EXPECT_EQ(steps[0].key, "frame");
    EXPECT_EQ(steps[2].key, "zone") << "a step without its moment is left out, not guessed";
    EXPECT_EQ(steps[1].at - steps[0].at, 780);
    EXPECT_EQ(story->timeline.size(), 62U);
    EXPECT_EQ(story->head_sequence, 62);
}

TEST(WordsTest, ParametersAreFilledAndAMissingWordShows) {
    const auto words =
        Words::load(std::string(ANLAN_SOURCE_DIR) + "/catalog/documents/after_action.yaml");
    ASSERT_TRUE(words);
    EXPECT_EQ(words->in(Language::en, "footer", {{"page", "1"}, {"pages", "3"}}), "Page 1 of 3");
    EXPECT_EQ(words->in(Language::zh, "labels.nowhere"), "labels.nowhere");
}

}  // namespace
}  // namespace anlan::affairs
