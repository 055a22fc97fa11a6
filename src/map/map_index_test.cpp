#include "map/map_index.h"

#include "core/random.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_folder.h"
#include "map/errors.h"
#include "map/tile_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace anlan::map {
namespace {

using bigdata::Action;
using bigdata::Change;

constexpr const char* k_place = R"(kind: place
label: {zh: 场所, en: Place}
plural: {zh: 场所, en: Places}
geometry: any
exercise: inherit
title: name
list: [name, type, people, phone, door_code, note, parts]
map: {icon: place, fields: [height_m]}
states:
  - {name: open, label: {zh: 开, en: Open}}
  - {name: shut, label: {zh: 关, en: Shut}}
moves:
  - {name: close, from: [open], to: shut, label: {zh: 关, en: Close}}
fields:
  - {name: name, type: text, label: {zh: 名, en: Name}, required: true}
  - {name: name_en, type: text, label: {zh: 英文名, en: Name in English}}
  - {name: type, type: text, label: {zh: 类, en: Type}}
  - {name: people, type: integer, label: {zh: 人, en: People}}
  - {name: phone, type: phone, label: {zh: 电话, en: Phone}, sensitive: true}
  - {name: door_code, type: text, label: {zh: 门码, en: Door code}, sensitive: true}
  - {name: note, type: long_text, label: {zh: 备注, en: Note}}
  - {name: parts, type: json, label: {zh: 部分, en: Parts}}
  - {name: height_m, type: number, label: {zh: 高, en: Height}, unit: m}
  - {name: hidden, type: text, label: {zh: 其他, en: Other}}
)";
constexpr const char* k_alarm = R"(kind: alarm
label: {zh: 报警, en: Alarm}
plural: {zh: 报警, en: Alarms}
geometry: point
exercise: own
title: title
list: [title]
fields:
  - {name: title, type: text, label: {zh: 标题, en: Title}, required: true}
)";
constexpr const char* k_note = R"(kind: note
label: {zh: 记, en: Note}
plural: {zh: 记, en: Notes}
geometry: none
exercise: inherit
title: title
list: [title]
fields:
  - {name: title, type: text, label: {zh: 标题, en: Title}, required: true}
)";
constexpr const char* k_roles = R"(roles:
  - {role: duty, label: {zh: 值班, en: Duty}, scope: all, rights: ["*.read"]}
  - {role: grid, label: {zh: 网格, en: Grid}, scope: own_grid, rights: ["place.read"]}
  - {role: none, label: {zh: 无, en: None}, scope: all, rights: ["audit.read"]}
)";

constexpr TileAddress k_tile{12, 3388, 1565};  ///< Holds 117.80°E 39.00°N.

class MapIndexTest : public testing::Test {
  protected:
    void SetUp() override {
        write("catalog/kinds/place.yaml", k_place);
        write("catalog/kinds/alarm.yaml", k_alarm);
        write("catalog/kinds/note.yaml", k_note);
        write("catalog/codes/none.yaml", "tables: []\n");
        write("catalog/roles.yaml", k_roles);
        auto catalog = bigdata::Catalog::load(m_folder.path / "catalog");
        ASSERT_TRUE(catalog) << text_of(catalog.error(), Language::en);
        m_catalog = std::move(*catalog);
        auto records = bigdata::Register::open({.database = m_folder.path / "register.db",
                                                .catalog = &*m_catalog,
                                                .clock = &m_clock,
                                                .ids = &m_ids});
        ASSERT_TRUE(records) << text_of(records.error(), Language::en);
        m_records = std::move(*records);
        m_access.emplace(*m_catalog);
    }
    void TearDown() override { m_subscription.reset(); }

