// The one thread that writes: a bounded queue with three priorities, and group commit. Many batches
// share one transaction and one sync; each has a savepoint, so that a refused one hurts no other.
// Steps of an import, which are hardly ever refused, go without: their group is longer, ends as
// soon as anybody else waits, and is done again with savepoints if a step fails after all.
#pragma once

#include "foundations/bigdata/apply.h"

#include <array>
#include <chrono>
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
    using Steady = std::chrono::steady_clock;
    /// What shares one commit.
    struct Group {
        std::vector<Job> jobs;
        std::vector<Result<Applied>> outcomes;
        std::vector<EntryPointer> entries;
        bool bulk_only = true;
        bool tasks = false;  ///< Spaces and imports may have changed.
        Steady::time_point until;
    };
    enum class Undo { each, together };  ///< What is undone when a step of an import fails.

    void run();
    std::optional<Job> next(bool wait, Priority least = Priority::bulk);
    void run_group(Job first);
    void add(Group& group, Job job);
    bool take_another(Group& group);
    /// All of the group's jobs and those that come while it lasts, in one transaction. False:
    /// nothing is written, a step has failed.
    bool run_jobs(Group& group, Undo undo);
    bool run_job(Group& group, std::size_t number, Undo undo);
    static bool is_step(const Job& job) {
        return job.task != nullptr && job.batch.priority == Priority::bulk;
    }

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
