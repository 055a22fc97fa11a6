// One batch against the store: every rule that a change must pass, then rows and journal entries.
// Runs on the writer's thread, inside its transaction; the writer rolls back what is refused.
#pragma once

#include "foundations/bigdata/chain.h"
#include "foundations/bigdata/query.h"
#include "foundations/bigdata/register.h"
#include "foundations/bigdata/store.h"

#include <memory>
#include <string>
#include <vector>

namespace anlan::bigdata {

using EntryPointer = std::shared_ptr<const Entry>;

class Applier {
  public:
    /// What changes with every write and is put back when a savepoint or the group is rolled back.
    struct State {
        ChainHead head;
        Spaces spaces;
    };

    Applier(sqlite::Connection& connection, const Catalog& catalog, const Tables& tables,
            const Clock& clock, IdSource& ids);

    State& state() { return m_state; }
    Result<Applied> apply(const Batch& batch, std::vector<EntryPointer>& entries);
    /// The space's base is in Applied::first_sequence.
    Result<Applied> open_space(const SpaceKey& key);
    Result<Applied> close_space(const SpaceKey& key);
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
    };
    /// One change on its way: the row as it was, as it will be, and what is journalled.
    struct Step {
        const Change& change;
        const Table& table;
        std::string path;  ///< "/changes/3" or empty.
        Record record;
        json::object before;
        bool live_row_changes =
            false;  ///< Exercises may still see the row that is about to change.
    };

    Result<Window> window_of(const Batch& batch) const;
    Result<std::optional<Applied>> earlier_outcome(const Batch& batch);
    void keep_outcome(const Batch& batch, const Applied& outcome, Timestamp at);
    Result<Record> apply_change(Work& work, const Change& change, const std::string& path);
    Result<std::optional<Record>> create(Work& work, Step& step);
    Result<void> load(Work& work, Step& step);
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
};

}  // namespace anlan::bigdata
