#include "foundations/bigdata/table.h"

#include <array>

namespace anlan::bigdata {

namespace {

using sqlite::Value;

// In the order of values_of() and read().
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> k_common{{
    {"zone", "TEXT NOT NULL"},
    {"space", "TEXT NOT NULL"},
    {"id", "TEXT NOT NULL"},
    {"revision", "INTEGER NOT NULL"},
    {"state", "TEXT NOT NULL"},
    {"grid", "TEXT"},
    {"enterprise", "TEXT"},
    {"organisation", "TEXT"},
    {"valid_from", "INTEGER NOT NULL"},
    {"valid_to", "INTEGER"},
    {"geometry", "TEXT"},
    {"west", "REAL"},
    {"south", "REAL"},
    {"east", "REAL"},
    {"north", "REAL"},
    {"sequence", "INTEGER NOT NULL"},
    {"created_at", "INTEGER NOT NULL"},
    {"updated_at", "INTEGER NOT NULL"},
    {"deleted", "INTEGER NOT NULL"},
    {"inherited", "INTEGER NOT NULL"},
}};
enum Column {
    zone,
    space,
    id,
    revision,
    state,
    grid,
    enterprise,
    organisation,
    valid_from,
    valid_to,
    geometry,
    west,
    south,
    east,
    north,
    sequence,
    created_at,
    updated_at,
    deleted,
    inherited,
    first_field
};
static_assert(k_common.size() == first_field);

Value text_or_null(const Uuid& u) {
    return u.is_nil() ? Value(nullptr) : Value(u.text());
}

std::string_view view_of(const json::value& v) {
    return {v.get_string().data(), v.get_string().size()};
}

}  // namespace

json::value stored_json(std::string_view text) {
    auto out = parse_json(text, {.bytes = 256u << 20, .depth = 64});
    return out ? std::move(*out) : json::value(nullptr);
}

Value stored_value(FieldType type, const json::value& value) {
    using enum FieldType;
    if (value.is_null()) return nullptr;
    switch (type) {
        case number:
        case duration:
        case height:
            return value.to_number<double>();
        case integer:
            return value.to_number<std::int64_t>();
        case boolean:
            return std::int64_t{value.as_bool()};
        case references:
        case FieldType::json:
            return canonical_text(value);
        default:
            return std::string(view_of(value));
    }
}

json::value json_of(FieldType type, const Value& value) {
    using enum FieldType;
    if (std::holds_alternative<std::nullptr_t>(value)) return nullptr;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        return type == boolean ? json::value(*whole != 0) : json::value(*whole);
    }
    if (const auto* real = std::get_if<double>(&value)) return *real;
    const auto& kept = std::get<std::string>(value);
    return type == FieldType::json || type == references ? stored_json(kept) : json::value(kept);
}

std::string_view Table::sql_type(FieldType type) {
    switch (type) {
        case FieldType::number:
        case FieldType::duration:
        case FieldType::height:
            return "REAL";
        case FieldType::integer:
        case FieldType::boolean:
            return "INTEGER";
        default:
            return "TEXT";
    }
}

Table::Table(const Kind& kind) : m_kind(&kind), m_name(name_of(kind.name)) {
    std::string columns, marks, updates, copied;
    const auto add = [&](const std::string& column) {
        const char* comma = columns.empty() ? "" : ", ";
        m_select += comma + ("t." + column);
        marks += columns.empty() ? "?" : ", ?";
        if (column != "zone" && column != "space" && column != "id") {
            updates += (updates.empty() ? "" : ", ") + column + " = excluded." + column;
        }
        copied += comma + (column == "space" ? "?1" : column == "inherited" ? "1" : column);
        columns += comma + column;
    };
    for (const auto& [column, type] : k_common) add(std::string(column));
    for (const auto& field : kind.fields) add(column_of(field.name));
    m_put = "INSERT INTO " + m_name + " (" + columns + ") VALUES (" + marks +
            ") ON CONFLICT (zone, space, id) DO UPDATE SET " + updates;
    m_copy =
        "INSERT INTO " + m_name + " (" + columns + ") SELECT " + copied + " FROM " + m_name +
        " WHERE zone = ?2 AND space = 'live' AND id = ?3 ON CONFLICT (zone, space, id) DO NOTHING";
}

