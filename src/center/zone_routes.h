// Routes whose parts know one zone (maps, applications, hub), made one set for all zones: the
// caller's zone says whose handler answers.
#pragma once

#include "core/route.h"

#include <string>
#include <utility>
#include <vector>

namespace anlan::center {

/// All zones offer the same rows, in the same order. A caller of a zone that is not among them gets
/// zone_not_served. Public rows are asked of zone after zone until one takes the credential.
RouteRows by_zone(std::vector<std::pair<std::string, RouteRows>> zones);

}  // namespace anlan::center
