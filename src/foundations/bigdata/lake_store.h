// The lake's file: tables, group commits, the look-up of late rows, and the recovery after DuckDB
// has closed itself. Everything but reader() belongs to the lake's writer thread.
//
// Tables: observation_0, observation_1, … (a segment each: the rows received on one day,
// append-only, so that a row's number is its age), segment (where each begins), observation (a view
// of all of them), hourly (what is left of segments that are gone), stream (number → datastream and
// space), last_value with state 'last_covers' (the newest row of every stream among the first N
// rows, so that a start reads only the rows after them). A lake of format 1 had one table of rows:
// it becomes the first segment.
#pragma once

#include "foundations/bigdata/duckdb_wrapper.h"
#include "foundations/bigdata/lake_rows.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace anlan::bigdata {

/// The newest observation of each stream, by number; nothing before the first.
using LastValues = std::vector<std::optional<Observation>>;

/// The rows received on one day, or on several without a write between them.
struct LakeSegment {
    std::int64_t number = 0;
    std::int64_t first_row = 0;  ///< Of all rows ever stored.
    Timestamp begun;             ///< No row of it was received earlier.
};

class LakeStore {
  public:
    static Result<std::unique_ptr<LakeStore>> open(const Lake::Options& options);

    [[nodiscard]] const std::vector<StreamKey>& streams() const { return m_streams; }
    [[nodiscard]] const LastValues& last() const { return m_last; }
    /// A connection for reading; it keeps the database alive.
    [[nodiscard]] Result<duck::Connection> reader() const {
        return duck::Connection::open(m_database);
    }

    /// One transaction: streams that have become known, and rows. All or nothing.
    Result<void> write(std::span<const StreamKey> new_streams, std::span<const Observation> rows);
    /// Of `candidates`, those whose stream and time are not stored yet, each once.
    Result<std::vector<Observation>> without_stored(std::vector<Observation> candidates);

    /// A segment of its own for a new day, where `moment` is on another than the last one's.
    Result<void> turn_page(Timestamp moment);
    /// Hours of a lake that is restored.
    Result<void> append_hours(std::span<const LakeHour> hours);
    /// Oldest first; the last one is being written.
    [[nodiscard]] const std::vector<LakeSegment>& segments() const { return m_segments; }
    /// Puts the hours in the place of the `count` oldest segments, whose hours another connection
    /// has worked out (sum_hours); takes away hours from before `hours_from`. All or nothing.
    Result<void> drop_oldest(std::size_t count, std::optional<Timestamp> hours_from);

    /// Saves the last values with the next write() (or at once, by keep_last_now).
    void keep_last_with_next_write() { m_keep_last = true; }
    /// Saves the last values and empties the log, so that the next start is quick.
    Result<void> close();

    /// False once DuckDB has closed itself (a full disk, an I/O error) or a commit failed whose
    /// rows may be in the file nevertheless: open a new store.
    [[nodiscard]] bool usable();
    /// Errors: disk_full when less than free_min_mb is left.
    [[nodiscard]] Result<void> room() const;

  private:
    explicit LakeStore(const Lake::Options& options) : m_options(options) {}
    Result<void> make_tables();
    Result<void> make_first_segment(std::int64_t format);
    Result<void> load();
    Result<void> load_segments();
    Result<void> load_tail(std::int64_t covered);
    [[nodiscard]] std::string view_of(std::span<const LakeSegment> segments) const;
    [[nodiscard]] Timestamp now() const;
    Result<void> append_streams(std::span<const StreamKey> new_streams);
    Result<void> append_rows(const std::string& table, std::span<const Observation> rows);
    Result<void> save_last();
    Result<void> find_stored(std::span<const Observation> candidates,
                             std::vector<Observation>& stored);
    void remember(const Observation& row);

    Lake::Options m_options;
    std::shared_ptr<duck::Database> m_database;
    std::optional<duck::Connection> m_writer;
    std::vector<StreamKey> m_streams;
    LastValues m_last;
    std::vector<LakeSegment> m_segments;
    std::int64_t m_rows = 0;  ///< Ever stored.
    bool m_keep_last = false;
    bool m_failed = false;    ///< Something failed since usable() was last asked.
    bool m_doubtful = false;  ///< A COMMIT failed.
};

/// Works out the hours of a segment, on a connection of one's own, for drop_oldest().
Result<void> sum_hours(duck::Connection& connection, std::int64_t segment);
/// Hours into and out of a table `hourly`, in the order of its columns.
Result<void> fill_hours(duck::Connection& connection, std::span<const LakeHour> hours);
void hours_of(const duck::Chunk& chunk, std::vector<LakeHour>& out);
/// The table's columns, as SQL declares them.
inline constexpr const char* k_hour_columns =
    "(stream UINTEGER NOT NULL, from_ms BIGINT NOT NULL, low DOUBLE NOT NULL, high DOUBLE NOT "
    "NULL, "
    "mean DOUBLE NOT NULL, newest DOUBLE NOT NULL, newest_ms BIGINT NOT NULL, readings BIGINT NOT "
    "NULL)";
/// observation_<number>
std::string segment_table(std::int64_t number);

}  // namespace anlan::bigdata
