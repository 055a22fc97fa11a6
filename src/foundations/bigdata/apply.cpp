#include "foundations/bigdata/apply.h"

#include "core/describe.h"
#include "foundations/bigdata/catalog_names.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/procedure_engine.h"

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_outcomes_kept_ms = 48LL * 3600 * 1000;

std::string author_key(const Author& author) {
    return author.user.is_nil() ? author.origin + "/" + author.name : author.user.text();
}

Error no_such_space(const SpaceKey&) {
    return Error(errors::k_no_such_space);
}

}  // namespace

bool fits(GeometryUse use, GeometryType type) {
    using enum GeometryType;
    switch (use) {
        case GeometryUse::none:
            return false;
        case GeometryUse::point:
            return type == point || type == multi_point;
        case GeometryUse::line:
            return type == line_string || type == multi_line_string;
        case GeometryUse::area:
            return type == polygon || type == multi_polygon;
        case GeometryUse::any:
            return true;
    }
    return false;
}

namespace {

/// Puts the change's own place in front of the paths inside it.
Error at_path(Error error, const std::string& path) {
    if (path.empty()) return error;
    for (auto& field : error.fields) field.where = path + field.where;
    if (error.fields.empty()) error.fields.push_back({path, error.row, error.parameters});
    return error;
}

}  // namespace

Applier::Applier(sqlite::Connection& connection, const Catalog& catalog, const Tables& tables,
                 const Clock& clock, IdSource& ids)
    : m_connection(connection), m_catalog(catalog), m_tables(tables), m_clock(clock), m_ids(ids) {
    m_state = {load_head(connection), load_spaces(connection)};
    auto row = connection.prepare("SELECT number FROM imports WHERE applying");
    while (row.step()) m_state.imports.insert(row.integer(0));
}

Result<Window> Applier::window_of(const Batch& batch) const {
    if (batch.space == k_live) return Window{.zone = batch.zone, .space = batch.space};
    const auto found = m_state.spaces.find({batch.zone, batch.space});
    if (found == m_state.spaces.end())
        return std::unexpected(no_such_space({batch.zone, batch.space}));
    if (!found->second.open) return fail(errors::k_space_closed);
    return Window{.zone = batch.zone, .space = batch.space, .base = found->second.base};
}

Result<Applied> Applier::apply(const Batch& batch, std::vector<EntryPointer>& entries) {
    TRY_ASSIGN(earlier, earlier_outcome(batch));
    if (earlier) return std::move(*earlier);
    TRY_ASSIGN(window, window_of(batch));
    Work work{batch, window, m_clock.now(), {}, entries, 0};
    const auto first = m_state.head.sequence + 1;
    Applied out;
    for (std::size_t i = 0; i < batch.changes.size(); ++i) {
        const auto path =
            batch.changes.size() > 1 ? "/changes/" + std::to_string(i) : std::string();
        auto record = apply_change(work, batch.changes[i], path);
        if (!record) return std::unexpected(at_path(std::move(record).error(), path));
        out.records.push_back(std::move(*record));
    }
    TRY(check_references(work));
    out.last_sequence = m_state.head.sequence;
    out.first_sequence = out.last_sequence < first ? 0 : first;
    out.repeated = out.first_sequence == 0 && !batch.changes.empty();
    keep_outcome(batch, out, work.at);
    return out;
}

Result<Record> Applier::apply_change(Work& work, const Change& change, const std::string& path) {
    const Table* table = m_tables.find(change.kind);
    if (table == nullptr) return fail(errors::k_unknown_kind, {{"kind", change.kind}});
    Step step{.change = change, .table = *table, .path = path};
    if (change.action == Action::create) {
        TRY_ASSIGN(repeated, create(work, step));
        if (repeated) return std::move(*repeated);
        enter_state(m_catalog, table->kind(), step.record, work.at);
    } else {
        TRY(load(work, step));
        if (change.action == Action::remove) {
            step.record.deleted = true;
            step.before.emplace("deleted", false);
        } else {
            TRY(patch(work, step));
            if (change.action == Action::move) TRY(move(work, step));
        }
    }
    if (change.action != Action::remove) {
        TRY(check_geometry(step));
        TRY(check_unique(work, step));
        note_references(work, step);
    }
    save(work, step);
    return step.record;
}

