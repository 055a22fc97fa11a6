#include "foundations/bigdata/table.h"

#include "foundations/bigdata/search_text.h"

#include <algorithm>
#include <array>

namespace anlan::bigdata {

namespace {

using sqlite::Value;

// In the order of put_values(), and of read() behind the row's number.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> k_common{{
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
    // Of the import that wrote the row; in the history: that superseded it.
    {"import", "INTEGER"},
    {"erased", "INTEGER"},
}};
enum Column {
    row_number,
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
    import_number,
    erased,
    first_field
};
static_assert(k_common.size() + 1 == first_field);

// Changes when search_text.h makes other tokens of the same text.
constexpr std::string_view k_tokens_version = "1";

std::string_view view_of(const json::value& v) {
    return {v.get_string().data(), v.get_string().size()};
}

}  // namespace

namespace {

/// What people filter and sort by: declared so, unique, pointing elsewhere, a code, or a column of
/// the list.
bool is_indexed(const Kind& kind, const Field& field) {
    if (field.type == FieldType::json || field.type == FieldType::references) return false;
    return field.indexed || field.unique || field.type == FieldType::reference ||
           field.type == FieldType::code || field.name == kind.title_field ||
           std::ranges::find(kind.list_columns, field.name) != kind.list_columns.end();
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

Table::Table(const Kind& kind)
    : m_kind(&kind), m_name(name_of(kind.name)), m_history("h_" + kind.name) {
    for (const auto& field : kind.fields) {
        if (field.sensitive ||
            (field.type != FieldType::text && field.type != FieldType::long_text))
            continue;
        const bool title = field.name == kind.title_field || field.name == kind.title_field + "_en";
        (title ? m_title_texts : m_other_texts).push_back(&field);
    }
    // "$" keeps the names that SQLite makes beside these ones apart from any kind's.
    if (!m_title_texts.empty() || !m_other_texts.empty()) m_text_name = "x_" + kind.name + "$";
    if (kind.geometry != GeometryUse::none) m_box_name = "g_" + kind.name + "$";

    std::string marks, kept, copied;
    const auto add = [&](const std::string& column) {
        m_column_names.push_back(column);
        const char* comma = m_columns.empty() ? "" : ", ";
        m_columns += comma + column;
        m_select += ", t." + column;
        marks += m_columns.size() == column.size() ? "?" : ", ?";
        kept += comma + (column == "space"       ? "?1"
                         : column == "inherited" ? "inherited OR space <> ?1"
                         : column == "import"    ? "?2"
                                                 : column);
        copied += comma + (column == "space"       ? "?1"
                           : column == "inherited" ? "1"
                           : column == "import"    ? "NULL"
                                                   : column);
    };
    for (const auto& [column, type] : k_common) add(std::string(column));
    for (const auto& field : kind.fields) add(column_of(field.name));
    m_select.insert(0, "t.row");
    // No RETURNING here and below, and no constraint on the history: either makes SQLite open a
    // savepoint for the one statement, and FTS5 writes out its buffer at each.
    m_insert = "INSERT INTO " + m_name + " (" + m_columns + ") VALUES (" + marks + ")";
    m_insert_texts = "INSERT INTO " + m_text_name + " (rowid, title, body) VALUES (?, ?, ?)";
    m_insert_box = "INSERT INTO " + m_box_name + " VALUES (?, ?, ?, ?, ?)";
    m_keep = "INSERT INTO " + m_history + " (" + m_columns + ", until) SELECT " + kept +
             ", ?3 FROM " + m_name + " WHERE row = ?4";
    m_copy = "INSERT INTO " + m_name + " (" + m_columns + ") SELECT " + copied + " FROM " + m_name +
             " WHERE zone = ?2 AND space = 'live' AND id = ?3 ON CONFLICT (zone, space, id) DO "
             "NOTHING";
}

std::string Table::text_signature() const {
    std::string out(k_tokens_version);
    for (const auto* field : m_title_texts) out += " " + field->name;
    out += " /";
    for (const auto* field : m_other_texts) out += " " + field->name;
    return out;
}

std::string Table::create_sql() const {
    std::string out = "CREATE TABLE " + m_name + " (row INTEGER PRIMARY KEY, ";
    for (const auto& [column, type] : k_common)
        out.append(column).append(" ").append(type).append(", ");
    for (const auto& field : m_kind->fields) {
        out.append(column_of(field.name)).append(" ").append(sql_type(field.type)).append(", ");
    }
    return out + "UNIQUE (zone, space, id))";
}

std::string Table::create_history_sql() const {
    std::string out = "CREATE TABLE " + m_history + " (row INTEGER PRIMARY KEY, until INTEGER";
    for (const auto& [column, type] : k_common)
        out.append(", ").append(column).append(" ").append(type);
    for (const auto& field : m_kind->fields)
        out.append(", ").append(column_of(field.name)).append(" ").append(sql_type(field.type));
    return out + ")";
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
        if (is_indexed(*m_kind, field)) add(field.name, column_of(field.name) + ", id");
    }
    const auto past = "i_" + m_kind->name + "__past";
    out.emplace_back(past, "CREATE INDEX " + past + " ON " + m_history + " (zone, space, until)");
    out.emplace_back(past + "_id", "CREATE INDEX " + past + "_id ON " + m_history + " (id, until)");
    out.emplace_back(past + "_import", "CREATE INDEX " + past + "_import ON " + m_history +
                                           " (import) WHERE import IS NOT NULL");
    return out;
}

template <class Put>
void Table::put_values(const Record& r, std::int64_t import, Put&& put) const {
    const auto put_id = [&](const Uuid& id) {
        if (id.is_nil())
            put(nullptr);
        else
            put(std::string_view(id.text()));
    };
    put(std::string_view(r.zone));
    put(std::string_view(r.space));
    put_id(r.id);
    put(r.revision);
    put(std::string_view(r.state));
    put_id(r.scope.grid);
    put_id(r.scope.enterprise);
    put_id(r.scope.organisation);
    put(r.valid_from.ms);
    if (r.valid_to)
        put(r.valid_to->ms);
    else
        put(nullptr);
    if (r.geometry) {
        const auto box = bounds_of(*r.geometry);
        put(std::string_view(canonical_text(to_json(*r.geometry))));
        for (const double side : {box.west, box.south, box.east, box.north}) put(side);
    } else {
        for (int i = 0; i < 5; ++i) put(nullptr);
    }
    put(r.sequence);
    put(r.created_at.ms);
    put(r.updated_at.ms);
    put(std::int64_t{r.deleted});
    put(std::int64_t{0});
    if (import == 0)
        put(nullptr);
    else
        put(import);
    if (r.erased)
        put(std::int64_t{1});
    else
        put(nullptr);
    for (const auto& field : m_kind->fields) {
        const auto* value = r.fields.if_contains(field.name);
        if (value == nullptr)
            put(nullptr);
        else if (value->is_string() && field.type != FieldType::json &&
                 field.type != FieldType::references)
            put(view_of(*value));
        else
            std::visit(
                [&](const auto& v) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>)
                        put(std::string_view(v));
                    else
                        put(v);
                },
                stored_value(field.type, *value));
    }
}

