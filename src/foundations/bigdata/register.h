// The register: typed records in SQLite, one writer with group commit, many readers, and the
// journal in the same transaction.
//
// Promise: when write() returns, the change is on disk (WAL, synchronous=FULL) and in the journal.
// Batches are atomic. Order: listeners see entries in journal order, each exactly once.
#pragma once

#include "core/label.h"
#include "core/principal.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/import.h"
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
/// bring what changes: `fields` is a merge patch of whole values (null removes). Remove is soft.
/// Creating again what exists word for word is a repetition and succeeds without a second entry.
struct Change {
    Action action = Action::create;
    std::string kind;
    Uuid id;                                  ///< Nil on create: the register makes one.
    std::optional<std::int64_t> if_revision;  ///< Refused with stale_revision unless it is current.
    json::object fields;
    std::optional<Geometry> geometry;
    std::optional<Scope> scope;
    std::string state;  ///< Create only; empty: the kind's first state.
    std::string move;   ///< For Action::move.
    std::string reason;
};

enum class Priority { urgent, normal, bulk };  ///< An alarm never waits behind an import.

struct Batch {
    std::string zone;
    std::string space = std::string(k_live);
    Author author;
    Priority priority = Priority::normal;
    std::string
        idempotency_key;  ///< Same key and author again: the first outcome, no second write.
    std::string request_id;
    std::vector<Change> changes;
};

struct Applied {
    std::int64_t first_sequence = 0, last_sequence = 0;
    std::vector<Record> records;  ///< After the change, in the order of the batch.
    bool repeated = false;        ///< Answered from an earlier write with the same key.
};

/// Which rows a reader may see: made by Access for people, `everything()` inside the program.
/// With nothing set: all rows. With one or more of the ids set: rows whose scope equals any of
/// them, and rows that belong to nobody (all three nil: roads, substances, base data). A set but
/// nil id equals no row's.
struct RowFilter {
    bool none = false;
    std::optional<Uuid> grid, enterprise, organisation;
    static RowFilter everything() { return {}; }
    [[nodiscard]] bool all() const { return !none && !grid && !enterprise && !organisation; }
    /// The same rule for one row in hand.
    [[nodiscard]] bool passes(const Scope& scope) const;
};

struct View {
    std::string zone;
    std::string space = std::string(k_live);
    RowFilter rows;
    /// Rows as they were right after this journal entry (Register::sequence_at); nothing: now.
    std::optional<std::int64_t> as_of = std::nullopt;
};

enum class Compare {
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    one_of,
    contains
};

struct Condition {
    std::string field;  ///< A declared field, or "state", "updated_at", "grid", "enterprise",
                        ///< "organisation".
    Compare compare = Compare::equal;
    json::value value;  ///< An array for one_of.
};

struct Query {
    std::vector<Condition> where;      ///< All must hold.
    std::optional<Bounds> within;      ///< Geometry's box meets it.
    std::string text;                  ///< Terms in text fields that are not sensitive; what
                                       ///< is found by which: search_text.h.
    std::string sort = "-updated_at";  ///< A field, "-" first for descending; ties by id. For a
                                       ///< search also "relevance": found in the title first.
    std::string after;        ///< Cursor of the page before; stays right while rows change.
    std::size_t limit = 100;  ///< At most 10,000.
    bool deleted_too = false;
};
// `where` takes a condition's value as JSON or as the text of it ("3", "true"). text fields: all
// comparisons, `contains` anywhere in the text; json and references: only `contains` (an element)
// and equal / not_equal null.

struct Page {
    std::vector<Record> records;
    std::string next;  ///< Empty on the last page.
};

/// What personal data to erase, of which record of the live space, deleted ones too.
struct Erasure {
    std::string zone, kind;
    Uuid id;
    std::vector<std::string> fields;  ///< Empty: the kind's sensitive ones.
    Author author;
    std::string reason;  ///< The legal ground; kept in the journal, so it names nobody.
    std::string request_id;
};

