// The journal: every change of a record is one entry, written in the record's own transaction.
//
// The chain is over a canonical, versioned form: hash = SM3(previous hash ‖ header ‖ payload hash),
// payload hash = SM3(canonical text of before, after and reason). So nothing is altered unseen, and
// yet a payload can be erased by law: its hash stays. The sequence, not the clock, is the order.
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
    Uuid user;             ///< Nil for the program itself.
    std::string name;
    std::string origin;
};

struct Entry {
    std::int64_t sequence = 0;  ///< From 1, without gaps.
    Timestamp at;
    Author author;
    Action action = Action::create;
    std::string move;           ///< Name of the move for Action::move.
    std::string reason;
    std::string catalog_version;
    std::string request_id;
    /// The record after the change. `before` holds the fields that changed, as they were, under
    /// their names ("state", "geometry" and "scope" too).
    Record after;
    json::object before;
};

json::object to_json(const Entry& entry);

struct Verdict {
    std::int64_t entries = 0;
    std::string head;                          ///< Hash of the last entry, hexadecimal.
    std::optional<std::int64_t> broken_at;     ///< First sequence whose hash does not follow.
    std::string what;                          ///< "payload altered", "hash altered", "entry missing".
};

/// Reads the whole chain of a store that may be in use.
Result<Verdict> verify_journal(const std::filesystem::path& database);

}  // namespace anlan::bigdata
