// What a search finds, and that the index finds the same as looking at every row.
#include "foundations/bigdata/pinyin.h"
#include "foundations/bigdata/search_text.h"
#include "foundations/bigdata/test_register.h"

#include <algorithm>

namespace anlan::bigdata::test {
namespace {

bool found(std::string_view search, std::string_view text) {
    return Search(search).matches({text});
}

TEST(SearchText, ReadsCharactersAsPeopleTypeThem) {
    EXPECT_EQ(pinyin_of(U'储'), "chu");
    EXPECT_EQ(pinyin_of(U'罐'), "guan");
    EXPECT_EQ(pinyin_of(U'绿'), "lv");
    EXPECT_EQ(pinyin_of(U'安'), "an");
    EXPECT_EQ(pinyin_of(U'重'), "zhong");  // Several readings: the default one.
    EXPECT_EQ(pinyin_of(U'a'), "");
}

TEST(SearchText, FindsChineseOfAnyLengthLatinFromTheBeginningAndPinyin) {
    const std::string_view name = "天津东疆液氨储罐区 DJ0012-A Ammonia";
    for (const auto* hit : {"液", "液氨", "液氨储", "天津东疆液氨储罐区", "区", "dj0012", "DJ00",
                            "0012", "ammo", "chuguan", "chug", "guan", "cg", "yacg", "tj",
                            "液氨 ammonia", "罐区 dj", "dj0012-a", "ＤＪ００１２"})
        EXPECT_TRUE(found(hit, name)) << hit;
    for (const auto* miss :
         {"氨液", "液储", "012", "mmonia", "huguan", "cgz", "液氨 chlorine", "dj0013", "gc"})
        EXPECT_FALSE(found(miss, name)) << miss;
    EXPECT_FALSE(Search("  ").matches({name}) && !Search("  ").empty());
}

struct SearchTest : RegisterTest {
    const std::vector<std::string> texts{
        "液氨储罐",        "液氯仓库",     "远梁物流有限公司", "储运公司 H-77777",
        "Ammonia tank 12", "D区A3号堆场",  "消火栓 DJ0012",    "绿地广场",
        "100%纯氧",        "重庆道加油站", "ab_c 'x' \"y\"",   "天津港太平洋国际集装箱码头"};
    void fill() {
        for (std::size_t i = 0; i < texts.size(); ++i) {
            json::object fields{{"name", texts[i]}, {"phone", "13800000000"}};
            if (i % 3 == 0) fields["note"] = texts[(i + 5) % texts.size()];
            written(create(std::move(fields)));
        }
    }
    std::size_t hits(const std::string& text, const View& view) {
        const auto page = store->list(view, "thing", {.text = text});
        EXPECT_TRUE(page) << text;
        const auto count = store->count(view, "thing", {.text = text});
        EXPECT_TRUE(count);
        // The list walks rows here, the count uses the index: both see the same.
        EXPECT_EQ(static_cast<std::int64_t>(page->records.size()), count->value) << text;
        return page->records.size();
    }
};

TEST_F(SearchTest, TheIndexFindsWhatLookingAtEveryRowFinds) {
    fill();
    std::size_t all = 0;
    for (const auto& text : texts) {
        const auto points = folded(text);
        // Every piece of every text, cut anywhere, also inside characters.
        for (std::size_t from = 0; from < points.size(); ++from)
            for (const std::size_t length : {1, 2, 3, 4, 6, 7, 9, 12})
                all += hits(points.substr(from, length), live);
    }
    for (const auto* text : {"yl", "cg", "chuguan", "yuanliang", "ylwl", "tjgtpygjjzxmt", "lvdi",
                             "zhongqing", "tianjingangtaipingyangguoji", "nothing", "13800000000"})
        all += hits(text, live);
    EXPECT_GT(all, 500U);
    EXPECT_EQ(hits("yl", live), 3U);  // 远梁 in a name and in another's note, and 液氯.
    EXPECT_EQ(hits("138", live), 0U);
}

TEST_F(SearchTest, TheIndexFollowsChangesAndSpaces) {
    fill();
    const auto one = written(create({{"name", "乙炔瓶"}}));
    EXPECT_EQ(hits("乙炔", live), 1U);
    ASSERT_TRUE(store->open_space("demo", "drill"));
    const View drill{"demo", "drill", {}};
    written(update(one.id, {{"name", "丙烷瓶"}}));
    EXPECT_EQ(hits("乙炔", live), 0U);
    EXPECT_EQ(hits("bingwan", live), 1U);
    EXPECT_EQ(hits("乙炔", drill), 1U);
    EXPECT_EQ(hits("丙烷", drill), 0U);
    written(update(one.id, {{"name", "甲烷瓶"}}), "drill");
    EXPECT_EQ(hits("甲烷", drill), 1U);
    EXPECT_EQ(hits("乙炔", drill), 0U);
    EXPECT_EQ(hits("甲烷", live), 0U);
    written(remove(one.id));
    EXPECT_EQ(hits("丙烷", live), 0U);
    EXPECT_EQ(hits("甲烷", drill), 1U);
    open();  // Another start makes nothing twice.
    EXPECT_EQ(hits("甲烷", drill), 1U);
    EXPECT_EQ(hits("液氨", live), 1U);
}

TEST_F(SearchTest, RelevancePutsTitlesFirstAndPagesThroughAll) {
    for (int i = 0; i < 7; ++i) {
        clock.advance(1000);
        written(create({{"name", "n" + std::to_string(i)}, {"note", "氨气泄漏"}}));
        if (i % 2 == 0) written(create({{"name", "氨库" + std::to_string(i)}}));
    }
    for (const std::size_t limit : {1, 2, 4, 5, 20}) {
        Query query{.text = "氨", .sort = "relevance", .limit = limit};
        std::string all;
        for (int pages = 0; pages < 20; ++pages) {
            const auto page = store->list(live, "thing", query);
            ASSERT_TRUE(page);
            EXPECT_LE(page->records.size(), limit);
            for (const auto& r : page->records) all += std::string(text_at(r.fields, "name")) + " ";
            query.after = page->next;
            if (page->next.empty()) break;
        }
        EXPECT_EQ(all, "氨库6 氨库4 氨库2 氨库0 n6 n5 n4 n3 n2 n1 n0 ") << limit;
    }
}

/// Both ways of finding rows, over more than the walk's allowance: rare and common things.
TEST_F(SearchTest, FilterBoxAndTextFindTheSameByEitherPlan) {
    std::vector<Change> changes;
    constexpr int k_rows = 12'000;
    for (int i = 0; i < k_rows; ++i) {
        auto change = create({{"name", "栓" + std::to_string(i)},
                              {"size", i % 4000},
                              {"note", i % 4001 == 5 ? "稀有物" : "常见物"}});
        change.geometry = Geometry::point({117.0 + i * 1e-5, 38.5 + i * 1e-5});
        changes.push_back(std::move(change));
    }
    ASSERT_TRUE(store->write(batch(std::move(changes))));
    const auto size = [&](const Query& query) {
        const auto page = store->list(live, "thing", query);
        EXPECT_TRUE(page);
        EXPECT_EQ(
            store->count(live, "thing", query)->value,
            std::min<std::int64_t>(10'000, page->next.empty() ? page->records.size() : 10'000));
        return page->records.size();
    };
    EXPECT_EQ(size({.text = "稀有", .limit = 10'000}), 3U);
    EXPECT_EQ(size({.text = "changjian", .limit = 50}), 50U);
    EXPECT_EQ(size({.where = {{"size", Compare::equal, 7}}, .limit = 100}), 3U);
    EXPECT_EQ(size({.where = {{"size", Compare::equal, 7}}, .sort = "name", .limit = 100}), 3U);
    EXPECT_EQ(size({.within = Bounds{117.0 + 1e-7, 38.5 + 1e-7, 117.000101, 38.500101}}), 10U);
    const Query both{.within = Bounds{117.0, 38.5, 117.0401, 38.5401}, .text = "稀有"};
    EXPECT_EQ(size(both), 2U);
}

}  // namespace
}  // namespace anlan::bigdata::test
