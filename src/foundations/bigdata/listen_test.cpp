// Listeners and many writers at once.
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_register.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

namespace anlan::bigdata::test {
namespace {

using namespace std::chrono_literals;

/// Collects sequences and waits for them.
struct Ear {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::int64_t> heard;

    Register::Listener listener() {
        return [this](const Entry& entry) {
            const std::lock_guard lock(mutex);
            heard.push_back(entry.sequence);
            changed.notify_all();
        };
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 20s, [&] { return heard.size() >= count; });
    }
    /// Exactly first…last, in order.
    void expect(std::int64_t first, std::int64_t last) {
        ASSERT_TRUE(wait_for(static_cast<std::size_t>(last - first + 1)));
        std::this_thread::sleep_for(5ms);  // Long enough for a second delivery to show.
        const std::lock_guard lock(mutex);
        ASSERT_EQ(heard.size(), static_cast<std::size_t>(last - first + 1));
        for (std::size_t i = 0; i < heard.size(); ++i)
            ASSERT_EQ(heard[i], first + static_cast<std::int64_t>(i));
    }
};

using ListenTest = RegisterTest;

TEST_F(ListenTest, ManyWritersManyListenersOneOrder) {
    constexpr int k_threads = 8, k_each = 60;
    Ear early, late, slow;
    auto first = store->listen(0, early.listener());
    auto third = store->listen(0, [inner = slow.listener()](const Entry& e) {
        if (e.sequence % 50 == 0) std::this_thread::sleep_for(2ms);
        inner(e);
    });
    std::atomic<int> refused_count = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < k_threads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < k_each; ++i) {
                // Every tenth batch is refused; it must leave neither a gap nor a row.
                const bool wrong = i % 10 == 9;
                auto b = batch({create({{"name", "t" + std::to_string(t)}}),
                                create(wrong ? json::object{} : json::object{{"name", "x"}})});
                b.priority = static_cast<Priority>(i % 3);
                if (!store->write(std::move(b))) ++refused_count;
            }
        });
    }
    std::this_thread::sleep_for(5ms);
    auto second = store->listen(0, late.listener());
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(refused_count, k_threads * k_each / 10);
    constexpr std::int64_t k_entries = 2 * k_threads * k_each * 9 / 10;
    EXPECT_EQ(store->last_sequence(), k_entries);
    for (auto* ear : {&early, &late, &slow}) ear->expect(1, k_entries);
    EXPECT_EQ(store->count(live, "thing", {})->value, k_entries);
    const auto verdict = verify_journal(database());
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->broken_at) << verdict->what;
    EXPECT_EQ(verdict->head, store->head());
}

TEST_F(ListenTest, CatchesUpFromTheTableThenLive) {
    std::vector<Change> many;
    for (int i = 0; i < 5000; ++i) many.push_back(create({{"name", "m"}, {"count", i}}));
    ASSERT_TRUE(store->write(batch(many)));  // More than stays in memory.
    Ear ear, after_restart;
    {
        auto subscription = store->listen(100, ear.listener());
        written(create({{"name", "last"}}));
        ear.expect(101, 5001);
    }
    open();
    auto subscription = store->listen(4000, after_restart.listener());
    written(create({{"name", "more"}}));
    after_restart.expect(4001, 5002);
}

TEST_F(ListenTest, AnEntryFromTheTableEqualsTheOneFromMemory) {
    std::mutex mutex;
    std::vector<std::string> fresh, stored;
    std::promise<void> done_fresh, done_stored;
    auto subscription = store->listen(0, [&](const Entry& e) {
        fresh.push_back(canonical_text(to_json(e)));
        if (fresh.size() == 3) done_fresh.set_value();
    });
    Change c = create({{"name", "甲"}, {"more", {{"x", 1.5}}}});
    c.geometry = Geometry::point({117.5, 38.5});
    c.reason = "试";
    const auto r = written(c);
    written(move(r.id, "start", {{"size", 3}}));
    written(remove(r.id));
    done_fresh.get_future().wait();
    open();
    subscription = store->listen(0, [&](const Entry& e) {
        stored.push_back(canonical_text(to_json(e)));
        if (stored.size() == 3) done_stored.set_value();
    });
    done_stored.get_future().wait();
    EXPECT_EQ(fresh, stored);
    EXPECT_NE(fresh[0].find("\"reason\":\"试\""), std::string::npos);
}

TEST_F(ListenTest, AListenerMayWrite) {
    Ear ear;
    auto all = store->listen(0, ear.listener());
    auto reacts = store->listen(0, [&](const Entry& e) {
        if (text_at(e.after.fields, "name") != "cause") return;
        EXPECT_TRUE(store->write(batch({create({{"name", "effect"}})})));
        store->write_later(batch({create({{"name", "effect"}})}),
                           [](Result<Applied> out) { EXPECT_TRUE(out); });
    });
    for (int i = 0; i < 20; ++i) written(create({{"name", "cause"}}));
    ear.expect(1, 60);
}

