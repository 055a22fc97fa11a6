// The OpenAPI 3.1 text of the route rows, and a page that shows it without foreign scripts.
#pragma once

#include "core/json.h"
#include "core/route.h"
#include "foundations/bigdata/catalog.h"

#include <string>

namespace anlan::center {

/// Paths from the rows; components from the catalog: Problem, Record, and <Kind>Fields for every
/// kind.
json::object openapi_of(const RouteRows& rows, const bigdata::Catalog& catalog,
                        std::string_view version);

/// The same as one HTML page, in Chinese and English; every text escaped, no script.
std::string openapi_page(const json::object& openapi);

/// GET /api/v1/openapi.json and GET /api/docs over rows that include them.
RouteRows openapi_routes(std::shared_ptr<const json::object> openapi);

}  // namespace anlan::center
