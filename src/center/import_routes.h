// Routes of imports, which are jobs: receive and check a file, look at what it would do, apply it.
#pragma once

#include "core/route.h"
#include "foundations/bigdata/exchange/desk.h"

namespace anlan::center {

/// The desk must outlive the routes.
RouteRows import_routes(bigdata::exchange::Desk& desk);

}  // namespace anlan::center
