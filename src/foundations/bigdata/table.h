// One kind's SQL tables: real columns for what every record has, and one per field (f_<name>).
// Times are milliseconds in common columns and RFC 3339 text (UTC) in fields, so that both sort.
//
//   r_<kind>   the records as they are, deleted ones too
//   h_<kind>   every earlier form of a record: valid from its sequence on and before `until`
//   x_<kind>$  full text (FTS5, contentless), by row of r_<kind>: what search_text.h makes of it
//   g_<kind>$  boxes of geometries (R*Tree), by row of r_<kind>
//
// The two indexes find candidates; queries look at the row itself before they believe it.
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

    [[nodiscard]] const std::string& history_name() const { return m_history; }
    /// Empty when the kind has no searchable text; no geometry.
    [[nodiscard]] const std::string& text_name() const { return m_text_name; }
    [[nodiscard]] const std::string& box_name() const { return m_box_name; }

    [[nodiscard]] std::string create_sql() const;
    [[nodiscard]] std::string create_history_sql() const;
    /// Names and statements; each is made when the database lacks it.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> indexes() const;
    /// The columns that a table of the kind has, in the order of select_list().
    [[nodiscard]] const std::string& columns() const { return m_columns; }

    /// Fields that everybody who sees the row may read and search: texts that are not sensitive;
    /// those that name the record first.
    [[nodiscard]] const std::vector<const Field*>& title_texts() const { return m_title_texts; }
    [[nodiscard]] const std::vector<const Field*>& other_texts() const { return m_other_texts; }
    /// What the text index depends on: another one makes it anew.
    [[nodiscard]] std::string text_signature() const;

    /// The columns of read(), each prefixed by `t.`.
    [[nodiscard]] const std::string& select_list() const { return m_select; }
    [[nodiscard]] Record read(const sqlite::Statement& row) const;

    /// Number of the row that read() reads.
    static std::int64_t row_of(const sqlite::Statement& row);
    static std::string_view space_of(const sqlite::Statement& row);
    /// Number of the import that wrote the row last; 0 for none.
    static std::int64_t import_of(const sqlite::Statement& row);

    /// What the text index is told of a record.
    struct Tokens {
        std::string title, body;
        [[nodiscard]] bool empty() const { return title.empty() && body.empty(); }
    };
    [[nodiscard]] Tokens tokens_of(const json::object& fields) const;

    /// Writes a new row and its index entries. `import`: number of the import that brings it.
    /// `tokens`, where they are made already, must be those of the record.
    void insert(sqlite::Connection& connection, const Record& record, std::int64_t import,
                const Tokens* tokens = nullptr) const;
    /// Overwrites row `row`, which holds `before`: only what differs.
    void update(sqlite::Connection& connection, std::int64_t row, const Record& before,
                const Record& after, std::int64_t import) const;
    /// Copies row `row` into the history as a row of `space`, superseded by change `until`.
    void keep(sqlite::Connection& connection, std::int64_t row, const std::string& space,
              std::int64_t until, std::int64_t import) const;
    /// Copies the live row, as it is, into `space` as an inherited one, unless that space has its
    /// own.
    void copy_into(sqlite::Connection& connection, const Record& live,
                   const std::string& space) const;
    /// Makes the text index from the rows, replacing what is there.
    void index_texts(sqlite::Connection& connection) const;
    void index_boxes(sqlite::Connection& connection) const;
    /// The row holds what `wanted` asks for: state, scope, geometry and fields.
    [[nodiscard]] bool same(const sqlite::Statement& row, const Record& wanted) const;

  private:
    [[nodiscard]] std::vector<sqlite::Value> values_of(const Record& record,
                                                       std::int64_t import) const;
    /// Calls `put` with each column's value in the order of m_column_names.
    template <class Put>
    void put_values(const Record& record, std::int64_t import, Put&& put) const;
    void add_texts(sqlite::Connection& connection, std::int64_t row, const Tokens& tokens) const;
    void take_texts(sqlite::Connection& connection, std::int64_t row, const Record& record) const;
    void add_box(sqlite::Connection& connection, std::int64_t row, const Record& record) const;

    const Kind* m_kind;
    std::vector<const Field*> m_title_texts, m_other_texts;
    std::vector<std::string> m_column_names;  ///< In the order of put_values().
    std::string m_name, m_history, m_text_name, m_box_name;
    std::string m_columns, m_select, m_insert, m_insert_texts, m_insert_box, m_keep, m_copy;
};

/// A value of a field as its column holds it, and back.
sqlite::Value stored_value(FieldType type, const json::value& value);
json::value json_of(FieldType type, const sqlite::Value& value);
/// Reads what the program itself has stored: larger and deeper than what may come in at the door.
/// Null when somebody has damaged it.
json::value stored_json(std::string_view text);

}  // namespace anlan::bigdata
