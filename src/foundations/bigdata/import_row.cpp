#include "foundations/bigdata/import_row.h"

#include "core/describe.h"
#include "foundations/bigdata/apply.h"
#include "foundations/bigdata/catalog_names.h"
#include "foundations/bigdata/errors.h"

#include <optional>

namespace anlan::bigdata {

namespace {

constexpr std::size_t k_row_bytes_max = 1 << 20;

std::string text_of_value(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : canonical_text(value);
}

/// The row's check, step by step; what a step finds wrong ends up in `out`.
struct RowCheck {
    const Catalog& catalog;
    const Table& table;
    const ImportRequest& request;
    const ImportRow& row;
    sqlite::Connection& reader;
    CheckedRow out = {};
    std::optional<Record> there = std::nullopt;
    json::object fields = {};

    void wrong(std::string where, const ErrorRow& error, ErrorParameters parameters = {}) {
        out.problems.push_back({std::move(where), &error, std::move(parameters)});
    }

    /// Live, not deleted rows with `column` = value, at most two.
    std::vector<Record> rows_with(const std::string& column, const sqlite::Value& value) {
        auto found = reader.prepare("SELECT " + table.select_list() + " FROM " + table.name() +
                                    " t WHERE t.zone = ? AND t.space = 'live' AND t." + column +
                                    " = ? AND t.deleted = 0 LIMIT 2");
        found.with(request.zone, value);
        std::vector<Record> records;
        while (found.step()) records.push_back(table.read(found));
        return records;
    }

    void find() {
        const auto* field = table.kind().field(request.key);
        const auto* value = field == nullptr ? nullptr : row.fields.if_contains(field->name);
        if (!row.id.is_nil()) {
            out.id = row.id;
            auto records = rows_with("id", row.id.text());
            if (!records.empty()) there = std::move(records.front());
        } else if (field != nullptr && (value == nullptr || value->is_null())) {
            wrong("/fields/" + field->name, errors::k_field_missing);
        } else if (field != nullptr) {
            json::object key{{field->name, *value}};
            // A value of the wrong type is said by the check of the fields.
            if (!check_fields(catalog, table.kind(), key, false)) return;
            normalise_fields(table.kind(), key);
            auto records = rows_with(Table::column_of(field->name),
                                     stored_value(field->type, key.at(field->name)));
            if (records.size() > 1)
                wrong("/fields/" + field->name, errors::k_import_key_shared,
                      {{"value", text_of_value(*value)}});
            else if (!records.empty())
                there = std::move(records.front());
        }
        if (there) out.id = there->id;
        out.fresh = !there;
    }

    void check_own() {
        fields = row.fields;
        if (!there) {
            for (const auto& field : table.kind().fields) {
                if (field.otherwise && !fields.contains(field.name))
                    fields.emplace(field.name, *field.otherwise);
            }
            for (auto it = fields.begin(); it != fields.end();)
                it = it->value().is_null() ? fields.erase(it) : it + 1;
        }
        const auto checked = check_fields(catalog, table.kind(), fields, !there);
        if (!checked) {
            for (const auto& problem : checked.error().fields) out.problems.push_back(problem);
            if (checked.error().fields.empty()) wrong("", *checked.error().row);
            return;
        }
        normalise_fields(table.kind(), fields);
        if (row.geometry && !fits(table.kind().geometry, row.geometry->type))
            wrong("/geometry", errors::k_geometry_use,
                  {{"expected", std::string(name_of(table.kind().geometry))}});
        if (!there && !row.state.empty() && table.kind().state(row.state) == nullptr)
            wrong("/state", errors::k_state_unknown, {{"state", row.state}, {"known", "—"}});
    }

