// DuckDB's C API with owners and Result: databases, connections, queries, appenders. Only the lake
// includes this.
//
// Errors: disk_full when the system says so, io with DuckDB's own text otherwise. Connections and
// what is made from them belong to one thread at a time; a Database may be shared.
#pragma once

#include "core/result.h"

#include <duckdb.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace anlan::bigdata::duck {

/// Owns one of DuckDB's handles, which are pointers that a function of theirs destroys.
template <class Handle, void (*destroy)(Handle*)>
class Owner {
  public:
    Owner() = default;
    Owner(Owner&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Owner& operator=(Owner&& other) noexcept {
        std::swap(m_handle, other.m_handle);
        return *this;
    }
    ~Owner() { reset(); }
    void reset() {
        if (m_handle != nullptr) destroy(&m_handle);
        m_handle = nullptr;
    }
    [[nodiscard]] Handle get() const { return m_handle; }
    [[nodiscard]] Handle* out() { return &m_handle; }

  private:
    Handle m_handle = nullptr;
};

using Settings = std::vector<std::pair<std::string, std::string>>;
using Parameter = std::variant<std::int64_t, std::string>;

/// One chunk of a result, at most 2,048 rows. Columns hold no NULL: the lake's queries make none.
class Chunk {
  public:
    explicit Chunk(duckdb_data_chunk chunk)
        : m_chunk(chunk), m_rows(duckdb_data_chunk_get_size(chunk)) {}
    [[nodiscard]] std::size_t rows() const { return m_rows; }
    /// T must be the C type of the column's SQL type (BIGINT: int64_t, UTINYINT: uint8_t, …).
    template <class T>
    [[nodiscard]] std::span<const T> column(std::size_t index) const {
        return {static_cast<const T*>(
                    duckdb_vector_get_data(duckdb_data_chunk_get_vector(m_chunk, index))),
                m_rows};
    }
    [[nodiscard]] std::string_view text(std::size_t index, std::size_t row) const;

  private:
    duckdb_data_chunk m_chunk;
    std::size_t m_rows;
};

class Database {
  public:
    /// Opens or creates. A file that another process has open is an error.
    static Result<std::shared_ptr<Database>> open(const std::string& path,
                                                  const Settings& settings);
    [[nodiscard]] duckdb_database get() const { return m_database.get(); }

  private:
    Owner<duckdb_database, duckdb_close> m_database;
};

/// Whether a query is worked out before its first row is seen, or while they are taken: memory
/// then does not grow with its result.
enum class Fetch { whole, stream };

class Connection {
  public:
    static Result<Connection> open(std::shared_ptr<Database> database);

    /// One statement or several, without parameters or result.
    Result<void> run(const std::string& sql);
    /// `$1`, `$2`, … are bound; `take` sees the rows chunk by chunk, in order.
    Result<void> query(const std::string& sql, std::span<const Parameter> parameters,
                       const std::function<void(const Chunk&)>& take, Fetch fetch = Fetch::whole);
    [[nodiscard]] duckdb_connection get() const { return m_connection.get(); }

  private:
    std::shared_ptr<Database> m_database;  // Outlives the connection: destroyed after it.
    Owner<duckdb_connection, duckdb_disconnect> m_connection;
};

/// Appends rows column by column, a chunk at a time, into the connection's open transaction.
/// Call finish(): without it, nothing is promised.
class Appender {
  public:
    /// `types` are the table's column types, in order.
    static Result<Appender> open(Connection& connection, const std::string& table,
                                 std::span<const duckdb_type> types);

    /// Where row() goes in column `index`; T is the C type of the column. Good until the next
    /// next_row() or skip().
    template <class T>
    [[nodiscard]] T* column(std::size_t index) {
        return static_cast<T*>(
            duckdb_vector_get_data(duckdb_data_chunk_get_vector(m_chunk.get(), index)));
    }
    /// Rows from row() on that fit before the chunk is passed on: for filling columns in one go.
    [[nodiscard]] std::size_t room() const { return m_chunk_rows - m_row; }
    /// The `count` (<= room()) rows at row() are complete.
    Result<void> skip(std::size_t count);
    void set_text(std::size_t index, std::string_view text);
    [[nodiscard]] std::size_t row() const { return m_row; }
    /// The row at row() is complete.
    Result<void> next_row() { return skip(1); }
    Result<void> finish();

  private:
    Result<void> pass_chunk();
    static void destroy(duckdb_appender* appender) { duckdb_appender_destroy(appender); }

    Owner<duckdb_appender, destroy> m_appender;
    Owner<duckdb_data_chunk, duckdb_destroy_data_chunk> m_chunk;
    std::size_t m_row = 0;
    std::size_t m_chunk_rows = 0;
};

}  // namespace anlan::bigdata::duck
