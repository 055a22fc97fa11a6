#include "foundations/bigdata/query.h"

#include "core/describe.h"
#include "foundations/bigdata/base64url.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/search_text.h"

#include <charconv>
#include <cmath>

namespace anlan::bigdata {

namespace {

using sqlite::Value;

constexpr std::size_t k_one_of_max = 1000;
constexpr std::size_t k_limit_max = 10'000;
constexpr int k_id_column = 4;  // Of Table::select_list(), from 1.

/// A column to compare or sort by, and how its values are written.
struct Operand {
    std::string column;
    FieldType type = FieldType::text;
    bool milliseconds = false;  ///< A common time column.
    bool nullable = true;
};

std::optional<Operand> operand_of(const Kind& kind, std::string_view name) {
    if (const auto* field = kind.field(name))
        return Operand{"t." + Table::column_of(name), field->type};
    if (name == "state" || name == "id")
        return Operand{"t." + std::string(name), FieldType::text, false, false};
    if (name == "updated_at" || name == "created_at") {
        return Operand{"t." + std::string(name), FieldType::time, true, false};
    }
    if (name == "revision" || name == "sequence") {
        return Operand{"t." + std::string(name), FieldType::integer, false, false};
    }
    if (name == "grid" || name == "enterprise" || name == "organisation") {
        return Operand{"t." + std::string(name), FieldType::reference};
    }
    return std::nullopt;
}

std::optional<double> number_of(const json::value& v) {
    if (v.is_number()) return v.to_number<double>();
    if (!v.is_string()) return std::nullopt;
    const auto& s = v.get_string();
    double out = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
    if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(out))
        return std::nullopt;
    return out;
}

/// The value as the operand's column holds it; nothing when it is not of that type.
std::optional<Value> value_for(const Operand& operand, const json::value& v) {
    using enum FieldType;
    const auto as_text = [&]() -> std::optional<std::string_view> {
        if (!v.is_string()) return std::nullopt;
        return std::string_view(v.get_string().data(), v.get_string().size());
    };
    switch (operand.type) {
        case number:
        case integer:
        case duration: {
            // A whole column compares with a fraction as numbers do.
            const auto out = number_of(v);
            return out ? std::optional<Value>(*out) : std::nullopt;
        }
        case boolean:
            if (v.is_bool()) return Value(std::int64_t{v.get_bool()});
            if (as_text() == "true") return Value(std::int64_t{1});
            if (as_text() == "false") return Value(std::int64_t{0});
            return std::nullopt;
        case time: {
            const auto at = as_text() ? parse_iso8601(*as_text()) : std::nullopt;
            if (!at) return std::nullopt;
            return operand.milliseconds ? Value(at->ms) : Value(iso8601(*at));
        }
        case reference:
        case person: {
            const auto id = as_text() ? Uuid::parse(*as_text()) : std::nullopt;
            return id ? std::optional<Value>(id->text()) : std::nullopt;
        }
        default:
            return as_text() ? std::optional<Value>(std::string(*as_text())) : std::nullopt;
    }
}

std::string like_pattern(std::string_view text) {
    std::string out = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out + "%";
}

const char* operator_of(Compare compare) {
    switch (compare) {
        case Compare::less:
            return " < ?";
        case Compare::less_or_equal:
            return " <= ?";
        case Compare::greater:
            return " > ?";
        case Compare::greater_or_equal:
            return " >= ?";
        case Compare::not_equal:
            return " IS NOT ?";
        default:
            return " = ?";
    }
}

struct Conditions {
    const Kind& kind;
    Sql& sql;
    std::string_view plain;  ///< Put before a column so that no index of it is used.
    std::vector<FieldProblem> problems = {};

    void wrong(std::size_t i, const ErrorRow& row, ErrorParameters parameters = {}) {
        problems.push_back({"/where/" + std::to_string(i), &row, std::move(parameters)});
    }

    [[nodiscard]] std::string column(const Operand& operand) const {
        return std::string(plain) + operand.column;
    }

