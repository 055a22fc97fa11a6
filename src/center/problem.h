// From an Error to an RFC 9457 problem document: the only place that does it.
//
//   {type:"/errors/<id>", title, status, detail, instance, errors:[{where, id, text}]}
//
// `title` says the status in the caller's language, `detail` the row's text, `instance` names the
// request as the log does. stale_revision also has `current` and `given`, as numbers.
#pragma once

#include "center/http.h"
#include "core/json.h"

namespace anlan::center {

json::object problem_of(const Error& error, Language language, std::string_view request_id);
/// The problem as a response; what is internal stays in the log (Response::note).
Response problem_response(const Error& error, Language language, std::string_view request_id);

}  // namespace anlan::center
