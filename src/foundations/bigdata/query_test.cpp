// list, count and all: conditions, order, pages that stay right while rows change.
#include "foundations/bigdata/base64url.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_register.h"

#include <map>
#include <set>

namespace anlan::bigdata::test {
namespace {

struct QueryTest : RegisterTest {
    Uuid first;
    void fill() {
        const auto add = [&](json::object fields, LonLat at, Scope scope = {}) {
            Change c = create(std::move(fields));
            c.geometry = Geometry::point(at);
            c.scope = scope;
            clock.advance(1000);
            return written(c).id;
        };
        first = add({{"name", "a"},
                     {"size", 1},
                     {"count", 3},
                     {"open", true},
                     {"colour", "red"},
                     {"note", "液氨冷库"},
                     {"at", "2026-11-19T08:00:00Z"},
                     {"phone", "13900000001"},
                     {"more", json::array{"gas", "fire"}}},
                    {117.1, 38.1});
        add({{"name", "b"},
             {"size", 2},
             {"count", 2},
             {"open", false},
             {"colour", "blue"},
             {"note", "100%_x"},
             {"at", "2026-11-19T09:00:00Z"},
             {"parent", first.text()},
             {"others", json::array{first.text()}}},
            {117.2, 38.2}, {Uuid::from_name("g1"), {}, {}});
        add({{"name", "c"}, {"size", 3}, {"count", 1}, {"note", "1000x"}}, {117.3, 38.3},
            {{}, Uuid::from_name("e1"), {}});
        add({{"name", "d"}}, {117.4, 38.4}, {Uuid::from_name("g2"), {}, {}});
    }
    std::string where(std::string field, Compare compare, json::value value) {
        return names(live,
                     {.where = {{std::move(field), compare, std::move(value)}}, .sort = "name"});
    }
};

TEST_F(QueryTest, EachComparisonFindsItsRows) {
    fill();
    using enum Compare;
    EXPECT_EQ(where("name", equal, "b"), "b");
    EXPECT_EQ(where("name", not_equal, "b"), "a c d");
    EXPECT_EQ(where("size", less, 2), "a");
    EXPECT_EQ(where("size", less_or_equal, "2"), "a b");
    EXPECT_EQ(where("size", greater, 1.5), "b c");
    EXPECT_EQ(where("count", greater_or_equal, 1.5), "a b");
    EXPECT_EQ(where("size", equal, nullptr), "d");
    EXPECT_EQ(where("size", not_equal, nullptr), "a b c");
    EXPECT_EQ(where("size", not_equal, 1), "b c d");  // A row without a value is not equal to one.
    EXPECT_EQ(where("colour", one_of, json::array{"red", "blue"}), "a b");
    EXPECT_EQ(where("colour", one_of, json::array{}), "");
    EXPECT_EQ(where("open", equal, true), "a");
    EXPECT_EQ(where("open", equal, "false"), "b");
    EXPECT_EQ(where("at", greater, "2026-11-19T16:30:00+08:00"), "b");
    EXPECT_EQ(where("parent", equal, json::value(first.text())), "b");
    EXPECT_EQ(where("others", contains, json::value(first.text())), "b");
    EXPECT_EQ(where("more", contains, "fire"), "a");
    EXPECT_EQ(where("more", contains, "fir"), "");
    EXPECT_EQ(where("note", contains, "氨"), "a");
    EXPECT_EQ(where("note", contains, "100%"), "b");
    EXPECT_EQ(where("note", contains, "0%_"), "b");
    EXPECT_EQ(where("state", equal, "idle"), "a b c d");
    EXPECT_EQ(where("grid", equal, json::value(Uuid::from_name("g1").text())), "b");
    EXPECT_EQ(where("updated_at", less_or_equal, "2026-11-19T06:00:02Z"), "a b");
}

TEST_F(QueryTest, WrongConditionsAreNamed) {
    fill();
    using enum Compare;
    EXPECT_EQ(where("wings", equal, 1), "bad_request /where/0:field_unknown");
    EXPECT_EQ(where("size", equal, "big"), "bad_request /where/0:field_type");
    EXPECT_EQ(where("size", contains, "1"), "bad_request /where/0:query_unfit");
    EXPECT_EQ(where("more", equal, "x"), "bad_request /where/0:query_unfit");
    EXPECT_EQ(where("colour", one_of, "red"), "bad_request /where/0:field_type");
    EXPECT_EQ(where("at", less, "soon"), "bad_request /where/0:field_type");
    EXPECT_EQ(where("f_name = 'a' OR 1=1 --", equal, "x"), "bad_request /where/0:field_unknown");
    EXPECT_EQ(where("name", equal, "' OR 1=1 --"), "");
    EXPECT_EQ(names(live, {.sort = "wings"}), "bad_request /sort:field_unknown");
    EXPECT_EQ(names(live, {.sort = "more"}), "bad_request /sort:query_unfit");
    EXPECT_EQ(names(live, {.after = "%%%"}), "bad_cursor");
    EXPECT_EQ(names(live, {.after = base64url("{}")}), "bad_cursor");
    const auto page = store->list(live, "thing", {.sort = "name", .limit = 1});
    EXPECT_EQ(names(live, {.sort = "-name", .after = page->next}),
              "bad_cursor");  // Of another order.
    EXPECT_EQ(said(store->list(live, "dragon", {})), "unknown_kind");
    EXPECT_EQ(said(store->list({"demo", "nowhere", {}}, "thing", {})), "no_such_space");
}

TEST_F(QueryTest, TextBoxAndFilterNarrowDown) {
    fill();
    EXPECT_EQ(names(live, {.text = "氨", .sort = "name"}), "a");
    EXPECT_EQ(names(live, {.text = "139000", .sort = "name"}), "");  // Sensitive: not searched.
    EXPECT_EQ(names(live, {.within = Bounds{117.15, 38.0, 117.35, 38.25}, .sort = "name"}), "b");
    View view = live;
    view.rows.grid = Uuid::from_name("g1");
    EXPECT_EQ(names(view, {.sort = "name"}), "a b");
    view.rows.enterprise = Uuid::from_name("e1");
    EXPECT_EQ(names(view, {.sort = "name"}), "a b c");
    view.rows = {};
    view.rows.grid = Uuid{};
    EXPECT_EQ(names(view, {.sort = "name"}), "a");
    view.rows.none = true;
    EXPECT_EQ(names(view, {.sort = "name"}), "");
    EXPECT_EQ(said(store->get(view, "thing", first)), "no_such_record");
    EXPECT_TRUE(store->entries(view, 0, 10)->empty());
    EXPECT_EQ(names({"elsewhere", std::string(k_live), {}}, {.sort = "name"}), "");
}

TEST_F(QueryTest, CountsAreExactToTenThousand) {
    fill();
    EXPECT_EQ(store->count(live, "thing", {})->value, 4);
    EXPECT_EQ(store->count(live, "thing", {.where = {{"size", Compare::greater, 1}}})->value, 2);
    std::vector<Change> many;
    for (int i = 0; i < 9996; ++i) many.push_back(create({{"name", "m"}}));
    ASSERT_TRUE(store->write(batch(many)));
    auto count = store->count(live, "thing", {});
    EXPECT_EQ(count->value, 10'000);
    EXPECT_FALSE(count->more);
    written(create({{"name", "n"}}));
    count = store->count(live, "thing", {});
    EXPECT_EQ(count->value, 10'000);
    EXPECT_TRUE(count->more);
    EXPECT_EQ(store->all(live, "thing")->size(), 10'001u);
}

TEST_F(QueryTest, EntriesAreReadByRecordKindAndSpace) {
    fill();
    EXPECT_EQ(store->entries(live, 2, 10)->size(), 2u);
    EXPECT_EQ(store->entries(live, 0, 3)->size(), 3u);
    EXPECT_EQ(store->entries(live, 0, 10, "event")->size(), 0u);
    EXPECT_EQ(store->entries(live, 0, 10, "thing", first)->size(), 1u);
    EXPECT_EQ(said(store->entries(live, 0, 10, "dragon")), "unknown_kind");
    View view = live;
    view.rows.grid = Uuid::from_name("g2");
    EXPECT_EQ(store->entries(view, 0, 10)->size(), 2u);  // Nobody's and its own.
}

TEST(Base64Url, ComesBackAndRefusesTheRest) {
    for (const std::string text : {"", "a", "ab", "abc", "安澜", "\xff\xfe\xfd"})
        EXPECT_EQ(from_base64url(base64url(text)), text);
    EXPECT_EQ(base64url("\xfb\xff"), "-_8");
    for (const char* bad : {"a", "a+", "ab=", "a/b", "-_9"})
        EXPECT_FALSE(from_base64url(bad)) << bad;
}

// While pages are read, rows are changed, removed and added. Every row that nobody touched comes
// exactly once, and in order. Catches a cursor by offset, a tie not broken by id, a lost NULL.
class PagingTest : public RegisterTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(PagingTest, UntouchedRowsComeExactlyOnce) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        SeededRandom dice(seed);
        const std::string zone = "zone" + std::to_string(seed);
        const auto write_one = [&](Change c) {
            Batch b = batch({std::move(c)});
            b.zone = zone;
            if (dice.next_u64() % 3 == 0) clock.advance(1);  // Many rows share a millisecond.
            return store->write(b)->records.at(0).id;
        };
        const auto some_fields = [&] {
            json::object fields{
                {"name", std::string(1, static_cast<char>('a' + dice.next_u64() % 5))}};
            if (dice.next_u64() % 3 != 0) fields["size"] = static_cast<double>(dice.next_u64() % 4);
            if (dice.next_u64() % 2 == 0) fields["at"] = iso8601(clock.now());
            return fields;
        };
        std::vector<Uuid> there;
        for (int i = 0; i < 60; ++i) there.push_back(write_one(create(some_fields())));
        std::set<Uuid> touched;
        std::map<Uuid, int> seen;
        Query query{.sort = GetParam()};
        for (int guard = 0; guard < 200; ++guard) {
            query.limit = 1 + dice.next_u64() % 7;
            const auto page = store->list({zone, std::string(k_live), {}}, "thing", query);
            ASSERT_TRUE(page);
            EXPECT_LE(page->records.size(), query.limit);
            for (const auto& r : page->records) ++seen[r.id];
            if (page->next.empty()) break;
            query.after = page->next;
            for (int k = 0; k < 2; ++k) {
                const auto id = there[dice.next_u64() % there.size()];
                if (touched.contains(id)) continue;
                touched.insert(id);
                write_one(dice.next_u64() % 2 == 0 ? remove(id) : update(id, some_fields()));
            }
            touched.insert(write_one(create(some_fields())));
        }
        for (const auto& id : there) {
            EXPECT_TRUE(touched.contains(id) || seen[id] == 1)
                << id.text() << " came " << seen[id] << " times";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Orders, PagingTest,
                         ::testing::Values("-updated_at", "updated_at", "name", "-name", "size",
                                           "-size", "at", "-at", "id"));

}  // namespace
}  // namespace anlan::bigdata::test
