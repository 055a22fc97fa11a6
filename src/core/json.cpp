#include "core/json.h"

#include <boost/json/parse_options.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
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

std::string to_text(const json::value& value) {
    return json::serialize(value);
}

namespace {

void append_number(std::string& out, double v) {
    // JSON has no other numbers, so a non-finite double can only be a programming error.
    ASSERT(std::isfinite(v));
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), v);
    ASSERT(error == std::errc{});
    out.append(buffer.data(), end);
}

void append_canonical(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::object: {
            std::vector<const json::key_value_pair*> members;
            members.reserve(value.get_object().size());
            for (const auto& member : value.get_object()) members.push_back(&member);
            std::ranges::sort(members, [](auto* a, auto* b) { return a->key() < b->key(); });
            out += '{';
            bool first = true;
            for (const auto* member : members) {
                if (!first) out += ',';
                first = false;
                out += json::serialize(json::string_view(member->key()));
                out += ':';
                append_canonical(out, member->value());
            }
            out += '}';
            break;
        }
        case json::kind::array: {
            out += '[';
            bool first = true;
            for (const auto& element : value.get_array()) {
                if (!first) out += ',';
                first = false;
                append_canonical(out, element);
            }
            out += ']';
            break;
        }
        case json::kind::double_:
            append_number(out, value.get_double());
            break;
        case json::kind::string:
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::bool_:
        case json::kind::null:
            out += json::serialize(value);
            break;
    }
}

}  // namespace

std::string canonical_text(const json::value& value) {
    std::string out;
    append_canonical(out, value);
    return out;
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
