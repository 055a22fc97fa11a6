#include "foundations/bigdata/lake.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_rows.h"
#include "foundations/bigdata/lake_store.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace anlan::bigdata {

namespace {

using Steady = std::chrono::steady_clock;

/// A transaction longer than this would hold up the acknowledgements of those that wait behind it.
constexpr std::size_t k_group_rows_max = 200'000;
constexpr auto k_reopen_every = std::chrono::milliseconds(500);
constexpr std::size_t k_buckets_max = 10'000;
/// The range of ECMAScript's Date; keeps sums of times far from overflow.
constexpr std::int64_t k_time_max_ms = 8'640'000'000'000'000;
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min();

using Durable = std::function<void(Result<void>)>;

struct Waiting {
    std::vector<Observation> rows;
    Durable durable;
};

class DuckLake final : public Lake, public LakeRows {
  public:
    DuckLake(const Options& options, std::unique_ptr<LakeStore> store)
        : m_options(options), m_store(std::move(store)) {
        m_keys = m_store->streams();
        for (StreamNumber i = 0; i < m_keys.size(); ++i) m_numbers.emplace(m_keys[i], i);
        m_last = m_store->last();
        m_thread = std::thread([this] { work(); });
    }

    ~DuckLake() override {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        m_thread.join();
    }

    StreamNumber number_of(const StreamKey& key) override {
        {
            const std::shared_lock lock(m_memory);
            if (const auto found = m_numbers.find(key); found != m_numbers.end())
                return found->second;
        }
        const std::unique_lock lock(m_memory);
        const auto [place, added] =
            m_numbers.emplace(key, static_cast<StreamNumber>(m_keys.size()));
        if (added) m_keys.push_back(key);
        return place->second;
    }

    std::optional<StreamKey> key_of(StreamNumber stream) const override {
        const std::shared_lock lock(m_memory);
        if (stream >= m_keys.size()) return std::nullopt;
        return m_keys[stream];
    }

    std::optional<Observation> last(StreamNumber stream) const override {
        const std::shared_lock lock(m_memory);
        if (stream >= m_last.size()) return std::nullopt;
        return m_last[stream];
    }

    void append(std::vector<Observation> observations, Durable durable) override;
    Result<std::vector<Bucket>> series(StreamNumber stream, Timestamp from, Timestamp to,
                                       std::size_t buckets) const override;
    Result<std::vector<Observation>> raw(StreamNumber stream, Timestamp from, Timestamp to,
                                         std::size_t limit) const override;
    Result<LakeExtent> extent() const override;
    Result<void> rows(std::int64_t first, std::int64_t end,
                      const std::function<void(std::span<const Observation>)>& take) const override;

  private:
    // Writer's thread.
    void work();
    std::vector<Waiting> take_group();
    void store_group(std::vector<Waiting> group);
    Result<void> ready();
    Result<void> reopen();
    Result<void> write(std::span<const Observation> rows);
    void sort_out(const std::vector<Waiting>& group, std::vector<Observation>& fresh,
                  std::vector<Observation>& late, std::vector<bool>& has_late);
    void show(std::span<const Observation> rows);

    [[nodiscard]] Result<void> check(std::span<const Observation> observations) const;
    Result<void> read(const std::string& sql, std::span<const duck::Parameter> parameters,
                      const std::function<void(const duck::Chunk&)>& take) const;

    const Options m_options;

    mutable std::mutex m_mutex;  ///< The queue.
    std::condition_variable m_wake;
    std::deque<Waiting> m_queue;
    std::size_t m_waiting_rows = 0;  ///< In the queue and in the group being stored.
    bool m_stopping = false;

    mutable std::shared_mutex m_memory;  ///< Keys and last values.
    std::map<StreamKey, StreamNumber> m_numbers;
    std::vector<StreamKey> m_keys;
    LastValues m_last;

    /// Shared by readers during a query; alone by the writer while it opens the store anew.
    mutable std::shared_mutex m_gate;
    std::unique_ptr<LakeStore> m_store;
    mutable std::mutex m_idle_mutex;
    mutable std::vector<duck::Connection> m_idle;

    // Writer's thread only.
    std::vector<std::int64_t>
        m_marks;  ///< Time of the newest row of each stream, in this transaction too.
    Steady::time_point m_last_commit{};
    Steady::time_point m_last_kept = Steady::now();
    Steady::time_point m_last_reopen{};

    std::thread m_thread;
};

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
        if (group.empty()) break;
        store_group(std::move(group));
    }
    // Streams without observations are saved too, and the next start finds an empty log.
    if (ready() && write({})) [[maybe_unused]]
        const auto closed = m_store->close();
}

/// Waits for work; at once when the last commit is long enough ago, so that a single reading is
/// stored without delay and many share one commit. Empty when the lake closes and nothing waits.
std::vector<Waiting> DuckLake::take_group() {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [&] { return m_stopping || !m_queue.empty(); });
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

Result<void> DuckLake::read(const std::string& sql, std::span<const duck::Parameter> parameters,
                            const std::function<void(const duck::Chunk&)>& take) const {
    const std::shared_lock gate(m_gate);
    if (m_store == nullptr) return fail(errors::k_lake_busy);
    std::optional<duck::Connection> connection;
    {
        const std::lock_guard lock(m_idle_mutex);
        if (!m_idle.empty()) {
            connection = std::move(m_idle.back());
            m_idle.pop_back();
        }
    }
    if (!connection) {
        TRY_ASSIGN(opened, m_store->reader());
        connection = std::move(opened);
    }
    TRY(connection->query(sql, parameters, take));
    const std::lock_guard lock(m_idle_mutex);
    m_idle.push_back(std::move(*connection));
    return {};
}

