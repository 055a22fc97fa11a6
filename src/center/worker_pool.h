// A fixed number of threads for request handlers, behind a bounded queue. Full queue: refused, so
// that a flood is answered with 503 at once instead of with silence later.
#pragma once

#include "core/queue.h"

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace anlan::center {

class WorkerPool {
  public:
    using Job = std::function<void()>;  ///< Must not throw.

    WorkerPool(std::size_t threads, std::size_t waiting_max)
        : m_queue(waiting_max, Overflow::refuse) {
        for (std::size_t i = 0; i < threads; ++i) {
            m_threads.emplace_back([this] {
                while (auto job = m_queue.pop()) (*job)();
            });
        }
    }
    ~WorkerPool() { stop(); }
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// False when the queue is full or the pool has stopped; the job is not run then.
    bool submit(Job job) { return m_queue.push(std::move(job)); }
    /// Runs what is queued, then ends the threads. May be called twice.
    void stop() {
        m_queue.close();
        for (auto& thread : m_threads) {
            if (thread.joinable()) thread.join();
        }
    }
    [[nodiscard]] std::size_t waiting() const { return m_queue.size(); }

  private:
    BoundedQueue<Job> m_queue;
    std::vector<std::thread> m_threads;
};

}  // namespace anlan::center
