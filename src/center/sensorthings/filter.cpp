#include "center/sensorthings/filter.h"

#include "center/sensorthings/errors.h"
#include "foundations/bigdata/exchange/wkt.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace anlan::center::sensorthings {
namespace {

struct FunctionRow {
    std::string_view name;
    Function function;
    std::size_t least, most;  ///< Arguments.
};
constexpr std::array k_functions{
    FunctionRow{"substringof", Function::substringof, 2, 2},
    FunctionRow{"startswith", Function::startswith, 2, 2},
    FunctionRow{"endswith", Function::endswith, 2, 2},
    FunctionRow{"contains", Function::contains, 2, 2},
    FunctionRow{"length", Function::length, 1, 1},
    FunctionRow{"indexof", Function::indexof, 2, 2},
    FunctionRow{"substring", Function::substring, 2, 3},
    FunctionRow{"tolower", Function::tolower, 1, 1},
    FunctionRow{"toupper", Function::toupper, 1, 1},
    FunctionRow{"trim", Function::trim, 1, 1},
    FunctionRow{"concat", Function::concat, 2, 2},
    FunctionRow{"year", Function::year, 1, 1},
    FunctionRow{"month", Function::month, 1, 1},
    FunctionRow{"day", Function::day, 1, 1},
    FunctionRow{"hour", Function::hour, 1, 1},
    FunctionRow{"minute", Function::minute, 1, 1},
    FunctionRow{"second", Function::second, 1, 1},
    FunctionRow{"fractionalseconds", Function::fractionalseconds, 1, 1},
    FunctionRow{"date", Function::date, 1, 1},
    FunctionRow{"time", Function::time, 1, 1},
    FunctionRow{"totaloffsetminutes", Function::totaloffsetminutes, 1, 1},
    FunctionRow{"now", Function::now, 0, 0},
    FunctionRow{"mindatetime", Function::mindatetime, 0, 0},
    FunctionRow{"maxdatetime", Function::maxdatetime, 0, 0},
    FunctionRow{"round", Function::round, 1, 1},
    FunctionRow{"floor", Function::floor, 1, 1},
    FunctionRow{"ceiling", Function::ceiling, 1, 1},
    FunctionRow{"geo.distance", Function::geo_distance, 2, 2},
    FunctionRow{"geo.length", Function::geo_length, 1, 1},
    FunctionRow{"geo.intersects", Function::geo_intersects, 2, 2},
    FunctionRow{"st_equals", Function::st_equals, 2, 2},
    FunctionRow{"st_disjoint", Function::st_disjoint, 2, 2},
    FunctionRow{"st_within", Function::st_within, 2, 2},
    FunctionRow{"st_intersects", Function::st_intersects, 2, 2},
    FunctionRow{"st_contains", Function::st_contains, 2, 2},
};

struct OperatorRow {
    std::string_view name;
    Operator op;
    int level;  ///< The higher, the closer it binds.
};
constexpr int k_or = 1, k_and = 2, k_comparison = 3, k_sum = 4, k_product = 5;
constexpr std::array k_operators{
    OperatorRow{"or", Operator::either, k_or},     OperatorRow{"and", Operator::both, k_and},
    OperatorRow{"eq", Operator::eq, k_comparison}, OperatorRow{"ne", Operator::ne, k_comparison},
    OperatorRow{"gt", Operator::gt, k_comparison}, OperatorRow{"ge", Operator::ge, k_comparison},
    OperatorRow{"lt", Operator::lt, k_comparison}, OperatorRow{"le", Operator::le, k_comparison},
    OperatorRow{"add", Operator::add, k_sum},      OperatorRow{"sub", Operator::sub, k_sum},
    OperatorRow{"mul", Operator::mul, k_product},  OperatorRow{"div", Operator::div, k_product},
    OperatorRow{"mod", Operator::mod, k_product}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' ||
           static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
  public:
    Parser(std::string_view text, std::string_view option) : m_text(text), m_option(option) {}

    Result<Expression> whole() {
        if (m_text.size() > k_filter_bytes_max) {
            m_at = k_filter_bytes_max;
            return wrong("太长", "it is too long");
        }
        TRY_ASSIGN(out, binary(k_or));
        skip_space();
        if (m_at < m_text.size()) return wrong("应在此结束", "the end is expected");
        return std::move(out);
    }

    Result<std::vector<std::string>> path_alone() {
        skip_space();
        if (m_at >= m_text.size() || !is_letter(m_text[m_at]))
            return wrong("应为属性名", "a property is expected");
        auto out = path_of(word());
        skip_space();
        if (m_at < m_text.size()) return wrong("应在此结束", "the end is expected");
        return out;
    }

  private:
    [[nodiscard]] std::unexpected<Error> wrong(std::string_view zh, std::string_view en) const {
        return fail(errors::k_st_option, {{"option", std::string(m_option)},
                                          {"byte", std::to_string(m_at)},
                                          {"what", std::string(zh)},
                                          {"what_en", std::string(en)}});
    }
    void skip_space() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t')) ++m_at;
    }
    bool take(char c) {
        skip_space();
        if (m_at >= m_text.size() || m_text[m_at] != c) return false;
        ++m_at;
        return true;
    }
    /// Letters, digits, dots and slashes.
    std::string_view word() {
        const std::size_t begin = m_at;
        while (m_at < m_text.size() &&
               (is_letter(m_text[m_at]) || is_digit(m_text[m_at]) || m_text[m_at] == '.' ||
                m_text[m_at] == '/' || (m_text[m_at] == '-' && m_at > begin)))
            ++m_at;
        return m_text.substr(begin, m_at - begin);
    }
    /// The operator that stands here, if it binds at least as close; it is then passed.
    const OperatorRow* take_operator(int level) {
        skip_space();
        const std::size_t before = m_at;
        const auto name = word();
        const auto at = std::ranges::find(k_operators, name, &OperatorRow::name);
        if (at != k_operators.end() && at->level >= level) return &*at;
        m_at = before;
        return nullptr;
    }
    static std::vector<std::string> path_of(std::string_view text) {
        std::vector<std::string> out;
        for (;;) {
            const auto slash = std::min(text.find('/'), text.size());
            const auto part = text.substr(0, slash);
            out.emplace_back(part == "@iot.id" ? "id" : part);
            if (slash == text.size()) return out;
            text.remove_prefix(slash + 1);
        }
    }

