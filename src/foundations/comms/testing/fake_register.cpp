#include "foundations/comms/testing/fake_register.h"

#include "core/describe.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace anlan::testing {
namespace {

using namespace bigdata;

json::value value_at(const Record& r, std::string_view field) {
    if (field == "state") return json::value(r.state);
    if (field == "enterprise" && !r.fields.contains(field))
        return json::value(r.scope.enterprise.text());
    const auto* v = r.fields.if_contains(field);
    return v == nullptr ? json::value(nullptr) : *v;
}

bool less(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) return a.to_number<double>() < b.to_number<double>();
    if (a.is_string() && b.is_string()) return a.get_string() < b.get_string();
    return false;
}

bool holds(const Record& r, const Condition& c) {
    const auto v = value_at(r, c.field);
    if (v.is_null()) return c.compare == Compare::not_equal;
    switch (c.compare) {
        case Compare::equal:
            return v == c.value;
        case Compare::not_equal:
            return v != c.value;
        case Compare::less:
            return less(v, c.value);
        case Compare::less_or_equal:
            return !less(c.value, v);
        case Compare::greater:
            return less(c.value, v);
        case Compare::greater_or_equal:
            return !less(v, c.value);
        case Compare::one_of:
            return std::ranges::find(c.value.as_array(), v) != c.value.as_array().end();
        case Compare::contains:
            return v.is_string() && v.get_string().find(c.value.as_string()) != std::string::npos;
    }
    return false;
}

class NoSubscription final : public Register::Subscription {};

[[noreturn]] void die(const std::string& what) {
    std::fprintf(stderr, "fake register: %s\n", what.c_str());
    std::abort();
}

}  // namespace

const Catalog& shipped_catalog() {
    static const Catalog catalog = [] {
        auto loaded = Catalog::load(std::filesystem::path(ANLAN_SOURCE_DIR) / "catalog");
        if (!loaded) die(text_of(loaded.error(), Language::en));
        return std::move(*loaded);
    }();
    return catalog;
}

const Record* FakeRegister::find(const std::map<Key, Record>& rows, std::string_view space,
                                 const Kind& kind, Uuid id) const {
    const auto of_kind = [&](const Record& r) { return r.kind == kind.name ? &r : nullptr; };
    if (const auto it = rows.find({std::string(space), id}); it != rows.end())
        return of_kind(it->second);
    if (space == k_live || kind.exercise == ExerciseUse::own) return nullptr;
    const auto base = m_bases.find(std::string(space));
    if (base == m_bases.end()) return nullptr;
    const auto it = base->second.find({std::string(k_live), id});
    return it == base->second.end() ? nullptr : of_kind(it->second);
}

