#include "foundations/bigdata/duck_lake.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anlan::bigdata {

namespace {

/// A transaction longer than this would hold up the acknowledgements of those that wait behind it.
constexpr std::size_t k_group_rows_max = 200'000;
constexpr auto k_reopen_every = std::chrono::milliseconds(500);
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min();

}  // namespace

Result<void> DuckLake::check(std::span<const Observation> observations) const {
    const std::shared_lock lock(m_memory);
    for (const auto& each : observations) {
        if (!std::isfinite(each.value)) return fail(errors::k_value_not_finite);
        if (each.stream >= m_keys.size()) {
            return fail(errors::k_no_such_stream, {{"number", std::to_string(each.stream)}});
        }
    }
    return {};
}

void DuckLake::append(std::vector<Observation> observations, Durable durable) {
    if (auto checked = check(observations); !checked) return durable(std::move(checked));
    {
        const std::lock_guard lock(m_mutex);
        if (!m_stopping && m_waiting_rows + observations.size() <= m_options.waiting_max) {
            m_waiting_rows += observations.size();
            m_queue.push_back({std::move(observations), std::move(durable)});
            durable = nullptr;
        }
    }
    if (durable) return durable(fail(errors::k_lake_busy));
    m_wake.notify_one();
}

void DuckLake::work() {
    for (;;) {
        std::vector<Waiting> group = take_group();
        const auto dropping = take_drop();
        if (dropping) drop(*dropping);
        if (group.empty() && !dropping) break;
        if (!group.empty()) store_group(std::move(group));
    }
    // Streams without observations are saved too, and the next start finds an empty log.
    if (ready() && write({})) [[maybe_unused]]
        const auto closed = m_store->close();
}

/// Waits for work; at once when the last commit is long enough ago, so that a single reading is
/// stored without delay and many share one commit. Empty when the lake closes and nothing waits.
std::vector<DuckLake::Waiting> DuckLake::take_group() {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [&] { return m_stopping || !m_queue.empty() || m_to_drop; });
    if (m_queue.empty()) return {};
    const auto next_commit = m_last_commit + std::chrono::milliseconds(m_options.commit_every_ms);
    m_wake.wait_until(lock, next_commit,
                      [&] { return m_stopping || m_waiting_rows >= k_group_rows_max; });
    std::vector<Waiting> group;
    for (std::size_t rows = 0; !m_queue.empty() && rows < k_group_rows_max; m_queue.pop_front()) {
        rows += m_queue.front().rows.size();
        group.push_back(std::move(m_queue.front()));
    }
    m_last_commit = Steady::now();
    return group;
}

std::optional<std::size_t> DuckLake::take_drop() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_to_drop, std::nullopt);
}

void DuckLake::store_group(std::vector<Waiting> group) {
    std::vector<Observation> fresh, late;
    std::vector<bool> has_late(group.size(), false);
    std::size_t rows = 0;
    for (const auto& each : group) rows += each.rows.size();
    Result<void> done = ready();
    if (done) {
        sort_out(group, fresh, late, has_late);
        done = write(fresh);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (!done || !has_late[i]) group[i].durable(done);
    }
    if (done && !late.empty()) {
        // The slower way, after the others have been acknowledged.
        auto missing = m_store->without_stored(std::move(late));
        if (missing)
            done = missing->empty() ? Result<void>{} : write(*missing);
        else
            done = std::unexpected(std::move(missing).error());
        for (std::size_t i = 0; i < group.size(); ++i) {
            if (has_late[i]) group[i].durable(done);
        }
    }
    const std::lock_guard lock(m_mutex);
    m_waiting_rows -= rows;
}

/// Above the watermark: fresh. At it: a repetition, dropped here. Below: late.
void DuckLake::sort_out(const std::vector<Waiting>& group, std::vector<Observation>& fresh,
                        std::vector<Observation>& late, std::vector<bool>& has_late) {
    const LastValues& stored = m_store->last();
    m_marks.assign(std::max(m_marks.size(), stored.size()), k_never);
    for (std::size_t i = 0; i < stored.size(); ++i)
        m_marks[i] = stored[i] ? stored[i]->at.ms : k_never;
    for (std::size_t i = 0; i < group.size(); ++i) {
        for (const auto& row : group[i].rows) {
            if (row.stream >= m_marks.size()) m_marks.resize(row.stream + 1, k_never);
            auto& mark = m_marks[row.stream];
            if (row.at.ms > mark) {
                mark = row.at.ms;
                fresh.push_back(row);
            } else if (row.at.ms < mark) {
                late.push_back(row);
                has_late[i] = true;
            }
        }
    }
}

Result<void> DuckLake::write(std::span<const Observation> rows) {
    std::vector<StreamKey> new_streams;
    {
        const std::shared_lock lock(m_memory);
        new_streams.assign(m_keys.begin() + static_cast<std::ptrdiff_t>(m_store->streams().size()),
                           m_keys.end());
    }
    if (Steady::now() - m_last_kept > std::chrono::milliseconds(m_options.keep_last_every_ms)) {
        m_store->keep_last_with_next_write();
        m_last_kept = Steady::now();
    }
    if (rows.empty() && new_streams.empty()) return {};
    if (!rows.empty()) TRY(m_store->turn_page(now()));
    TRY(m_store->write(new_streams, rows));
    show(rows);
    return {};
}

void DuckLake::show(std::span<const Observation> rows) {
    const std::unique_lock lock(m_memory);
    m_last.resize(std::max(m_last.size(), m_keys.size()));
    for (const auto& row : rows) {
        auto& last = m_last[row.stream];
        if (!last || last->at < row.at) last = row;
    }
}

/// There is room on the disk and DuckDB is open.
Result<void> DuckLake::ready() {
    if (m_store == nullptr || !m_store->usable()) TRY(reopen());
    return m_store->room();
}

Result<void> DuckLake::reopen() {
    if (Steady::now() - m_last_reopen < k_reopen_every) return fail(errors::k_lake_busy);
    m_last_reopen = Steady::now();
    const std::unique_lock gate(m_gate);
    {
        const std::lock_guard lock(m_idle_mutex);
        m_idle.clear();
    }
    m_store.reset();
    TRY_ASSIGN(store, LakeStore::open(m_options));
    m_store = std::move(store);
    // A commit that failed late may be in the file after all: then its rows are the last ones.
    for (const auto& last : m_store->last()) {
        if (last) show({&*last, 1});
    }
    return {};
}

Result<std::unique_ptr<Lake>> Lake::open(Options options) {
    TRY_ASSIGN(store, LakeStore::open(options));
    return std::make_unique<DuckLake>(options, std::move(store));
}

}  // namespace anlan::bigdata