    void open_index() {
        auto index = MapIndex::open({.records = m_records.get(),
                                     .catalog = &*m_catalog,
                                     .access = &*m_access,
                                     .zone = "demo",
                                     .base_folder = m_folder.path / "base"});
        ASSERT_TRUE(index) << text_of(index.error(), Language::en);
        m_index = std::move(*index);
        m_subscription =
            m_records->listen(m_records->last_sequence(), [this](const bigdata::Entry& entry) {
                m_index->on_entry(entry);
                const std::lock_guard lock(m_mutex);
                m_heard = entry.sequence;
                m_changed.notify_all();
            });
    }
    void write(const std::string& path, std::string_view text) {
        std::filesystem::create_directories((m_folder.path / path).parent_path());
        std::ofstream(m_folder.path / path) << text;
    }
    bigdata::Record apply(Change change, std::string space = "live") {
        if (change.kind.empty()) change.kind = "place";
        auto applied = m_records->write({.zone = "demo",
                                         .space = std::move(space),
                                         .author = {{}, "test", "api"},
                                         .idempotency_key = {},
                                         .request_id = {},
                                         .changes = {std::move(change)}});
        EXPECT_TRUE(applied) << text_of(applied.error(), Language::en);
        if (m_subscription) {
            std::unique_lock lock(m_mutex);
            EXPECT_TRUE(m_changed.wait_for(lock, std::chrono::seconds(10),
                                           [&] { return m_heard >= applied->last_sequence; }));
        }
        return applied->records.at(0);
    }
    static Change make(std::string name, LonLat p, bigdata::Scope scope = {}) {
        Change change;
        change.fields = {{"name", std::move(name)}};
        change.geometry = Geometry::point(p);
        change.scope = scope;
        return change;
    }
    static Change change_of(Action action, Uuid id) {
        Change change;
        change.action = action;
        change.id = id;
        return change;
    }
    Principal who(std::string role, Uuid grid = {}) {
        return {Uuid::from_name("someone"), "someone", "某人", "demo",
                {std::move(role)},          {},        {},     grid};
    }
    Result<Content> tile(const Principal& principal, std::string_view space = "live",
                         std::string_view layer = "place") {
        return m_index->tile(principal, space, layer, k_tile);
    }
    std::set<std::string> titles(const Principal& principal, std::string_view space = "live",
                                 std::string_view layer = "place") {
        const auto content = tile(principal, space, layer);
        EXPECT_TRUE(content);
        std::set<std::string> out;
        if (!content || content->bytes.empty()) return out;
        const auto read = test::read_tile(content->bytes);
        for (const auto& f : read.at(std::string(layer)).features)
            out.insert(test::text_of(f, "title"));
        return out;
    }

    anlan::test::Folder m_folder;
    ManualClock m_clock{{1'790'000'000'000}};
    SystemRandom m_random;
    IdSource m_ids{m_clock, m_random};
    std::optional<bigdata::Catalog> m_catalog;
    std::unique_ptr<bigdata::Register> m_records;
    std::optional<bigdata::Access> m_access;
    std::unique_ptr<MapIndex> m_index;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::int64_t m_heard = 0;
    std::unique_ptr<bigdata::Register::Subscription> m_subscription;
};

using Titles = std::set<std::string>;
constexpr LonLat k_here{117.80, 39.00};

TEST_F(MapIndexTest, ATileSaysWhatTheKindDeclaresAndNothingSensitive) {
    Change school = make("学校", k_here);
    school.fields = {{"name", "学校"},         {"name_en", "School"},
                     {"type", "school"},       {"people", 612},
                     {"phone", "13800000000"}, {"door_code", "4711#"},
                     {"note", "long"},         {"parts", json::array{1, 2}},
                     {"height_m", 12.5},       {"hidden", "not declared for the map"}};
    const auto record = apply(school);
    open_index();
    const auto content = tile(who("duty"));
    ASSERT_TRUE(content);
    EXPECT_EQ(content->content_type, "application/vnd.mapbox-vector-tile");
    const auto read = test::read_tile(content->bytes).at("place");
    ASSERT_EQ(read.features.size(), 1u);
    const std::map<std::string, test::ReadValue> expected{
        {"id", record.id.text()},      {"kind", "place"}, {"state", "open"},     {"title", "学校"},
        {"title_en", "School"},        {"name", "学校"},  {"name_en", "School"}, {"type", "school"},
        {"people", std::int64_t{612}}, {"height_m", 12.5}};
    EXPECT_EQ(read.features[0].properties, expected);
    for (const char* secret : {"13800000000", "4711#"})
        EXPECT_EQ(content->bytes.find(secret), std::string::npos);
}

TEST_F(MapIndexTest, TheAccessRuleHoldsForTiles) {
    const Uuid grid = Uuid::from_name("grid 1");
    apply(make("own", k_here, {.grid = grid, .enterprise = {}, .organisation = {}}));
    apply(make("other", k_here,
               {.grid = Uuid::from_name("grid 2"), .enterprise = {}, .organisation = {}}));
    open_index();
    EXPECT_EQ(titles(who("duty")), (Titles{"other", "own"}));
    EXPECT_EQ(titles(who("grid", grid)), Titles{"own"});
    EXPECT_NE(tile(who("duty"))->etag, tile(who("grid", grid))->etag);
    for (const auto& principal : {who("none"), Principal{}}) EXPECT_FALSE(tile(principal));
    EXPECT_TRUE(tile(who("none")).error().is(errors::k_forbidden));
    EXPECT_TRUE(tile(who("grid", grid), "live", "alarm").error().is(errors::k_forbidden));
    Principal stranger = who("duty");
    stranger.zone = "elsewhere";
    EXPECT_EQ(titles(stranger), Titles{});
}

