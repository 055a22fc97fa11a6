#include "foundations/bigdata/writer.h"

#include "foundations/bigdata/errors.h"

#include <chrono>
#include <cstdio>

namespace anlan::bigdata {

namespace {
// A group ends when it has enough or has taken this long: an urgent batch that comes meanwhile
// waits for one commit, not for an import.
constexpr std::size_t k_group_max = 512;
constexpr auto k_group_time = std::chrono::milliseconds(8);
// 64 MB. A log that is copied while it grows begins anew only once all of it is copied.
constexpr int k_log_pages_max = 16'384;
constexpr std::uint64_t k_groups_between_cleanings = 4096;
}  // namespace

Writer::Writer(sqlite::Connection& connection, Applier& applier, std::size_t waiting_max,
               std::function<void(Committed)> publish)
    : m_connection(connection),
      m_applier(applier),
      m_waiting_max(waiting_max),
      m_publish(std::move(publish)),
      m_thread([this] { run(); }),
      m_own_id(m_thread.get_id()) {}

void Writer::close() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_ready.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

void Writer::submit(Job job) {
    const auto priority = job.batch.priority;
    const std::size_t room = priority == Priority::urgent   ? m_waiting_max * 2
                             : priority == Priority::normal ? m_waiting_max
                                                            : m_waiting_max / 2;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_closing && m_waiting < room) {
            m_queues[static_cast<std::size_t>(priority)].push_back(std::move(job));
            ++m_waiting;
            m_ready.notify_one();
            return;
        }
    }
    job.done(fail(errors::k_busy));
}

std::optional<Writer::Job> Writer::next(bool wait, Priority least) {
    std::unique_lock lock(m_mutex);
    if (wait) m_ready.wait(lock, [&] { return m_waiting > 0 || m_closing; });
    for (std::size_t priority = 0; priority <= static_cast<std::size_t>(least); ++priority) {
        auto& queue = m_queues[priority];
        if (queue.empty()) continue;
        Job out = std::move(queue.front());
        queue.pop_front();
        --m_waiting;
        return out;
    }
    return std::nullopt;
}

void Writer::run() {
    while (auto job = next(true)) {
        run_group(std::move(*job));
        if (m_log_pages > k_log_pages_max) {
            m_log_pages = 0;
            try {
                m_connection.checkpoint();
            } catch (const sqlite::Failure&) {
                // A full disk, say: the next group finds out, and tells those who asked.
            }
        }
    }
}

Result<Applied> Writer::run_job(const Job& job, std::vector<EntryPointer>& entries) {
    return job.task ? job.task(m_applier, entries) : m_applier.apply(job.batch, entries);
}

void Writer::run_group(Job first) {
    struct Finished {
        Done done;
        Result<Applied> outcome;
    };
    std::vector<Finished> finished;
    std::vector<EntryPointer> entries;
    std::optional<Applier::State> state_before;
    bool bulk_only = true;
    auto& state = m_applier.state();
    const ChainHead head_before = state.head;
    const auto started = std::chrono::steady_clock::now();
    try {
        std::optional<Job> job = std::move(first);
        finished.push_back(
            {std::move(job->done), fail(errors::k_internal, {{"what", "unfinished"}})});
        sqlite::Transaction transaction(m_connection);
        for (;;) {
            if (job->task && !state_before) state_before = state;
            bulk_only = bulk_only && job->batch.priority == Priority::bulk;
            const ChainHead head = state.head;
            const auto kept = entries.size();
            m_connection.run("SAVEPOINT job");
            auto& outcome = finished.back().outcome;
            try {
                outcome = run_job(*job, entries);
            } catch (const sqlite::Failure& failure) {
                if (failure.disk() || !m_connection.in_transaction()) throw;
                outcome = std::unexpected(failure.error());
            }
            if (!outcome) {
                m_connection.run("ROLLBACK TO job");
                state.head = head;
                entries.resize(kept);
            }
            m_connection.run("RELEASE job");
            if (finished.size() >= k_group_max ||
                std::chrono::steady_clock::now() - started > k_group_time)
                break;
            // People wait for this group's commit: no more of an import into it.
            job = next(false, bulk_only ? Priority::bulk : Priority::normal);
            if (!job) break;
            finished.push_back(
                {std::move(job->done), fail(errors::k_internal, {{"what", "unfinished"}})});
        }
        if (++m_groups % k_groups_between_cleanings == 0) m_applier.forget_old_outcomes();
        if (!entries.empty()) store_head(m_connection, state.head);
        transaction.commit();
        // An empty group writes nothing, so it proves nothing.
        if (!entries.empty() && std::exchange(m_failing, false))
            std::fprintf(stderr, "register: writing again\n");
    } catch (const sqlite::Failure& failure) {
        // Nothing of the group is on disk. The next group tries anew, so a freed disk heals by
        // itself.
        if (!std::exchange(m_failing, true)) {
            std::fprintf(stderr, "register: nothing can be written, reading goes on: %s\n",
                         failure.what());
        }
        state.head = head_before;
        if (state_before) {
            state.spaces = std::move(state_before->spaces);
            state.imports = std::move(state_before->imports);
        }
        state_before.reset();
        entries.clear();
        for (auto& each : finished) each.outcome = std::unexpected(failure.error());
    }
    m_publish({std::move(entries), state.head, state_before ? &state.spaces : nullptr});
    for (auto& each : finished) each.done(std::move(each.outcome));
}

}  // namespace anlan::bigdata
