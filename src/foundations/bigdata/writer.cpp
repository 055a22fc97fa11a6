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
// An import's steps alone: longer, so that pages written by many rows are written once, and no
// longer, as who comes while it is committed waits for all of that.
constexpr auto k_bulk_time = std::chrono::milliseconds(20);
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

void Writer::add(Group& group, Job job) {
    if (group.jobs.empty()) {
        group.bulk_only = job.batch.priority == Priority::bulk;
        group.until = Steady::now() + (is_step(job) ? k_bulk_time : k_group_time);
    } else if (group.bulk_only && job.batch.priority != Priority::bulk) {
        // People wait for this group's commit: no more of an import into it.
        group.bulk_only = false;
        group.until = Steady::now() + k_group_time;
    }
    group.tasks = group.tasks || job.task != nullptr;
    group.jobs.push_back(std::move(job));
    group.outcomes.push_back(fail(errors::k_internal, {{"what", "unfinished"}}));
}

bool Writer::take_another(Group& group) {
    if (group.jobs.size() >= k_group_max || Steady::now() > group.until) return false;
    auto job = next(false, group.bulk_only ? Priority::bulk : Priority::normal);
    if (!job) return false;
    add(group, std::move(*job));
    return true;
}

bool Writer::run_job(Group& group, std::size_t number, Undo undo) {
    const Job& job = group.jobs[number];
    auto& outcome = group.outcomes[number];
    auto& state = m_applier.state();
    const bool guarded = undo == Undo::each || !is_step(job);
    const ChainHead head = state.head;
    const auto kept = group.entries.size();
    if (guarded) m_connection.run("SAVEPOINT job");
    try {
        outcome = job.task ? job.task(m_applier, group.entries)
                           : m_applier.apply(job.batch, group.entries);
    } catch (const sqlite::Failure& failure) {
        if (failure.disk() || !m_connection.in_transaction()) throw;
        outcome = std::unexpected(failure.error());
    }
    if (!guarded) return outcome.has_value();
    if (!outcome) {
        m_connection.run("ROLLBACK TO job");
        state.head = head;
        group.entries.resize(kept);
    }
    m_connection.run("RELEASE job");
    return true;
}

bool Writer::run_jobs(Group& group, Undo undo) {
    sqlite::Transaction transaction(m_connection);
    const bool growing = undo == Undo::together;
    for (std::size_t i = 0; i < group.jobs.size() || (growing && take_another(group)); ++i) {
        if (!run_job(group, i, undo)) return false;
    }
    if (++m_groups % k_groups_between_cleanings == 0) m_applier.forget_old_outcomes();
    if (!group.entries.empty()) store_head(m_connection, m_applier.state().head);
    transaction.commit();
    return true;
}

void Writer::run_group(Job first) {
    Group group;
    add(group, std::move(first));
    auto& state = m_applier.state();
    const Applier::State before = state;
    const auto put_back = [&] {
        state = before;
        group.entries.clear();
    };
    try {
        if (!run_jobs(group, Undo::together)) {
            put_back();
            run_jobs(group, Undo::each);
        }
        // An empty group writes nothing, so it proves nothing.
        if (!group.entries.empty() && std::exchange(m_failing, false))
            std::fprintf(stderr, "register: writing again\n");
    } catch (const sqlite::Failure& failure) {
        // Nothing of the group is on disk. The next group tries anew, so a freed disk heals by
        // itself.
        if (!std::exchange(m_failing, true)) {
            std::fprintf(stderr, "register: nothing can be written, reading goes on: %s\n",
                         failure.what());
        }
        put_back();
        group.tasks = false;
        for (auto& outcome : group.outcomes) outcome = std::unexpected(failure.error());
    }
    m_publish({std::move(group.entries), state.head, group.tasks ? &state.spaces : nullptr});
    for (std::size_t i = 0; i < group.jobs.size(); ++i)
        group.jobs[i].done(std::move(group.outcomes[i]));
}

}  // namespace anlan::bigdata
