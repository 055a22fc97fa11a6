// One batch against the store: every rule that a change must pass, then rows and journal entries.
// Runs on the writer's thread, inside its transaction; the writer rolls back what is refused.
#pragma once

#include "foundations/bigdata/chain.h"
#include "foundations/bigdata/query.h"
#include "foundations/bigdata/register.h"
#include "foundations/bigdata/store.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace anlan::bigdata {

using EntryPointer = std::shared_ptr<const Entry>;

/// A kind of this use takes geometries of this type.
bool fits(GeometryUse use, GeometryType type);

class Applier {
  public:
    /// What changes with every write and is put back when a savepoint or the group is rolled back.
    struct State {
        ChainHead head;
        Spaces spaces;
        std::set<std::int64_t> imports = {};  ///< Numbers of those being applied.
    };
    /// Some rows of an import, in order: how far it must be before them, and is with them.
    struct ImportStep {
        std::int64_t number = 0, from = 0, applied = 0;
        std::string key;  ///< Field that finds what is there already.
        Batch batch;
        /// Of each change, as a record that it creates has them: made beside the writer's thread.
        std::vector<Table::Tokens> tokens;
    };

    Applier(sqlite::Connection& connection, const Catalog& catalog, const Tables& tables,
            const Clock& clock, IdSource& ids);

    State& state() { return m_state; }
    Result<Applied> apply(const Batch& batch, std::vector<EntryPointer>& entries);
    /// The space's base is in Applied::first_sequence.
    Result<Applied> open_space(const SpaceKey& key);
    Result<Applied> close_space(const SpaceKey& key);
    /// The import's number is in Applied::first_sequence.
    Result<Applied> begin_import(const Uuid& id, const std::string& zone, const std::string& kind);
    /// Errors: busy when the step before this one is not in, for whatever reason.
    Result<Applied> import_some(const ImportStep& step, std::vector<EntryPointer>& entries);
    Result<Applied> end_import(std::int64_t number);
    /// While rows come by the thousand the writer keeps more of the database in memory.
    void keep_much_in_memory(bool much);
    Result<Applied> erase(const Erasure& erasure, std::vector<EntryPointer>& entries);
    /// Outcomes of idempotency keys are kept for two days.
    void forget_old_outcomes();

  private:
    /// A reference to be looked up once the whole batch is in.
    struct Reference {
        std::string where, kind;
        Uuid id;
    };
    struct Work {
        const Batch& batch;
        Window window;
        Timestamp at;
        std::vector<Reference> references;
        std::vector<EntryPointer>& entries;
        std::int64_t import = 0;  ///< Its rows are checked before they come here.
    };
    /// One change on its way: the row as it was, as it will be, and what is journalled.
    struct Step {
        const Change& change;
        const Table& table;
        std::string path;  ///< "/changes/3" or empty.
        Record record;
        json::object before;
        std::optional<Record> old;  ///< The row as it was.
        std::int64_t row = 0;       ///< Its number.
        bool own = false;           ///< It is of the space that is written to.
        bool live_row_changes =
            false;  ///< Exercises may still see the row that is about to change.
        const Table::Tokens* tokens = nullptr;  ///< Of a new row, if they are made already.
    };

    Result<Window> window_of(const Batch& batch) const;
    Result<std::optional<Applied>> earlier_outcome(const Batch& batch);
    void keep_outcome(const Batch& batch, const Applied& outcome, Timestamp at);
    Result<Record> apply_change(Work& work, const Change& change, const std::string& path);
    Result<std::optional<Record>> create(Work& work, Step& step);
    Result<void> load(Work& work, Step& step, bool deleted_too = false);
    Result<void> import_row(Work& work, Step step, const std::string& key);
    std::optional<Uuid> find_by_key(const Work& work, const Table& table, const Field& field,
                                    const json::value& value) const;
    Result<void> blank(Step& step, const Erasure& erasure) const;
    void forget_past(const Table& table, const Erasure& erasure, Timestamp at);
    Result<void> patch(Work& work, Step& step);
    Result<void> move(const Work& work, Step& step);
    static void note_before(Step& step, const json::object& old);
    Result<void> check_geometry(const Step& step) const;
    Result<void> check_unique(const Work& work, const Step& step) const;
    void note_references(Work& work, const Step& step) const;
    Result<void> check_references(const Work& work) const;
    void save(Work& work, Step& step);

    sqlite::Connection& m_connection;
    const Catalog& m_catalog;
    const Tables& m_tables;
    const Clock& m_clock;
    IdSource& m_ids;
    State m_state;
    bool m_keeps_much = false;
};

}  // namespace anlan::bigdata
