#include "foundations/bigdata/store.h"

#include "foundations/bigdata/errors.h"

#include <set>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_schema_version = 2;

constexpr const char* k_base_schema = R"(
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spaces (
  zone TEXT NOT NULL, space TEXT NOT NULL, base INTEGER NOT NULL, open INTEGER NOT NULL,
  opened_at INTEGER NOT NULL, closed_at INTEGER, PRIMARY KEY (zone, space)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
  zone TEXT NOT NULL, author TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL, records TEXT NOT NULL,
  PRIMARY KEY (zone, author, key));
CREATE INDEX IF NOT EXISTS outcomes_at ON outcomes (at);
CREATE TABLE IF NOT EXISTS imports (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, zone TEXT NOT NULL, kind TEXT NOT NULL,
  applying INTEGER NOT NULL, applied INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS journal (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, user TEXT, actor TEXT NOT NULL, origin TEXT NOT NULL,
  action TEXT NOT NULL, move TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, zone TEXT NOT NULL,
  space TEXT NOT NULL, revision INTEGER NOT NULL, catalog TEXT NOT NULL, request TEXT NOT NULL,
  payload TEXT, erased_at INTEGER, payload_hash TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journal_record ON journal (record, sequence);
CREATE INDEX IF NOT EXISTS journal_space ON journal (zone, space, sequence);
)";

std::map<std::string, std::string> columns_of(sqlite::Connection& connection,
                                              const std::string& table) {
    std::map<std::string, std::string> out;
    auto row = connection.prepare("SELECT name, type FROM pragma_table_info(?)");
    row.bind(1, table);
    while (row.step()) out.emplace(row.text(0), row.text(1));
    return out;
}

std::set<std::string> names_of(sqlite::Connection& connection, std::string_view type) {
    std::set<std::string> out;
    auto row = connection.prepare("SELECT name FROM sqlite_schema WHERE type = ?");
    row.bind(1, type);
    while (row.step()) out.emplace(row.text(0));
    return out;
}

std::int64_t number_of(sqlite::Connection& connection, const std::string& sql) {
    auto row = connection.prepare(sql);
    return row.step() ? row.integer(0) : 0;
}

/// What the catalog has lost while the store still holds it. Empty tables and columns may stay.
std::vector<FieldProblem> misfits(sqlite::Connection& connection, const Tables& tables) {
    std::vector<FieldProblem> out;
    const auto note = [&](std::string where, const ErrorRow& row, ErrorParameters parameters) {
        out.push_back({std::move(where), &row, std::move(parameters)});
    };
    for (const auto& name : names_of(connection, "table")) {
        if (!name.starts_with("r_")) continue;
        const auto kind = name.substr(2);
        const Table* table = tables.find(kind);
        if (table == nullptr) {
            const auto rows = number_of(connection, "SELECT count(*) FROM \"" + name + "\"");
            if (rows > 0) note(kind, errors::k_store_kind_gone, {{"rows", std::to_string(rows)}});
            continue;
        }
        for (const auto& [column, type] : columns_of(connection, name)) {
            if (!column.starts_with("f_")) continue;
            const auto* field = table->kind().field(std::string_view(column).substr(2));
            const auto where = kind + "." + column.substr(2);
            if (field == nullptr) {
                const auto rows =
                    number_of(connection, "SELECT count(\"" + column + "\") FROM " + name);
                if (rows > 0)
                    note(where, errors::k_store_field_gone, {{"rows", std::to_string(rows)}});
            } else if (const auto wanted = Table::sql_type(field->type); wanted != type) {
                note(where, errors::k_store_field_type,
                     {{"stored", type}, {"wanted", std::string(wanted)}});
            }
        }
        auto row = connection.prepare("SELECT state, count(*) FROM " + name + " GROUP BY state");
        while (row.step()) {
            const auto& kind_now = table->kind();
            if (row.text(0).empty() ? kind_now.states.empty()
                                    : kind_now.state(row.text(0)) != nullptr)
                continue;
            note(kind, errors::k_store_state_gone,
                 {{"state", std::string(row.text(0))}, {"rows", std::to_string(row.integer(1))}});
        }
    }
    return out;
}

/// Format 1 had no row numbers of its own (VACUUM may renumber SQLite's), and no history.
void from_first_format(sqlite::Connection& connection) {
    for (const auto& name : names_of(connection, "table")) {
        if (!name.starts_with("r_")) continue;
        std::string columns, declared;
        auto row = connection.prepare(
            "SELECT name, type, \"notnull\" FROM pragma_table_info(?) ORDER BY cid");
        row.bind(1, name);
        while (row.step()) {
            const std::string column(row.text(0));
            columns.append(columns.empty() ? "" : ", ").append(column);
            declared.append(column).append(" ").append(row.text(1));
            declared.append(row.integer(2) != 0 ? " NOT NULL, " : ", ");
        }
        connection.execute(
            "ALTER TABLE " + name + " RENAME TO old_rows; CREATE TABLE " + name +
            " (row INTEGER PRIMARY KEY, " + declared +
            "import INTEGER, erased INTEGER, UNIQUE (zone, space, id)); INSERT INTO " + name +
            " (" + columns + ") SELECT " + columns + " FROM old_rows; DROP TABLE old_rows");
    }
    connection.run("UPDATE meta SET value = 2 WHERE key = 'schema_version'");
}

/// Text indexes that are not made of the fields, or in the way, of this catalog and program.
void index_texts(sqlite::Connection& connection, const Table& table, bool present) {
    const auto key = "text:" + table.kind().name, wanted = table.text_signature();
    auto row = connection.prepare("SELECT value FROM meta WHERE key = ?");
    row.bind(1, key);
    if (present && row.step() && row.text(0) == wanted) return;
    row.reset();
    table.index_texts(connection);
    connection.run(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key, wanted);
}

void add_columns(sqlite::Connection& connection, const Table& table, const std::string& name) {
    const auto columns = columns_of(connection, name);
    for (const auto& field : table.kind().fields) {
        const auto column = Table::column_of(field.name);
        if (columns.contains(column)) continue;
        connection.execute("ALTER TABLE " + name + " ADD COLUMN " + column + " " +
                           std::string(Table::sql_type(field.type)));
    }
}

void grow(sqlite::Connection& connection, const Tables& tables) {
    const auto present = names_of(connection, "table");
    const auto indexed = names_of(connection, "index");
    for (const auto& [kind, table] : tables.all()) {
        if (present.contains(table.name()))
            add_columns(connection, table, table.name());
        else
            connection.execute(table.create_sql());
        if (present.contains(table.history_name()))
            add_columns(connection, table, table.history_name());
        else
            connection.execute(table.create_history_sql());
        if (!table.text_name().empty())
            index_texts(connection, table, present.contains(table.text_name()));
        if (!table.box_name().empty() && !present.contains(table.box_name()))
            table.index_boxes(connection);
        for (const auto& [index, sql] : table.indexes()) {
            if (!indexed.contains(index)) connection.execute(sql);
        }
    }
}

}  // namespace

