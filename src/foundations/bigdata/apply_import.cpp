// What an import does to the rows. Its rows have passed the checks when they were staged, and an
// import that has begun is finished: what has changed since gives way to what can be done.
#include "foundations/bigdata/apply.h"
#include "foundations/bigdata/errors.h"

namespace anlan::bigdata {

namespace {
// The ends of all indexes of a kind with a million rows, where new rows go. SQLite's own 2 MB have
// a step's pages written and read again within one transaction.
constexpr int k_much_mb = 64, k_little_mb = 2;
}  // namespace

void Applier::keep_much_in_memory(bool much) {
    if (std::exchange(m_keeps_much, much) != much)
        m_connection.keep_in_memory(much ? k_much_mb : k_little_mb);
}

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
    auto so_far = m_connection.prepare("SELECT applied FROM imports WHERE number = ?");
    if (!so_far.with(step.number).step() || so_far.integer(0) != step.from)
        return fail(errors::k_busy);
    so_far.reset();
    keep_much_in_memory(true);
    Work work{step.batch, window, m_clock.now(), {}, entries, step.number};
    for (std::size_t i = 0; i < step.batch.changes.size(); ++i) {
        const auto& change = step.batch.changes[i];
        const Table* table = m_tables.find(change.kind);
        if (table == nullptr) return fail(errors::k_unknown_kind, {{"kind", change.kind}});
        Step each{.change = change, .table = *table};
        if (i < step.tokens.size()) each.tokens = &step.tokens[i];
        TRY(import_row(work, std::move(each), step.key));
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

Result<void> Applier::import_row(Work& work, Step step, const std::string& key) {
    const Change& wanted = step.change;
    const Kind& kind = step.table.kind();
    std::optional<Uuid> there;
    if (wanted.action == Action::create && !key.empty()) {
        const auto* field = kind.field(key);
        const auto* value = wanted.fields.if_contains(key);
        if (field != nullptr && value != nullptr)
            there = find_by_key(work, step.table, *field, *value);
    }
    if (!there && wanted.action == Action::create && wanted.id.is_nil()) {
        TRY(create(work, step));
        save(work, step);
        return {};
    }
    Change change = wanted;
    if (there) change.id = *there;
    change.action = Action::update;
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
    Step fresh{.change = change, .table = step.table};
    TRY_ASSIGN(repeated, create(work, fresh));
    if (!repeated) save(work, fresh);
    return {};
}

Result<Applied> Applier::end_import(std::int64_t number) {
    m_connection.run("UPDATE imports SET applying = 0 WHERE number = ?", number);
    m_state.imports.erase(number);
    if (m_state.imports.empty()) keep_much_in_memory(false);
    return Applied{};
}

}  // namespace anlan::bigdata
