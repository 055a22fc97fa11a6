// Queries to SQL. Names come from the catalog only, values are parameters only.
#pragma once

#include "foundations/bigdata/register.h"
#include "foundations/bigdata/store.h"

#include <string>
#include <vector>

namespace anlan::bigdata {

struct Sql {
    std::string text;
    std::vector<sqlite::Value> values;

    Sql& add(std::string_view more) {
        text += more;
        return *this;
    }
    Sql& add(std::string_view more, sqlite::Value value) {
        text += more;
        values.push_back(std::move(value));
        return *this;
    }
};

/// Where a view looks: a space; for an exercise the sequence it shows the live rows as of; a past
/// moment; and the imports whose rows are not to be seen yet.
struct Window {
    std::string zone, space;
    std::optional<std::int64_t> base;   ///< Nothing in the live space.
    std::optional<std::int64_t> as_of;  ///< Rows as they were after this change.
    std::vector<std::int64_t> hidden;   ///< Numbers of imports, live space only.
};

/// "SELECT <what> FROM … WHERE … <more>" over every place where the window's rows are (each row is
/// in one of them; deleted ones too), joined by UNION ALL. The row is `t`.
Sql over_window(const Table& table, const Window& window, std::string_view what, const Sql& more);
/// " AND …"
void add_filter(Sql& sql, const RowFilter& rows);

/// The statement of one record by id: the window's own row if any, else the inherited one.
Sql sql_of_get(const Table& table, const Window& window, const RowFilter& rows, const Uuid& id);
Result<Sql> sql_of_count(const Table& table, const Window& window, const RowFilter& rows,
                         const Query& query, std::int64_t most);

/// How a list's rows are found. What many rows match is found soonest by walking the order; what
/// few match, by the index of what is asked for. Nobody knows before which it is: the first is
/// tried for a while.
enum class Plan { in_order, by_match };
/// Sorted by "relevance", a search lists the rows whose title matches first, then the others.
enum class Part { all, title, rest };

/// Selects the table's columns and, last, the sort value; one row more than the limit.
Result<Sql> sql_of_list(const Table& table, const Window& window, const RowFilter& rows,
                        const Query& query, Plan plan, Part part = Part::all);
/// Nothing is gained by the other plan.
bool one_plan(const Query& query);
/// The part of a relevance list that its cursor is in.
Part part_of_cursor(const Query& query);
/// All rows by id, at most `most`.
Result<Sql> sql_of_all(const Table& table, const Window& window, const RowFilter& rows,
                       const std::vector<Condition>& where, std::int64_t most);
/// Number of the column that holds the sort value in sql_of_list().
int sort_column(const Table& table);

std::string cursor_of(const Query& query, Part part, const sqlite::Value& sort_value,
                      const Uuid& id);

/// The SQL function text_matches(search, field, …), by which queries see whether a search is in
/// one of the texts (search_text.h).
void define_text_matches(sqlite::Connection& connection);

}  // namespace anlan::bigdata