    void add_one_of(std::size_t i, const Operand& operand, const json::value& value) {
        const auto* array = value.if_array();
        if (array == nullptr) return wrong(i, errors::k_field_type, {{"expected", "array"}});
        if (array->size() > k_one_of_max)
            return wrong(i, errors::k_too_many, {{"max", std::to_string(k_one_of_max)}});
        std::string marks;
        std::vector<Value> values;
        for (const auto& each : *array) {
            auto v = value_for(operand, each);
            if (!v)
                return wrong(i, errors::k_field_type,
                             {{"expected", std::string(expected(operand))}});
            marks += marks.empty() ? "?" : ", ?";
            values.push_back(std::move(*v));
        }
        sql.add(" AND " + column(operand) + " IN (" + marks + ")");
        for (auto& v : values) sql.values.push_back(std::move(v));
    }

    static std::string_view expected(const Operand& operand) {
        using enum FieldType;
        switch (operand.type) {
            case number:
            case integer:
            case duration:
                return "number";
            case boolean:
                return "true / false";
            case time:
                return "RFC 3339 time";
            case reference:
            case person:
                return "UUID";
            default:
                return "text";
        }
    }

    void add_contains(std::size_t i, const Operand& operand, const json::value& value) {
        if (!value.is_string()) return wrong(i, errors::k_field_type, {{"expected", "text"}});
        const std::string text(value.get_string().data(), value.get_string().size());
        if (operand.type == FieldType::json || operand.type == FieldType::references) {
            sql.add(
                " AND EXISTS (SELECT 1 FROM json_each(" + operand.column + ") e WHERE e.value = ?)",
                text);
        } else if (Table::sql_type(operand.type) == "TEXT" && !operand.milliseconds) {
            sql.add(" AND " + operand.column + " LIKE ? ESCAPE '\\'", like_pattern(text));
        } else {
            wrong(i, errors::k_query_unfit);
        }
    }

