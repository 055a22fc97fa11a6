#include "foundations/bigdata/migrate.h"

#include "foundations/bigdata/catalog_names.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace anlan::bigdata {

namespace {

using sqlite::Value;

constexpr std::size_t k_problems_max = 20;

constexpr const char* k_schema = R"(
CREATE TABLE IF NOT EXISTS migration (
  number INTEGER PRIMARY KEY, title TEXT NOT NULL, title_en TEXT NOT NULL, catalog_before TEXT NOT NULL,
  catalog_after TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, rows INTEGER NOT NULL);
)";

std::int64_t number_of(sqlite::Connection& connection, const std::string& sql) {
    auto row = connection.prepare(sql);
    return row.step() ? row.integer(0) : 0;
}

std::string text_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&value)) return canonical_text(json::value(*real));
    return {};
}

std::optional<double> number_in(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    const auto text = text_of(value);
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(out))
        return std::nullopt;
    return out;
}

/// The stored value as JSON of the new type; nothing when it cannot be one.
std::optional<json::value> converted(const Value& value, FieldType type, double factor) {
    using enum FieldType;
    const auto said = text_of(value);
    switch (type) {
        case number:
        case duration:
        case height: {
            const auto n = number_in(value);
            return n ? std::optional<json::value>(*n * factor) : std::nullopt;
        }
        case integer: {
            const auto n = number_in(value);
            if (!n) return std::nullopt;
            const double whole = std::round(*n * factor);
            if (std::abs(whole - *n * factor) > 1e-9 || std::abs(whole) > 9e15) return std::nullopt;
            return json::value(static_cast<std::int64_t>(whole));
        }
        case boolean:
            if (said == "1" || said == "true" || said == "yes" || said == "是") return true;
            if (said == "0" || said == "false" || said == "no" || said == "否") return false;
            return std::nullopt;
        case references:
            return json::array{json::value(said)};
        case FieldType::json: {
            auto out = parse_json(said);
            if (!out || !out->is_structured()) return std::nullopt;
            return std::move(*out);
        }
        default:
            return json::value(said);
    }
}

class Stepper {
  public:
    Stepper(sqlite::Connection& connection, const Catalog& catalog)
        : m_connection(connection), m_catalog(catalog) {}

    std::int64_t rows = 0;
    std::vector<FieldProblem> problems;

    void take(const MigrationStep& step) {
        for (const char* prefix : {"r_", "h_"}) {
            const std::string table = prefix + step.kind;
            if (!has_table(table)) continue;
            loosen(table);
            const bool main = prefix[0] == 'r';
            using enum MigrationStep::Do;
            switch (step.what) {
                case rename:
                    take_rename(step, table, main);
                    break;
                case drop:
                    take_drop(table, Table::column_of(step.field), main);
                    break;
                case change:
                    take_change(step, table, main);
                    break;
                case map_codes:
                    if (has_column(table, Table::column_of(step.field)))
                        take_map(step, table, Table::column_of(step.field), main);
                    break;
                case map_states:
                    take_map(step, table, "state", main);
                    break;
                case fill:
                    take_fill(step, table, main);
                    break;
                case drop_kind:
                    if (main) rows += number_of(m_connection, "SELECT count(*) FROM " + table);
                    m_connection.execute("DROP TABLE " + table);
                    break;
            }
        }
        // Search texts and boxes are made again of what is there when the store is opened.
        m_connection.run("DELETE FROM meta WHERE key = ?", "text:" + step.kind);
        if (step.what == MigrationStep::Do::drop_kind) {
            for (const char* prefix : {"x_", "g_"})
                m_connection.execute("DROP TABLE IF EXISTS \"" + (prefix + step.kind) + "$\"");
        }
    }

