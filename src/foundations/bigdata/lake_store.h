// The lake's file: tables, group commits, the look-up of late rows, and the recovery after DuckDB
// has closed itself. Everything but reader() belongs to the lake's writer thread.
//
// Tables: observation (append-only, so that a row's number is its age), stream (number → datastream
// and space), last_value with state 'last_covers' (the newest row of every stream among the first
// N rows, so that a start reads only the rows after them).
#pragma once

#include "foundations/bigdata/duckdb_wrapper.h"
#include "foundations/bigdata/lake.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace anlan::bigdata {

/// The newest observation of each stream, by number; nothing before the first.
using LastValues = std::vector<std::optional<Observation>>;

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
    Result<void> load();
    Result<void> load_tail(std::int64_t covered);
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
    std::int64_t m_rows = 0;  ///< In table observation.
    bool m_keep_last = false;
    bool m_failed = false;    ///< Something failed since usable() was last asked.
    bool m_doubtful = false;  ///< A COMMIT failed.
};

}  // namespace anlan::bigdata
