#include "foundations/bigdata/sqlite_copy.h"

#include <sqlite3.h>

#include <cstdlib>

namespace anlan::sqlite {

namespace {

constexpr int k_busy_timeout_ms = 5000;
/// What is copied is flushed by the caller, piece by piece, and thrown away if anything fails.
constexpr const char* k_target_settings =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4096;";

void check(sqlite3* handle, int code, const std::string& doing) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    const char* what = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
    throw Failure(code, std::string(what) + " (" + doing + ")");
}

/// Closed with its scope.
struct Target {
    sqlite3* handle = nullptr;
    explicit Target(const std::filesystem::path& file) {
        const int code = sqlite3_open_v2(file.c_str(), &handle,
                                         SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                         nullptr);
        if (code == SQLITE_OK) return;
        const std::string what = sqlite3_errstr(code);
        sqlite3_close_v2(handle);
        throw Failure(code, what + " (open " + file.string() + ")");
    }
    ~Target() { sqlite3_close_v2(handle); }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    void execute(const char* script) const {
        check(handle, sqlite3_exec(handle, script, nullptr, nullptr, nullptr), script);
    }
};

}  // namespace

Moment::Moment(const std::filesystem::path& database) {
    const int code = sqlite3_open_v2(
        database.c_str(), &m_handle,
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READONLY, nullptr);
    try {
        check(m_handle, code, "open " + database.string());
        sqlite3_busy_timeout(m_handle, k_busy_timeout_ms);
        check(m_handle, sqlite3_exec(m_handle, "BEGIN", nullptr, nullptr, nullptr), "BEGIN");
        // A transaction begins to see with its first reading.
        static_cast<void>(first_row("SELECT count(*) FROM sqlite_schema"));
    } catch (...) {
        sqlite3_close_v2(m_handle);
        throw;
    }
}

Moment::~Moment() {
    sqlite3_close_v2(m_handle);
}

std::vector<std::string> Moment::first_row(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(m_handle, sqlite3_prepare_v2(m_handle, sql.c_str(), -1, &statement, nullptr), sql);
    const int code = sqlite3_step(statement);
    std::vector<std::string> out;
    for (int i = 0; code == SQLITE_ROW && i < sqlite3_column_count(statement); ++i) {
        const auto* text = sqlite3_column_text(statement, i);
        out.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text));
    }
    sqlite3_finalize(statement);
    check(m_handle, code, sql);
    return out;
}

void Moment::copy_into(const std::filesystem::path& file, int pages_a_step,
                       const std::function<bool(std::int64_t)>& go_on) {
    const std::int64_t page_bytes = std::atoll(first_row("PRAGMA page_size").at(0).c_str());
    const Target target(file);
    target.execute(k_target_settings);
    sqlite3_backup* copy = sqlite3_backup_init(target.handle, "main", m_handle, "main");
    if (copy == nullptr) check(target.handle, sqlite3_errcode(target.handle), "begin a copy");
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(copy, pages_a_step);
        const std::int64_t pages = sqlite3_backup_pagecount(copy) - sqlite3_backup_remaining(copy);
        if (code == SQLITE_OK && !go_on(pages * page_bytes)) code = SQLITE_INTERRUPT;
    }
    const int finished = sqlite3_backup_finish(copy);
    if (code != SQLITE_DONE) throw Failure(code, "copy into " + file.string());
    check(target.handle, finished, "end a copy");
    // The source's log belongs to the source: the copy is one file.
    target.execute("PRAGMA journal_mode=DELETE");
}

}  // namespace anlan::sqlite
