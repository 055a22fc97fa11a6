#include "foundations/bigdata/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>

namespace anlan::bigdata {

namespace {
constexpr std::size_t k_kept = 4096;      // Entries in memory: minutes of a busy day.
constexpr std::size_t k_at_a_time = 256;  // Then the next listener has its turn.
constexpr auto k_try_again = std::chrono::milliseconds(100);
}  // namespace

struct Dispatcher::Shared {
    struct Subscriber {
        std::int64_t position;
        Register::Listener listener;
        bool alive = true;
        bool busy = false;  ///< Its listener is running.
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<EntryPointer> recent;
    std::int64_t last = 0;
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    std::thread::id thread;
    bool stopping = false;

    std::shared_ptr<Subscriber> behind() {
        const auto found =
            std::ranges::find_if(subscribers, [&](const auto& s) { return s->position < last; });
        if (found == subscribers.end()) return nullptr;
        // To the end of the line, so that one slow catch-up does not starve the others.
        std::rotate(found, found + 1, subscribers.end());
        return subscribers.back();
    }

    /// Empty when memory does not reach back far enough.
    std::vector<EntryPointer> from_memory(std::int64_t since) const {
        std::vector<EntryPointer> out;
        if (recent.empty() || recent.front()->sequence > since + 1) return out;
        auto at = static_cast<std::size_t>(since + 1 - recent.front()->sequence);
        for (; at < recent.size() && out.size() < k_at_a_time; ++at) out.push_back(recent[at]);
        return out;
    }
};

struct Dispatcher::Handle final : Register::Subscription {
    std::shared_ptr<Shared> shared;
    std::shared_ptr<Shared::Subscriber> subscriber;

    Handle(std::shared_ptr<Shared> s, std::shared_ptr<Shared::Subscriber> who)
        : shared(std::move(s)), subscriber(std::move(who)) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() override {
        std::unique_lock lock(shared->mutex);
        subscriber->alive = false;
        std::erase(shared->subscribers, subscriber);
        // A listener may end its own subscription; anyone else waits until it has returned.
        if (std::this_thread::get_id() == shared->thread) return;
        shared->changed.wait(lock, [&] { return !subscriber->busy; });
        subscriber->listener = nullptr;
    }
};

Dispatcher::Dispatcher(Fetch fetch, std::int64_t last_sequence)
    : m_shared(std::make_shared<Shared>()) {
    m_shared->last = last_sequence;
    const std::lock_guard lock(m_shared->mutex);
    m_thread = std::thread([shared = m_shared, fetch = std::move(fetch)] { run(shared, fetch); });
    m_shared->thread = m_thread.get_id();
}

Dispatcher::~Dispatcher() {
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->stopping = true;
    }
    m_shared->changed.notify_all();
    m_thread.join();
}

void Dispatcher::publish(std::vector<EntryPointer> entries) {
    if (entries.empty()) return;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->last = entries.back()->sequence;
        for (auto& entry : entries) m_shared->recent.push_back(std::move(entry));
        while (m_shared->recent.size() > k_kept) m_shared->recent.pop_front();
    }
    m_shared->changed.notify_all();
}

std::unique_ptr<Register::Subscription> Dispatcher::listen(std::int64_t since,
                                                           Register::Listener listener) {
    auto subscriber = std::make_shared<Shared::Subscriber>(since, std::move(listener));
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->subscribers.push_back(subscriber);
    }
    m_shared->changed.notify_all();
    return std::make_unique<Handle>(m_shared, std::move(subscriber));
}

void Dispatcher::run(const std::shared_ptr<Shared>& shared, const Fetch& fetch) {
    std::unique_lock lock(shared->mutex);
    while (!shared->stopping) {
        const auto subscriber = shared->behind();
        if (!subscriber) {
            shared->changed.wait(lock);
            continue;
        }
        auto entries = shared->from_memory(subscriber->position);
        if (entries.empty()) {
            const auto since = subscriber->position;
            lock.unlock();
            auto fetched = fetch(since, k_at_a_time);
            lock.lock();
            if (!fetched || fetched->empty()) {
                shared->changed.wait_for(lock, k_try_again);
                continue;
            }
            entries = std::move(*fetched);
        }
        for (const auto& entry : entries) {
            if (!subscriber->alive || shared->stopping) break;
            subscriber->position = entry->sequence;
            subscriber->busy = true;
            lock.unlock();
            try {
                subscriber->listener(*entry);
            } catch (const std::exception& problem) {
                // The thread is a door: one bad listener must not silence the others.
                std::fprintf(stderr, "listener failed at journal entry %lld: %s\n",
                             static_cast<long long>(entry->sequence), problem.what());
            }
            lock.lock();
            subscriber->busy = false;
            if (!subscriber->alive) shared->changed.notify_all();
        }
    }
}

}  // namespace anlan::bigdata
