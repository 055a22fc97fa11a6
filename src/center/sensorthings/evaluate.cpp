#include "center/sensorthings/evaluate.h"

#include <algorithm>
#include <cmath>

namespace anlan::center::sensorthings {
namespace {

constexpr std::size_t k_combinations_max = 1'000;
constexpr std::int64_t k_day_ms = 86'400'000;

const std::string* text_in(const Value& v) {
    return std::get_if<std::string>(&v);
}
const Geometry* shape_in(const Value& v) {
    const auto* shape = std::get_if<Shape>(&v);
    return shape == nullptr ? nullptr : shape->get();
}
std::optional<double> number_in(const Value& v) {
    const auto* number = std::get_if<double>(&v);
    return number == nullptr ? std::nullopt : std::optional(*number);
}
std::optional<Timestamp> time_in(const Value& v) {
    if (const auto* time = std::get_if<Timestamp>(&v)) return *time;
    const auto* text = text_in(v);
    if (text == nullptr) return std::nullopt;
    return parse_iso8601(std::string_view(*text).substr(0, text->find('/')));
}
Value finite(double x) {
    return std::isfinite(x) ? Value(x) : Value();
}

Value compared(Operator op, const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) {
        const bool both = is_null(a) && is_null(b);
        if (op == Operator::eq) return both;
        if (op == Operator::ne) return !both;
        return false;
    }
    const Order order = compare(a, b);
    switch (op) {
        case Operator::eq:
            return order == Order::equal;
        case Operator::ne:
            return order != Order::equal;
        case Operator::gt:
            return order == Order::greater;
        case Operator::ge:
            return order == Order::greater || order == Order::equal;
        case Operator::lt:
            return order == Order::less;
        default:
            return order == Order::less || order == Order::equal;
    }
}

Value shifted(Timestamp t, Duration d, int sign) {
    return Timestamp{t.ms + sign * d.ms};
}

Value computed(Operator op, const Value& a, const Value& b) {
    const auto* span_a = std::get_if<Duration>(&a);
    const auto* span_b = std::get_if<Duration>(&b);
    if (const auto t = time_in(a);
        t && span_b != nullptr && (op == Operator::add || op == Operator::sub))
        return shifted(*t, *span_b, op == Operator::add ? 1 : -1);
    if (const auto t = time_in(b); t && span_a != nullptr && op == Operator::add)
        return shifted(*t, *span_a, 1);
    if (op == Operator::sub) {
        if (const auto x = time_in(a), y = time_in(b); x && y) return Duration{x->ms - y->ms};
    }
    const auto x = number_in(a), y = number_in(b);
    if (!x || !y) return {};
    switch (op) {
        case Operator::add:
            return finite(*x + *y);
        case Operator::sub:
            return finite(*x - *y);
        case Operator::mul:
            return finite(*x * *y);
        case Operator::div:
            return finite(*x / *y);
        default:
            return finite(std::fmod(*x, *y));
    }
}

bool is_true(const Value& v) {
    const auto* yes = std::get_if<bool>(&v);
    return yes != nullptr && *yes;
}

Value operated(Operator op, std::span<const Value> in) {
    switch (op) {
        case Operator::either:
            return is_true(in[0]) || is_true(in[1]);
        case Operator::both:
            return is_true(in[0]) && is_true(in[1]);
        case Operator::negation:
            return !is_true(in[0]);
        case Operator::minus: {
            const auto x = number_in(in[0]);
            return x ? Value(-*x) : Value();
        }
        case Operator::add:
        case Operator::sub:
        case Operator::mul:
        case Operator::div:
        case Operator::mod:
            return computed(op, in[0], in[1]);
        default:
            return compared(op, in[0], in[1]);
    }
}

/// Of characters in UTF-8: where the `count`th begins.
std::size_t byte_of(std::string_view text, double count) {
    std::size_t at = 0;
    for (double n = 0; n < count && at < text.size(); ++n) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) ++at;
    }
    return at;
}
double characters(std::string_view text) {
    return static_cast<double>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

std::string cased(std::string text, char first, char last, int by) {
    for (char& c : text) {
        if (c >= first && c <= last) c = static_cast<char>(c + by);
    }
    return text;
}

Value of_texts(Function function, std::span<const Value> in) {
    const auto* a = text_in(in[0]);
    if (a == nullptr) return {};
    const auto* b = in.size() > 1 ? text_in(in[1]) : nullptr;
    switch (function) {
        case Function::length:
            return characters(*a);
        case Function::tolower:
            return cased(*a, 'A', 'Z', 'a' - 'A');
        case Function::toupper:
            return cased(*a, 'a', 'z', 'A' - 'a');
        case Function::trim: {
            const auto first = a->find_first_not_of(" \t\r\n");
            if (first == a->npos) return std::string();
            return a->substr(first, a->find_last_not_of(" \t\r\n") - first + 1);
        }
        case Function::substring: {
            const auto from = number_in(in[1]);
            const auto count = in.size() > 2 ? number_in(in[2]) : 1e9;
            if (!from || !count) return {};
            const auto begin = byte_of(*a, *from);
            const std::string rest = a->substr(begin);
            return rest.substr(0, byte_of(rest, *count));
        }
        default:
            break;
    }
    if (b == nullptr) return {};
    switch (function) {
        case Function::substringof:
            return b->find(*a) != b->npos;
        case Function::contains:
            return a->find(*b) != a->npos;
        case Function::startswith:
            return a->starts_with(*b);
        case Function::endswith:
            return a->ends_with(*b);
        case Function::concat:
            return *a + *b;
        default: {
            const auto at = a->find(*b);
            return at == a->npos ? -1.0 : characters(std::string_view(*a).substr(0, at));
        }
    }
}

Value of_time(Function function, const Value& in) {
    const auto t = time_in(in);
    if (!t) return {};
    const CivilTime c = civil(*t, 0);
    const std::string text = iso8601(*t);
    switch (function) {
        case Function::year:
            return static_cast<double>(c.year);
        case Function::month:
            return static_cast<double>(c.month);
        case Function::day:
            return static_cast<double>(c.day);
        case Function::hour:
            return static_cast<double>(c.hour);
        case Function::minute:
            return static_cast<double>(c.minute);
        case Function::second:
            return static_cast<double>(c.second);
        case Function::fractionalseconds:
            return c.millisecond / 1000.0;
        case Function::totaloffsetminutes:
            return 0.0;  // times are kept in UTC
        case Function::date:
            return Timestamp{t->ms - ((t->ms % k_day_ms) + k_day_ms) % k_day_ms};
        default:
            return text.substr(text.find('T') + 1);
    }
}

double length_m(const Geometry& g) {
    double out = 0;
    for (const auto& part : g.parts) {
        for (const auto& ring : part) {
            for (std::size_t i = 1; i < ring.size(); ++i) out += distance_m(ring[i - 1], ring[i]);
        }
    }
    return out;
}

bool is_point(const Geometry& g) {
    return g.type == GeometryType::point;
}
bool is_area(const Geometry& g) {
    return g.type == GeometryType::polygon || g.type == GeometryType::multi_polygon;
}
/// Of points in areas; null for all else, which core/geo does not decide.
Value within(const Geometry& inner, const Geometry& outer) {
    if (is_point(inner) && is_area(outer)) return contains(outer, anchor_of(inner));
    if (is_point(inner) && is_point(outer)) return inner == outer;
    return {};
}

Value of_shapes(Function function, std::span<const Value> in) {
    const Geometry* a = shape_in(in[0]);
    const Geometry* b = in.size() > 1 ? shape_in(in[1]) : nullptr;
    if (a == nullptr || (b == nullptr && in.size() > 1)) return {};
    switch (function) {
        case Function::geo_length:
            return is_area(*a) || is_point(*a) ? Value() : Value(length_m(*a));
        case Function::geo_distance:
            if (!is_point(*a) || !is_point(*b)) return {};
            return distance_m(anchor_of(*a), anchor_of(*b));
        case Function::st_equals:
            return *a == *b;
        case Function::st_disjoint:
            return !intersects(*a, *b);
        case Function::st_within:
            return within(*a, *b);
        case Function::st_contains:
            return within(*b, *a);
        default:
            return intersects(*a, *b);
    }
}

Value of_function(Function function, std::span<const Value> in, Timestamp now) {
    switch (function) {
        case Function::now:
            return now;
        // The years that RFC 3339 can write.
        case Function::mindatetime:
            return *parse_iso8601("0001-01-01T00:00:00Z");
        case Function::maxdatetime:
            return *parse_iso8601("9999-12-31T23:59:59Z");
        case Function::round:
        case Function::floor:
        case Function::ceiling: {
            const auto x = number_in(in[0]);
            if (!x) return {};
            return function == Function::round   ? std::round(*x)
                   : function == Function::floor ? std::floor(*x)
                                                 : std::ceil(*x);
        }
        default:
            break;
    }
    if (function >= Function::geo_distance) return of_shapes(function, in);
    if (function >= Function::year) return of_time(function, in[0]);
    return of_texts(function, in);
}

void collect_bounds(const Expression& e, std::string_view property, TimeBounds& out) {
    if (e.kind != Expression::Kind::operation) return;
    if (e.op == Operator::both) {
        for (const auto& each : e.operands) collect_bounds(each, property, out);
        return;
    }
    if (e.operands.size() != 2) return;
    const Expression *path = &e.operands[0], *time = &e.operands[1];
    Operator op = e.op;
    if (path->kind == Expression::Kind::constant) {
        std::swap(path, time);
        op = op == Operator::gt   ? Operator::lt
             : op == Operator::ge ? Operator::le
             : op == Operator::lt ? Operator::gt
             : op == Operator::le ? Operator::ge
                                  : op;
    }
    const bool fits = path->kind == Expression::Kind::path && path->path.size() == 1 &&
                      path->path[0] == property && time->kind == Expression::Kind::constant;
    const auto t = fits ? time_in(time->constant) : std::nullopt;
    if (!t) return;
    if (op == Operator::gt || op == Operator::ge || op == Operator::eq)
        out.from = std::max(out.from, *t + (op == Operator::gt ? 1 : 0));
    if (op == Operator::lt || op == Operator::le || op == Operator::eq)
        out.to = std::min(out.to, *t + (op == Operator::lt ? 0 : 1));
}

}  // namespace

