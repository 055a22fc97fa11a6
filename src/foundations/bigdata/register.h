// The register: typed records in SQLite, one writer with group commit, many readers, and the
// journal in the same transaction.
//
// Promise: when write() returns, the change is on disk (WAL, synchronous=FULL) and in the journal.
// Batches are atomic. Order: listeners see entries in journal order, each exactly once.
#pragma once

#include "core/label.h"
#include "core/principal.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/record.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::bigdata {

/// One change. Create brings kind, optionally id, fields, geometry, scope, state. Update and move
/// bring what changes: `fields` is a merge patch (null removes). Remove is soft.
struct Change {
    Action action = Action::create;
    std::string kind;
    Uuid id;                                   ///< Nil on create: the register makes one.
    std::optional<std::int64_t> if_revision;   ///< Refused with stale_revision unless it is current.
    json::object fields;
    std::optional<Geometry> geometry;
    std::optional<Scope> scope;
    std::string state;                         ///< Create only; empty: the kind's first state.
    std::string move;                          ///< For Action::move.
    std::string reason;
};

enum class Priority { urgent, normal, bulk };  ///< An alarm never waits behind an import.

struct Batch {
    std::string zone;
    std::string space = std::string(k_live);
    Author author;
    Priority priority = Priority::normal;
    std::string idempotency_key;  ///< Same key and author again: the first outcome, no second write.
    std::string request_id;
    std::vector<Change> changes;
};

struct Applied {
    std::int64_t first_sequence = 0, last_sequence = 0;
    std::vector<Record> records;  ///< After the change, in the order of the batch.
    bool repeated = false;        ///< Answered from an earlier write with the same key.
};

/// Which rows a reader may see: made by Access for people, `everything()` inside the program.
struct RowFilter {
    bool none = false;
    std::optional<Uuid> grid, enterprise, organisation;  ///< Row scope must equal, where set.
    static RowFilter everything() { return {}; }
};

struct View {
    std::string zone;
    std::string space = std::string(k_live);
    RowFilter rows;
};

enum class Compare { equal, not_equal, less, less_or_equal, greater, greater_or_equal, one_of, contains };

struct Condition {
    std::string field;    ///< A declared field, or "state", "updated_at", "grid", "enterprise", "organisation".
    Compare compare = Compare::equal;
    json::value value;    ///< An array for one_of.
};

struct Query {
    std::vector<Condition> where;      ///< All must hold.
    std::optional<Bounds> within;      ///< Geometry's box meets it.
    std::string text;                  ///< Contained in any text field.
    std::string sort = "-updated_at";  ///< A field, "-" first for descending; ties by id.
    std::string after;                 ///< Cursor of the page before; stays right while rows change.
    std::size_t limit = 100;           ///< At most 10,000.
    bool deleted_too = false;
};

struct Page {
    std::vector<Record> records;
    std::string next;                  ///< Empty on the last page.
};

class Register {
  public:
    struct Options {
        std::filesystem::path database;
        const Catalog* catalog = nullptr;
        const Clock* clock = nullptr;
        IdSource* ids = nullptr;
        std::size_t readers = 4;
    };

    /// Opens or creates; adds tables and columns that the catalog has and the database lacks.
    static Result<std::unique_ptr<Register>> open(Options options);
    virtual ~Register() = default;

    /// Blocks until durable. Errors: stale_revision (with both revisions), unknown_kind,
    /// no_such_record, bad_request with field paths, unique_taken, move_not_open (with the moves
    /// that are), reference_broken, disk_full.
    virtual Result<Applied> write(Batch batch) = 0;
    /// The same without waiting; `done` runs on the writer's thread and must be quick.
    virtual void write_later(Batch batch, std::function<void(Result<Applied>)> done) = 0;

    /// Errors: unknown_kind, no_such_record (also when the row is not visible).
    [[nodiscard]] virtual Result<Record> get(const View& view, std::string_view kind, Uuid id) const = 0;
    [[nodiscard]] virtual Result<Page> list(const View& view, std::string_view kind, const Query& query) const = 0;
    /// All rows that match, page by page inside: for programs, not for people. At most 100,000.
    [[nodiscard]] virtual Result<std::vector<Record>> all(const View& view, std::string_view kind,
                                                          const std::vector<Condition>& where = {}) const = 0;
    struct Count {
        std::int64_t value = 0;
        bool more = false;  ///< The value is 10,000 and there are more.
    };
    [[nodiscard]] virtual Result<Count> count(const View& view, std::string_view kind, const Query& query) const = 0;

    /// Entries after `since`, oldest first, at most `limit`, of one record when `id` is not nil;
    /// exercises' entries only in their own space.
    [[nodiscard]] virtual Result<std::vector<Entry>> entries(const View& view, std::int64_t since,
                                                             std::size_t limit, std::string_view kind = {},
                                                             Uuid id = {}) const = 0;
    [[nodiscard]] virtual std::int64_t last_sequence() const = 0;
    [[nodiscard]] virtual std::string head() const = 0;  ///< Hash of the last entry, hexadecimal.

    /// Calls `listener` for every entry after `since`, in order, on one dispatch thread, until the
    /// returned handle dies. A listener may write to the register (write_later or write).
    using Listener = std::function<void(const Entry&)>;
    class Subscription {
      public:
        virtual ~Subscription() = default;
    };
    virtual std::unique_ptr<Subscription> listen(std::int64_t since, Listener listener) = 0;

    /// Opens an exercise: from now on `space` shows the live register as of this moment under its
    /// own rows. close_space keeps its rows readable and refuses further writes.
    virtual Result<std::int64_t> open_space(std::string_view zone, std::string_view space) = 0;
    virtual Result<void> close_space(std::string_view zone, std::string_view space) = 0;
};

}  // namespace anlan::bigdata