TEST_F(MapIndexTest, FollowsTheJournal) {
    open_index();
    EXPECT_EQ(titles(who("duty")), Titles{});
    const std::string empty_etag = tile(who("duty"))->etag;
    const auto a = apply(make("a", k_here));
    const auto b = apply(make("b", {117.81, 39.01}));
    EXPECT_EQ(titles(who("duty")), (Titles{"a", "b"}));
    EXPECT_NE(tile(who("duty"))->etag, empty_etag);
    EXPECT_EQ(tile(who("duty"))->etag, tile(who("duty"))->etag);

    Change rename = change_of(Action::update, a.id);
    rename.fields = {{"name", "a2"}};
    apply(rename);
    EXPECT_EQ(titles(who("duty")), (Titles{"a2", "b"}));
    Change away = change_of(Action::update, b.id);
    away.geometry = Geometry::point({118.9, 39.9});
    apply(away);
    EXPECT_EQ(titles(who("duty")), Titles{"a2"});
    Change close = change_of(Action::move, a.id);
    close.move = "close";
    apply(close);
    EXPECT_EQ(test::text_of(test::read_tile(tile(who("duty"))->bytes).at("place").features.at(0),
                            "state"),
              "shut");
    const std::string before = tile(who("duty"))->etag;
    Change scope = change_of(Action::update, a.id);
    scope.scope =
        bigdata::Scope{.grid = Uuid::from_name("grid 1"), .enterprise = {}, .organisation = {}};
    apply(scope);
    EXPECT_NE(tile(who("duty"))->etag, before);
    EXPECT_EQ(titles(who("grid", Uuid::from_name("grid 2"))), Titles{});
    apply(change_of(Action::remove, a.id));
    EXPECT_EQ(titles(who("duty")), Titles{});
    apply(change_of(Action::remove, b.id));
    // Started anew, the index shows the same.
    m_subscription.reset();
    open_index();
    EXPECT_EQ(titles(who("duty")), Titles{});
}

TEST_F(MapIndexTest, AnExerciseShowsItsOwnRowsOverTheLiveOnes) {
    const std::string drill = "0198d5a0-0000-7000-8000-000000000001";
    const auto a = apply(make("a", k_here)), b = apply(make("b", k_here)),
               c = apply(make("c", k_here));
    Change alarm;
    alarm.kind = "alarm";
    alarm.fields = {{"title", "real alarm"}};
    alarm.geometry = Geometry::point(k_here);
    apply(alarm);
    open_index();
    ASSERT_TRUE(m_records->open_space("demo", drill));

    Change rename = change_of(Action::update, a.id);
    rename.fields = {{"name", "a in the drill"}};
    apply(rename, drill);  // before the index knows the space
    EXPECT_EQ(titles(who("duty"), drill), (Titles{"a in the drill", "b", "c"}));
    EXPECT_EQ(titles(who("duty"), drill, "alarm"), Titles{});
    apply(change_of(Action::remove, b.id), drill);  // and after
    alarm.fields = {{"title", "drill alarm"}};
    apply(alarm, drill);
    EXPECT_EQ(titles(who("duty"), drill), (Titles{"a in the drill", "c"}));
    EXPECT_EQ(titles(who("duty"), drill, "alarm"), Titles{"drill alarm"});

    apply(change_of(Action::remove, c.id));  // live goes its own way
    apply(make("d", k_here));
    EXPECT_EQ(titles(who("duty"), drill), (Titles{"a in the drill", "c"}));
    EXPECT_EQ(titles(who("duty")), (Titles{"a", "b", "d"}));
    EXPECT_EQ(titles(who("duty"), "live", "alarm"), Titles{"real alarm"});
    EXPECT_NE(tile(who("duty"))->etag, tile(who("duty"), drill)->etag);

    const auto live = titles(who("duty")), drilled = titles(who("duty"), drill);
    m_subscription.reset();
    open_index();
    EXPECT_EQ(titles(who("duty")), live);
    EXPECT_EQ(titles(who("duty"), drill), drilled);
    EXPECT_FALSE(tile(who("duty"), "0198d5a0-0000-7000-8000-00000000000f"));
}

TEST_F(MapIndexTest, RefusesWhatIsNoTile) {
    open_index();
    const auto duty = who("duty");
    EXPECT_TRUE(m_index->tile(duty, "live", "nothing", k_tile).error().is(errors::k_no_such_layer));
    EXPECT_TRUE(m_index->tile(duty, "live", "note", k_tile).error().is(errors::k_no_such_layer));
    EXPECT_TRUE(m_index->tile(duty, "live", "place", {3, 8, 0}).error().is(errors::k_bad_tile));
    EXPECT_TRUE(m_index->tile(duty, "live", "base", {30, 0, 0}).error().is(errors::k_bad_tile));
}

