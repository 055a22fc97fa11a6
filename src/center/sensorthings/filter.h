// $filter of OGC SensorThings 1.1 (18-088, clause 9.3.3.5; OData 4.0 part 2, 5.1.1): text to a
// tree.
//
//   result gt 300 and (Datastream/Thing/name eq '罐区' or not startswith(name,'GD'))
//   phenomenonTime ge 2026-11-19T00:00:00Z and st_within(location, geography'POLYGON ((…))')
#pragma once

#include "center/sensorthings/value.h"
#include "core/result.h"

#include <string_view>

namespace anlan::center::sensorthings {

enum class Operator {
    either,
    both,
    negation,
    eq,
    ne,
    gt,
    ge,
    lt,
    le,
    add,
    sub,
    mul,
    div,
    mod,
    minus
};

enum class Function {
    substringof,
    startswith,
    endswith,
    contains,
    length,
    indexof,
    substring,
    tolower,
    toupper,
    trim,
    concat,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fractionalseconds,
    date,
    time,
    totaloffsetminutes,
    now,
    mindatetime,
    maxdatetime,
    round,
    floor,
    ceiling,
    geo_distance,
    geo_length,
    geo_intersects,
    st_equals,
    st_disjoint,
    st_within,
    st_intersects,
    st_contains
};

struct Expression {
    enum class Kind { constant, path, operation, function };
    Kind kind = Kind::constant;
    Value constant;
    std::vector<std::string> path;  ///< "Datastream/Thing/name" in its parts; "id" for @iot.id.
    Operator op = Operator::eq;
    Function function = Function::length;
    std::vector<Expression> operands;
};

inline constexpr std::size_t k_filter_bytes_max = 4096;
inline constexpr std::size_t k_filter_depth_max = 32;

/// Errors: sensorthings_option, with the byte and what was expected there. Names of properties are
/// judged when they are looked up.
Result<Expression> parse_filter(std::string_view text);

/// A property's path alone, as $orderby and $select have it. Errors: the same, of `option`.
Result<std::vector<std::string>> parse_path(std::string_view text, std::string_view option);

}  // namespace anlan::center::sensorthings