Result<std::optional<Record>> Applier::create(Work& work, Step& step) {
    const Kind& kind = step.table.kind();
    const Change& change = step.change;
    Record& r = step.record;
    r.id = change.id.is_nil() ? m_ids.next() : change.id;
    r.kind = kind.name;
    r.zone = work.batch.zone;
    r.state =
        !change.state.empty() || kind.states.empty() ? change.state : kind.states.front().name;
    if (!r.state.empty() && kind.state(r.state) == nullptr) {
        std::string known;
        for (const auto& state : kind.states)
            known.append(known.empty() ? "" : ", ").append(state.name);
        return fail(errors::k_bad_request, {},
                    {{"/state", &errors::k_state_unknown, {{"state", r.state}, {"known", known}}}});
    }
    if (work.import == 0) TRY(check_clock_fields(kind, change.fields, {}, work.batch.author));
    for (const auto& [name, value] : change.fields) {
        if (!value.is_null()) r.fields.emplace(name, value);
    }
    for (const auto& field : kind.fields) {
        if (field.otherwise && !change.fields.contains(field.name))
            r.fields.emplace(field.name, *field.otherwise);
    }
    if (work.import == 0) {
        TRY(check_fields(m_catalog, kind, r.fields, true));
        normalise_fields(kind, r.fields);
    }
    r.geometry = change.geometry;
    r.scope = change.scope.value_or(Scope{});
    r.valid_from = r.created_at = work.at;
    if (change.id.is_nil()) return std::nullopt;
    // The client's own id: the same record again is a repetition, another one is refused.
    const auto sql = sql_of_get(step.table, work.window, {}, r.id);
    auto row = m_connection.prepare(sql.text);
    if (!row.with_all(sql.values).step()) return std::nullopt;
    auto there = step.table.read(row);
    for (const auto& field : kind.fields) {
        // What a clock kept then is not part of what the client says again.
        const auto* kept = field.clock.empty() ? nullptr : there.fields.if_contains(field.name);
        if (kept != nullptr) r.fields[field.name] = *kept;
    }
    if (there.revision == 1 && !there.deleted && step.table.same(row, r)) return there;
    return fail(errors::k_id_taken);
}

Result<void> Applier::load(Work& work, Step& step, bool deleted_too) {
    const auto sql = sql_of_get(step.table, work.window, {}, step.change.id);
    auto row = m_connection.prepare(sql.text);
    if (!row.with_all(sql.values).step()) return fail(errors::k_no_such_record);
    step.record = step.table.read(row);
    if (step.record.deleted && !deleted_too) return fail(errors::k_no_such_record);
    if (m_state.imports.contains(Table::import_of(row))) return fail(errors::k_import_running);
    step.old = step.record;
    step.row = Table::row_of(row);
    step.own = Table::space_of(row) == work.window.space;
    const auto& wanted = step.change.if_revision;
    if (wanted && *wanted != step.record.revision) {
        return fail(errors::k_stale_revision, {{"current", std::to_string(step.record.revision)},
                                               {"given", std::to_string(*wanted)}});
    }
    step.live_row_changes = !work.window.base && step.table.kind().exercise == ExerciseUse::inherit;
    return {};
}

Result<void> Applier::patch(Work& work, Step& step) {
    const Kind& kind = step.table.kind();
    const Change& change = step.change;
    Record& r = step.record;
    TRY(check_fields(m_catalog, kind, change.fields, false));
    json::object given = change.fields;
    normalise_fields(kind, given);
    if (work.import == 0) TRY(check_clock_fields(kind, given, r.fields, work.batch.author));
    for (auto& [name, value] : given) {
        const auto* old = r.fields.if_contains(name);
        if (old == nullptr ? value.is_null() : *old == value) continue;
        step.before.emplace(name, old == nullptr ? json::value(nullptr) : *old);
        if (value.is_null())
            r.fields.erase(name);
        else
            r.fields[name] = std::move(value);
    }
    if (change.geometry && change.geometry != r.geometry) {
        step.before.emplace("geometry",
                            r.geometry ? json::value(to_json(*r.geometry)) : json::value(nullptr));
        r.geometry = change.geometry;
    }
    if (change.scope && *change.scope != r.scope) {
        step.before.emplace("scope", to_json(r.scope));
        r.scope = *change.scope;
    }
    if (kind.clocks.empty()) return {};
    const json::object old = r.fields;
    follow_terms(m_catalog, kind, r, work.at);
    note_before(step, old);
    return {};
}