std::vector<Value> Table::values_of(const Record& r, std::int64_t import) const {
    std::vector<Value> out;
    out.reserve(k_common.size() + m_kind->fields.size());
    put_values(r, import, [&](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>)
            out.emplace_back(std::string(value));
        else
            out.emplace_back(value);
    });
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
    r.erased = row.integer(erased) != 0;
    int column = first_field;
    for (const auto& field : m_kind->fields) {
        if (!row.is_null(column))
            r.fields.emplace(field.name, json_of(field.type, row.value(column)));
        ++column;
    }
    return r;
}

std::int64_t Table::row_of(const sqlite::Statement& row) {
    return row.integer(row_number);
}

std::string_view Table::space_of(const sqlite::Statement& row) {
    return row.text(space);
}
std::int64_t Table::import_of(const sqlite::Statement& row) {
    return row.integer(import_number);
}

Table::Tokens Table::tokens_of(const json::object& fields) const {
    Tokens out;
    for (const auto* field : m_title_texts) out.title += index_tokens(text_at(fields, field->name));
    for (const auto* field : m_other_texts) out.body += index_tokens(text_at(fields, field->name));
    return out;
}

void Table::add_texts(sqlite::Connection& connection, std::int64_t row,
                      const Tokens& tokens) const {
    if (tokens.empty()) return;
    connection.run(m_insert_texts, row, tokens.title, tokens.body);
}

void Table::take_texts(sqlite::Connection& connection, std::int64_t row,
                       const Record& record) const {
    // A contentless index forgets what it is told word for word.
    const auto [title, body] = tokens_of(record.fields);
    if (title.empty() && body.empty()) return;
    connection.run("INSERT INTO " + m_text_name + " (" + m_text_name +
                       ", rowid, title, body) VALUES ('delete', ?, ?, ?)",
                   row, title, body);
}

