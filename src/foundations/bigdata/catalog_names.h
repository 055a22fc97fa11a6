// The words of the catalog's files for types and uses, in one place for reading and writing.
#pragma once

#include "foundations/bigdata/catalog.h"

#include <array>
#include <utility>

namespace anlan::bigdata {

template <class E, std::size_t N>
using NameTable = std::array<std::pair<std::string_view, E>, N>;

inline constexpr NameTable<FieldType, 16> k_field_types{{{"text", FieldType::text},
                                                         {"long_text", FieldType::long_text},
                                                         {"number", FieldType::number},
                                                         {"integer", FieldType::integer},
                                                         {"boolean", FieldType::boolean},
                                                         {"date", FieldType::date},
                                                         {"time", FieldType::time},
                                                         {"duration", FieldType::duration},
                                                         {"code", FieldType::code},
                                                         {"reference", FieldType::reference},
                                                         {"references", FieldType::references},
                                                         {"person", FieldType::person},
                                                         {"phone", FieldType::phone},
                                                         {"file", FieldType::file},
                                                         {"json", FieldType::json},
                                                         {"height", FieldType::height}}};

inline constexpr NameTable<GeometryUse, 5> k_geometry_uses{{{"none", GeometryUse::none},
                                                            {"point", GeometryUse::point},
                                                            {"line", GeometryUse::line},
                                                            {"area", GeometryUse::area},
                                                            {"any", GeometryUse::any}}};

inline constexpr NameTable<Term::Unit, 5> k_term_units{
    {{"hours", Term::Unit::hours},
     {"days", Term::Unit::days},
     {"working_hours", Term::Unit::working_hours},
     {"working_days", Term::Unit::working_days},
     {"field", Term::Unit::field}}};

inline constexpr NameTable<ExerciseUse, 2> k_exercise_uses{
    {{"inherit", ExerciseUse::inherit}, {"own", ExerciseUse::own}}};

template <class E, std::size_t N>
constexpr std::string_view name_in(const NameTable<E, N>& table, E value) {
    for (const auto& [name, each] : table) {
        if (each == value) return name;
    }
    return {};
}

/// `to` of a move after which the state is what it was.
inline constexpr std::string_view k_same_state = "same";

constexpr std::string_view name_of(FieldType type) {
    return name_in(k_field_types, type);
}
constexpr std::string_view name_of(GeometryUse use) {
    return name_in(k_geometry_uses, use);
}

}  // namespace anlan::bigdata
