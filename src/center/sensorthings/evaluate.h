// What a filter says of one entity.
#pragma once

#include "center/sensorthings/filter.h"

#include <functional>
#include <span>

namespace anlan::center::sensorthings {

/// The values of a path of the entity in question. Errors: sensorthings_no_property.
using Lookup = std::function<Result<Values>(std::span<const std::string> path)>;

/// The values of an expression. Where operands have several values, every combination is tried, at
/// most 1,000. What cannot be computed is null. Errors: those of `lookup`.
Result<Values> evaluate(const Expression& expression, const Lookup& lookup, Timestamp now);

/// True when any of its values is. Errors: as evaluate().
Result<bool> holds(const Expression& expression, const Lookup& lookup, Timestamp now);

/// What a filter demands of a time property, so that it need not be read in full: [from, to).
struct TimeBounds {
    Timestamp from{INT64_MIN}, to{INT64_MAX};
};
/// From the conditions that must all hold and compare `property` with a time.
TimeBounds bounds_of(const Expression& expression, std::string_view property);

}  // namespace anlan::center::sensorthings
