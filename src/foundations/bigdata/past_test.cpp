// The register as it was, erasure from it, and the heads that prove it.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/heads.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_register.h"

#include <fstream>
#include <map>
#include <sstream>

namespace anlan::bigdata::test {
namespace {

struct PastTest : RegisterTest {
    static View past(std::int64_t sequence, std::string space = std::string(k_live)) {
        return {"demo", std::move(space), {}, sequence};
    }
    std::string bytes_of(const std::string& suffix) const {
        std::ifstream in(database().string() + suffix, std::ios::binary);
        std::ostringstream out;
        out << in.rdbuf();
        return out.str();
    }
};

// Every moment of a random history, against a list kept by hand.
TEST_F(PastTest, EveryPastMomentReadsAsItWas) {
    SeededRandom dice(7);
    std::vector<Uuid> alive;
    std::map<Uuid, std::string> now;
    std::vector<std::map<Uuid, std::string>> moments{{}};
    for (int i = 0; i < 300; ++i) {
        const auto name = "n" + std::to_string(i);
        const auto what = dice.next_u64() % 10;
        if (alive.empty() || what < 4) {
            const auto r = written(create({{"name", name}, {"size", i % 5}}));
            alive.push_back(r.id);
            now[r.id] = name;
        } else {
            const auto at = dice.next_u64() % alive.size();
            if (what < 9) {
                written(update(alive[at], {{"name", name}}));
                now[alive[at]] = name;
            } else {
                written(remove(alive[at]));
                now.erase(alive[at]);
                alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(at));
            }
        }
        moments.push_back(now);
    }
    for (std::size_t s = 0; s < moments.size(); s += 7) {
        const auto view = past(static_cast<std::int64_t>(s));
        std::map<Uuid, std::string> read;
        Query query{.sort = "name", .limit = 13};
        do {
            const auto page = store->list(view, "thing", query);
            ASSERT_TRUE(page);
            for (const auto& r : page->records)
                EXPECT_TRUE(read.emplace(r.id, text_at(r.fields, "name")).second);
            query.after = page->next;
        } while (!query.after.empty());
        EXPECT_EQ(read, moments[s]) << s;
        EXPECT_EQ(store->count(view, "thing", {})->value, std::ssize(moments[s]));
        for (const auto& [id, name] : moments[s])
            EXPECT_EQ(text_at(store->get(view, "thing", id)->fields, "name"), name);
    }
    // Text, filter and row rule hold for the past too.
    const auto& [id, name] = *moments[150].begin();
    EXPECT_EQ(store->list(past(150), "thing", {.text = name})->records.size(), 1U);
    RowFilter nobody;
    nobody.none = true;
    EXPECT_TRUE(store->list({"demo", "live", nobody, 150}, "thing", {})->records.empty());
    EXPECT_EQ(said(store->get({"demo", "live", nobody, 150}, "thing", id)), "no_such_record");
}

TEST_F(PastTest, AnExerciseHasAPastOfItsOwn) {
    const auto a = written(create({{"name", "a"}}));
    written(create({{"name", "b"}}));
    ASSERT_TRUE(store->open_space("demo", "drill"));
    const auto start = store->last_sequence();
    written(update(a.id, {{"name", "a in the drill"}}), "drill");
    written(update(a.id, {{"name", "a changed"}}));
    const auto middle = store->last_sequence();
    written(update(a.id, {{"name", "a again"}}), "drill");
    const auto at = [&](std::int64_t sequence) {
        return names(past(sequence, "drill"), {.sort = "name"});
    };
    EXPECT_EQ(at(start), "a b");
    EXPECT_EQ(at(start + 1), "a in the drill b");
    EXPECT_EQ(at(middle), "a in the drill b");
    EXPECT_EQ(at(store->last_sequence()), "a again b");
    EXPECT_EQ(names(past(start), {.sort = "name"}), "a b");
    EXPECT_EQ(names(past(middle), {.sort = "name"}), "a changed b");
}

TEST_F(PastTest, ATimeNamesTheLastEntryBeforeItWasFirstPassed) {
    const auto start = clock.now();
    for (int i = 0; i < 5; ++i) {
        written(create({{"name", "x"}}));
        clock.advance(60'000);
    }
    EXPECT_EQ(*store->sequence_at(start + -1), 0);
    EXPECT_EQ(*store->sequence_at(start), 1);
    EXPECT_EQ(*store->sequence_at(start + 59'999), 1);
    EXPECT_EQ(*store->sequence_at(start + 120'000), 3);
    EXPECT_EQ(*store->sequence_at(start + 3'600'000), 5);
}

// The clock steps back an hour: order, ids, heads and chain do not care.
TEST_F(PastTest, AClockThatStepsBackChangesNoOrder) {
    std::vector<Uuid> made;
    for (int i = 0; i < 3; ++i) made.push_back(written(create({{"name", "before"}})).id);
    clock.step(-3'600'000);
    for (int i = 0; i < 3; ++i) made.push_back(written(create({{"name", "after"}})).id);
    EXPECT_TRUE(std::ranges::is_sorted(made));
    const auto entries = *store->entries(live, 0, 100);
    ASSERT_EQ(entries.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(entries[i].after.id, made[i]);
    EXPECT_FALSE(verify_journal(database())->broken_at);
    open();
    EXPECT_EQ(written(create({{"name", "later"}})).sequence, 7);
}

TEST_F(PastTest, ErasureLeavesNoByteOfTheDataAndAWholeChain) {
    constexpr auto k_phone = "13987654321";
    const auto keep = written(create({{"name", "另一个"}, {"phone", "13111112222"}}));
    const auto r = written(create({{"name", "张三丰"}, {"phone", k_phone}}));
    auto keyed = batch({update(r.id, {{"note", "住在美洲路"}})});
    keyed.idempotency_key = "k1";
    ASSERT_TRUE(store->write(keyed));
    ASSERT_TRUE(store->open_space("demo", "drill"));
    written(update(r.id, {{"size", 2}}), "drill");
    written(update(r.id, {{"size", 3}}));
    const auto last = store->last_sequence();
    Erasure erasure{.zone = "demo",
                    .kind = "thing",
                    .id = r.id,
                    .fields = {"name", "phone", "note"},
                    .author = {{}, "keeper", "api"},
                    .reason = "个人信息保护法第四十七条",
                    .request_id = {}};
    auto wrong = erasure;
    wrong.reason.clear();
    EXPECT_EQ(said(store->erase(wrong)), "reason_needed /reason:reason_needed");
    wrong = erasure;
    wrong.fields = {"nosuch"};
    EXPECT_EQ(said(store->erase(wrong)), "bad_request /fields/0:field_unknown");
    EXPECT_EQ(store->last_sequence(), last);

    const auto erased = store->erase(erasure);
    ASSERT_TRUE(erased) << said(erased);
    EXPECT_EQ(text_at(erased->fields, "name"), "—");
    EXPECT_FALSE(erased->fields.contains("phone"));
    EXPECT_EQ(erased->fields.at("size"), 3.0);
    const auto entries = *store->entries(live, 0, 100, "thing", r.id);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_TRUE(entries[0].after.erased);
    EXPECT_TRUE(entries[0].after.fields.empty());
    EXPECT_EQ(entries[3].reason, erasure.reason);
    EXPECT_EQ(entries[3].before,
              (json::object{{"name", nullptr}, {"phone", nullptr}, {"note", nullptr}}));
    const auto then = store->get(past(2), "thing", r.id);
    ASSERT_TRUE(then);
    EXPECT_TRUE(then->erased);
    EXPECT_TRUE(then->fields.empty());
    EXPECT_EQ(text_at(store->get({"demo", "drill", {}}, "thing", r.id)->fields, "name"), "—");
    EXPECT_EQ(store->count(live, "thing", {.text = "张三"})->value, 0);
    EXPECT_EQ(store->count(live, "thing", {.text = "另一"})->value, 1);
    EXPECT_EQ(text_at(store->get(live, "thing", keep.id)->fields, "phone"), "13111112222");
    const auto verdict = verify_journal(database());
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->broken_at) << verdict->what;
    store.reset();
    for (const auto* suffix : {"", "-wal"}) {
        const auto bytes = bytes_of(suffix);
        for (const auto* secret : {k_phone, "张三丰", "住在美洲路"})
            EXPECT_EQ(bytes.find(secret), std::string::npos) << secret << suffix;
    }
    EXPECT_NE(bytes_of("").find("13111112222"), std::string::npos);
}

TEST_F(PastTest, KeepsTheHeadOfEveryDayOnce) {
    std::vector<std::string> hashes;
    for (int day = 0; day < 3; ++day) {
        for (int i = 0; i < 3; ++i) written(create({{"name", "x"}}));
        hashes.push_back(store->head());
        clock.advance(24LL * 3600 * 1000 * (day == 1 ? 2 : 1));  // A day without entries.
    }
    const auto heads = daily_heads(database());
    ASSERT_TRUE(heads);
    ASSERT_EQ(heads->size(), 3U);
    EXPECT_EQ((*heads)[0].day, "2026-11-19");
    EXPECT_EQ((*heads)[1].day, "2026-11-20");
    EXPECT_EQ((*heads)[2].day, "2026-11-22");
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ((*heads)[i].hash, hashes[i]);
        EXPECT_EQ((*heads)[i].sequence, 3 * std::int64_t(i + 1));
    }
    EXPECT_EQ(daily_heads(database(), 1)->at(0).day, "2026-11-22");
    const auto kept = folder.path / "heads";
    clock.step(-24LL * 3600 * 1000);  // It is the 22nd: that day has not ended.
    {
        HeadKeeper keeper(database(), kept, clock);
        while (!std::filesystem::exists(kept / "2026-11-20.json")) std::this_thread::yield();
    }
    EXPECT_FALSE(std::filesystem::exists(kept / "2026-11-22.json"));
    std::ifstream in(kept / "2026-11-19.json");
    std::string text;
    std::getline(in, text);
    EXPECT_EQ(text_at(parse_json(text)->as_object(), "hash"), hashes[0]);
}

}  // namespace
}  // namespace anlan::bigdata::test
