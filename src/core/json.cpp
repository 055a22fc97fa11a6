#include "core/json.h"

#include "core/canonical.h"

#include <boost/json/parse_options.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace anlan {

namespace {

/// Boost.JSON reads 1e999 as infinity, which no JSON text can say again.
bool all_finite(const json::value& value) {
    if (const auto* number = value.if_double()) return std::isfinite(*number);
    if (const auto* array = value.if_array()) return std::ranges::all_of(*array, all_finite);
    if (const auto* object = value.if_object()) {
        return std::ranges::all_of(*object,
                                   [](const auto& member) { return all_finite(member.value()); });
    }
    return true;
}

}  // namespace

Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        return fail(errors::k_bad_json,
                    {{"what", "longer than " + std::to_string(limits.bytes) + " bytes"},
                     {"byte", std::to_string(limits.bytes)}});
    }
    json::parse_options options;
    options.max_depth = limits.depth;
    json::stream_parser parser({}, options);
    boost::system::error_code error;
    const std::size_t used = parser.write_some(text.data(), text.size(), error);
    if (!error && used == text.size()) parser.finish(error);
    if (!error && used < text.size()) {
        const auto rest = text.substr(used);
        if (!std::ranges::all_of(
                rest, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; })) {
            return fail(errors::k_bad_json,
                        {{"what", "text after the value"}, {"byte", std::to_string(used)}});
        }
        parser.finish(error);
    }
    if (error) {
        return fail(errors::k_bad_json,
                    {{"what", error.message()}, {"byte", std::to_string(used)}});
    }
    json::value value = parser.release();
    if (!all_finite(value)) {
        return fail(errors::k_bad_json,
                    {{"what", "a number beyond double"}, {"byte", std::to_string(used)}});
    }
    return value;
}

namespace {

/// How a text is written: the journal's form, or the API's.
enum class Form { canonical, readable };

void append_number(std::string& out, double v, Form form) {
    // JSON has no other numbers: an answer says null, the journal may not hold one.
    if (form == Form::readable && !std::isfinite(v)) {
        out += "null";
        return;
    }
    ASSERT(std::isfinite(v));
    std::array<char, 40> buffer{};
    const double size = std::abs(v);
    const bool plain = form == Form::readable && (size == 0 || (size >= 1e-6 && size < 1e15));
    const auto [end, error] = plain
                                  ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), v,
                                                  std::chars_format::fixed)
                                  : std::to_chars(buffer.data(), buffer.data() + buffer.size(), v);
    ASSERT(error == std::errc{});
    out.append(buffer.data(), end);
}

void append_string(std::string& out, std::string_view text) {
    const bool as_it_is = std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f;
    });
    if (as_it_is)
        out.append("\"").append(text).append("\"");
    else
        out += json::serialize(json::string_view(text.data(), text.size()));
}

template <class Integer>
void append_integer(std::string& out, Integer v) {
    std::array<char, 24> buffer{};
    out.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), v).ptr);
}

void append_value(std::string& out, const json::value& value, Form form);

void append_member(std::string& out, const json::key_value_pair& member, Form form) {
    append_string(out, member.key());
    out += ':';
    append_value(out, member.value(), form);
}

void append_object(std::string& out, const json::object& object, Form form) {
    const char* comma = "";
    out += '{';
    if (form == Form::canonical) {
        std::vector<const json::key_value_pair*> members;
        members.reserve(object.size());
        for (const auto& member : object) members.push_back(&member);
        std::ranges::sort(members, [](auto* a, auto* b) { return a->key() < b->key(); });
        for (const auto* member : members) {
            out += std::exchange(comma, ",");
            append_member(out, *member, form);
        }
    } else {
        for (const auto& member : object) {
            out += std::exchange(comma, ",");
            append_member(out, member, form);
        }
    }
    out += '}';
}

void append_value(std::string& out, const json::value& value, Form form) {
    switch (value.kind()) {
        case json::kind::object:
            return append_object(out, value.get_object(), form);
        case json::kind::array: {
            const char* comma = "";
            out += '[';
            for (const auto& element : value.get_array()) {
                out += std::exchange(comma, ",");
                append_value(out, element, form);
            }
            out += ']';
            return;
        }
        case json::kind::double_:
            return append_number(out, value.get_double(), form);
        case json::kind::string:
            return append_string(out, value.get_string());
        case json::kind::int64:
            return append_integer(out, value.get_int64());
        case json::kind::uint64:
            return append_integer(out, value.get_uint64());
        case json::kind::bool_:
            out += value.get_bool() ? "true" : "false";
            return;
        case json::kind::null:
            out += "null";
            return;
    }
}

}  // namespace

std::string to_text(const json::value& value) {
    std::string out;
    append_value(out, value, Form::readable);
    return out;
}

std::string canonical_text(const json::value& value) {
    std::string out;
    append_value(out, value, Form::canonical);
    return out;
}

void append_canonical(std::string& out, const json::value& value) {
    append_value(out, value, Form::canonical);
}
void append_canonical(std::string& out, const json::object& object) {
    append_object(out, object, Form::canonical);
}
void append_canonical(std::string& out, std::string_view text) {
    append_string(out, text);
}

std::string_view text_at(const json::object& o, std::string_view key, std::string_view otherwise) {
    const auto* v = o.if_contains(key);
    if (v == nullptr || !v->is_string()) return otherwise;
    return {v->get_string().data(), v->get_string().size()};
}

double number_at(const json::object& o, std::string_view key, double otherwise) {
    const auto* v = o.if_contains(key);
    if (v == nullptr || !v->is_number()) return otherwise;
    return v->to_number<double>();
}

std::int64_t integer_at(const json::object& o, std::string_view key, std::int64_t otherwise) {
    const auto* v = o.if_contains(key);
    if (v == nullptr || !v->is_number()) return otherwise;
    boost::system::error_code error;
    const auto out = v->to_number<std::int64_t>(error);
    return error ? otherwise : out;
}

bool boolean_at(const json::object& o, std::string_view key, bool otherwise) {
    const auto* v = o.if_contains(key);
    return v != nullptr && v->is_bool() ? v->get_bool() : otherwise;
}

const json::object& object_at(const json::object& o, std::string_view key) {
    static const json::object k_empty;
    const auto* v = o.if_contains(key);
    return v != nullptr && v->is_object() ? v->get_object() : k_empty;
}

const json::array& array_at(const json::object& o, std::string_view key) {
    static const json::array k_empty;
    const auto* v = o.if_contains(key);
    return v != nullptr && v->is_array() ? v->get_array() : k_empty;
}

}  // namespace anlan
