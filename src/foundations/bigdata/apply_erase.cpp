// Erasure of personal data: from the record by a change, from its past whole.
#include "core/describe.h"
#include "foundations/bigdata/apply.h"
#include "foundations/bigdata/errors.h"

namespace anlan::bigdata {

namespace {
constexpr const char* k_blank = "—";
constexpr std::int64_t k_merge_rows_max = 100'000;  // 0.1 s; a larger index merges in its own time.

bool is_text(FieldType type) {
    return type == FieldType::text || type == FieldType::long_text || type == FieldType::phone;
}
}  // namespace

Result<void> Applier::blank(Step& step, const Erasure& erasure) const {
    const Kind& kind = step.table.kind();
    std::vector<const Field*> wanted;
    for (std::size_t i = 0; i < erasure.fields.size(); ++i) {
        const auto* field = kind.field(erasure.fields[i]);
        const auto where = "/fields/" + std::to_string(i);
        if (field == nullptr)
            return fail(errors::k_bad_request, {}, {{where, &errors::k_field_unknown, {}}});
        if (field->required && (!is_text(field->type) || field->unique))
            return fail(errors::k_bad_request, {}, {{where, &errors::k_field_missing, {}}});
        wanted.push_back(field);
    }
    if (erasure.fields.empty()) {
        for (const auto& field : kind.fields) {
            if (field.sensitive) wanted.push_back(&field);
        }
    }
    if (wanted.empty()) return fail(errors::k_nothing_to_erase);
    for (const auto* field : wanted) {
        if (!step.record.fields.contains(field->name)) continue;
        // That it had a value may be known; the value may not.
        step.before.emplace(field->name, nullptr);
        if (field->required)
            step.record.fields[field->name] = k_blank;
        else
            step.record.fields.erase(field->name);
    }
    return {};
}

Result<Applied> Applier::erase(const Erasure& erasure, std::vector<EntryPointer>& entries) {
    if (erasure.reason.empty())
        return fail(errors::k_reason_needed, {}, {{"/reason", &errors::k_reason_needed, {}}});
    const Table* table = m_tables.find(erasure.kind);
    if (table == nullptr) return fail(errors::k_unknown_kind, {{"kind", erasure.kind}});
    Batch batch;
    batch.zone = erasure.zone;
    batch.author = erasure.author;
    batch.request_id = erasure.request_id;
    Change change;
    change.action = Action::update;
    change.kind = erasure.kind;
    change.id = erasure.id;
    change.reason = erasure.reason;
    Work work{batch, {.zone = batch.zone, .space = batch.space}, m_clock.now(), {}, entries, 0};
    Step step{.change = change, .table = *table};
    TRY(load(work, step, true));
    TRY(blank(step, erasure));
    save(work, step);
    // Copies in exercises, whose rows are not to be changed otherwise.
    std::vector<std::pair<std::int64_t, Record>> copies;
    {
        auto row = m_connection.prepare("SELECT " + table->select_list() + " FROM " +
                                        table->name() + " t WHERE t.id = ? AND t.space <> 'live'");
        row.bind(1, erasure.id);
        while (row.step()) copies.emplace_back(Table::row_of(row), table->read(row));
    }
    for (auto& [row, before] : copies) {
        Step copy{.change = change, .table = *table};
        copy.record = before;
        TRY(blank(copy, erasure));
        copy.record.erased = true;
        table->update(m_connection, row, before, copy.record, 0);
    }
    forget_past(*table, erasure, work.at);
    return Applied{m_state.head.sequence, m_state.head.sequence, {step.record}, false};
}

void Applier::forget_past(const Table& table, const Erasure& erasure, Timestamp at) {
    std::string nothing =
        "geometry = NULL, west = NULL, south = NULL, east = NULL, north = NULL, "
        "erased = 1";
    for (const auto& field : table.kind().fields)
        nothing += ", " + Table::column_of(field.name) + " = NULL";
    m_connection.run("UPDATE " + table.history_name() + " SET " + nothing + " WHERE id = ?",
                     erasure.id);
    m_connection.run(
        "UPDATE journal SET payload = NULL, erased_at = ? WHERE record = ? AND sequence < ? AND "
        "payload IS NOT NULL",
        at, erasure.id, m_state.head.sequence);
    m_connection.run("DELETE FROM outcomes WHERE instr(records, ?) > 0", erasure.id);
    if (table.text_name().empty()) return;
    auto last = m_connection.prepare("SELECT max(row) FROM " + table.name());
    if (last.step() && last.integer(0) <= k_merge_rows_max)
        m_connection.run("INSERT INTO " + table.text_name() + " (" + table.text_name() +
                         ") VALUES ('optimize')");
}

}  // namespace anlan::bigdata