TEST_F(MapIndexTest, TheRouteReadsItsPath) {
    write("base/land.geojson",
          R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"land"},
        "geometry":{"type":"Polygon","coordinates":[[[117,38],[118,38],[118,40],[117,38]]]}}]})");
    open_index();
    const auto rows = m_index->routes();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].path, "/api/v1/tiles/{layer}/{z}/{x}/{y}");
    EXPECT_EQ(rows[0].right, k_signed_in);
    const Principal duty = who("duty");
    Call call{duty, "live", Language::zh, {{"layer", "base"}, {"z", "5"}, {"x", "26"}, {"y", "12"}},
              {},   {},     {},           {},
              {},   {},     {},           {}};
    const auto reply = rows[0].handler(call, nullptr);
    ASSERT_TRUE(reply);
    const auto& content = std::get<Content>(reply->body);
    EXPECT_TRUE(content.may_cache);
    EXPECT_EQ(test::text_of(test::read_tile(content.bytes).at("land").features.at(0), "kind"),
              "land");
    for (const char* bad : {"", "x", "5.5", "-1", "99999999999", "5 ", "32"}) {
        call.path["x"] = bad;
        const auto refused = rows[0].handler(call, nullptr);
        ASSERT_FALSE(refused) << bad;
        EXPECT_TRUE(refused.error().is(errors::k_bad_tile)) << bad;
    }
}

TEST_F(MapIndexTest, SurroundingsFindWhatIsInsideAndWhatIsNear) {
    SeededRandom random(5);
    std::vector<std::pair<std::string, LonLat>> places;
    for (int i = 0; i < 300; ++i) {
        places.emplace_back("p" + std::to_string(i), LonLat{117.7 + 0.2 * random.next_unit(),
                                                            38.9 + 0.2 * random.next_unit()});
        apply(make(places.back().first, places.back().second));
    }
    Change yard;
    yard.fields = {{"name", "yard"}};
    yard.geometry = Geometry::polygon(
        {{117.790, 38.990}, {117.800, 38.990}, {117.800, 39.010}, {117.790, 39.010}});
    apply(yard);
    open_index();
    const Geometry cloud = Geometry::polygon({{117.795, 38.995}, {117.85, 38.96}, {117.86, 39.03}});
    const std::vector<std::string> kinds{"place", "alarm", "nonsense"};
    Titles seen, expected{"yard"};  // the cloud begins in it
    double last_m = 0;
    for (const auto& each : m_index->inside("live", kinds, cloud, k_here)) {
        seen.insert(each.title);
        EXPECT_GE(each.distance_m, last_m);
        last_m = each.distance_m;
        EXPECT_NEAR(each.distance_m, distance_m(each.anchor, k_here), 0.01 * each.distance_m + 1);
    }
    for (const auto& [name, p] : places) {
        if (contains(cloud, p)) expected.insert(name);
    }
    EXPECT_GT(expected.size(), 10u);
    EXPECT_EQ(seen, expected);

    auto by_distance = places;
    by_distance.emplace_back("yard", anchor_of(*yard.geometry));
    std::ranges::sort(by_distance, {}, [](const auto& each) {
        return distance_m(to_local(each.second), to_local(k_here));
    });
    for (std::size_t count = 1; count <= 301; ++count) {
        const auto nearest = m_index->nearest("live", "place", k_here, count);
        ASSERT_EQ(nearest.size(), count);
        for (std::size_t i = 0; i < count; ++i)
            ASSERT_EQ(nearest[i].title, by_distance[i].first) << i << " of " << count;
    }
    EXPECT_EQ(m_index->nearest("live", "place", k_here, 1000).size(), 301u);
    EXPECT_TRUE(m_index->nearest("live", "place", k_here, 0).empty());
    EXPECT_TRUE(m_index->nearest("live", "alarm", k_here, 5).empty());
    EXPECT_TRUE(m_index->nearest("no such space", "place", k_here, 5).empty());
}

TEST_F(MapIndexTest, TilesAndEntriesAtOnce) {
    open_index();
    std::atomic<bool> stop = false;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                const auto content = tile(who("duty"));
                if (content && !content->bytes.empty()) test::read_tile(content->bytes);
                EXPECT_LE(m_index->nearest("live", "place", k_here, 3).size(), 3u);
            }
        });
    }
    for (int i = 0; i < 60; ++i) apply(make("n" + std::to_string(i), k_here));
    stop = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(titles(who("duty")).size(), 60u);
}

}  // namespace
}  // namespace anlan::map
