// What an import does to the rows. Its rows have passed the checks when they were staged, and an
// import that has begun is finished: what has changed since gives way to what can be done.
#include "foundations/bigdata/apply.h"
#include "foundations/bigdata/errors.h"

namespace anlan::bigdata {

Result<Applied> Applier::begin_import(const Uuid& id, const std::string& zone,
                                      const std::string& kind) {
    auto row = m_connection.prepare(
        "SELECT number FROM imports WHERE applying AND zone = ? AND kind = ? AND id <> ?");
    if (row.with(zone, kind, id).step()) return fail(errors::k_busy);
    m_connection.run(
        "INSERT INTO imports (id, zone, kind, applying, applied) VALUES (?, ?, ?, 1, 0)", id, zone,
        kind);
    auto made = m_connection.prepare("SELECT number FROM imports WHERE id = ?");
    made.with(id).step();
    const auto number = made.integer(0);
    m_state.imports.insert(number);
    return Applied{number, number, {}, false};
}

Result<Applied> Applier::import_some(const ImportStep& step, std::vector<EntryPointer>& entries) {
    TRY_ASSIGN(window, window_of(step.batch));
    Work work{step.batch, window, m_clock.now(), {}, entries, step.number};
    for (const auto& change : step.batch.changes) {
        const Table* table = m_tables.find(change.kind);
        if (table == nullptr) return fail(errors::k_unknown_kind, {{"kind", change.kind}});
        Step each{.change = change, .table = *table};
        TRY(import_row(work, each, step.key));
    }
    m_connection.run("UPDATE imports SET applied = ? WHERE number = ?", step.applied, step.number);
    return Applied{};
}

std::optional<Uuid> Applier::find_by_key(const Work& work, const Table& table, const Field& field,
                                         const json::value& value) const {
    Sql more;
    more.add(" AND t." + Table::column_of(field.name) + " = ?", stored_value(field.type, value));
    more.add(" AND t.deleted = 0");
    const auto sql = over_window(table, work.window, "t.id", more);
    auto row = m_connection.prepare(sql.text);
    if (!row.with_all(sql.values).step()) return std::nullopt;
    return row.uuid(0);
}

Result<void> Applier::import_row(Work& work, Step& step, const std::string& key) {
    Change change = step.change;
    const Kind& kind = step.table.kind();
    if (change.action == Action::create && !key.empty()) {
        const auto* field = kind.field(key);
        const auto* value = change.fields.if_contains(key);
        const auto there = field == nullptr || value == nullptr
                               ? std::nullopt
                               : find_by_key(work, step.table, *field, *value);
        if (there) {
            change.action = Action::update;
            change.id = *there;
        }
    }
    if (change.action == Action::update || !change.id.is_nil()) {
        Step now{.change = change, .table = step.table};
        const auto loaded = load(work, now);
        if (loaded) {
            TRY(patch(work, now));
            if (!now.before.empty()) save(work, now);
            return {};
        }
        if (!loaded.error().is(errors::k_no_such_record)) return std::unexpected(loaded.error());
        // Removed since it was checked, or long ago: it comes as a new record.
        const auto sql = sql_of_get(step.table, work.window, {}, change.id);
        if (m_connection.prepare(sql.text).with_all(sql.values).step()) change.id = {};
        change.action = Action::create;
    }
    Step fresh{.change = change, .table = step.table};
    TRY_ASSIGN(repeated, create(work, fresh));
    if (!repeated) save(work, fresh);
    return {};
}

Result<Applied> Applier::end_import(std::int64_t number) {
    m_connection.run("UPDATE imports SET applying = 0 WHERE number = ?", number);
    m_state.imports.erase(number);
    return Applied{};
}

}  // namespace anlan::bigdata
