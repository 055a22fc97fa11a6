// From one BOOST_DESCRIBE_STRUCT come the JSON reader (errors with field paths), the JSON writer
// and the JSON Schema of the OpenAPI text.
//
// Understood members: bool, integers, double, std::string, Uuid ("" or null is nil), Timestamp
// (RFC 3339), Geometry (GeoJSON), json::object / json::array / json::value (anything of that
// shape), std::optional, std::vector, and other described structs. A member that is neither
// optional nor a vector nor bool is required. Unknown members are refused, so that a misspelt name
// is not lost.
#pragma once

#include "core/geo.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/time.h"

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace anlan {

namespace errors {
inline constexpr ErrorRow k_bad_request{"bad_request", 422, LogLevel::info, "请求内容有误",
                                        "The request has errors"};
inline constexpr ErrorRow k_field_missing{"field_missing", 422, LogLevel::info, "缺少此项",
                                          "is missing"};
inline constexpr ErrorRow k_field_unknown{"field_unknown", 422, LogLevel::info, "没有这一项",
                                          "is not a known member"};
inline constexpr ErrorRow k_field_type{"field_type", 422, LogLevel::info, "应为{expected}",
                                       "should be {expected}"};
}  // namespace errors

namespace describe_detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                         boost::describe::mod_inherited>;

struct Reader {
    std::vector<FieldProblem> problems;
    void wrong(const std::string& where, std::string expected) {
        problems.push_back({where, &errors::k_field_type, {{"expected", std::move(expected)}}});
    }
};

template <class T>
void read(Reader& reader, const std::string& where, const json::value& in, T& out) {
    if constexpr (std::same_as<T, bool>) {
        if (const auto* b = in.if_bool())
            out = *b;
        else
            reader.wrong(where, "true / false");
    } else if constexpr (std::integral<T>) {
        boost::system::error_code error;
        const T v = in.is_number() ? in.to_number<T>(error) : T{};
        if (!in.is_number() || error)
            reader.wrong(where, "integer");
        else
            out = v;
    } else if constexpr (std::floating_point<T>) {
        if (in.is_number())
            out = in.to_number<double>();
        else
            reader.wrong(where, "number");
    } else if constexpr (std::same_as<T, std::string>) {
        if (const auto* s = in.if_string())
            out.assign(s->data(), s->size());
        else
            reader.wrong(where, "text");
    } else if constexpr (std::same_as<T, Uuid>) {
        if (in.is_null()) return;
        const auto* s = in.if_string();
        if (s != nullptr && s->empty()) return;
        const auto id = s == nullptr ? std::nullopt : Uuid::parse({s->data(), s->size()});
        if (id)
            out = *id;
        else
            reader.wrong(where, "UUID");
    } else if constexpr (std::same_as<T, Timestamp>) {
        const auto* s = in.if_string();
        const auto t = s == nullptr ? std::nullopt : parse_iso8601({s->data(), s->size()});
        if (t)
            out = *t;
        else
            reader.wrong(where, "RFC 3339 time");
    } else if constexpr (std::same_as<T, Geometry>) {
        auto g = geometry_from_json(in);
        if (g)
            out = std::move(*g);
        else
            reader.problems.push_back({where, g.error().row, g.error().parameters});
    } else if constexpr (std::same_as<T, json::object>) {
        if (const auto* o = in.if_object())
            out = *o;
        else
            reader.wrong(where, "object");
    } else if constexpr (std::same_as<T, json::array>) {
        if (const auto* a = in.if_array())
            out = *a;
        else
            reader.wrong(where, "array");
    } else if constexpr (std::same_as<T, json::value>) {
        out = in;
    } else if constexpr (is_optional<T>::value) {
        if (in.is_null()) return;
        read(reader, where, in, out.emplace());
    } else if constexpr (is_vector<T>::value) {
        const auto* a = in.if_array();
        if (a == nullptr) return reader.wrong(where, "array");
        out.resize(a->size());
        for (std::size_t i = 0; i < a->size(); ++i)
            read(reader, where + "/" + std::to_string(i), (*a)[i], out[i]);
    } else {
        static_assert(Described<T>, "describe the type with BOOST_DESCRIBE_STRUCT");
        const auto* object = in.if_object();
        if (object == nullptr) return reader.wrong(where, "object");
        std::size_t seen = 0;
        boost::mp11::mp_for_each<Members<T>>([&](auto d) {
            auto& member = out.*d.pointer;
            using Member = std::remove_cvref_t<decltype(member)>;
            const std::string at = where + "/" + d.name;
            if (const auto* v = object->if_contains(d.name)) {
                ++seen;
                read(reader, at, *v, member);
            } else if constexpr (!is_optional<Member>::value && !is_vector<Member>::value &&
                                 !std::same_as<Member, bool> &&
                                 !std::same_as<Member, json::object>) {
                reader.problems.push_back({at, &errors::k_field_missing, {}});
            }
        });
        if (seen < object->size()) {
            for (const auto& [key, value] : *object) {
                bool known = false;
                boost::mp11::mp_for_each<Members<T>>([&](auto d) { known |= key == d.name; });
                if (!known) {
                    reader.problems.push_back(
                        {where + "/" + std::string(key), &errors::k_field_unknown, {}});
                }
            }
        }
    }
}

}  // namespace describe_detail