class Register {
  public:
    struct Options {
        std::filesystem::path database;
        const Catalog* catalog = nullptr;
        const Clock* clock = nullptr;
        IdSource* ids = nullptr;
        std::size_t readers = 4;
        /// Batches that may wait: bulk is refused (busy) at half of it, normal at it, urgent at
        /// twice.
        std::size_t waiting_max = 20'000;
    };

    /// Opens or creates; adds tables and columns that the catalog has and the database lacks.
    /// Errors: store_unfit (the catalog lost or changed what the store still holds), store_version.
    /// Catalog, clock and ids must outlive the register.
    static Result<std::unique_ptr<Register>> open(Options options);
    virtual ~Register() = default;

    /// Blocks until durable. Errors: stale_revision (with both revisions), unknown_kind,
    /// no_such_record, bad_request with field paths, unique_taken, id_taken, move_not_open (with
    /// the moves that are), reference_broken, no_such_space, space_closed, busy (the queue is full
    /// or the register is closing), disk_full. Paths start with /changes/<i> when the batch has
    /// several. References may point forward within a batch. Every accepted change is one journal
    /// entry.
    virtual Result<Applied> write(Batch batch) = 0;
    /// The same without waiting; `done` runs on the writer's thread, must be quick, and must not
    /// call write().
    virtual void write_later(Batch batch, std::function<void(Result<Applied>)> done) = 0;

    /// A row that an exercise inherits reads with space "live", as it was at the exercise's base.
    /// Errors of all reads: unknown_kind, no_such_space; of get() also no_such_record (also when
    /// the row is not visible), of list() and count() bad_request (naming the condition) and
    /// bad_cursor.
    [[nodiscard]] virtual Result<Record> get(const View& view, std::string_view kind,
                                             Uuid id) const = 0;
    [[nodiscard]] virtual Result<Page> list(const View& view, std::string_view kind,
                                            const Query& query) const = 0;
    /// All rows that match, by id: for programs, not for people. Errors: too_many above 100,000.
    [[nodiscard]] virtual Result<std::vector<Record>> all(
        const View& view, std::string_view kind,
        const std::vector<Condition>& where = {}) const = 0;
    struct Count {
        std::int64_t value = 0;
        bool more = false;  ///< The value is 10,000 and there are more.
    };
    [[nodiscard]] virtual Result<Count> count(const View& view, std::string_view kind,
                                              const Query& query) const = 0;

    /// Entries after `since`, oldest first, at most `limit`, of one record when `id` is not nil;
    /// exercises' entries only in their own space.
    [[nodiscard]] virtual Result<std::vector<Entry>> entries(const View& view, std::int64_t since,
                                                             std::size_t limit,
                                                             std::string_view kind = {},
                                                             Uuid id = {}) const = 0;
    /// The last entry of the time before `at` was first passed, in the order of the journal; 0
    /// before the first.
    [[nodiscard]] virtual Result<std::int64_t> sequence_at(Timestamp at) const = 0;

    /// Bulk import. Errors: unknown, as this register takes none (doubles in tests).
    virtual Imports* imports() { return nullptr; }
    /// Erases by law: the fields go from the record (a text that is required becomes "—"), by a
    /// change of its own in the journal; all its earlier forms and journal payloads go whole,
    /// exercises' copies too, and the search index's words as soon as it is merged. The chain
    /// stays whole. Backups made before still hold them. Errors: no_such_record, bad_request,
    /// nothing_to_erase, reason_needed, and write()'s.
    virtual Result<Record> erase(Erasure erasure) = 0;

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
    /// own rows; returns that moment's journal sequence. Opening again returns it again.
    /// close_space keeps its rows readable, as they were, for good, and refuses further writes.
    /// Exactness costs one copy: when a live row changes that an exercise still sees, its
    /// before-image is written into that exercise first, in the same transaction.
    virtual Result<std::int64_t> open_space(std::string_view zone, std::string_view space) = 0;
    virtual Result<void> close_space(std::string_view zone, std::string_view space) = 0;
};

}  // namespace anlan::bigdata
