// People and their rights: accounts, roles, sessions, API tokens, the audit log. What is allowed is
// decided in foundations/bigdata/administration.h; here it only gets its paths and its JSON.
#pragma once

#include "center/context.h"
#include "core/route.h"
#include "foundations/bigdata/administration.h"

namespace anlan::center {

/// Of the administrators.
RouteRows account_routes(CenterContext context, Random& random);
/// Everybody's own sessions and tokens.
RouteRows own_routes(CenterContext context, Random& random);
RouteRows audit_routes(CenterContext context, Random& random);

/// Who calls, for the audit log.
bigdata::Administration::Caller caller_of(const Call& call);

}  // namespace anlan::center
