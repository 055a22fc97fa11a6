// The audit log: who did what to whom, when, from where, with which outcome. Sign-ins, accounts,
// rights, tokens, exports, imports, erasure, configuration. Business changes are in the journal.
//
// Kept beside the accounts (accounts.db) and written in the transaction of what it tells, so that
// neither is there without the other. Append-only and chained, so that anyone can check it without
// this program:
//
//   text  canonical JSON (core/json.h, version 1) of {"v": 1, sequence, at (ms since 1970, UTC),
//         zone, event, outcome, user (UUID or ""), actor, name, origin, peer, subject, detail}
//   hash  SM3(previous hash "\n" text), 64 lower-case hexadecimal digits; before the first entry
//   the
//         previous hash is 64 zeros
//
// Entries are kept for at least six months (网络安全法 art. 21); older ones are removed from the
// front, and the hash they ended with stays as the anchor of the rest. Names of accounts that do
// not exist are not kept: people type passwords there.
#pragma once

#include "core/ids.h"
#include "core/json.h"
#include "core/result.h"
#include "core/time.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::sqlite {
class Connection;
}

namespace anlan::bigdata {

inline constexpr std::int64_t k_audit_days_min = 184;  ///< Six months, whichever they are.

/// Who does something, and from where.
struct By {
    Uuid user;            ///< Nil for the program and the command line.
    std::string account;  ///< "system" for the program; the operating system's user on the machine.
    std::string name;
    std::string zone;
    std::string origin;  ///< "screen", "token", "command_line", "program".
    std::string peer;    ///< Address; empty on the machine itself.
};

enum class Outcome { done, refused };

struct AuditEntry {
    std::int64_t sequence = 0;  ///< From 1, without gaps.
    Timestamp at;
    std::string event;  ///< Of k_audit_events.
    Outcome outcome = Outcome::done;
    By by;
    std::string subject;  ///< Account, kind of record, or setting that it is about.
    json::object detail;
};

/// The events there are, in the order of the screens' filter.
const std::vector<std::string>& audit_events();

/// {sequence, at, zone, event, outcome, actor, name, origin, peer, subject, detail}
json::object to_json(const AuditEntry& entry);
/// Header and lines of RFC 4180, with a byte-order mark; cells that a spreadsheet would take for a
/// formula begin with an apostrophe.
std::string csv_of(const std::vector<AuditEntry>& entries, Language language);

/// Appends within the caller's transaction; fills in the sequence. Throws sqlite::Failure.
void append_audit(sqlite::Connection& database, AuditEntry& entry);

struct AuditQuery {
    std::string zone;
    std::string event, actor, subject;     ///< Empty: any.
    std::optional<Timestamp> from, until;  ///< from <= at < until
    std::int64_t before = 0;               ///< Sequences below; 0: the newest.
    std::size_t limit = 100;               ///< At most 10,000.
};

struct AuditVerdict {
    std::int64_t entries = 0, first = 0;
    std::string head;
    std::optional<std::int64_t> broken_at;
};

class AuditLog {
  public:
    /// On a database that Accounts has opened and prepared.
    static Result<std::unique_ptr<AuditLog>> open(const std::filesystem::path& database,
                                                  const Clock& clock, std::int64_t keep_days);
    virtual ~AuditLog() = default;
    /// For what is not an account's affair: export, import, erasure, configuration. Thread-safe.
    virtual Result<void> append(AuditEntry entry) = 0;
    /// Newest first.
    [[nodiscard]] virtual Result<std::vector<AuditEntry>> list(const AuditQuery& query) const = 0;
    /// Reads the whole chain. About 2 µs an entry.
    [[nodiscard]] virtual Result<AuditVerdict> verify() const = 0;
    /// Removes what is older than the setting, itself an entry. Call about once a day.
    virtual Result<std::int64_t> purge() = 0;
};

/// Makes the tables and the triggers that refuse to change or take away entries.
void prepare_audit(sqlite::Connection& database);

}  // namespace anlan::bigdata