Result<Record> FakeRegister::change_one(const Batch& batch, const Change& change,
                                        std::map<Key, Record>& rows, std::vector<Entry>& entries) {
    const auto* kind = m_catalog.kind(change.kind);
    if (kind == nullptr) return fail(errors::k_unknown_kind, {{"kind", change.kind}});
    Entry entry;
    Record r;
    if (change.action == Action::create) {
        r.id = change.id.is_nil() ? m_ids.next() : change.id;
        if (find(rows, batch.space, *kind, r.id) != nullptr) return fail(errors::k_id_taken);
        r.kind = change.kind;
        r.zone = batch.zone;
        r.state = !change.state.empty()  ? change.state
                  : kind->states.empty() ? ""
                                         : kind->states.front().name;
        r.created_at = r.valid_from = m_clock.now();
    } else {
        const auto* old = find(rows, batch.space, *kind, change.id);
        if (old == nullptr || old->deleted) return fail(errors::k_no_such_record);
        r = *old;
        if (change.if_revision && *change.if_revision != r.revision)
            return fail(errors::k_stale_revision);
    }
    r.space = batch.space;
    if (change.action == Action::move) {
        const auto* move = kind->move(change.move);
        if (move == nullptr || std::ranges::find(move->from, r.state) == move->from.end()) {
            return fail(errors::k_move_not_open, {{"state", r.state}, {"move", change.move}});
        }
        entry.before["state"] = r.state;
        if (!move->to.empty()) r.state = move->to;
    }
    TRY(check_fields(m_catalog, *kind, change.fields, change.action == Action::create));
    for (const auto& [key, value] : change.fields) {
        if (const auto* was = r.fields.if_contains(key))
            entry.before[key] = *was;
        else if (change.action != Action::create)
            entry.before[key] = nullptr;
        if (value.is_null())
            r.fields.erase(key);
        else
            r.fields[key] = value;
    }
    normalise_fields(*kind, r.fields);
    if (change.action == Action::move) {
        for (const auto& field : kind->move(change.move)->required) {
            if (!r.fields.contains(field))
                return fail(errors::k_bad_request, {}, {{field, &errors::k_field_missing, {}}});
        }
    }
    for (const auto& field : kind->fields) {
        if (field.type != FieldType::reference || !change.fields.contains(field.name)) continue;
        const auto id = Uuid::parse(text_at(change.fields, field.name));
        const auto* target = m_catalog.kind(field.target_kind);
        if (id && find(rows, batch.space, *target, *id) == nullptr) {
            return fail(errors::k_reference_broken, {{"kind", field.target_kind}});
        }
    }
    for (const auto& field : kind->fields) {
        if (!field.unique || !r.fields.contains(field.name)) continue;
        for (const auto& [key, other] : rows) {
            if (key.first == batch.space && other.kind == r.kind && other.id != r.id &&
                value_at(other, field.name) == r.fields.at(field.name)) {
                return fail(errors::k_unique_taken);
            }
        }
    }
    if (change.geometry) r.geometry = change.geometry;
    if (change.scope) r.scope = *change.scope;
    r.deleted = change.action == Action::remove;
    ++r.revision;
    r.updated_at = m_clock.now();
    r.sequence = static_cast<std::int64_t>(m_journal.size() + entries.size()) + 1;
    rows[{batch.space, r.id}] = r;
    entry.sequence = r.sequence;
    entry.at = m_clock.now();
    entry.author = batch.author;
    entry.action = change.action;
    entry.move = change.move;
    entry.reason = change.reason;
    entry.after = r;
    entries.push_back(std::move(entry));
    return r;
}

Result<Applied> FakeRegister::write(Batch batch) {
    if (m_refuse > 0) {
        --m_refuse;
        return fail(errors::k_disk_full);
    }
    if (batch.space != k_live && !m_bases.contains(batch.space))
        return fail(errors::k_no_such_space);
    if (m_closed.contains(batch.space)) return fail(errors::k_space_closed);
    const std::string key =
        batch.idempotency_key.empty() ? "" : batch.author.name + "/" + batch.idempotency_key;
    if (!key.empty() && m_keys.contains(key)) {
        auto first = m_keys.at(key);
        first.repeated = true;
        return first;
    }
    auto rows = m_rows;
    std::vector<Entry> entries;
    Applied applied;
    for (const auto& change : batch.changes) {
        TRY_ASSIGN(record, change_one(batch, change, rows, entries));
        applied.records.push_back(record);
    }
    m_rows = std::move(rows);
    if (!entries.empty()) applied.first_sequence = entries.front().sequence;
    if (!entries.empty()) applied.last_sequence = entries.back().sequence;
    std::ranges::move(entries, std::back_inserter(m_journal));
    if (!key.empty()) m_keys[key] = applied;
    return applied;
}

void FakeRegister::write_later(Batch batch, std::function<void(Result<Applied>)> done) {
    m_later.push_back({std::move(batch), std::move(done)});
}

