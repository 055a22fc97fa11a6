// A bounded queue between threads, whose overflow policy has a name.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace anlan {

enum class Overflow {
    wait,         ///< The producer waits: back-pressure to the socket.
    refuse,       ///< push() answers false; the producer tells its peer.
    drop_oldest,  ///< The oldest element goes; dropped() counts it.
};

template <class T>
class BoundedQueue {
  public:
    BoundedQueue(std::size_t capacity, Overflow policy) : m_capacity(capacity), m_policy(policy) {}

    /// False when the queue is closed, or full under `refuse`.
    bool push(T value) {
        std::unique_lock lock(m_mutex);
        if (m_policy == Overflow::wait) {
            m_room.wait(lock, [&] { return m_closed || m_items.size() < m_capacity; });
        }
        if (m_closed) return false;
        if (m_items.size() >= m_capacity) {
            if (m_policy == Overflow::refuse) return false;
            m_items.pop_front();
            ++m_dropped;
        }
        m_items.push_back(std::move(value));
        lock.unlock();
        m_ready.notify_one();
        return true;
    }

    /// Waits; nothing once the queue is closed and empty.
    std::optional<T> pop() {
        std::unique_lock lock(m_mutex);
        m_ready.wait(lock, [&] { return m_closed || !m_items.empty(); });
        if (m_items.empty()) return std::nullopt;
        T out = std::move(m_items.front());
        m_items.pop_front();
        lock.unlock();
        m_room.notify_one();
        return out;
    }

    /// Waits for at least one, takes up to `count`. Empty once closed and drained.
    std::vector<T> pop_batch(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_ready.wait(lock, [&] { return m_closed || !m_items.empty(); });
        std::vector<T> out;
        while (!m_items.empty() && out.size() < count) {
            out.push_back(std::move(m_items.front()));
            m_items.pop_front();
        }
        lock.unlock();
        m_room.notify_all();
        return out;
    }

    void close() {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_ready.notify_all();
        m_room.notify_all();
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(m_mutex);
        return m_items.size();
    }
    [[nodiscard]] std::uint64_t dropped() const {
        const std::lock_guard lock(m_mutex);
        return m_dropped;
    }

  private:
    const std::size_t m_capacity;
    const Overflow m_policy;
    mutable std::mutex m_mutex;
    std::condition_variable m_ready;
    std::condition_variable m_room;
    std::deque<T> m_items;
    std::uint64_t m_dropped = 0;
    bool m_closed = false;
};

}  // namespace anlan