    void add(std::size_t i, const Condition& condition) {
        const auto operand = operand_of(kind, condition.field);
        if (!operand) return wrong(i, errors::k_field_unknown);
        if (condition.compare == Compare::contains)
            return add_contains(i, *operand, condition.value);
        const bool either =
            condition.compare == Compare::equal || condition.compare == Compare::not_equal;
        if (condition.value.is_null() && either) {
            sql.add(" AND " + column(*operand) +
                    (condition.compare == Compare::equal ? " IS NULL" : " IS NOT NULL"));
            return;
        }
        if (operand->type == FieldType::json || operand->type == FieldType::references) {
            return wrong(i, errors::k_query_unfit);
        }
        if (condition.compare == Compare::one_of) return add_one_of(i, *operand, condition.value);
        auto value = value_for(*operand, condition.value);
        if (!value)
            return wrong(i, errors::k_field_type, {{"expected", std::string(expected(*operand))}});
        sql.add(" AND " + column(*operand) + operator_of(condition.compare), std::move(*value));
    }
};

Result<void> add_conditions(Sql& sql, const Kind& kind, const std::vector<Condition>& where,
                            Plan plan) {
    Conditions conditions{kind, sql, plan == Plan::in_order ? "+" : ""};
    for (std::size_t i = 0; i < where.size(); ++i) conditions.add(i, where[i]);
    if (!conditions.problems.empty())
        return fail(errors::k_bad_request, {}, std::move(conditions.problems));
    return {};
}

void add_matches(Sql& sql, std::string_view before, const std::string& text,
                 const std::vector<const Field*>& fields) {
    if (fields.empty()) {
        sql.add(before).add("0");
        return;
    }
    sql.add(std::string(before) + "text_matches(?", text);
    for (const auto* field : fields) sql.add(", t." + Table::column_of(field->name));
    sql.add(")");
}

void add_text(Sql& sql, const Table& table, const std::string& text, Part part) {
    if (text.empty()) return;
    const auto& title = table.title_texts();
    if (part == Part::title) return add_matches(sql, " AND ", text, title);
    auto fields = title;
    fields.insert(fields.end(), table.other_texts().begin(), table.other_texts().end());
    add_matches(sql, " AND ", text, fields);
    if (part == Part::rest) add_matches(sql, " AND NOT ", text, title);
}

/// A place where rows of a window are: the records or their history.
struct Source {
    const std::string* name;
    Sql where;  ///< "t.zone = ? …"
};

void add_hidden(Sql& sql, const std::vector<std::int64_t>& imports) {
    sql.add(" IN (");
    for (std::size_t i = 0; i < imports.size(); ++i) sql.add(i == 0 ? "?" : ", ?", imports[i]);
    sql.add(")");
}

std::vector<Source> sources_of(const Table& table, const Window& window) {
    std::vector<Source> out;
    const auto from = [&](const std::string& name, const std::string& space) -> Sql& {
        out.push_back({&name, {}});
        return out.back().where.add("t.zone = ?", window.zone).add(" AND t.space = ?", space);
    };
    auto& own = from(table.name(), window.space);
    if (window.as_of) {
        own.add(" AND +t.sequence <= ?", *window.as_of);
        from(table.history_name(), window.space)
            .add(" AND t.until > ?", *window.as_of)
            .add(" AND +t.sequence <= ?", *window.as_of);
    } else if (!window.hidden.empty()) {
        own.add(" AND (t.import IS NULL OR NOT t.import");
        add_hidden(own, window.hidden);
        own.add(")");
        add_hidden(from(table.history_name(), window.space).add(" AND t.import"), window.hidden);
    }
    if (!window.base || table.kind().exercise == ExerciseUse::own) return out;
    // Live rows unchanged since the base, where the exercise has neither its own nor a copy.
    from(table.name(), std::string(k_live))
        .add(" AND +t.sequence <= ?", *window.base)
        .add(" AND NOT EXISTS (SELECT 1 FROM " + table.name() +
                 " o WHERE o.zone = t.zone AND o.space = ?",
             window.space)
        .add(" AND o.id = t.id)");
    return out;
}

void append(Sql& to, const Sql& more) {
    to.text += more.text;
    to.values.insert(to.values.end(), more.values.begin(), more.values.end());
}

/// " FROM … WHERE …": the source's rows, found by the index of what is asked for if there is one.
Sql from_source(const Table& table, const Source& source, const Query& query, Plan plan,
                Part part) {
    Sql sql;
    const bool indexed = plan == Plan::by_match && source.name == &table.name();
    const auto expression =
        indexed && !query.text.empty() ? Search(query.text).index_expression() : std::string();
    if (!expression.empty() && !table.text_name().empty()) {
        const auto& index = table.text_name();
        sql.add(
            " FROM " + index + " x CROSS JOIN " + *source.name + " t WHERE x." + index + " MATCH ?",
            part == Part::title ? "title : (" + expression + ")" : expression);
        sql.add(" AND t.row = x.rowid AND ");
    } else if (indexed && query.within && !table.box_name().empty()) {
        const auto& box = *query.within;
        sql.add(
            " FROM " + table.box_name() + " g CROSS JOIN " + *source.name + " t WHERE g.west <= ?",
            box.east);
        sql.add(" AND g.east >= ?", box.west).add(" AND g.south <= ?", box.north);
        sql.add(" AND g.north >= ?", box.south).add(" AND t.row = g.row AND ");
    } else {
        sql.add(" FROM " + *source.name + " t WHERE ");
    }
    append(sql, source.where);
    return sql;
}

/// " AND …": everything that a query asks of a row.
Result<Sql> asked(const Table& table, const RowFilter& rows, const Query& query, Plan plan,
                  Part part) {
    Sql sql;
    add_filter(sql, rows);
    if (!query.deleted_too) sql.add(" AND t.deleted = 0");
    TRY(add_conditions(sql, table.kind(), query.where, plan));
    if (query.within) {
        sql.add(" AND t.west <= ?", query.within->east).add(" AND t.east >= ?", query.within->west);
        sql.add(" AND t.south <= ?", query.within->north)
            .add(" AND t.north >= ?", query.within->south);
    }
    add_text(sql, table, query.text, part);
    return sql;
}

constexpr std::string_view k_relevance = "relevance";

struct Order {
    Operand operand;
    bool descending = false;
};

Result<Order> order_of(const Kind& kind, std::string_view sort) {
    if (sort == k_relevance) sort = "-updated_at";
    const bool descending = sort.starts_with('-');
    if (descending) sort.remove_prefix(1);
    auto operand = operand_of(kind, sort);
    if (!operand) return fail(errors::k_bad_request, {}, {{"/sort", &errors::k_field_unknown, {}}});
    if (operand->type == FieldType::json || operand->type == FieldType::references) {
        return fail(errors::k_bad_request, {}, {{"/sort", &errors::k_query_unfit, {}}});
    }
    return Order{std::move(*operand), descending};
}

/// The rows behind the cursor's, as stretches of the order that an index can walk: one, or two
/// where rows without a value come in between. NULL sorts before everything, as SQLite has it.
Result<std::vector<Sql>> stretches_of(const Query& query, const Order& order) {
    if (query.after.empty()) return std::vector<Sql>(1);
    const auto bad = [] { return fail(errors::k_bad_cursor); };
    const auto text = from_base64url(query.after);
    if (!text) return bad();
    const auto parsed = parse_json(*text);
    const auto* o = parsed ? parsed->if_object() : nullptr;
    if (o == nullptr || text_at(*o, "s") != query.sort || !o->contains("v")) return bad();
    const auto id = Uuid::parse(text_at(*o, "i"));
    if (!id) return bad();
    const auto& v = o->at("v");
    const auto& column = order.operand.column;
    const char* than = order.descending ? " < " : " > ";
    std::vector<Sql> out(1);
    if (v.is_null()) {
        out[0].add(" AND " + column + " IS NULL AND t.id" + than + "?", id->text());
        if (!order.descending) out.emplace_back().add(" AND " + column + " IS NOT NULL");
        return out;
    }
    Value value;
    if (v.is_int64())
        value = v.get_int64();
    else if (v.is_double())
        value = v.get_double();
    else if (v.is_string())
        value = std::string(v.get_string().data(), v.get_string().size());
    else
        return bad();
    out[0]
        .add(" AND (" + column + ", t.id)" + than + "(?", std::move(value))
        .add(", ?)", id->text());
    if (order.descending && order.operand.nullable)
        out.emplace_back().add(" AND " + column + " IS NULL");
    return out;
}

}  // namespace

