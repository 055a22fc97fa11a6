// From the query string of GET /records/{kind} to a Query.
//
//   where  field:op:value, conditions joined by ";". op: eq ne lt le gt ge in has; values of `in`
//          separated by "|". "null" with eq and ne means "has no value". A backslash takes the
//          meaning from the ";" or "|" after it.
//   text, sort ("-started_at"), after (cursor), limit (1 to 10,000), bbox=west,south,east,north
#pragma once

#include "core/route.h"
#include "foundations/bigdata/register.h"

namespace anlan::center {

/// Errors: bad_query, naming the parameter.
Result<bigdata::Query> query_of(const Call& call);
Result<std::vector<bigdata::Condition>> conditions_of(std::string_view where);
/// An integer parameter within [least, most]. Errors: bad_query.
Result<std::int64_t> whole_number(const Call& call, std::string_view name, std::int64_t otherwise,
                                  std::int64_t least, std::int64_t most);

/// An RFC 3339 time; nothing when it is not asked. Errors: bad_query.
Result<std::optional<Timestamp>> time_asked(const Call& call, std::string_view name);
/// The journal sequence that `as_of` names: a sequence, or the last one at a time (RFC 3339);
/// nothing when it is not asked. Errors: bad_query.
Result<std::optional<std::int64_t>> as_of_asked(const Call& call, const bigdata::Register& records);

}  // namespace anlan::center