Result<void> Applier::move(const Work& work, Step& step) {
    const Kind& kind = step.table.kind();
    Record& r = step.record;
    TRY(check_move(kind, step.change.move, r, work.batch.author, work.at));
    step.before.emplace("state", r.state);
    const json::object old = r.fields;
    make_move(m_catalog, kind, *kind.move(step.change.move), r, work.batch.author, work.at);
    note_before(step, old);
    return {};
}

/// What procedures and clocks have changed, as it was: journalled like what people change.
void Applier::note_before(Step& step, const json::object& old) {
    for (const auto& field : step.table.kind().fields) {
        const auto* was = old.if_contains(field.name);
        const auto* is = step.record.fields.if_contains(field.name);
        if (was == nullptr ? is == nullptr : is != nullptr && *was == *is) continue;
        step.before.emplace(field.name, was == nullptr ? json::value(nullptr) : *was);
    }
}

Result<void> Applier::check_geometry(const Step& step) const {
    if (!step.change.geometry || fits(step.table.kind().geometry, step.change.geometry->type))
        return {};
    return fail(errors::k_bad_request, {},
                {{"/geometry",
                  &errors::k_geometry_use,
                  {{"expected", std::string(name_of(step.table.kind().geometry))}}}});
}

Result<void> Applier::check_unique(const Work& work, const Step& step) const {
    const bool fresh = step.change.action == Action::create;
    for (const auto& field : step.table.kind().fields) {
        if (!field.unique || (!fresh && !step.change.fields.contains(field.name))) continue;
        const auto* value = step.record.fields.if_contains(field.name);
        if (value == nullptr) continue;
        Sql more;
        more.add(" AND t." + Table::column_of(field.name) + " = ?",
                 stored_value(field.type, *value));
        more.add(" AND t.deleted = 0 AND t.id <> ?", step.record.id.text());
        const auto sql = over_window(step.table, work.window, "1", more);
        if (!m_connection.prepare(sql.text).with_all(sql.values).step()) continue;
        const ErrorParameters taken{{"value", value->is_string() ? std::string(value->get_string())
                                                                 : canonical_text(*value)}};
        return fail(errors::k_unique_taken, taken,
                    {{"/fields/" + field.name, &errors::k_unique_taken, taken}});
    }
    return {};
}

void Applier::note_references(Work& work, const Step& step) const {
    for (const auto& field : step.table.kind().fields) {
        const bool one = field.type == FieldType::reference || field.type == FieldType::person;
        if (!one && field.type != FieldType::references) continue;
        // What the change does not touch may point to what has been removed since.
        if (!step.change.fields.contains(field.name) && step.change.action != Action::create)
            continue;
        const auto* value = step.record.fields.if_contains(field.name);
        if (value == nullptr) continue;
        const auto where = step.path + "/fields/" + field.name;
        const auto& kind =
            field.type == FieldType::person ? std::string("person") : field.target_kind;
        const auto note = [&](const std::string& at, const json::value& v) {
            work.references.push_back(
                {at, kind, Uuid::parse(std::string_view(v.get_string())).value_or(Uuid{})});
        };
        if (one)
            note(where, *value);
        else
            for (std::size_t i = 0; i < value->get_array().size(); ++i)
                note(where + "/" + std::to_string(i), value->get_array()[i]);
    }
}