    void check_unique() {
        if (!out.id.is_nil()) out.unique.emplace_back("", out.id.text());
        for (const auto& field : table.kind().fields) {
            const auto* value = fields.if_contains(field.name);
            const bool key = field.name == request.key && row.id.is_nil();
            if (value == nullptr || value->is_null() || (!field.unique && !key)) continue;
            auto stored = stored_value(field.type, *value);
            if (field.unique) {
                for (const auto& other : rows_with(Table::column_of(field.name), stored)) {
                    if (other.id == out.id) continue;
                    wrong("/fields/" + field.name, errors::k_unique_taken,
                          {{"value", text_of_value(*value)}});
                    break;
                }
            }
            out.unique.emplace_back(field.name, std::move(stored));
        }
    }

    void collect_references() {
        for (const auto& field : table.kind().fields) {
            const bool person = field.type == FieldType::person;
            const bool one = field.type == FieldType::reference || person;
            const auto* value = fields.if_contains(field.name);
            if ((!one && field.type != FieldType::references) || value == nullptr ||
                value->is_null())
                continue;
            const auto where = "/fields/" + field.name;
            const auto kind = person ? std::string("person") : field.target_kind;
            const auto note = [&](const std::string& at, const json::value& v) {
                const auto id = Uuid::parse(std::string_view(v.get_string()));
                out.references.push_back({at, kind, id.value_or(Uuid{})});
            };
            if (one)
                note(where, *value);
            else
                for (std::size_t i = 0; i < value->get_array().size(); ++i)
                    note(where + "/" + std::to_string(i), value->get_array()[i]);
        }
    }

    [[nodiscard]] bool same_as_there() const {
        if (!there) return false;
        if (row.geometry && row.geometry != there->geometry) return false;
        if (row.scope && *row.scope != there->scope) return false;
        for (const auto& [name, value] : fields) {
            const auto* old = there->fields.if_contains(name);
            if (old == nullptr ? !value.is_null() : *old != value) return false;
        }
        return true;
    }

    void stage() {
        out.unchanged = same_as_there();
        json::object content{{"f", fields}};
        if (!out.id.is_nil()) content["i"] = out.id.text();
        if (there) content["u"] = true;
        if (row.geometry) content["g"] = to_json(*row.geometry);
        if (row.scope) content["s"] = to_json(*row.scope);
        if (!row.state.empty()) content["t"] = row.state;
        out.content = canonical_text(content);
        if (out.content.size() > k_row_bytes_max)
            wrong("", errors::k_too_long, {{"max", std::to_string(k_row_bytes_max)}});
    }
};

}  // namespace

CheckedRow check_import_row(const Catalog& catalog, const Table& table,
                            const ImportRequest& request, const ImportRow& row,
                            sqlite::Connection& reader) {
    RowCheck check{catalog, table, request, row, reader};
    check.find();
    check.check_own();
    if (check.out.problems.empty()) {
        check.check_unique();
        check.collect_references();
        check.stage();
    }
    return std::move(check.out);
}

Change import_change(const Table& table, std::string_view content) {
    Change out;
    out.kind = table.kind().name;
    const auto stored = stored_json(content);
    const auto* o = stored.if_object();
    if (o == nullptr) return out;
    out.action = boolean_at(*o, "u", false) ? Action::update : Action::create;
    out.id = Uuid::parse(text_at(*o, "i")).value_or(Uuid{});
    out.fields = object_at(*o, "f");
    if (const auto* geometry = o->if_contains("g")) {
        if (auto read = geometry_from_json(*geometry)) out.geometry = std::move(*read);
    }
    if (o->contains("s")) {
        const auto& scope = object_at(*o, "s");
        const auto id = [&](std::string_view key) {
            return Uuid::parse(text_at(scope, key)).value_or(Uuid{});
        };
        out.scope = Scope{id("grid"), id("enterprise"), id("organisation")};
    }
    out.state = text_at(*o, "t");
    return out;
}

bool record_exists(sqlite::Connection& reader, const Table& table, const std::string& zone,
                   const Uuid& id) {
    auto row = reader.prepare("SELECT 1 FROM " + table.name() +
                              " WHERE zone = ? AND space = 'live' AND id = ? AND deleted = 0");
    return row.with(zone, id).step();
}

}  // namespace anlan::bigdata
