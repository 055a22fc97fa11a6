// Sign-in, sign-out and who am I.
#pragma once

#include "center/context.h"
#include "core/route.h"

namespace anlan::center {

RouteRows session_routes(CenterContext context);

}  // namespace anlan::center