Result<void> Applier::check_references(const Work& work) const {
    std::vector<FieldProblem> broken;
    for (const auto& reference : work.references) {
        const Table* table = m_tables.find(reference.kind);
        ASSERT(table != nullptr);  // The catalog is checked.
        Sql more;
        more.add(" AND t.id = ?", reference.id.text()).add(" AND t.deleted = 0");
        const auto sql = over_window(*table, work.window, "1", more);
        if (m_connection.prepare(sql.text).with_all(sql.values).step()) continue;
        const auto& label = table->kind().label;
        broken.push_back({reference.where,
                          &errors::k_reference_broken,
                          {{"kind", label.zh}, {"kind_en", label.en}}});
    }
    if (broken.empty()) return {};
    auto parameters = broken.front().parameters;
    return fail(errors::k_reference_broken, std::move(parameters), std::move(broken));
}

void Applier::save(Work& work, Step& step) {
    Record& r = step.record;
    if (step.live_row_changes) {
        for (const auto& [key, space] : m_state.spaces) {
            if (key.first == r.zone && space.base >= step.old->sequence)
                step.table.copy_into(m_connection, *step.old, key.second);
        }
    }
    r.space = work.batch.space;
    r.revision += 1;
    r.sequence = m_state.head.sequence + 1;
    r.updated_at = work.at;
    if (step.row != 0) step.table.keep(m_connection, step.row, r.space, r.sequence, work.import);
    if (step.own)
        step.table.update(m_connection, step.row, *step.old, r, work.import);
    else
        step.table.insert(m_connection, r, work.import, step.tokens);
    auto entry = std::make_shared<Entry>();
    entry->sequence = r.sequence;
    entry->at = work.at;
    entry->author = work.batch.author;
    entry->action = step.change.action;
    if (entry->action == Action::move) entry->move = step.change.move;
    entry->reason = step.change.reason;
    entry->catalog_version = m_catalog.version();
    entry->request_id = work.batch.request_id;
    entry->after = r;
    entry->before = std::move(step.before);
    append_entry(m_connection, m_state.head, *entry);
    work.entries.push_back(std::move(entry));
}

Result<std::optional<Applied>> Applier::earlier_outcome(const Batch& batch) {
    if (batch.idempotency_key.empty()) return std::nullopt;
    auto row = m_connection.prepare(
        "SELECT first_sequence, last_sequence, records FROM outcomes WHERE zone = ? AND author = ? "
        "AND key = ?");
    row.with(batch.zone, author_key(batch.author), batch.idempotency_key);
    if (!row.step()) return std::nullopt;
    Applied out{row.integer(0), row.integer(1), {}, true};
    const auto records = stored_json(row.text(2));
    if (const auto* array = records.if_array()) {
        for (const auto& each : *array) {
            const auto* object = each.if_object();
            auto record = object == nullptr ? fail(errors::k_not_found) : record_from_json(*object);
            if (record) out.records.push_back(std::move(*record));
        }
    }
    return out;
}

void Applier::keep_outcome(const Batch& batch, const Applied& outcome, Timestamp at) {
    if (batch.idempotency_key.empty()) return;
    json::array records;
    for (const auto& record : outcome.records) records.push_back(to_json(record));
    m_connection.run("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", batch.zone,
                     author_key(batch.author), batch.idempotency_key, at, outcome.first_sequence,
                     outcome.last_sequence, canonical_text(records));
}

void Applier::forget_old_outcomes() {
    m_connection.run("DELETE FROM outcomes WHERE at < ?", m_clock.now() + -k_outcomes_kept_ms);
}

Result<Applied> Applier::open_space(const SpaceKey& key) {
    if (key.second == k_live || key.second.empty()) return fail(errors::k_no_such_space);
    // It would see the rows that are in and miss the others.
    if (!m_state.imports.empty() && !m_state.spaces.contains(key)) return fail(errors::k_busy);
    auto [found, fresh] = m_state.spaces.try_emplace(key, Space{m_state.head.sequence, true});
    if (!found->second.open) return fail(errors::k_space_closed);
    if (fresh) store_space(m_connection, key, found->second, m_clock.now());
    return Applied{found->second.base, found->second.base, {}, !fresh};
}

Result<Applied> Applier::close_space(const SpaceKey& key) {
    const auto found = m_state.spaces.find(key);
    if (found == m_state.spaces.end()) return std::unexpected(no_such_space(key));
    found->second.open = false;
    store_space(m_connection, key, found->second, m_clock.now());
    return Applied{found->second.base, found->second.base, {}, false};
}

}  // namespace anlan::bigdata