void FakeRegister::settle() {
    for (int round = 0; !m_later.empty() || m_delivered < m_journal.size(); ++round) {
        if (round > 10'000) die("never comes to rest");
        if (!m_later.empty()) {
            auto later = std::move(m_later.front());
            m_later.pop_front();
            auto outcome = write(std::move(later.batch));
            later.done(std::move(outcome));
        }
        if (m_delivered < m_journal.size()) {
            const Entry entry = m_journal[m_delivered++];
            for (const auto& listener : m_listeners) listener(entry);
        }
    }
}

void FakeRegister::crash() {
    m_later.clear();
    m_listeners.clear();
    m_delivered = m_journal.size();
}

Result<Record> FakeRegister::get(const View& view, std::string_view kind, Uuid id) const {
    const auto* k = m_catalog.kind(kind);
    if (k == nullptr) return fail(errors::k_unknown_kind, {{"kind", std::string(kind)}});
    const auto* r = find(m_rows, view.space, *k, id);
    if (r == nullptr || !view.rows.passes(r->scope)) return fail(errors::k_no_such_record);
    return *r;
}

Result<std::vector<Record>> FakeRegister::all(const View& view, std::string_view kind,
                                              const std::vector<Condition>& where) const {
    const auto* k = m_catalog.kind(kind);
    if (k == nullptr) return fail(errors::k_unknown_kind, {{"kind", std::string(kind)}});
    if (view.rows.none) return std::vector<Record>{};
    std::map<Uuid, Record> seen;
    const auto base = m_bases.find(view.space);
    if (base != m_bases.end() && k->exercise == ExerciseUse::inherit) {
        for (const auto& [key, r] : base->second) {
            if (key.first == k_live && r.kind == kind) seen[r.id] = r;
        }
    }
    for (const auto& [key, r] : m_rows) {
        if (key.first == view.space && r.kind == kind) seen[r.id] = r;
    }
    std::vector<Record> out;
    for (const auto& [id, r] : seen) {
        if (!r.deleted && view.rows.passes(r.scope) &&
            std::ranges::all_of(where, [&](const Condition& c) { return holds(r, c); }))
            out.push_back(r);
    }
    return out;
}

Result<Page> FakeRegister::list(const View& view, std::string_view kind, const Query& query) const {
    TRY_ASSIGN(found, all(view, kind, query.where));
    const bool down = query.sort.starts_with('-');
    const std::string field = query.sort.substr(down ? 1 : 0);
    std::ranges::stable_sort(found, [&](const Record& a, const Record& b) {
        return down ? less(value_at(b, field), value_at(a, field))
                    : less(value_at(a, field), value_at(b, field));
    });
    if (found.size() > query.limit) found.resize(query.limit);
    return Page{std::move(found), {}};
}

Result<Register::Count> FakeRegister::count(const View& view, std::string_view kind,
                                            const Query& query) const {
    TRY_ASSIGN(found, all(view, kind, query.where));
    return Count{static_cast<std::int64_t>(found.size()), false};
}

Result<std::vector<Entry>> FakeRegister::entries(const View& view, std::int64_t since,
                                                 std::size_t limit, std::string_view kind,
                                                 Uuid id) const {
    std::vector<Entry> out;
    for (const auto& e : m_journal) {
        const bool wanted = e.sequence > since && e.after.space == view.space &&
                            (kind.empty() || e.after.kind == kind) &&
                            (id.is_nil() || e.after.id == id);
        if (wanted && out.size() < limit) out.push_back(e);
    }
    return out;
}

std::unique_ptr<Register::Subscription> FakeRegister::listen(std::int64_t, Listener listener) {
    m_listeners.push_back(std::move(listener));
    return std::make_unique<NoSubscription>();
}

Result<std::int64_t> FakeRegister::open_space(std::string_view, std::string_view space) {
    m_bases[std::string(space)] = m_rows;
    return last_sequence();
}

Result<void> FakeRegister::close_space(std::string_view, std::string_view space) {
    m_closed.insert(std::string(space));
    return {};
}

Record FakeRegister::put(std::string_view kind, Uuid id, json::object fields,
                         std::optional<Geometry> geometry, std::string_view space,
                         std::string_view state) {
    Batch batch;
    batch.zone = "dongjiang";
    batch.space = std::string(space);
    batch.author = {Uuid{}, "test", "import"};
    Change change;
    change.kind = std::string(kind);
    change.id = id;
    change.fields = std::move(fields);
    change.geometry = std::move(geometry);
    change.state = std::string(state);
    batch.changes.push_back(std::move(change));
    auto applied = write(std::move(batch));
    if (!applied) die(text_of(applied.error(), Language::en));
    return applied->records.front();
}

Record FakeRegister::move(std::string_view kind, Uuid id, std::string_view name,
                          json::object fields, std::string_view space, std::string_view who) {
    Batch batch;
    batch.zone = "dongjiang";
    batch.space = std::string(space);
    batch.author = {Uuid::from_name(who), std::string(who), "api"};
    Change change;
    change.action = Action::move;
    change.kind = std::string(kind);
    change.id = id;
    change.move = std::string(name);
    change.fields = std::move(fields);
    batch.changes.push_back(std::move(change));
    auto applied = write(std::move(batch));
    if (!applied) die(text_of(applied.error(), Language::en));
    settle();
    return rows(kind, space).empty() ? Record{}
                                     : *get({"dongjiang", std::string(space), {}}, kind, id);
}

std::vector<Record> FakeRegister::rows(std::string_view kind, std::string_view space) const {
    return *all({"dongjiang", std::string(space), {}}, kind);
}

}  // namespace anlan::testing