TEST_F(ListenTest, UnsubscribingIsSafeFromAnywhere) {
    std::unique_ptr<Register::Subscription> self;
    std::promise<void> ended;
    int heard_by_self = 0;
    self = store->listen(0, [&](const Entry&) {
        ++heard_by_self;
        self.reset();
        ended.set_value();
    });
    written(create({{"name", "a"}}));
    ended.get_future().wait();
    written(create({{"name", "b"}}));
    EXPECT_EQ(heard_by_self, 1);

    // From outside: when the handle is gone, the listener has returned and never runs again.
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        while (!stop) (void)write(create({{"name", "c"}}));
    });
    for (int i = 0; i < 50; ++i) {
        auto alive = std::make_unique<std::atomic<int>>(0);
        auto subscription = store->listen(store->last_sequence(), [p = alive.get()](const Entry&) {
            ++*p;
            std::this_thread::sleep_for(100us);
            ++*p;
        });
        std::this_thread::sleep_for(1ms);
        subscription.reset();
        EXPECT_EQ(*alive % 2, 0);
        alive.reset();
    }
    stop = true;
    writer.join();
    auto outlives = store->listen(0, [](const Entry&) {});
    store.reset();
    outlives.reset();
}

// Catches a writer that is gone while a listener still calls it.
TEST_F(ListenTest, ClosingWhileAListenerWritesEnds) {
    for (int round = 0; round < 20; ++round) {
        Register& open_store = *store;
        std::atomic<int> outcomes = 0;
        auto reacts = store->listen(store->last_sequence(), [&](const Entry&) {
            (void)open_store.write(batch({create({{"name", "again"}})}));
            ++outcomes;
        });
        written(create({{"name", "first"}}));
        while (outcomes == 0) std::this_thread::sleep_for(100us);
        store.reset();
        reacts.reset();
        open();
    }
}

TEST_F(ListenTest, AThrowingListenerSilencesNobody) {
    Ear ear;
    auto bad =
        store->listen(0, [](const Entry&) { throw std::runtime_error("as the test wants it"); });
    auto good = store->listen(0, ear.listener());
    for (int i = 0; i < 3; ++i) written(create({{"name", "a"}}));
    ear.expect(1, 3);
}

TEST_F(ListenTest, AFullQueueSaysBusyAndUrgentHasRoomOfItsOwn) {
    store.reset();
    auto small = Register::open({.database = database(),
                                 .catalog = &*catalog,
                                 .clock = &clock,
                                 .ids = &ids,
                                 .waiting_max = 4});
    ASSERT_TRUE(small);
    store = std::move(*small);
    // Hold the writer in a callback while the queue fills.
    std::promise<void> holding, release;
    store->write_later(batch({create({{"name", "hold"}})}), [&](Result<Applied>) {
        holding.set_value();
        release.get_future().wait();
    });
    holding.get_future().wait();
    std::atomic<int> done = 0, busy = 0;
    const auto submit = [&](Priority priority) {
        auto b = batch({create({{"name", "x"}})});
        b.priority = priority;
        const int before = busy;
        store->write_later(std::move(b), [&](Result<Applied> out) {
            if (out)
                ++done;
            else if (out.error().is(errors::k_busy))
                ++busy;
        });
        return busy == before;
    };
    EXPECT_TRUE(submit(Priority::bulk));
    EXPECT_TRUE(submit(Priority::bulk));
    EXPECT_FALSE(submit(Priority::bulk));
    EXPECT_TRUE(submit(Priority::normal));
    EXPECT_TRUE(submit(Priority::normal));
    EXPECT_FALSE(submit(Priority::normal));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(submit(Priority::urgent));
    EXPECT_FALSE(submit(Priority::urgent));
    release.set_value();
    store.reset();
    EXPECT_EQ(done, 8);
    EXPECT_EQ(busy, 3);
}

TEST_F(ListenTest, UrgentOvertakesBulk) {
    std::promise<void> holding, release;
    store->write_later(batch({create({{"name", "hold"}})}), [&](Result<Applied>) {
        holding.set_value();
        release.get_future().wait();
    });
    holding.get_future().wait();
    std::vector<std::string> order;
    for (const auto& [name, priority] : {std::pair{"bulk", Priority::bulk},
                                         {"normal", Priority::normal},
                                         {"urgent", Priority::urgent}}) {
        auto b = batch({create({{"name", name}})});
        b.priority = priority;
        store->write_later(std::move(b),
                           [&order, name](Result<Applied>) { order.emplace_back(name); });
    }
    release.set_value();
    store.reset();
    EXPECT_EQ(order, (std::vector<std::string>{"urgent", "normal", "bulk"}));
}

}  // namespace
}  // namespace anlan::bigdata::test