Result<std::vector<Bucket>> DuckLake::series(StreamNumber stream, Timestamp from, Timestamp to,
                                             std::size_t buckets) const {
    const std::int64_t first = std::clamp(from.ms, -k_time_max_ms, k_time_max_ms);
    const std::int64_t end = std::clamp(to.ms, -k_time_max_ms, k_time_max_ms);
    if (buckets == 0 || buckets > k_buckets_max || end <= first) {
        return fail(errors::k_invalid_input, {{"what", "from < to, 1 ≤ buckets ≤ 10000"}});
    }
    const auto count = static_cast<std::int64_t>(buckets);
    const std::int64_t width = (end - first + count - 1) / count;
    const duck::Parameter parameters[] = {static_cast<std::int64_t>(stream), first, end, width};
    std::vector<Bucket> out;
    TRY(
        read("SELECT (at_ms - $2) // $4 AS bucket, min(value), max(value), avg(value), "
             "arg_max(value, at_ms), count(*) "
             "FROM observation WHERE stream = $1 AND at_ms >= $2 AND at_ms < $3 AND quality < 2 "
             "GROUP BY bucket ORDER BY bucket",
             parameters, [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.push_back({{first + chunk.column<std::int64_t>(0)[i] * width},
                                    chunk.column<double>(1)[i],
                                    chunk.column<double>(2)[i],
                                    chunk.column<double>(3)[i],
                                    chunk.column<double>(4)[i],
                                    chunk.column<std::int64_t>(5)[i]});
                 }
             }));
    return out;
}

Result<std::vector<Observation>> DuckLake::raw(StreamNumber stream, Timestamp from, Timestamp to,
                                               std::size_t limit) const {
    const duck::Parameter parameters[] = {
        static_cast<std::int64_t>(stream), from.ms, to.ms,
        static_cast<std::int64_t>(std::min<std::size_t>(limit, 10'000'000))};
    std::vector<Observation> out;
    TRY(
        read("SELECT at_ms, received_ms, value, quality FROM observation "
             "WHERE stream = $1 AND at_ms >= $2 AND at_ms < $3 ORDER BY at_ms LIMIT $4",
             parameters, [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.push_back({stream,
                                    {chunk.column<std::int64_t>(0)[i]},
                                    {chunk.column<std::int64_t>(1)[i]},
                                    chunk.column<double>(2)[i],
                                    static_cast<Quality>(chunk.column<std::uint8_t>(3)[i])});
                 }
             }));
    return out;
}

Result<LakeExtent> DuckLake::extent() const {
    LakeExtent out;
    // Rows before streams: a row's stream is stored with it or before it.
    TRY(read("SELECT count(*) FROM observation", {},
             [&](const duck::Chunk& chunk) { out.rows = chunk.column<std::int64_t>(0)[0]; }));
    TRY(read("SELECT value FROM state WHERE name = 'identity'", {},
             [&](const duck::Chunk& chunk) { out.identity = chunk.column<std::int64_t>(0)[0]; }));
    TRY(read("SELECT datastream, space FROM stream ORDER BY number", {},
             [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.streams.push_back({Uuid::parse(chunk.text(0, i)).value_or(Uuid{}),
                                            std::string(chunk.text(1, i))});
                 }
             }));
    return out;
}

Result<void> DuckLake::rows(std::int64_t first, std::int64_t end,
                            const std::function<void(std::span<const Observation>)>& take) const {
    const duck::Parameter parameters[] = {first, end};
    std::vector<Observation> piece;
    std::int64_t seen = 0;
    TRY(
        read("SELECT stream, at_ms, received_ms, value, quality FROM observation "
             "WHERE rowid >= $1 AND rowid < $2 ORDER BY rowid",
             parameters, [&](const duck::Chunk& chunk) {
                 piece.clear();
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     piece.push_back({chunk.column<std::uint32_t>(0)[i],
                                      {chunk.column<std::int64_t>(1)[i]},
                                      {chunk.column<std::int64_t>(2)[i]},
                                      chunk.column<double>(3)[i],
                                      static_cast<Quality>(chunk.column<std::uint8_t>(4)[i])});
                 }
                 seen += static_cast<std::int64_t>(piece.size());
                 take(piece);
             }));
    // A lake that drops rows would have to renumber its backups: better loud than wrong.
    if (seen != std::max<std::int64_t>(0, end - first)) {
        return fail(errors::k_io,
                    {{"what", "the lake has " + std::to_string(seen) + " of rows " +
                                  std::to_string(first) + " to " + std::to_string(end)}});
    }
    return {};
}

}  // namespace

Result<const LakeRows*> rows_of(const Lake& lake) {
    const auto* rows = dynamic_cast<const LakeRows*>(&lake);
    if (rows == nullptr) return fail(errors::k_internal, {{"what", "a lake without rows"}});
    return rows;
}

Result<std::unique_ptr<Lake>> Lake::open(Options options) {
    TRY_ASSIGN(store, LakeStore::open(options));
    return std::make_unique<DuckLake>(options, std::move(store));
}

}  // namespace anlan::bigdata
