// The journal's table and its chain of hashes; the form is written down in journal.h.
#pragma once

#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/sqlite.h"

#include <memory>
#include <string>

namespace anlan::bigdata {

/// Where the chain stands.
struct ChainHead {
    std::int64_t sequence = 0;
    std::string hash = std::string(64, '0');
};

ChainHead load_head(sqlite::Connection& connection);
/// Stored beside the journal, in the same transaction, so that a cut-off tail is seen.
void store_head(sqlite::Connection& connection, const ChainHead& head);

/// Numbers the entry, writes it, and moves `head` on. entry.after.sequence must already be the
/// next.
void append_entry(sqlite::Connection& connection, ChainHead& head, const Entry& entry);

/// The columns that read_entry() reads.
inline constexpr std::string_view k_entry_columns =
    "sequence, at, user, actor, origin, action, move, kind, record, zone, space, revision, "
    "catalog, request, payload";
/// An erased payload leaves a record with nothing but kind, id, zone, space and revision.
Entry read_entry(const sqlite::Statement& row);

}  // namespace anlan::bigdata
