// One kind's SQL table, r_<kind>: real columns for what every record has, and one per field
// (f_<name>). Times are milliseconds in common columns and RFC 3339 text (UTC) in fields, so that
// both sort.
#pragma once

#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/record.h"
#include "foundations/bigdata/sqlite.h"

#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

class Table {
  public:
    explicit Table(const Kind& kind);

    [[nodiscard]] const Kind& kind() const { return *m_kind; }
    [[nodiscard]] const std::string& name() const { return m_name; }
    /// "r_alarm"; "f_level".
    static std::string name_of(std::string_view kind) { return "r_" + std::string(kind); }
    static std::string column_of(std::string_view field) { return "f_" + std::string(field); }
    /// TEXT, REAL or INTEGER.
    static std::string_view sql_type(FieldType type);

    [[nodiscard]] std::string create_sql() const;
    /// Names and statements; each is made when the database lacks it.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> indexes() const;

    /// The columns of read(), each prefixed by `t.`.
    [[nodiscard]] const std::string& select_list() const { return m_select; }
    [[nodiscard]] Record read(const sqlite::Statement& row) const;

    /// Inserts the record, or overwrites the row of its zone, space and id.
    void put(sqlite::Connection& connection, const Record& record) const;
    /// Copies the live row, as it is, into `space` as an inherited one, unless that space has its
    /// own.
    void copy_into(sqlite::Connection& connection, const Record& live,
                   const std::string& space) const;
    /// The row holds what `wanted` asks for: state, scope, geometry and fields.
    [[nodiscard]] bool same(const sqlite::Statement& row, const Record& wanted) const;

  private:
    [[nodiscard]] std::vector<sqlite::Value> values_of(const Record& record) const;

    const Kind* m_kind;
    std::string m_name, m_select, m_put, m_copy;
};

/// A value of a field as its column holds it, and back.
sqlite::Value stored_value(FieldType type, const json::value& value);
json::value json_of(FieldType type, const sqlite::Value& value);
/// Reads what the program itself has stored: larger and deeper than what may come in at the door.
/// Null when somebody has damaged it.
json::value stored_json(std::string_view text);

}  // namespace anlan::bigdata
