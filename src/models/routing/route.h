// The quickest way on the streets from a place to a place, round what is closed.
//
// An area closes every segment that it touches. Where the start or the destination lies inside an
// area, that area alone is opened, at a price (a metre inside counts `inside_weight` metres, so the
// route keeps the way inside short), and the route says so in a note. Times are driving times only:
// without turnout, turns, lights or traffic.
#pragma once

#include "models/routing/closures.h"
#include "models/routing/graph.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::routing {

enum class Inside {
    approach,      ///< Drive to the destination, also inside its area.
    stop_at_edge,  ///< End `edge_margin_m` before the area that holds the destination.
};

enum class Areas {
    closed,    ///< No segment that an area touches is used (but for start and destination).
    weighted,  ///< All areas may be entered, at the price of `inside_weight`.
};

struct RouteOptions {
    Areas areas = Areas::closed;
    Inside inside = Inside::approach;
    double inside_weight = 20;
    double edge_margin_m = 30;
    double snap_max_m = 500;  ///< How far off the streets a place may lie.
};

enum class Turn {
    start,
    straight,
    slight_left,
    left,
    sharp_left,
    slight_right,
    right,
    sharp_right,
    back
};

/// A street taken, from the turn into it to the next turn.
struct Taken {
    Label name;
    double length_m = 0, seconds = 0;
    Turn turn = Turn::start;
    double heading_deg = 0;  ///< Grid bearing when turning into it.
};

struct RouteNote {
    std::string id;  ///< start_inside, destination_inside, stopped_at_edge.
    Label text;
};

struct Route {
    std::vector<LonLat> line;  ///< From street point to street point; two points at least.
    double length_m = 0, seconds = 0;
    std::vector<Taken> roads;
    double start_off_m = 0,
           end_off_m = 0;         ///< From the places to the street points, not in length_m.
    double inside_m = 0;          ///< Of length_m, how much lies in areas.
    double weighted_seconds = 0;  ///< What was made small: seconds, with the price of areas.
    std::vector<RouteNote> notes;
};

/// Errors: no_road_near; roads_do_not_connect (also with everything open); every_road_closed, with
/// what is in the way as parameters {blocking_zh, blocking_en} and road by road as fields.
/// About 25 µs on the zone's network (bench/routing). Pure; safe from any number of threads.
Result<Route> find_route(const Graph& graph, LonLat from, LonLat to, const Closures& closures,
                         const RouteOptions& options = {});

/// The same from many places to one, by one search backwards: all teams to an incident. Results are
/// in the order of `from`.
std::vector<Result<Route>> find_routes(const Graph& graph, std::span<const LonLat> from, LonLat to,
                                       const Closures& closures, const RouteOptions& options = {});

/// The same as find_route by Dijkstra's algorithm: slower, to compare with.
Result<Route> find_route_plainly(const Graph& graph, LonLat from, LonLat to,
                                 const Closures& closures, const RouteOptions& options = {});

/// 左转进入海鸥道，430 m / Turn left into Hai'ou Street, 430 m.
Label text_of(const Taken& taken);

}  // namespace anlan::routing
