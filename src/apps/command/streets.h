// The streets as the register has them, as a graph for routing.
#pragma once

#include "apps/command/settings.h"
#include "core/result.h"
#include "foundations/bigdata/record.h"
#include "models/routing/graph.h"

#include <memory>
#include <vector>

namespace anlan::command {

/// Roads without a geometry, or without a speed of their own or of their class, are left out.
/// Errors: bad_road.
Result<std::shared_ptr<const routing::Graph>> streets_from(
    const std::vector<bigdata::Record>& roads, const Settings& settings);

}  // namespace anlan::command