Tables::Tables(const Catalog& catalog) {
    for (const auto& kind : catalog.kinds()) m_tables.emplace(kind.name, Table(kind));
}

const Table* Tables::find(std::string_view kind) const {
    const auto found = m_tables.find(kind);
    return found == m_tables.end() ? nullptr : &found->second;
}

Result<std::vector<MigrationOutcome>> migrate(sqlite::Connection& connection,
                                              const Catalog& catalog, const Tables& tables,
                                              Timestamp at, Migrate how) {
    sqlite::Transaction transaction(connection);
    connection.execute(k_base_schema);
    connection.run("INSERT INTO meta VALUES ('schema_version', ?) ON CONFLICT DO NOTHING",
                   k_schema_version);
    auto found = number_of(connection, "SELECT value FROM meta WHERE key = 'schema_version'");
    if (found == 1) {
        from_first_format(connection);
        found = 2;
    }
    if (found != k_schema_version) {
        return fail(errors::k_store_version, {{"found", std::to_string(found)},
                                              {"known", std::to_string(k_schema_version)}});
    }
    TRY_ASSIGN(done, apply_migrations(connection, catalog, at));
    if (auto problems = misfits(connection, tables); !problems.empty()) {
        return fail(errors::k_store_unfit, {}, std::move(problems));
    }
    grow(connection, tables);
    note_catalog_version(connection, catalog);
    if (how == Migrate::now) transaction.commit();
    return std::move(done);
}

Spaces load_spaces(sqlite::Connection& connection) {
    Spaces out;
    auto row = connection.prepare("SELECT zone, space, base, open FROM spaces");
    while (row.step()) {
        out[{std::string(row.text(0)), std::string(row.text(1))}] = {row.integer(2),
                                                                     row.integer(3) != 0};
    }
    return out;
}

void store_space(sqlite::Connection& connection, const SpaceKey& key, const Space& space,
                 Timestamp at) {
    connection.run(
        "INSERT INTO spaces (zone, space, base, open, opened_at) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (zone, space) DO UPDATE SET open = ?4, closed_at = ?5",
        key.first, key.second, space.base, std::int64_t{space.open}, at);
}

}  // namespace anlan::bigdata
