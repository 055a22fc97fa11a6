#include "foundations/bigdata/query.h"

#include "core/describe.h"
#include "foundations/bigdata/base64url.h"
#include "foundations/bigdata/errors.h"

#include <charconv>
#include <cmath>

namespace anlan::bigdata {

namespace {

using sqlite::Value;

constexpr std::size_t k_one_of_max = 1000;
constexpr std::size_t k_limit_max = 10'000;

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
    std::vector<FieldProblem> problems;

    void wrong(std::size_t i, const ErrorRow& row, ErrorParameters parameters = {}) {
        problems.push_back({"/where/" + std::to_string(i), &row, std::move(parameters)});
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
        sql.add(" AND " + operand.column + " IN (" + marks + ")");
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
            sql.add(" AND " + operand->column +
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
        sql.add(" AND " + operand->column + operator_of(condition.compare), std::move(*value));
    }
};

Result<void> add_conditions(Sql& sql, const Kind& kind, const std::vector<Condition>& where) {
    Conditions conditions{kind, sql, {}};
    for (std::size_t i = 0; i < where.size(); ++i) conditions.add(i, where[i]);
    if (!conditions.problems.empty())
        return fail(errors::k_bad_request, {}, std::move(conditions.problems));
    return {};
}

/// Texts that everybody who sees the row may read: searching must not tell what masking hides.
void add_text(Sql& sql, const Kind& kind, const std::string& text) {
    if (text.empty()) return;
    const auto pattern = like_pattern(text);
    std::string any;
    for (const auto& field : kind.fields) {
        if (field.sensitive ||
            (field.type != FieldType::text && field.type != FieldType::long_text))
            continue;
        any += (any.empty() ? "" : " OR ") + ("t." + Table::column_of(field.name)) +
               " LIKE ? ESCAPE '\\'";
        sql.values.emplace_back(pattern);
    }
    sql.add(" AND (" + (any.empty() ? "0" : any) + ")");
}

Result<Sql> selection(const Table& table, const Window& window, const RowFilter& rows,
                      const Query& query) {
    Sql sql = from_window(table, window);
    add_filter(sql, rows);
    if (!query.deleted_too) sql.add(" AND t.deleted = 0");
    TRY(add_conditions(sql, table.kind(), query.where));
    if (query.within) {
        sql.add(" AND t.west <= ?", query.within->east).add(" AND t.east >= ?", query.within->west);
        sql.add(" AND t.south <= ?", query.within->north)
            .add(" AND t.north >= ?", query.within->south);
    }
    add_text(sql, table.kind(), query.text);
    return sql;
}

struct Order {
    Operand operand;
    bool descending = false;
};

Result<Order> order_of(const Kind& kind, std::string_view sort) {
    const bool descending = sort.starts_with('-');
    if (descending) sort.remove_prefix(1);
    auto operand = operand_of(kind, sort);
    if (!operand) return fail(errors::k_bad_request, {}, {{"/sort", &errors::k_field_unknown, {}}});
    if (operand->type == FieldType::json || operand->type == FieldType::references) {
        return fail(errors::k_bad_request, {}, {{"/sort", &errors::k_query_unfit, {}}});
    }
    return Order{std::move(*operand), descending};
}

/// Rows behind the cursor's. NULL sorts before everything, as SQLite has it.
Result<void> add_cursor(Sql& sql, const Query& query, const Order& order) {
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
    if (v.is_null()) {
        sql.add(" AND (" + column + " IS NULL AND t.id" + than + "?", id->text());
        sql.add(order.descending ? ")" : " OR " + column + " IS NOT NULL)");
        return {};
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
    sql.add(" AND ((" + column + ", t.id)" + than + "(?", std::move(value)).add(", ?)", id->text());
    sql.add(order.descending && order.operand.nullable ? " OR " + column + " IS NULL)" : ")");
    return {};
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

Sql from_window(const Table& table, const Window& window) {
    Sql sql;
    sql.add(" FROM " + table.name() + " t WHERE t.zone = ?", window.zone);
    if (!window.base || table.kind().exercise == ExerciseUse::own) {
        return sql.add(" AND t.space = ?", window.space);
    }
    // Own rows and before-images first; live rows unchanged since the base where there is neither.
    sql.add(" AND (t.space = ?", window.space);
    sql.add(" OR (t.space = 'live' AND t.sequence <= ?", *window.base);
    sql.add(" AND NOT EXISTS (SELECT 1 FROM " + table.name() +
                " o WHERE o.zone = t.zone AND o.space = ?",
            window.space);
    return sql.add(" AND o.id = t.id)))");
}

Sql sql_of_get(const Table& table, const Window& window, const Uuid& id) {
    Sql sql;
    sql.add("SELECT " + table.select_list());
    auto from = from_window(table, window);
    sql.add(from.text);
    sql.values = std::move(from.values);
    return sql.add(" AND t.id = ?", id.text());
}

int sort_column(const Table& table) {
    return static_cast<int>(std::ranges::count(table.select_list(), ',')) + 1;
}

Result<Sql> sql_of_count(const Table& table, const Window& window, const RowFilter& rows,
                         const Query& query, std::int64_t most) {
    TRY_ASSIGN(chosen, selection(table, window, rows, query));
    chosen.text = "SELECT count(*) FROM (SELECT 1" + chosen.text;
    return std::move(chosen.add(" LIMIT ?", most).add(")"));
}

Result<Sql> sql_of_list(const Table& table, const Window& window, const RowFilter& rows,
                        const Query& query) {
    TRY_ASSIGN(order, order_of(table.kind(), query.sort));
    TRY_ASSIGN(chosen, selection(table, window, rows, query));
    if (!query.after.empty()) TRY(add_cursor(chosen, query, order));
    const auto& column = order.operand.column;
    const char* way = order.descending ? " DESC" : " ASC";
    chosen.text = "SELECT " + table.select_list() + ", " + column + chosen.text;
    chosen.add(" ORDER BY " + column + way + ", t.id" + way);
    const auto limit = std::clamp<std::size_t>(query.limit, 1, k_limit_max);
    return std::move(chosen.add(" LIMIT ?", static_cast<std::int64_t>(limit) + 1));
}

Result<Sql> sql_of_all(const Table& table, const Window& window, const RowFilter& rows,
                       const std::vector<Condition>& where, std::int64_t most) {
    TRY_ASSIGN(chosen, selection(table, window, rows, Query{.where = where}));
    chosen.text = "SELECT " + table.select_list() + chosen.text + " ORDER BY t.id";
    return std::move(chosen.add(" LIMIT ?", most));
}

std::string cursor_of(const Query& query, const Value& sort_value, const Uuid& id) {
    json::value v = std::visit([](const auto& each) { return json::value(each); }, sort_value);
    return base64url(
        canonical_text(json::object{{"s", query.sort}, {"v", std::move(v)}, {"i", id.text()}}));
}

}  // namespace anlan::bigdata
