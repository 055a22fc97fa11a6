#include "foundations/bigdata/audit.h"

#include "core/hash.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"

#include <algorithm>
#include <mutex>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
constexpr std::size_t k_list_max = 10'000;

constexpr const char* k_tables = R"(
CREATE TABLE IF NOT EXISTS audit(
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, zone TEXT NOT NULL, event TEXT NOT NULL,
    outcome TEXT NOT NULL, user TEXT, actor TEXT NOT NULL, name TEXT NOT NULL, origin TEXT NOT NULL,
    peer TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS audit_zone ON audit(zone, sequence);
-- The head says what the last entry was, so that a cut-off tail is seen; the anchor is the hash
-- before the first entry that is still kept.
CREATE TABLE IF NOT EXISTS audit_mark(name TEXT PRIMARY KEY, sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_unchanged BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_kept BEFORE DELETE ON audit
WHEN OLD.sequence > (SELECT coalesce(max(sequence), 0) FROM audit_mark WHERE name = 'anchor')
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
)";

constexpr const char* k_columns =
    "sequence, at, zone, event, outcome, user, actor, name, origin, peer, subject, detail, hash";

std::string zeros() {
    return std::string(64, '0');
}

std::string_view name_of(Outcome outcome) {
    return outcome == Outcome::done ? "done" : "refused";
}

std::string canonical(const AuditEntry& e) {
    return canonical_text(json::object{{"v", 1},
                                       {"sequence", e.sequence},
                                       {"at", e.at.ms},
                                       {"zone", e.by.zone},
                                       {"event", e.event},
                                       {"outcome", name_of(e.outcome)},
                                       {"user", e.by.user.is_nil() ? "" : e.by.user.text()},
                                       {"actor", e.by.account},
                                       {"name", e.by.name},
                                       {"origin", e.by.origin},
                                       {"peer", e.by.peer},
                                       {"subject", e.subject},
                                       {"detail", e.detail}});
}

std::string next_hash(std::string_view previous, const AuditEntry& entry) {
    return hex(sm3(std::string(previous) + '\n' + canonical(entry)));
}

AuditEntry read_entry(const sqlite::Statement& row) {
    AuditEntry e;
    e.sequence = row.integer(0);
    e.at = row.time(1);
    e.by.zone = row.text(2);
    e.event = row.text(3);
    e.outcome = row.text(4) == "done" ? Outcome::done : Outcome::refused;
    e.by.user = row.uuid(5);
    e.by.account = row.text(6);
    e.by.name = row.text(7);
    e.by.origin = row.text(8);
    e.by.peer = row.text(9);
    e.subject = row.text(10);
    if (auto detail = parse_json(row.text(11)); detail && detail->is_object())
        e.detail = std::move(detail->get_object());
    return e;
}

struct Mark {
    std::int64_t sequence = 0;
    std::string hash = zeros();
};

Mark mark_of(sqlite::Connection& database, std::string_view name) {
    auto row = database.prepare("SELECT sequence, hash FROM audit_mark WHERE name = ?1");
    row.with(name);
    if (!row.step()) return {};
    return {row.integer(0), std::string(row.text(1))};
}

void set_mark(sqlite::Connection& database, std::string_view name, const Mark& mark) {
    database.run(
        "INSERT INTO audit_mark VALUES (?1, ?2, ?3) "
        "ON CONFLICT(name) DO UPDATE SET sequence = ?2, hash = ?3",
        name, mark.sequence, mark.hash);
}

class SqliteAuditLog final : public AuditLog {
  public:
    SqliteAuditLog(const std::filesystem::path& database, const Clock& clock,
                   std::int64_t keep_days)
        : m_clock(clock), m_keep_days(keep_days), m_database(database, sqlite::Mode::create) {}

    Result<void> append(AuditEntry entry) override {
        return sqlite::at_door([&]() -> Result<void> {
            const std::lock_guard lock(m_mutex);
            sqlite::Transaction transaction(m_database);
            entry.at = m_clock.now();
            append_audit(m_database, entry);
            transaction.commit();
            return {};
        });
    }
    Result<std::vector<AuditEntry>> list(const AuditQuery& query) const override;
    Result<AuditVerdict> verify() const override;
    Result<std::int64_t> purge() override;

  private:
    const Clock& m_clock;
    const std::int64_t m_keep_days;
    mutable std::mutex m_mutex;
    mutable sqlite::Connection m_database;
};

Result<std::vector<AuditEntry>> SqliteAuditLog::list(const AuditQuery& query) const {
    return sqlite::at_door([&]() -> Result<std::vector<AuditEntry>> {
        const std::lock_guard lock(m_mutex);
        auto row = m_database.prepare(
            std::string("SELECT ") + k_columns +
            " FROM audit WHERE zone IN (?1, '') AND sequence < ?2 AND (?3 = '' OR event = ?3) AND "
            "(?4 = '' OR actor = ?4) AND (?5 = '' OR subject = ?5) AND at >= ?6 AND at < ?7 "
            "ORDER BY sequence DESC LIMIT ?8");
        row.with(query.zone, query.before > 0 ? query.before : INT64_MAX, query.event, query.actor,
                 query.subject, query.from ? query.from->ms : INT64_MIN,
                 query.until ? query.until->ms : INT64_MAX, std::min(query.limit, k_list_max));
        std::vector<AuditEntry> out;
        while (row.step()) out.push_back(read_entry(row));
        return out;
    });
}

Result<AuditVerdict> SqliteAuditLog::verify() const {
    return sqlite::at_door([&]() -> Result<AuditVerdict> {
        const std::lock_guard lock(m_mutex);
        m_database.execute("BEGIN");  // one moment: head and entries fit
        AuditVerdict out;
        Mark at = mark_of(m_database, "anchor");
        const Mark head = mark_of(m_database, "head");
        out.first = at.sequence + 1;
        {
            auto row = m_database.prepare(std::string("SELECT ") + k_columns +
                                          " FROM audit ORDER BY sequence");
            while (row.step() && !out.broken_at) {
                const AuditEntry entry = read_entry(row);
                const std::string hash = next_hash(at.hash, entry);
                if (entry.sequence != at.sequence + 1 || hash != row.text(12))
                    out.broken_at = at.sequence + 1;
                at = {entry.sequence, hash};
                ++out.entries;
            }
        }
        m_database.execute("COMMIT");
        if (!out.broken_at && (at.sequence != head.sequence || at.hash != head.hash))
            out.broken_at = at.sequence + 1;
        out.head = head.hash;
        return out;
    });
}

Result<std::int64_t> SqliteAuditLog::purge() {
    return sqlite::at_door([&]() -> Result<std::int64_t> {
        const std::lock_guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        const std::int64_t before = m_clock.now().ms - m_keep_days * k_day_ms;
        Mark anchor = mark_of(m_database, "anchor");
        // The time may step back: what goes is a run from the front that is old throughout.
        auto first_kept = m_database.prepare("SELECT min(sequence) FROM audit WHERE at >= ?1");
        first_kept.with(before);
        auto row = m_database.prepare(
            "SELECT sequence, hash FROM audit WHERE sequence < ?1 "
            "ORDER BY sequence DESC LIMIT 1");
        const bool some_kept = first_kept.step() && !first_kept.is_null(0);
        row.with(some_kept ? first_kept.integer(0) : INT64_MAX);
        if (!row.step()) return 0;
        const Mark fresh{row.integer(0), std::string(row.text(1))};
        row.reset();
        first_kept.reset();
        set_mark(m_database, "anchor", fresh);
        m_database.run("DELETE FROM audit WHERE sequence <= ?1", fresh.sequence);
        const std::int64_t gone = m_database.changes();
        AuditEntry entry;
        entry.at = m_clock.now();
        entry.event = "audit_purged";
        entry.by.account = "system";
        entry.by.origin = "program";
        entry.detail = {{"entries", gone}, {"until", fresh.sequence}, {"days", m_keep_days}};
        append_audit(m_database, entry);
        transaction.commit();
        return gone;
    });
}

/// A cell that a spreadsheet would compute is text; quotes are doubled.
std::string cell(std::string_view text) {
    const bool formula = !text.empty() && std::string_view("=+-@\t\r").contains(text.front());
    std::string out = formula ? "\"'" : "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

}  // namespace

const std::vector<std::string>& audit_events() {
    static const std::vector<std::string> k_events{
        "sign_in",          "sign_in_refused",  "locked_out",      "sign_out",
        "session_revoked",  "link_made",        "link_used",       "link_refused",
        "password_changed", "password_refused", "password_reset",  "account_created",
        "account_changed",  "account_disabled", "account_enabled", "account_unlocked",
        "rights_changed",   "rights_refused",   "token_created",   "token_revoked",
        "token_refused",    "export",           "import",          "erasure",
        "configuration",    "audit_exported",   "audit_purged"};
    return k_events;
}

json::object to_json(const AuditEntry& e) {
    return {{"sequence", e.sequence},
            {"at", iso8601(e.at)},
            {"zone", e.by.zone},
            {"event", e.event},
            {"outcome", name_of(e.outcome)},
            {"actor", e.by.account},
            {"name", e.by.name},
            {"origin", e.by.origin},
            {"peer", e.by.peer},
            {"subject", e.subject},
            {"detail", e.detail}};
}

std::string csv_of(const std::vector<AuditEntry>& entries, Language language) {
    std::string out = "\xEF\xBB\xBF";
    out += language == Language::zh
               ? "序号,时间(UTC),区域,事件,结果,账号,姓名,途径,地址,对象,详情\r\n"
               : "sequence,at (UTC),zone,event,outcome,account,name,through,address,subject,"
                 "detail\r\n";
    for (const auto& e : entries) {
        out += std::to_string(e.sequence) + ',' + cell(iso8601(e.at));
        for (const std::string_view text :
             {std::string_view(e.by.zone), std::string_view(e.event), name_of(e.outcome),
              std::string_view(e.by.account), std::string_view(e.by.name),
              std::string_view(e.by.origin), std::string_view(e.by.peer),
              std::string_view(e.subject)})
            out += ',' + cell(text);
        out += ',' + cell(e.detail.empty() ? std::string() : to_text(e.detail)) + "\r\n";
    }
    return out;
}

void append_audit(sqlite::Connection& database, AuditEntry& entry) {
    Mark head = mark_of(database, "head");
    entry.sequence = head.sequence + 1;
    head = {entry.sequence, next_hash(head.hash, entry)};
    database.run(
        "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        entry.sequence, entry.at.ms, entry.by.zone, entry.event, name_of(entry.outcome),
        entry.by.user, entry.by.account, entry.by.name, entry.by.origin, entry.by.peer,
        entry.subject, canonical_text(entry.detail), head.hash);
    set_mark(database, "head", head);
}

void prepare_audit(sqlite::Connection& database) {
    database.execute(k_tables);
}

Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::filesystem::path& database,
                                                 const Clock& clock, std::int64_t keep_days) {
    if (keep_days < k_audit_days_min) {
        return fail(errors::k_invalid_input,
                    {{"what", "audit_days: at least " + std::to_string(k_audit_days_min)}});
    }
    return sqlite::at_door([&]() -> Result<std::unique_ptr<AuditLog>> {
        return std::make_unique<SqliteAuditLog>(database, clock, keep_days);
    });
}

}  // namespace anlan::bigdata
