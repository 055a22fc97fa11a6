// Inside routing: from the segments of a path to its line, its streets and what lies inside areas.
#pragma once

#include "models/routing/route.h"

#include <vector>

namespace anlan::routing {

/// A segment driven from one distance along it to another; backwards where from_m > to_m.
struct Piece {
    SegmentNumber segment;
    double from_m, to_m;
};

/// Takes away the end of the path that lies in one of the areas, and `margin_m` before it. Returns
/// the metres taken away.
double cut_at_edge(const Closures& closures, const std::vector<std::uint32_t>& areas,
                   double margin_m, std::vector<Piece>& pieces);

/// Line, length, seconds, streets with turns, metres inside areas. Pieces are not empty.
Route draw(const Graph& graph, const Closures& closures, const std::vector<Piece>& pieces);

}  // namespace anlan::routing
