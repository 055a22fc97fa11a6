// The lake as it is built: one writer's thread, readers with connections of their own, a
// housekeeper where something is to go. lake.cpp writes, lake_reads.cpp reads, lake_house.cpp takes
// away.
#pragma once

#include "foundations/bigdata/lake_rows.h"
#include "foundations/bigdata/lake_store.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace anlan::bigdata {

class DuckLake final : public Lake, public LakeRows {
  public:
    using Durable = std::function<void(Result<void>)>;
    DuckLake(const Options& options, std::unique_ptr<LakeStore> store)
        : m_options(options), m_store(std::move(store)) {
        m_keys = m_store->streams();
        for (StreamNumber i = 0; i < m_keys.size(); ++i) m_numbers.emplace(m_keys[i], i);
        m_last = m_store->last();
        m_thread = std::thread([this] { work(); });
        if (m_options.retention.raw_days || m_options.retention.hour_days)
            m_housekeeper = std::thread([this] { keep_house(); });
    }

    ~DuckLake() override {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        m_house_wake.notify_all();
        if (m_housekeeper.joinable()) m_housekeeper.join();
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
    Result<void> scan(Timestamp from, Timestamp to,
                      const std::function<void(std::span<const Observation>)>& take) const override;
    Result<LakeExtent> extent() const override;
    Result<void> rows(std::int64_t first, std::int64_t end,
                      const std::function<void(std::span<const Observation>)>& take) const override;

    Result<void> hours(const std::function<void(std::span<const LakeHour>)>& take) const override {
        std::vector<LakeHour> piece;
        return read(
            "SELECT * FROM hourly", {},
            [&](const duck::Chunk& chunk) {
                hours_of(chunk, piece);
                take(piece);
            },
            duck::Fetch::stream);
    }

  private:
    using Steady = std::chrono::steady_clock;
    struct Waiting {
        std::vector<Observation> rows;
        Durable durable;
    };

    // Writer's thread.
    void work();
    std::vector<Waiting> take_group();
    std::optional<std::size_t> take_drop();
    void store_group(std::vector<Waiting> group);
    Result<void> ready();
    Result<void> reopen();
    Result<void> write(std::span<const Observation> rows);
    void sort_out(const std::vector<Waiting>& group, std::vector<Observation>& fresh,
                  std::vector<Observation>& late, std::vector<bool>& has_late);
    void show(std::span<const Observation> rows);

    // Housekeeper's thread: what is past its time is summed up here, and then dropped by the
    // writer.
    void keep_house();
    Result<std::size_t> sum_up_expired();
    Result<void> archive(std::int64_t first, std::int64_t end) const;
    void drop(std::size_t count);
    [[nodiscard]] Result<std::vector<LakeSegment>> segments() const;
    [[nodiscard]] Timestamp now() const {
        return m_options.clock == nullptr ? SystemClock().now() : m_options.clock->now();
    }
    [[nodiscard]] std::optional<Timestamp> days_ago(std::optional<int> days) const;

    [[nodiscard]] Result<void> check(std::span<const Observation> observations) const;
    Result<void> read(const std::string& sql, std::span<const duck::Parameter> parameters,
                      const std::function<void(const duck::Chunk&)>& take,
                      duck::Fetch fetch = duck::Fetch::whole) const;

    const Options m_options;

    mutable std::mutex m_mutex;  ///< The queue.
    std::condition_variable m_wake;
    std::deque<Waiting> m_queue;
    std::size_t m_waiting_rows = 0;  ///< In the queue and in the group being stored.
    bool m_stopping = false;
    std::condition_variable m_house_wake;
    std::optional<std::size_t> m_to_drop;  ///< Oldest segments to take away; 0: hours only.

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

    std::thread m_thread, m_housekeeper;
};

}  // namespace anlan::bigdata