  private:
    bool has_table(const std::string& name) {
        auto row =
            m_connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
        return row.with(name).step();
    }
    bool has_column(const std::string& table, const std::string& column) {
        auto row = m_connection.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
        return row.with(table, column).step();
    }
    /// Indexes stand in the way of columns that go; they are made again afterwards.
    void loosen(const std::string& table) {
        std::vector<std::string> names;
        auto row = m_connection.prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql NOT "
            "NULL");
        row.bind(1, table);
        while (row.step()) names.emplace_back(row.text(0));
        row.reset();
        for (const auto& name : names) m_connection.execute("DROP INDEX \"" + name + "\"");
    }
    void count_changes(bool main) {
        if (main) rows += m_connection.changes();
    }
    void note(const MigrationStep& step, const ErrorRow& row, ErrorParameters parameters) {
        if (problems.size() < k_problems_max)
            problems.push_back({step.kind + "." + step.field, &row, std::move(parameters)});
    }

    void take_rename(const MigrationStep& step, const std::string& table, bool main) {
        const auto from = Table::column_of(step.field), to = Table::column_of(step.to);
        if (!has_column(table, from)) return;
        const auto values = "SELECT count(" + to + ") FROM " + table;
        if (has_column(table, to)) {
            if (const auto taken = number_of(m_connection, values); taken > 0)
                return note(step, errors::k_migration_taken,
                            {{"to", step.to}, {"rows", std::to_string(taken)}});
            m_connection.execute("ALTER TABLE " + table + " DROP COLUMN " + to);
        }
        m_connection.execute("ALTER TABLE " + table + " RENAME COLUMN " + from + " TO " + to);
        if (main) rows += number_of(m_connection, values);
    }

    void take_drop(const std::string& table, const std::string& column, bool main) {
        if (!has_column(table, column)) return;
        if (main) rows += number_of(m_connection, "SELECT count(" + column + ") FROM " + table);
        m_connection.execute("ALTER TABLE " + table + " DROP COLUMN " + column);
    }

    void take_change(const MigrationStep& step, const std::string& table, bool main) {
        const auto column = Table::column_of(step.field);
        if (!has_column(table, column)) return;
        m_connection.execute("ALTER TABLE " + table + " ADD COLUMN migrated " +
                             std::string(Table::sql_type(step.type)));
        auto row = m_connection.prepare("SELECT rowid, id, " + column + " FROM " + table +
                                        " WHERE " + column + " IS NOT NULL");
        auto put = m_connection.prepare("UPDATE " + table + " SET migrated = ? WHERE rowid = ?");
        while (row.step()) {
            const auto value = row.value(2);
            const auto out = converted(value, step.type, step.factor);
            if (!out || !fits(step, *out)) {
                note(step, errors::k_migration_value,
                     {{"record", std::string(row.text(1))},
                      {"value", text_of(value)},
                      {"type", std::string(name_of(step.type))}});
                if (problems.size() >= k_problems_max) break;
                continue;
            }
            put.with(stored_value(step.type, *out), row.integer(0)).run();
            if (main) ++rows;
        }
        row.reset();
        m_connection.execute("ALTER TABLE " + table + " DROP COLUMN " + column + "; ALTER TABLE " +
                             table + " RENAME COLUMN migrated TO " + column);
    }

    /// What the catalog of today asks of the field, when it still has it with this type.
    bool fits(const MigrationStep& step, const json::value& value) {
        const auto* kind = m_catalog.kind(step.kind);
        const auto* field = kind == nullptr ? nullptr : kind->field(step.field);
        if (field == nullptr || field->type != step.type) return true;
        return check_fields(m_catalog, *kind, {{step.field, value}}, false).has_value();
    }

    /// In one statement, so that codes may change places.
    void take_map(const MigrationStep& step, const std::string& table, const std::string& column,
                  bool main) {
        if (step.map.empty()) return;
        std::string cases, marks;
        std::vector<Value> values;
        for (const auto& [from, to] : step.map) {
            cases += " WHEN ? THEN ?";
            values.insert(values.end(), {from, to});
        }
        for (const auto& [from, to] : step.map) {
            marks += marks.empty() ? "?" : ", ?";
            values.emplace_back(from);
        }
        m_connection
            .prepare("UPDATE " + table + " SET " + column + " = CASE " + column + cases +
                     " END WHERE " + column + " IN (" + marks + ")")
            .with_all(values)
            .run();
        count_changes(main);
    }

    void take_fill(const MigrationStep& step, const std::string& table, bool main) {
        const auto column = Table::column_of(step.field);
        const auto* kind = m_catalog.kind(step.kind);
        const auto* field = kind == nullptr ? nullptr : kind->field(step.field);
        if (field == nullptr) return;
        if (!fits({.kind = step.kind, .field = step.field, .type = field->type}, step.value)) {
            return note(step, errors::k_migration_value,
                        {{"record", "*"},
                         {"value", canonical_text(step.value)},
                         {"type", std::string(name_of(field->type))}});
        }
        if (!has_column(table, column)) {
            m_connection.execute("ALTER TABLE " + table + " ADD COLUMN " + column + " " +
                                 std::string(Table::sql_type(field->type)));
        }
        json::object one{{step.field, step.value}};
        normalise_fields(*kind, one);
        m_connection.run("UPDATE " + table + " SET " + column + " = ? WHERE " + column + " IS NULL",
                         stored_value(field->type, one.at(step.field)));
        count_changes(main);
    }

    sqlite::Connection& m_connection;
    const Catalog& m_catalog;
};

std::string version_before(sqlite::Connection& connection) {
    auto row = connection.prepare("SELECT value FROM meta WHERE key = 'catalog_version'");
    return row.step() ? std::string(row.text(0)) : std::string();
}

}  // namespace

Result<std::vector<MigrationOutcome>> apply_migrations(sqlite::Connection& connection,
                                                       const Catalog& catalog, Timestamp now) {
    connection.execute(k_schema);
    const auto& all = catalog.migrations();
    const auto had = number_of(connection, "SELECT coalesce(max(number), 0) FROM migration");
    if (had > static_cast<std::int64_t>(all.size())) {
        return fail(errors::k_migration_newer,
                    {{"found", std::to_string(had)}, {"known", std::to_string(all.size())}});
    }
    const auto before = version_before(connection);
    const auto sequence = number_of(connection, "SELECT coalesce(max(sequence), 0) FROM journal");
    std::vector<MigrationOutcome> out;
    for (const auto& migration : all) {
        if (migration.number <= had) continue;
        Stepper stepper(connection, catalog);
        for (const auto& step : migration.steps) stepper.take(step);
        if (!stepper.problems.empty()) {
            return fail(errors::k_migration_refused, {{"number", std::to_string(migration.number)}},
                        std::move(stepper.problems));
        }
        connection.run("INSERT INTO migration VALUES (?, ?, ?, ?, ?, ?, ?, ?)", migration.number,
                       migration.title.zh, migration.title.en, before, catalog.version(), sequence,
                       now, stepper.rows);
        out.push_back({migration.number, migration.title, stepper.rows});
    }
    return out;
}

void note_catalog_version(sqlite::Connection& connection, const Catalog& catalog) {
    connection.run(
        "INSERT INTO meta VALUES ('catalog_version', ?) ON CONFLICT (key) DO UPDATE SET value = "
        "excluded.value",
        catalog.version());
}

}  // namespace anlan::bigdata
