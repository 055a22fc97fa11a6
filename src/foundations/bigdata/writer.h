// The one thread that writes: a bounded queue with three priorities, and group commit. Many batches
// share one transaction and one sync; each has a savepoint, so that a refused one hurts no other.
#pragma once

#include "foundations/bigdata/apply.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace anlan::bigdata {

class Writer {
  public:
    using Done = std::function<void(Result<Applied>)>;
    /// Something else than a batch: spaces, imports, erasure.
    using Task = std::function<Result<Applied>(Applier&, std::vector<EntryPointer>&)>;
    struct Job {
        Task task;    ///< None: the batch.
        Batch batch;  ///< Of a task only the priority counts.
        Done done;
    };
    struct Committed {
        std::vector<EntryPointer> entries;
        ChainHead head;
        const Spaces* spaces = nullptr;  ///< Set when they changed; valid during the call.
    };

    /// `publish` runs after each commit, before the jobs' own callbacks.
    Writer(sqlite::Connection& connection, Applier& applier, std::size_t waiting_max,
           std::function<void(Committed)> publish);
    ~Writer() { close(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Finishes what is queued, refuses what comes from now on. Once, from another thread.
    void close();
    /// Answers busy at once, on the caller's thread, when there is no room.
    void submit(Job job);
    /// From the connection's commit hook, on the writer's thread. The log is copied into the
    /// database by a thread of its own; where that falls behind, between two groups.
    void note_log(int pages) { m_log_pages = pages; }
    [[nodiscard]] bool is_own_thread() const { return std::this_thread::get_id() == m_own_id; }

  private:
    void run();
    std::optional<Job> next(bool wait, Priority least = Priority::bulk);
    void run_group(Job first);
    Result<Applied> run_job(const Job& job, std::vector<EntryPointer>& entries);

    sqlite::Connection& m_connection;
    Applier& m_applier;
    const std::size_t m_waiting_max;
    std::function<void(Committed)> m_publish;

    std::mutex m_mutex;
    std::condition_variable m_ready;
    std::array<std::deque<Job>, 3> m_queues;  ///< By priority.
    std::size_t m_waiting = 0;
    bool m_closing = false;
    bool m_failing = false;  ///< Said once, not once a group.
    std::uint64_t m_groups = 0;
    int m_log_pages = 0;  ///< In the write-ahead log after the last commit.
    std::thread m_thread;
    std::thread::id m_own_id;
};

}  // namespace anlan::bigdata