std::string Table::create_sql() const {
    std::string out = "CREATE TABLE " + m_name + " (";
    for (const auto& [column, type] : k_common)
        out.append(column).append(" ").append(type).append(", ");
    for (const auto& field : m_kind->fields) {
        out.append(column_of(field.name)).append(" ").append(sql_type(field.type)).append(", ");
    }
    return out + "PRIMARY KEY (zone, space, id))";
}

std::vector<std::pair<std::string, std::string>> Table::indexes() const {
    std::vector<std::pair<std::string, std::string>> out;
    const auto add = [&](const std::string& suffix, const std::string& columns) {
        const auto index = "i_" + m_kind->name + "_" + suffix;
        out.emplace_back(
            index, "CREATE INDEX " + index + " ON " + m_name + " (zone, space, " + columns + ")");
    };
    add("_updated_at", "updated_at, id");
    if (!m_kind->states.empty()) add("_state", "state, updated_at");
    for (const auto& field : m_kind->fields) {
        if (field.indexed || field.unique || field.type == FieldType::reference) {
            add(field.name, column_of(field.name) + ", id");
        }
    }
    return out;
}

std::vector<Value> Table::values_of(const Record& r) const {
    std::vector<Value> out;
    out.reserve(k_common.size() + m_kind->fields.size());
    out = {r.zone,
           r.space,
           r.id.text(),
           r.revision,
           r.state,
           text_or_null(r.scope.grid),
           text_or_null(r.scope.enterprise),
           text_or_null(r.scope.organisation),
           r.valid_from.ms,
           r.valid_to ? Value(r.valid_to->ms) : Value(nullptr)};
    if (r.geometry) {
        const auto box = bounds_of(*r.geometry);
        out.insert(out.end(), {canonical_text(to_json(*r.geometry)), box.west, box.south, box.east,
                               box.north});
    } else {
        out.insert(out.end(), 5, nullptr);
    }
    out.insert(out.end(), {r.sequence, r.created_at.ms, r.updated_at.ms, std::int64_t{r.deleted},
                           std::int64_t{0}});
    for (const auto& field : m_kind->fields) {
        const auto* value = r.fields.if_contains(field.name);
        out.push_back(value == nullptr ? Value(nullptr) : stored_value(field.type, *value));
    }
    return out;
}

Record Table::read(const sqlite::Statement& row) const {
    Record r;
    r.kind = m_kind->name;
    r.zone = row.text(zone);
    // A before-image kept for an exercise is the live row as it was.
    r.space = row.integer(inherited) != 0 ? k_live : row.text(space);
    r.id = row.uuid(id);
    r.revision = row.integer(revision);
    r.state = row.text(state);
    r.scope = {row.uuid(grid), row.uuid(enterprise), row.uuid(organisation)};
    r.valid_from = row.time(valid_from);
    if (!row.is_null(valid_to)) r.valid_to = row.time(valid_to);
    if (!row.is_null(geometry)) {
        if (auto read = geometry_from_json(stored_json(row.text(geometry))))
            r.geometry = std::move(*read);
    }
    r.sequence = row.integer(sequence);
    r.created_at = row.time(created_at);
    r.updated_at = row.time(updated_at);
    r.deleted = row.integer(deleted) != 0;
    int column = first_field;
    for (const auto& field : m_kind->fields) {
        if (!row.is_null(column))
            r.fields.emplace(field.name, json_of(field.type, row.value(column)));
        ++column;
    }
    return r;
}

void Table::put(sqlite::Connection& connection, const Record& record) const {
    connection.prepare(m_put).with_all(values_of(record)).run();
}

void Table::copy_into(sqlite::Connection& connection, const Record& live,
                      const std::string& into) const {
    connection.run(m_copy, into, live.zone, live.id);
}

bool Table::same(const sqlite::Statement& row, const Record& wanted) const {
    const auto values = values_of(wanted);
    const auto equal = [&](int column) {
        return row.value(column) == values[static_cast<std::size_t>(column)];
    };
    for (const int column : {state, grid, enterprise, organisation, geometry}) {
        if (!equal(column)) return false;
    }
    for (int column = first_field; column < static_cast<int>(values.size()); ++column) {
        if (!equal(column)) return false;
    }
    return true;
}

}  // namespace anlan::bigdata
