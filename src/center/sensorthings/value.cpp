#include "center/sensorthings/value.h"

#include <charconv>
#include <cmath>

namespace anlan::center::sensorthings {
namespace {

template <class T>
Order ordered(const T& a, const T& b) {
    if (a < b) return Order::less;
    return b < a ? Order::greater : Order::equal;
}

std::optional<double> number_of(const Value& v) {
    if (const auto* number = std::get_if<double>(&v)) return *number;
    if (const auto* yes = std::get_if<bool>(&v)) return *yes ? 1.0 : 0.0;
    return std::nullopt;
}

/// Of an interval "a/b" its start.
std::optional<Timestamp> time_of(const Value& v) {
    if (const auto* time = std::get_if<Timestamp>(&v)) return *time;
    const auto* text = std::get_if<std::string>(&v);
    if (text == nullptr) return std::nullopt;
    return parse_iso8601(std::string_view(*text).substr(0, text->find('/')));
}

}  // namespace

Value value_of(const json::value& json) {
    if (const auto* text = json.if_string()) return std::string(*text);
    if (const auto* yes = json.if_bool()) return *yes;
    if (json.is_number()) return json.to_number<double>();
    if (json.is_object() && json.get_object().contains("coordinates")) {
        auto shape = geometry_from_json(json);
        if (shape) return std::make_shared<const Geometry>(std::move(*shape));
    }
    return {};
}

Order compare(const Value& a, const Value& b) {
    if (const auto x = number_of(a), y = number_of(b); x && y) return ordered(*x, *y);
    if (std::holds_alternative<Timestamp>(a) || std::holds_alternative<Timestamp>(b)) {
        const auto x = time_of(a), y = time_of(b);
        return x && y ? ordered(*x, *y) : Order::none;
    }
    if (a.index() != b.index()) return Order::none;
    if (const auto* text = std::get_if<std::string>(&a))
        return ordered(*text, std::get<std::string>(b));
    if (const auto* span = std::get_if<Duration>(&a)) return ordered(*span, std::get<Duration>(b));
    if (const auto* shape = std::get_if<Shape>(&a))
        return **shape == *std::get<Shape>(b) ? Order::equal : Order::none;
    return Order::none;
}

Order sort_order(const Value& a, const Value& b) {
    const Order known = compare(a, b);
    return known != Order::none ? known : ordered(a.index(), b.index());
}

json::value json_of(const Value& v) {
    if (const auto* yes = std::get_if<bool>(&v)) return *yes;
    if (const auto* number = std::get_if<double>(&v)) return *number;
    if (const auto* text = std::get_if<std::string>(&v)) return json::value(*text);
    if (const auto* time = std::get_if<Timestamp>(&v)) return json::object{{"t", time->ms}};
    return nullptr;
}

Value from_cursor(const json::value& v) {
    if (const auto* o = v.if_object()) return Timestamp{integer_at(*o, "t", 0)};
    return value_of(v);
}

std::optional<Duration> parse_duration(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
    text.remove_prefix(1);
    bool in_time = false;
    double ms = 0;
    while (!text.empty()) {
        if (text.front() == 'T' && !in_time) {
            in_time = true;
            text.remove_prefix(1);
            if (text.empty()) return std::nullopt;
        }
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number,
                                                  std::chars_format::fixed);
        const auto used = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || used >= text.size() || !(number >= 0)) return std::nullopt;
        const char unit = text[used];
        const double unit_ms = !in_time && unit == 'D'  ? 86'400e3
                               : in_time && unit == 'H' ? 3'600e3
                               : in_time && unit == 'M' ? 60e3
                               : in_time && unit == 'S' ? 1e3
                                                        : 0;
        if (unit_ms == 0) return std::nullopt;
        ms += number * unit_ms;
        text.remove_prefix(used + 1);
    }
    constexpr double k_ms_max = 1e15;
    if (!(ms < k_ms_max)) return std::nullopt;
    return Duration{static_cast<std::int64_t>(negative ? -ms : ms)};
}

}  // namespace anlan::center::sensorthings
