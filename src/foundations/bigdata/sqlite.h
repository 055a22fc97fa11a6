// SQLite behind one small wrapper, for the register and the accounts.
//
// A failing call throws Failure, which never leaves the module: at_door() turns it into an Error
// (disk_full, busy or io). Text is UTF-8; a nil Uuid is NULL. A Connection and its statements
// belong to one thread at a time.
#pragma once

#include "core/ids.h"
#include "core/result.h"
#include "core/time.h"

#include <concepts>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace anlan::sqlite {

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

class Failure final : public std::exception {
  public:
    Failure(int code, std::string what) : m_code(code), m_what(std::move(what)) {}
    [[nodiscard]] const char* what() const noexcept override { return m_what.c_str(); }
    /// SQLite's extended result code.
    [[nodiscard]] int code() const { return m_code; }
    /// No room, or the disk refuses: what was not committed is lost, what was is safe.
    [[nodiscard]] bool disk() const;
    [[nodiscard]] Error error() const;

  private:
    int m_code;
    std::string m_what;
};

/// Runs `f`, which returns a Result, and turns a Failure into its error.
template <class F>
auto at_door(F&& f) -> std::invoke_result_t<F> {
    try {
        return std::forward<F>(f)();
    } catch (const Failure& failure) {
        return std::unexpected(failure.error());
    }
}

class Connection;

/// A prepared statement on loan from its connection's cache; given back, reset, on destruction.
class Statement {
  public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    Statement(const Statement&) = delete;
    ~Statement();

    /// Indexes count from 1. Text and blobs are copied.
    Statement& bind(int index, std::nullptr_t);
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
    Statement& bind_blob(int index, std::string_view bytes);
    Statement& bind(int index, const Uuid& id);  ///< Nil: NULL.
    Statement& bind(int index, Timestamp t) { return bind_integer(index, t.ms); }
    template <std::integral T>
    Statement& bind(int index, T value) {
        return bind_integer(index, static_cast<std::int64_t>(value));
    }
    template <class T>
    Statement& bind(int index, const std::optional<T>& value) {
        return value ? bind(index, *value) : bind(index, nullptr);
    }
    Statement& bind(int index, const Value& value) {
        std::visit([&](const auto& v) { bind(index, v); }, value);
        return *this;
    }
    Statement& bind(int index, const std::string& text) {
        return bind(index, std::string_view(text));
    }
    Statement& with_all(const std::vector<Value>& values) {
        int index = 0;
        for (const auto& value : values) bind(++index, value);
        return *this;
    }
    /// Binds all parameters in order, from 1.
    template <class... Values>
    Statement& with(const Values&... values) {
        int index = 0;
        (bind(++index, values), ...);
        return *this;
    }

    /// True while there is a row to read.
    bool step();
    /// Runs to the end; rows, if any, are dropped. The statement can be bound and run again.
    void run();
    void reset();

    /// Columns count from 0. A NULL reads as 0, "" or nil.
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double number(int column) const;
    [[nodiscard]] std::string_view text(int column) const;  ///< Until the next step.
    [[nodiscard]] Uuid uuid(int column) const;
    [[nodiscard]] Value value(int column) const;
    [[nodiscard]] Timestamp time(int column) const { return {integer(column)}; }

  private:
    friend class Connection;
    Statement(Connection& connection, sqlite3_stmt* statement, std::string sql)
        : m_connection(&connection), m_statement(statement), m_sql(std::move(sql)) {}
    Statement& bind_integer(int index, std::int64_t value);
    void check(int code) const;

    Connection* m_connection;
    sqlite3_stmt* m_statement;
    std::string m_sql;
};

enum class Mode { create, read_only };

class Connection {
  public:
    /// Opens with WAL, synchronous=FULL, foreign keys and a busy timeout. Throws Failure.
    Connection(const std::filesystem::path& database, Mode mode, int busy_timeout_ms = 5000);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// One or many statements without parameters.
    void execute(const std::string& script);
    /// From the cache, or compiled now.
    Statement prepare(std::string_view sql);
    /// prepare, bind and run in one.
    template <class... Values>
    void run(std::string_view sql, const Values&... values) {
        prepare(sql).with(values...).run();
    }
    /// Rows changed by the last statement.
    [[nodiscard]] std::int64_t changes() const;
    /// Number of the row inserted last, on this connection.
    [[nodiscard]] std::int64_t last_row() const;
    [[nodiscard]] bool in_transaction() const;
    /// Runs `f`, which reads, and gives it up once it has cost `steps` of SQLite's own (some tens a
    /// row); false then. Other failures are thrown.
    bool within(int steps, const std::function<void()>& f);
    /// An SQL function name(first, …): `make` reads the first argument, once a statement, and what
    /// it returns judges the others, once a row. Neither may throw.
    using Judge = std::function<bool(const std::vector<std::string_view>& texts)>;
    void define(const char* name, std::function<Judge(std::string_view first)> make);
    /// Called in the writer's thread after each commit, with the pages now in the write-ahead log.
    /// From now on nobody copies them to the database but checkpoint().
    void on_commit(std::function<void(int pages)> hook);
    /// Copies the log into the database, as far as readers let it; waits for nobody.
    void checkpoint();
    /// How much of the database the connection may keep in memory; gives back what it does not
    /// need now. A transaction that changes more than this writes its pages more than once.
    void keep_in_memory(int mebibytes);
    /// Lets another thread end what this connection is doing.
    void interrupt();

  private:
    friend class Statement;
    void give_back(sqlite3_stmt* statement, std::string sql);
    [[noreturn]] void fail_with(int code, std::string_view doing) const;

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };

    sqlite3* m_handle = nullptr;
    std::function<void(int)> m_on_commit;
    std::unordered_multimap<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> m_idle;
};

/// All reads until its end see the same state.
class Snapshot {
  public:
    explicit Snapshot(Connection& connection) : m_connection(connection) {
        m_connection.run("BEGIN");
    }
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Connection& m_connection;
};

/// BEGIN IMMEDIATE, so that waiting for the write lock happens here and nowhere later; rolled back
/// unless committed.
class Transaction {
  public:
    explicit Transaction(Connection& connection);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Connection& m_connection;
    bool m_open = true;
};

}  // namespace anlan::sqlite
