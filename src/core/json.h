// Boost.JSON under one name, with limits at the door and one canonical text form.
#pragma once

#include "core/result.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace anlan {

namespace json = boost::json;

namespace errors {
inline constexpr ErrorRow k_bad_json{"bad_json", 400, LogLevel::info,
                                     "JSON 有误：{what}（第 {byte} 字节）",
                                     "Malformed JSON: {what} (byte {byte})"};
}  // namespace errors

struct JsonLimits {
    std::size_t bytes = 1 << 20;
    std::size_t depth = 32;
};

/// Strict RFC 8259, valid UTF-8 only, no duplicate-key surprises (the last one wins).
Result<json::value> parse_json(std::string_view text, JsonLimits limits = {});

/// As the API answers: members in their order, doubles in the shortest digits that read back equal,
/// without an exponent from a millionth to a thousand million million.
std::string to_text(const json::value& value);

/// The journal's canonical form, version 1: keys sorted by bytes, no spaces, integers as they are,
/// finite doubles in the shortest text that reads back equal. Two values that compare equal give
/// the same text on every machine.
std::string canonical_text(const json::value& value);

/// A member as text, number or integer; the default when it is absent or of another type.
std::string_view text_at(const json::object& o, std::string_view key,
                         std::string_view otherwise = {});
double number_at(const json::object& o, std::string_view key, double otherwise);
std::int64_t integer_at(const json::object& o, std::string_view key, std::int64_t otherwise);
bool boolean_at(const json::object& o, std::string_view key, bool otherwise);
/// A member that is an object; an empty one when absent or of another type.
const json::object& object_at(const json::object& o, std::string_view key);
const json::array& array_at(const json::object& o, std::string_view key);

}  // namespace anlan
