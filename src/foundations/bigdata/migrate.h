// Numbered migrations (migration.h) on a store.
#pragma once

#include "foundations/bigdata/migration.h"
#include "foundations/bigdata/sqlite.h"

#include <string>
#include <vector>

namespace anlan::bigdata {

struct MigrationOutcome {
    int number = 0;
    Label title;
    std::int64_t rows = 0;  ///< Changed values; a record with two of them counts twice.
};

/// Applies what the store has not had, inside the caller's transaction, before the tables are
/// grown. Errors: migration_refused, naming records and values; migration_newer.
Result<std::vector<MigrationOutcome>> apply_migrations(sqlite::Connection& connection,
                                                       const Catalog& catalog, Timestamp now);

/// Remembers, at the end of a start, under which catalog the store was last opened.
void note_catalog_version(sqlite::Connection& connection, const Catalog& catalog);

}  // namespace anlan::bigdata