bool RowFilter::passes(const Scope& scope) const {
    if (none) return false;
    if (all() || scope == Scope{}) return true;
    const auto equal = [](const std::optional<Uuid>& mine, const Uuid& its) {
        return mine && !its.is_nil() && *mine == its;
    };
    return equal(grid, scope.grid) || equal(enterprise, scope.enterprise) ||
           equal(organisation, scope.organisation);
}

void add_filter(Sql& sql, const RowFilter& rows) {
    if (rows.none) {
        sql.add(" AND 0");
        return;
    }
    if (rows.all()) return;
    sql.add(" AND ((t.grid IS NULL AND t.enterprise IS NULL AND t.organisation IS NULL)");
    // Nil is stored as NULL and no text equals "", so a set but nil id finds nothing.
    const auto or_equal = [&](const char* column, const std::optional<Uuid>& mine) {
        if (mine)
            sql.add(std::string(" OR t.") + column + " = ?",
                    mine->is_nil() ? std::string() : mine->text());
    };
    or_equal("grid", rows.grid);
    or_equal("enterprise", rows.enterprise);
    or_equal("organisation", rows.organisation);
    sql.add(")");
}

Sql over_window(const Table& table, const Window& window, std::string_view what, const Sql& more) {
    Sql sql;
    for (const auto& source : sources_of(table, window)) {
        sql.add(sql.text.empty() ? "SELECT " : " UNION ALL SELECT ").add(what);
        sql.add(" FROM " + *source.name + " t WHERE ");
        append(sql, source.where);
        append(sql, more);
    }
    return sql;
}

Sql sql_of_get(const Table& table, const Window& window, const RowFilter& rows, const Uuid& id) {
    Sql more;
    more.add(" AND t.id = ?", id.text());
    add_filter(more, rows);
    return over_window(table, window, table.select_list(), more);
}

