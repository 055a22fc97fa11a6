// Bulk import: rows are staged outside the journal, checked there, and applied in small steps that
// let every other write through; readers see none of an import's rows until all of them are in.
//
//   begin → stage, stage, … → check → apply → done
//                              │        └ cut off: taken up again when the register is next opened
//                              └ abandon, or cut off before apply: nothing has happened
//
// All or nothing: apply() refuses an import with problems. What changes between check() and apply()
// cannot fail it: a row whose key exists by then is an update of it, one that is gone a create.
// While it runs, records that it has changed already show their old form, and refuse other changes
// (import_running); exercises of the zone cannot be opened. Every row that changes anything is one
// journal entry (origin "import", request = the import's id); rows that change nothing leave none.
// Journal entries and listeners are not held back: the live feed tells what comes in.
//
// Staging lives in its own file beside the register (staging.db): losing it loses no record.
// Limits: 2,000,000 rows an import, 1 MiB a row, 10,000 rows a call, 20 imports kept a zone.
// Threads: calls for one import come from one thread at a time.
#pragma once

#include "core/ids.h"
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/record.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::bigdata {

struct ImportRequest {
    std::string zone;
    std::string kind;
    std::string name;  ///< Of the file, for people.
    Author author;     ///< Origin is set to "import".
    std::string reason;
    /// Field that finds the existing record of a row without id: unique in the kind, or at least
    /// meant to be (two records with the same key are a problem of the row). Empty: rows without id
    /// are new.
    std::string key;
};

/// One record as it should be. Found by id, else by the request's key; what is not found is
/// created. On an existing record `fields` is a merge patch (null removes), as in Change.
struct ImportRow {
    std::int64_t line = 0;  ///< Where people find it: line of the CSV, number of the feature.
    Uuid id;
    json::object fields;
    std::optional<Geometry> geometry;
    std::optional<Scope> scope;
    std::string state;  ///< Of a record that is created; empty: the kind's first.
};

struct ImportProblem {
    std::int64_t line = 0;
    FieldProblem problem;  ///< `where` is "/fields/<name>", "/geometry", "/id" or "".
};

enum class ImportState { staging, checked, applying, done };
std::string_view name_of(ImportState state);

struct ImportReport {
    Uuid id;
    ImportRequest request;
    ImportState state = ImportState::staging;
    Timestamp at;  ///< Of begin().
    std::int64_t rows = 0;
    std::int64_t creates = 0, updates = 0, unchanged = 0;  ///< Known once checked.
    std::int64_t problems = 0;  ///< Rows' problems; the first 10,000 are kept.
    std::int64_t applied = 0;   ///< Rows behind apply() so far.
};

/// Register::imports(). Errors of all: no_such_import.
class Imports {
  public:
    virtual ~Imports() = default;

    /// Errors: unknown_kind, bad_request (/key is no field that can be a key), too_many.
    virtual Result<Uuid> begin(ImportRequest request) = 0;
    /// Durable when it returns. Rows with problems are counted and noted, never refused here.
    /// Errors: import_state (no longer staging), too_many.
    virtual Result<void> stage(const Uuid& import, std::span<const ImportRow> rows) = 0;
    /// Ends staging. Checks what one row alone cannot tell (the same key twice, references, unique
    /// fields) and counts what apply() would do.
    virtual Result<ImportReport> check(const Uuid& import) = 0;
    /// A problem's line and text, in the order of lines, after the `skip` first.
    virtual Result<std::vector<ImportProblem>> problems(const Uuid& import, std::size_t skip,
                                                        std::size_t limit) const = 0;
    /// Blocks until the rows are visible, all at once. Errors: import_state (not checked),
    /// import_problems, busy (another import of the kind runs), disk_full (what is left is taken up
    /// by calling again, or at the next start).
    virtual Result<ImportReport> apply(const Uuid& import) = 0;
    /// Forgets the staged rows. Errors: import_state (applying).
    virtual Result<void> abandon(const Uuid& import) = 0;

    [[nodiscard]] virtual Result<ImportReport> report(const Uuid& import) const = 0;
    /// Newest first.
    [[nodiscard]] virtual Result<std::vector<ImportReport>> list(std::string_view zone) const = 0;
};

}  // namespace anlan::bigdata
