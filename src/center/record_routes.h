// The generic routes of the register: one set for every kind of the catalog.
//
// Every answer passes the access rule: the right <kind>.<action>, the rows of the caller's view,
// the mask of sensitive fields. Changes are written in the caller's name with origin "api"; what
// follows from them (a plan that starts, a space that closes) comes by the journal.
#pragma once

#include "center/context.h"
#include "core/route.h"

namespace anlan::center {

RouteRows record_routes(CenterContext context);

}  // namespace anlan::center