    /// Every recursion passes here, so that depth is bounded.
    Result<Expression> binary(int level) {
        if (m_depth >= k_filter_depth_max) return wrong("嵌套过深", "it is nested too deep");
        ++m_depth;
        auto out = chain(level);
        --m_depth;
        return out;
    }
    Result<Expression> chain(int level) {
        TRY_ASSIGN(left, unary());
        std::size_t length = 0;
        while (const OperatorRow* row = take_operator(level)) {
            if (++length > 100) return wrong("过长", "it is too long");
            TRY_ASSIGN(right, binary(row->level + 1));
            Expression joined;
            joined.kind = Expression::Kind::operation;
            joined.op = row->op;
            joined.operands.push_back(std::move(left));
            joined.operands.push_back(std::move(right));
            left = std::move(joined);
        }
        return std::move(left);
    }
    Result<Expression> unary() {
        skip_space();
        if (m_at < m_text.size() && m_text[m_at] == '-' &&
            !(m_at + 1 < m_text.size() && is_digit(m_text[m_at + 1]))) {
            ++m_at;
            return prefixed(Operator::minus, k_product + 1);
        }
        const std::size_t before = m_at;
        if (word() == "not") return prefixed(Operator::negation, k_comparison);
        m_at = before;
        return primary();
    }
    Result<Expression> prefixed(Operator op, int level) {
        TRY_ASSIGN(operand, binary(level));
        Expression out;
        out.kind = Expression::Kind::operation;
        out.op = op;
        out.operands.push_back(std::move(operand));
        return out;
    }
    Result<Expression> primary() {
        skip_space();
        if (m_at >= m_text.size()) return wrong("应为一个值", "a value is expected");
        if (take('(')) {
            TRY_ASSIGN(inner, binary(k_or));
            if (!take(')')) return wrong("应为右括号", "a closing parenthesis is expected");
            return std::move(inner);
        }
        const char c = m_text[m_at];
        if (c == '\'') {
            TRY_ASSIGN(text, quoted());
            return constant(std::move(text));
        }
        if (is_digit(c) || c == '-') return number_or_time();
        if (!is_letter(c)) return wrong("应为一个值", "a value is expected");
        const std::size_t begin = m_at;
        const std::string_view name = word();
        if (m_at < m_text.size() && m_text[m_at] == '\'') return typed(name, begin);
        if (take('(')) return call(name, begin);
        if (name == "null") return constant({});
        if (name == "true") return constant(true);
        if (name == "false") return constant(false);
        Expression out;
        out.kind = Expression::Kind::path;
        out.path = path_of(name);
        return out;
    }
    static Expression constant(Value value) {
        Expression out;
        out.constant = std::move(value);
        return out;
    }
    Result<std::string> quoted() {
        std::string out;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] != '\'') {
                out += m_text[m_at];
                continue;
            }
            ++m_at;
            if (m_at >= m_text.size() || m_text[m_at] != '\'') return out;
            out += '\'';
        }
        return wrong("应为结束的单引号", "a closing quote is expected");
    }
    Result<Expression> typed(std::string_view type, std::size_t begin) {
        TRY_ASSIGN(text, quoted());
        if (type == "geography" || type == "geometry") {
            auto shape = bigdata::exchange::geometry_of_wkt(text);
            if (shape) return constant(std::make_shared<const Geometry>(std::move(*shape)));
            m_at = begin;
            return wrong(text_of(shape.error(), Language::zh),
                         text_of(shape.error(), Language::en));
        }
        if (type == "duration") {
            if (const auto span = parse_duration(text)) return constant(*span);
        } else if (type == "datetime" || type == "datetimeoffset") {
            if (const auto time = parse_iso8601(text)) return constant(*time);
        }
        m_at = begin;
        return wrong("不认识的值", "a known kind of value is expected");
    }
    Result<Expression> number_or_time() {
        const std::size_t begin = m_at;
        if (m_text[m_at] == '-') ++m_at;
        while (m_at < m_text.size() &&
               (is_digit(m_text[m_at]) || std::string_view(".:TZtzeE+-").contains(m_text[m_at])))
            ++m_at;
        const std::string_view all = m_text.substr(begin, m_at - begin);
        double number = 0;
        const auto [end, error] = std::from_chars(all.data(), all.data() + all.size(), number);
        if (error == std::errc{} && end == all.data() + all.size() && std::isfinite(number))
            return constant(number);
        if (const auto time = parse_iso8601(all)) return constant(*time);
        if (const auto day = parse_iso8601(std::string(all) + "T00:00:00Z")) return constant(*day);
        m_at = begin;
        return wrong("应为数或 ISO 8601 时间", "a number or an ISO 8601 time is expected");
    }
    Result<Expression> call(std::string_view name, std::size_t begin) {
        const auto row = std::ranges::find(k_functions, name, &FunctionRow::name);
        if (row == k_functions.end()) {
            m_at = begin;
            return wrong("没有这个函数", "there is no such function");
        }
        Expression out;
        out.kind = Expression::Kind::function;
        out.function = row->function;
        if (!take(')')) {
            do {
                TRY_ASSIGN(argument, binary(k_or));
                out.operands.push_back(std::move(argument));
            } while (out.operands.size() < row->most && take(','));
            if (!take(')')) return wrong("应为右括号", "a closing parenthesis is expected");
        }
        if (out.operands.size() < row->least) {
            m_at = begin;
            return wrong("参数太少", "more arguments are expected");
        }
        return out;
    }

    std::string_view m_text, m_option;
    std::size_t m_at = 0, m_depth = 0;
};

}  // namespace

Result<Expression> parse_filter(std::string_view text) {
    return Parser(text, "$filter").whole();
}

Result<std::vector<std::string>> parse_path(std::string_view text, std::string_view option) {
    return Parser(text, option).path_alone();
}

}  // namespace anlan::center::sensorthings
