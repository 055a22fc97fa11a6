// Inside routing: why there is no route, in words and road by road.
#pragma once

#include "models/routing/search.h"

#include <span>

namespace anlan::routing {

/// After a search that found nothing: roads_do_not_connect when nothing is closed that would help,
/// else every_road_closed with the closures that stand between what can be reached from the start
/// and what leads to the destination.
Error why_no_route(const Graph& graph, const Costs& costs, const Snap& start, const Snap& end,
                   std::span<const Seed> from, std::span<const Seed> to);

}  // namespace anlan::routing
