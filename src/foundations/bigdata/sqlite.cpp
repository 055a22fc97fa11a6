#include "foundations/bigdata/sqlite.h"

#include "foundations/bigdata/errors.h"

#include <sqlite3.h>

namespace anlan::sqlite {

namespace {
// More different statements than the program has; generated list queries beyond it are dropped.
constexpr std::size_t k_idle_max = 512;
}  // namespace

bool Failure::disk() const {
    const int primary = m_code & 0xff;
    return primary == SQLITE_FULL || primary == SQLITE_IOERR;
}

Error Failure::error() const {
    if (disk()) return Error(errors::k_disk_full);
    const int primary = m_code & 0xff;
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) return Error(errors::k_busy);
    return Error(errors::k_io, {{"what", m_what}});
}

Statement::Statement(Statement&& other) noexcept
    : m_connection(other.m_connection),
      m_statement(std::exchange(other.m_statement, nullptr)),
      m_sql(std::move(other.m_sql)) {}

Statement::~Statement() {
    if (m_statement != nullptr) m_connection->give_back(m_statement, std::move(m_sql));
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) m_connection->fail_with(code, m_sql);
}

Statement& Statement::bind(int index, std::nullptr_t) {
    check(sqlite3_bind_null(m_statement, index));
    return *this;
}

Statement& Statement::bind(int index, double value) {
    check(sqlite3_bind_double(m_statement, index, value));
    return *this;
}

