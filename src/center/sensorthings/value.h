// Values that filters compare and sort by.
#pragma once

#include "core/geo.h"
#include "core/json.h"
#include "core/time.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace anlan::center::sensorthings {

struct Duration {
    std::int64_t ms = 0;
    friend auto operator<=>(Duration, Duration) = default;
};
using Shape = std::shared_ptr<const Geometry>;
/// monostate is null.
using Value = std::variant<std::monostate, bool, double, std::string, Timestamp, Duration, Shape>;
/// What a path gives: several where it goes through a collection, none where there is nothing.
using Values = std::vector<Value>;

inline bool is_null(const Value& v) {
    return std::holds_alternative<std::monostate>(v);
}
/// A JSON value; an object with coordinates is a shape, any other and an array null.
Value value_of(const json::value& json);

enum class Order { less, equal, greater, none };
/// Numbers with numbers and booleans, texts by bytes, times with times and texts of times; `none`
/// for what cannot be compared, null among it.
Order compare(const Value& a, const Value& b);
/// A total order, null first, kinds apart: for sorting.
Order sort_order(const Value& a, const Value& b);

/// For cursors: {"t":ms} for a time. Nothing for text that json_of() cannot have made.
json::value json_of(const Value& v);
Value from_cursor(const json::value& v);

/// ISO 8601 "P1DT2H3M4.5S", days to seconds. Nothing for any other text.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace anlan::center::sensorthings
