// The journal: every change of a record is one entry, written in the record's own transaction.
//
// The chain is over a canonical, versioned form, so that anyone can check it without this program:
//
//   payload       canonical JSON (core/json.h, version 1) of {"after": …, "before": …, "reason":
//   …},
//                 stored as that text
//   payload hash  SM3(payload), 64 lower-case hexadecimal digits
//   header        canonical JSON of {"v": 1, sequence, at (ms since 1970, UTC), user (UUID or ""),
//   actor,
//                 origin, action, move, kind, record, zone, space, revision, catalog, request}
//   hash          SM3(previous hash "\n" header "\n" payload hash), 64 digits; before the first
//   entry
//                 the previous hash is 64 zeros
//
// So nothing is altered unseen, and yet a payload can be erased by law (payload NULL, erased_at
// set): its hash stays. `meta.journal_head` holds "<sequence> <hash>" of the last entry, so that a
// cut-off tail is seen; whoever can write the file can redo all of it, which only a head kept
// elsewhere shows. The sequence, not the clock, is the order: `at` may step back when the clock
// does.
#pragma once

#include "core/hash.h"
#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "foundations/bigdata/record.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace anlan::bigdata {

enum class Action { create, update, move, remove };
std::string_view name_of(Action a);

/// Who did it, and through which door ("api", "gateway", "rule", "plan", "command_line", "import").
struct Author {
    Uuid user;  ///< Nil for the program itself.
    std::string name;
    std::string origin;
};

struct Entry {
    std::int64_t sequence = 0;  ///< From 1, without gaps.
    Timestamp at;
    Author author;
    Action action = Action::create;
    std::string move;  ///< Name of the move for Action::move.
    std::string reason;
    std::string catalog_version;
    std::string request_id;
    /// The record after the change. `before` holds the fields that changed, as they were, under
    /// their names ("state", "geometry" and "scope" too).
    Record after;
    json::object before;
};

/// {sequence, at, action, move?, actor, user, origin, reason?, request?, record{…}, before{…}}
json::object to_json(const Entry& entry);

struct Verdict {
    std::int64_t entries = 0;
    std::string head;                       ///< Hash of the last entry, hexadecimal.
    std::optional<std::int64_t> broken_at;  ///< First sequence whose hash does not follow.
    std::string what;      ///< "payload altered", "payload missing", "header altered",
                           ///< "header or hash altered", "entry missing".
    bool stopped = false;  ///< `progress` wanted no more: nothing is said about the rest.
};

/// Reads the whole chain of a store that may be in use. `progress` is told the number of entries
/// checked, every 1,000 of them, and stops the reading by answering false.
Result<Verdict> verify_journal(const std::filesystem::path& database,
                               const std::function<bool(std::int64_t)>& progress = {});

}  // namespace anlan::bigdata