Statement& Statement::bind_integer(int index, std::int64_t value) {
    check(sqlite3_bind_int64(m_statement, index, value));
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    // A null pointer would bind NULL; an empty text is not "nothing".
    const char* bytes = text.data() == nullptr ? "" : text.data();
    check(
        sqlite3_bind_text64(m_statement, index, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    const char* data = bytes.data() == nullptr ? "" : bytes.data();
    check(sqlite3_bind_blob64(m_statement, index, data, bytes.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind(int index, const Uuid& id) {
    return id.is_nil() ? bind(index, nullptr) : bind(index, std::string_view(id.text()));
}

bool Statement::step() {
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    m_connection->fail_with(code, m_sql);
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

void Statement::reset() {
    sqlite3_reset(m_statement);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}
double Statement::number(int column) const {
    return sqlite3_column_double(m_statement, column);
}

std::string_view Statement::text(int column) const {
    // Blobs come back as they are; sqlite3_column_text would convert them.
    const auto* data = static_cast<const char*>(sqlite3_column_blob(m_statement, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

Uuid Statement::uuid(int column) const {
    return Uuid::parse(text(column)).value_or(Uuid{});
}

Value Statement::value(int column) const {
    switch (sqlite3_column_type(m_statement, column)) {
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_FLOAT:
            return number(column);
        case SQLITE_NULL:
            return nullptr;
        default:
            return std::string(text(column));
    }
}

Connection::Connection(const std::filesystem::path& database, Mode mode, int busy_timeout_ms) {
    const int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
        (mode == Mode::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    const int code = sqlite3_open_v2(database.c_str(), &m_handle, flags, nullptr);
    try {
        if (code != SQLITE_OK) fail_with(code, "open " + database.string());
        sqlite3_busy_timeout(m_handle, busy_timeout_ms);
        if (mode == Mode::create) execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        execute("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;");
    } catch (...) {
        sqlite3_close_v2(m_handle);
        throw;
    }
}

Connection::~Connection() {
    for (const auto& [sql, statement] : m_idle) sqlite3_finalize(statement);
    sqlite3_close_v2(m_handle);
}

void Connection::execute(const std::string& script) {
    const int code = sqlite3_exec(m_handle, script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail_with(code, script);
}

Statement Connection::prepare(std::string_view sql) {
    if (const auto found = m_idle.find(sql); found != m_idle.end()) {
        auto node = m_idle.extract(found);
        return {*this, node.mapped(), std::move(node.key())};
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(m_handle, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) fail_with(code, sql);
    return {*this, statement, std::string(sql)};
}

void Connection::give_back(sqlite3_stmt* statement, std::string sql) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (m_idle.size() >= k_idle_max) {
        sqlite3_finalize(statement);
        return;
    }
    m_idle.emplace(std::move(sql), statement);
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(m_handle);
}
std::int64_t Connection::last_row() const {
    return sqlite3_last_insert_rowid(m_handle);
}
bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(m_handle) == 0;
}
bool Connection::within(int steps, const std::function<void()>& f) {
    bool over = false;
    sqlite3_progress_handler(
        m_handle, steps,
        [](void* flag) {
            *static_cast<bool*>(flag) = true;
            return 1;
        },
        &over);
    struct Off {
        sqlite3* handle;
        ~Off() { sqlite3_progress_handler(handle, 0, nullptr, nullptr); }
    } off{m_handle};
    try {
        f();
        return true;
    } catch (const Failure&) {
        if (!over) throw;
        return false;
    }
}

void Connection::define(const char* name, std::function<Judge(std::string_view)> make) {
    using Make = std::function<Judge(std::string_view)>;
    const auto text = [](sqlite3_value* value) {
        const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
        return bytes == nullptr
                   ? std::string_view()
                   : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
    };
    const auto judge = [](sqlite3_context* context, int count, sqlite3_value** values) {
        static constexpr decltype(text) read{};
        auto* kept = static_cast<Judge*>(sqlite3_get_auxdata(context, 0));
        Judge fresh;
        if (kept == nullptr) {
            fresh = (*static_cast<Make*>(sqlite3_user_data(context)))(read(values[0]));
            kept = &fresh;
        }
        std::vector<std::string_view> texts;
        texts.reserve(static_cast<std::size_t>(count));
        for (int i = 1; i < count; ++i) texts.push_back(read(values[i]));
        sqlite3_result_int(context, (*kept)(texts) ? 1 : 0);
        if (kept == &fresh) {
            sqlite3_set_auxdata(context, 0, new Judge(std::move(fresh)),
                                [](void* p) { delete static_cast<Judge*>(p); });
        }
    };
    const int code = sqlite3_create_function_v2(
        m_handle, name, -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
        new Make(std::move(make)), judge, nullptr, nullptr,
        [](void* p) { delete static_cast<Make*>(p); });
    if (code != SQLITE_OK) fail_with(code, name);
}

void Connection::on_commit(std::function<void(int)> hook) {
    m_on_commit = std::move(hook);
    sqlite3_wal_hook(
        m_handle,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Connection*>(self)->m_on_commit(pages);
            return SQLITE_OK;
        },
        this);
}

void Connection::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(m_handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) fail_with(code, "checkpoint");
}

void Connection::keep_in_memory(int mebibytes) {
    execute("PRAGMA cache_size=-" + std::to_string(mebibytes * 1024));
    sqlite3_db_release_memory(m_handle);
}

void Connection::interrupt() {
    sqlite3_interrupt(m_handle);
}

void Connection::fail_with(int code, std::string_view doing) const {
    std::string what = m_handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(m_handle);
    what += " (";
    what += doing.substr(0, 200);
    what += ')';
    throw Failure(code, std::move(what));
}

Snapshot::~Snapshot() {
    try {
        m_connection.run("COMMIT");
    } catch (const Failure&) {
        // Nothing was written; the connection's next BEGIN would say what is wrong with it.
    }
}

Transaction::Transaction(Connection& connection) : m_connection(connection) {
    m_connection.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!m_open || !m_connection.in_transaction()) return;
    try {
        m_connection.run("ROLLBACK");
    } catch (const Failure&) {
        // SQLite rolls back by itself when it cannot do so on request.
    }
}

void Transaction::commit() {
    m_connection.run("COMMIT");
    m_open = false;
}

}  // namespace anlan::sqlite