/// Errors: bad_request, with every wrong field named at once.
template <class T>
Result<T> from_json(const json::value& in) {
    describe_detail::Reader reader;
    T out{};
    describe_detail::read(reader, "", in, out);
    if (!reader.problems.empty())
        return fail(errors::k_bad_request, {}, std::move(reader.problems));
    return out;
}

template <class T>
json::value value_of(const T& in) {
    using namespace describe_detail;
    if constexpr (std::same_as<T, bool> || std::integral<T> || std::same_as<T, std::string> ||
                  std::same_as<T, json::object> || std::same_as<T, json::array> ||
                  std::same_as<T, json::value>) {
        return json::value(in);
    } else if constexpr (std::floating_point<T>) {
        return in - in == 0 ? json::value(in) : json::value(nullptr);  // NaN and infinity: unknown
    } else if constexpr (std::same_as<T, Uuid>) {
        return in.is_nil() ? json::value(nullptr) : json::value(in.text());
    } else if constexpr (std::same_as<T, Timestamp>) {
        return json::value(iso8601(in));
    } else if constexpr (std::same_as<T, Geometry>) {
        return to_json(in);
    } else if constexpr (is_optional<T>::value) {
        return in ? value_of(*in) : json::value(nullptr);
    } else if constexpr (is_vector<T>::value) {
        json::array out;
        out.reserve(in.size());
        for (const auto& each : in) out.push_back(value_of(each));
        return out;
    } else {
        static_assert(Described<T>, "describe the type with BOOST_DESCRIBE_STRUCT");
        json::object out;
        boost::mp11::mp_for_each<Members<T>>(
            [&](auto d) { out.emplace(d.name, value_of(in.*d.pointer)); });
        return out;
    }
}

/// JSON Schema (2020-12), as OpenAPI 3.1 takes it.
template <class T>
json::object schema_of() {
    using namespace describe_detail;
    if constexpr (std::same_as<T, bool>) {
        return {{"type", "boolean"}};
    } else if constexpr (std::integral<T>) {
        return {{"type", "integer"}};
    } else if constexpr (std::floating_point<T>) {
        return {{"type", "number"}};
    } else if constexpr (std::same_as<T, std::string>) {
        return {{"type", "string"}};
    } else if constexpr (std::same_as<T, Uuid>) {
        return {{"type", json::array{"string", "null"}}, {"format", "uuid"}};
    } else if constexpr (std::same_as<T, Timestamp>) {
        return {{"type", "string"}, {"format", "date-time"}};
    } else if constexpr (std::same_as<T, Geometry>) {
        return {{"type", "object"},
                {"description", "GeoJSON geometry, CGCS2000"},
                {"properties", {{"type", {{"type", "string"}}}, {"coordinates", json::object{}}}},
                {"required", json::array{"type", "coordinates"}}};
    } else if constexpr (std::same_as<T, json::object>) {
        return {{"type", "object"}, {"additionalProperties", true}};
    } else if constexpr (std::same_as<T, json::array>) {
        return {{"type", "array"}, {"items", json::object{}}};
    } else if constexpr (std::same_as<T, json::value>) {
        return {};
    } else if constexpr (is_optional<T>::value) {
        return {{"oneOf",
                 json::array{schema_of<typename T::value_type>(), json::object{{"type", "null"}}}}};
    } else if constexpr (is_vector<T>::value) {
        return {{"type", "array"}, {"items", schema_of<typename T::value_type>()}};
    } else {
        json::object properties;
        json::array required;
        boost::mp11::mp_for_each<Members<T>>([&](auto d) {
            using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
            properties.emplace(d.name, schema_of<Member>());
            if constexpr (!is_optional<Member>::value && !is_vector<Member>::value &&
                          !std::same_as<Member, bool> && !std::same_as<Member, json::object>) {
                required.push_back(json::value(d.name));
            }
        });
        json::object out{{"type", "object"}, {"properties", std::move(properties)}};
        if (!required.empty()) out.emplace("required", std::move(required));
        return out;
    }
}

}  // namespace anlan
