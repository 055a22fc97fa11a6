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

/// Where a view looks: a space, and for an exercise the sequence it shows the live rows as of.
struct Window {
    std::string zone, space;
    std::optional<std::int64_t> base;  ///< Nothing in the live space.
};

/// " FROM r_kind t WHERE …": the rows of the window, one per id, deleted ones too.
Sql from_window(const Table& table, const Window& window);
/// " AND …"
void add_filter(Sql& sql, const RowFilter& rows);

/// The statement of one record by id: the window's own row if any, else the inherited one.
Sql sql_of_get(const Table& table, const Window& window, const Uuid& id);
Result<Sql> sql_of_count(const Table& table, const Window& window, const RowFilter& rows,
                         const Query& query, std::int64_t most);
/// Selects the table's columns and, last, the sort value; one row more than the limit.
Result<Sql> sql_of_list(const Table& table, const Window& window, const RowFilter& rows,
                        const Query& query);
/// All rows by id, at most `most`.
Result<Sql> sql_of_all(const Table& table, const Window& window, const RowFilter& rows,
                       const std::vector<Condition>& where, std::int64_t most);
/// Number of the column that holds the sort value in sql_of_list().
int sort_column(const Table& table);

std::string cursor_of(const Query& query, const sqlite::Value& sort_value, const Uuid& id);

}  // namespace anlan::bigdata