Result<Values> evaluate(const Expression& e, const Lookup& lookup, Timestamp now) {
    if (e.kind == Expression::Kind::constant) return Values{e.constant};
    if (e.kind == Expression::Kind::path) {
        TRY_ASSIGN(found, lookup(e.path));
        if (found.empty()) return Values{Value()};
        return std::move(found);
    }
    std::vector<Values> operands;
    std::size_t combinations = 1;
    for (const auto& each : e.operands) {
        TRY_ASSIGN(values, evaluate(each, lookup, now));
        combinations *= values.size();
        operands.push_back(std::move(values));
    }
    Values out;
    combinations = std::min(combinations, k_combinations_max);
    std::vector<Value> in(operands.size());
    for (std::size_t n = 0; n < combinations; ++n) {
        std::size_t rest = n;
        for (std::size_t i = 0; i < operands.size(); ++i) {
            in[i] = operands[i][rest % operands[i].size()];
            rest /= operands[i].size();
        }
        Value value = e.kind == Expression::Kind::operation ? operated(e.op, in)
                                                            : of_function(e.function, in, now);
        if (is_true(value)) return Values{true};  // any will do
        out.push_back(std::move(value));
    }
    return out;
}

Result<bool> holds(const Expression& expression, const Lookup& lookup, Timestamp now) {
    TRY_ASSIGN(values, evaluate(expression, lookup, now));
    return std::ranges::any_of(values, is_true);
}

TimeBounds bounds_of(const Expression& expression, std::string_view property) {
    TimeBounds out;
    collect_bounds(expression, property, out);
    return out;
}

}  // namespace anlan::center::sensorthings