void Table::add_box(sqlite::Connection& connection, std::int64_t row, const Record& record) const {
    const auto box = bounds_of(*record.geometry);
    connection.run(m_insert_box, row, box.west, box.east, box.south, box.north);
}

void Table::insert(sqlite::Connection& connection, const Record& record, std::int64_t import,
                   const Tokens* tokens) const {
    {
        auto insertion = connection.prepare(m_insert);
        int index = 0;
        put_values(record, import, [&](const auto& value) { insertion.bind(++index, value); });
        insertion.run();
    }
    const auto row = connection.last_row();
    if (!m_text_name.empty())
        add_texts(connection, row, tokens == nullptr ? tokens_of(record.fields) : *tokens);
    if (record.geometry && !m_box_name.empty()) add_box(connection, row, record);
}

void Table::update(sqlite::Connection& connection, std::int64_t row, const Record& before,
                   const Record& after, std::int64_t import) const {
    const auto old = values_of(before, 0), now = values_of(after, import);
    std::string columns;
    std::vector<Value> values;
    for (std::size_t i = 0; i < now.size(); ++i) {
        // The row may carry an older import's mark; a copy of a live row becomes the space's own.
        const bool mark =
            i + 1 == import_number || (i + 1 == inherited && before.space != after.space);
        if (old[i] == now[i] && !mark) continue;
        columns.append(columns.empty() ? "" : ", ").append(m_column_names[i]).append(" = ?");
        values.push_back(now[i]);
    }
    values.emplace_back(row);
    connection.prepare("UPDATE " + m_name + " SET " + columns + " WHERE row = ?")
        .with_all(values)
        .run();
    const auto differ = [&](const Field* field) {
        return text_at(before.fields, field->name) != text_at(after.fields, field->name);
    };
    if (std::ranges::any_of(m_title_texts, differ) || std::ranges::any_of(m_other_texts, differ)) {
        take_texts(connection, row, before);
        add_texts(connection, row, tokens_of(after.fields));
    }
    if (!m_box_name.empty() && before.geometry != after.geometry) {
        connection.run("DELETE FROM " + m_box_name + " WHERE row = ?", row);
        if (after.geometry) add_box(connection, row, after);
    }
}

void Table::keep(sqlite::Connection& connection, std::int64_t row, const std::string& into,
                 std::int64_t until, std::int64_t import) const {
    connection.run(m_keep, into, import == 0 ? Value(nullptr) : Value(import), until, row);
}

void Table::copy_into(sqlite::Connection& connection, const Record& live,
                      const std::string& into) const {
    connection.run(m_copy, into, live.zone, live.id);
    if (connection.changes() == 0) return;
    const auto row = connection.last_row();
    if (!m_text_name.empty()) add_texts(connection, row, tokens_of(live.fields));
    if (live.geometry && !m_box_name.empty()) add_box(connection, row, live);
}

void Table::index_texts(sqlite::Connection& connection) const {
    connection.execute("DROP TABLE IF EXISTS " + m_text_name + "; CREATE VIRTUAL TABLE " +
                       m_text_name +
                       " USING fts5(title, body, content='', tokenize='ascii', detail='column')");
    auto row = connection.prepare("SELECT " + m_select + " FROM " + m_name + " t");
    while (row.step()) add_texts(connection, row_of(row), tokens_of(read(row).fields));
}

void Table::index_boxes(sqlite::Connection& connection) const {
    connection.execute("DROP TABLE IF EXISTS " + m_box_name + "; CREATE VIRTUAL TABLE " +
                       m_box_name + " USING rtree(row, west, east, south, north)");
    connection.execute("INSERT INTO " + m_box_name + " SELECT row, west, east, south, north FROM " +
                       m_name + " WHERE geometry IS NOT NULL");
}

bool Table::same(const sqlite::Statement& row, const Record& wanted) const {
    const auto values = values_of(wanted, 0);
    const auto equal = [&](int column) {
        return row.value(column) == values[static_cast<std::size_t>(column) - 1];
    };
    for (const int column : {state, grid, enterprise, organisation, geometry}) {
        if (!equal(column)) return false;
    }
    for (int column = first_field; column <= static_cast<int>(values.size()); ++column) {
        if (!equal(column)) return false;
    }
    return true;
}

}  // namespace anlan::bigdata