int sort_column(const Table& table) {
    return static_cast<int>(std::ranges::count(table.select_list(), ',')) + 1;
}

Result<Sql> sql_of_count(const Table& table, const Window& window, const RowFilter& rows,
                         const Query& query, std::int64_t most) {
    TRY_ASSIGN(more, asked(table, rows, query, Plan::by_match, Part::all));
    Sql sql;
    for (const auto& source : sources_of(table, window)) {
        sql.add(sql.text.empty() ? "SELECT count(*) FROM (SELECT 1" : " UNION ALL SELECT 1");
        append(sql, from_source(table, source, query, Plan::by_match, Part::all));
        append(sql, more);
    }
    return std::move(sql.add(" LIMIT ?", most).add(")"));
}

Result<Sql> sql_of_list(const Table& table, const Window& window, const RowFilter& rows,
                        const Query& query, Plan plan, Part part) {
    TRY_ASSIGN(order, order_of(table.kind(), query.sort));
    TRY_ASSIGN(stretches, stretches_of(query, order));
    TRY_ASSIGN(more, asked(table, rows, query, plan, part));
    const auto limit =
        static_cast<std::int64_t>(std::clamp<std::size_t>(query.limit, 1, k_limit_max)) + 1;
    const char* way = order.descending ? " DESC" : " ASC";
    // Each stretch of each source is walked by an index of its own, then they are merged.
    std::vector<Sql> parts;
    for (const auto& source : sources_of(table, window)) {
        for (const auto& stretch : stretches) {
            auto& sql = parts.emplace_back();
            sql.add("SELECT " + table.select_list() + ", " + order.operand.column);
            append(sql, from_source(table, source, query, plan, part));
            append(sql, stretch);
            append(sql, more);
            sql.add(" ORDER BY " + order.operand.column + way + ", t.id" + way + " LIMIT ?", limit);
        }
    }
    if (parts.size() == 1) return std::move(parts.front());
    Sql sql;
    for (const auto& each : parts) {
        sql.add(sql.text.empty() ? "SELECT * FROM (" : " UNION ALL SELECT * FROM (");
        append(sql, each);
        sql.add(")");
    }
    const auto key = std::to_string(sort_column(table) + 1);
    return std::move(sql.add(
        " ORDER BY " + key + way + ", " + std::to_string(k_id_column) + way + " LIMIT ?", limit));
}

bool one_plan(const Query& query) {
    return query.where.empty() && !query.within && query.text.empty();
}

Part part_of_cursor(const Query& query) {
    if (query.after.empty()) return Part::title;
    const auto text = from_base64url(query.after);
    const auto parsed = text ? parse_json(*text) : fail(errors::k_bad_cursor);
    const auto* o = parsed ? parsed->if_object() : nullptr;
    return o != nullptr && text_at(*o, "p") == "title" ? Part::title : Part::rest;
}

Result<Sql> sql_of_all(const Table& table, const Window& window, const RowFilter& rows,
                       const std::vector<Condition>& where, std::int64_t most) {
    TRY_ASSIGN(more, asked(table, rows, {.where = where}, Plan::by_match, Part::all));
    auto sql = over_window(table, window, table.select_list(), more);
    return std::move(sql.add(" ORDER BY " + std::to_string(k_id_column) + " LIMIT ?", most));
}

std::string cursor_of(const Query& query, Part part, const Value& sort_value, const Uuid& id) {
    json::value v = std::visit([](const auto& each) { return json::value(each); }, sort_value);
    json::object out{{"s", query.sort}, {"v", std::move(v)}, {"i", id.text()}};
    if (part == Part::title) out.emplace("p", "title");
    return base64url(canonical_text(out));
}

void define_text_matches(sqlite::Connection& connection) {
    connection.define("text_matches", [](std::string_view search) {
        return [asked = Search(search)](const std::vector<std::string_view>& fields) {
            return !asked.empty() && asked.matches(fields);
        };
    });
}

}  // namespace anlan::bigdata
