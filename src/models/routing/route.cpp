#include "models/routing/route.h"

#include "models/routing/blocking.h"
#include "models/routing/errors.h"
#include "models/routing/path.h"
#include "models/routing/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace anlan::routing {

namespace {

/// A request with its ends on the streets.
struct Request {
    const Graph& graph;
    const Closures& closures;
    const RouteOptions& options;
    Snap from, to;
    std::vector<std::uint32_t> start_areas, end_areas;  ///< That hold the places asked for.
};

std::vector<std::uint32_t> areas_round(const Closures& closures, Local p) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t a = 0; a < closures.areas(); ++a) {
        if (closures.inside(a, p)) out.push_back(a);
    }
    return out;
}

/// The nearest street point that is open, or lies in no other area than the place itself does.
Result<Snap> snap(const Graph& graph, const Closures& closures, const RouteOptions& options,
                  Local p, const std::vector<std::uint32_t>& round, Label end) {
    const auto usable = [&](const Snap& s) {
        if (closures.closed(s.segment)) return false;
        if (options.areas == Areas::weighted) return true;
        return std::ranges::none_of(closures.stretches(s.segment), [&](const Stretch& stretch) {
            return stretch.from_m <= s.at_m && s.at_m <= stretch.to_m &&
                   std::ranges::find(round, stretch.area) == round.end();
        });
    };
    const auto found = graph.nearest(p, options.snap_max_m, usable);
    if (found) return *found;
    return fail(errors::k_no_road_near, {{"metres", fmt::format("{:.0f}", options.snap_max_m)},
                                         {"end_zh", end.zh},
                                         {"end_en", end.en}});
}

Result<Request> prepare(const Graph& graph, LonLat from, LonLat to, const Closures& closures,
                        const RouteOptions& options) {
    const Local start = to_local(from), end = to_local(to);
    auto start_areas = areas_round(closures, start), end_areas = areas_round(closures, end);
    TRY_ASSIGN(a, snap(graph, closures, options, start, start_areas, {"起点", "start"}));
    TRY_ASSIGN(b, snap(graph, closures, options, end, end_areas, {"终点", "destination"}));
    return Request{graph, closures, options, a, b, std::move(start_areas), std::move(end_areas)};
}

Costs costs_of(const Request& r) {
    std::vector<bool> open(r.closures.areas(), r.options.areas == Areas::weighted);
    for (const auto a : r.start_areas) open[a] = true;
    for (const auto a : r.end_areas) open[a] = true;
    return {r.graph, &r.closures, std::move(open), std::max(1.0, r.options.inside_weight)};
}

struct Seeds {
    std::array<Seed, 2> values;
    std::size_t count = 0;
    [[nodiscard]] std::span<const Seed> all() const { return {values.data(), count}; }
    void add(NodeNumber n, double seconds) { values[count++] = {n, seconds}; }
};

Seeds leave(const Graph& graph, const Costs& costs, const Snap& s) {
    const auto& segment = graph.segments()[s.segment];
    Seeds out;
    out.add(segment.to, costs.part(s.segment, s.at_m, segment.length_m));
    if (!segment.one_way) out.add(segment.from, costs.part(s.segment, s.at_m, 0));
    return out;
}

Seeds enter(const Graph& graph, const Costs& costs, const Snap& s) {
    const auto& segment = graph.segments()[s.segment];
    Seeds out;
    out.add(segment.from, costs.part(s.segment, 0, s.at_m));
    if (!segment.one_way) out.add(segment.to, costs.part(s.segment, segment.length_m, s.at_m));
    return out;
}

/// Seconds straight along the one segment that holds both ends, if it may be driven so.
double direct(const Request& r, const Costs& costs) {
    if (r.from.segment != r.to.segment) return k_unreachable;
    if (r.graph.segments()[r.from.segment].one_way && r.to.at_m < r.from.at_m) return k_unreachable;
    return costs.part(r.from.segment, r.from.at_m, r.to.at_m);
}

/// The cheaper seed at a node: a loop has both its ends at one.
std::size_t used(const Seeds& seeds, NodeNumber node) {
    if (seeds.count == 1) return 0;
    const auto [a, b] = seeds.values;
    if (a.node != b.node) return a.node == node ? 0 : 1;
    return a.seconds <= b.seconds ? 0 : 1;
}

std::vector<Piece> pieces_of(const Request& r, const Found& found, const Seeds& starts,
                             const Seeds& ends) {
    const auto& segments = r.graph.segments();
    std::vector<Piece> out;
    const double first_m = segments[r.from.segment].length_m,
                 last_m = segments[r.to.segment].length_m;
    out.push_back({r.from.segment, r.from.at_m, used(starts, found.first) == 0 ? first_m : 0});
    for (const auto& step : found.steps) {
        const double length_m = segments[step.segment].length_m;
        out.push_back(step.along ? Piece{step.segment, 0, length_m}
                                 : Piece{step.segment, length_m, 0});
    }
    out.push_back({r.to.segment, used(ends, found.last) == 0 ? 0 : last_m, r.to.at_m});
    return out;
}

Label list_of(const Closures& closures, const std::vector<std::uint32_t>& areas) {
    Label out;
    for (const auto a : areas) {
        out.zh += (out.zh.empty() ? "“" : "、“") + closures.name(a).zh + "”";
        out.en += (out.en.empty() ? "'" : ", '") + closures.name(a).en + "'";
    }
    return out;
}

void add_notes(const Request& r, double cut_m, Route& route) {
    if (!r.start_areas.empty()) {
        const Label where = list_of(r.closures, r.start_areas);
        route.notes.push_back({"start_inside",
                               {fmt::format("起点在{}内", where.zh),
                                fmt::format("The start lies inside {}", where.en)}});
    }
    if (r.end_areas.empty()) return;
    const Label where = list_of(r.closures, r.end_areas);
    if (cut_m > 0) {
        route.notes.push_back(
            {"stopped_at_edge",
             {fmt::format("终点在{}内，路线止于边缘外，余 {:.0f} m", where.zh, cut_m),
              fmt::format(
                  "The destination lies inside {}; the route ends before its edge, {:.0f} m short",
                  where.en, cut_m)}});
    } else if (route.inside_m < 0.5) {
        route.notes.push_back(
            {"destination_inside",
             {fmt::format("终点在{}内，路线止于区外的街上", where.zh),
              fmt::format("The destination lies inside {}; the route ends on a street outside it",
                          where.en)}});
    } else {
        route.notes.push_back(
            {"destination_inside",
             {fmt::format("终点在{}内，路线有 {:.0f} m 在区内", where.zh, route.inside_m),
              fmt::format("The destination lies inside {}; {:.0f} m of the route are inside",
                          where.en, route.inside_m)}});
    }
}

Route finish(const Request& r, const Costs& costs, std::vector<Piece> pieces) {
    double cut_m = 0;
    if (r.options.inside == Inside::stop_at_edge && !r.end_areas.empty()) {
        cut_m = cut_at_edge(r.closures, r.end_areas, r.options.edge_margin_m, pieces);
    }
    Route route = draw(r.graph, r.closures, pieces);
    for (const auto& p : pieces) route.weighted_seconds += costs.part(p.segment, p.from_m, p.to_m);
    route.start_off_m = r.from.distance_m;
    route.end_off_m = r.to.distance_m;
    add_notes(r, cut_m, route);
    return route;
}

Error no_route(const Request& r, const Costs& costs) {
    const Seeds from = leave(r.graph, costs, r.from), to = enter(r.graph, costs, r.to);
    return why_no_route(r.graph, costs, r.from, r.to, from.all(), to.all());
}

Result<Route> find(const Graph& graph, LonLat from, LonLat to, const Closures& closures,
                   const RouteOptions& options, Method method) {
    TRY_ASSIGN(request, prepare(graph, from, to, closures, options));
    const Costs costs = costs_of(request);
    const Seeds starts = leave(graph, costs, request.from), ends = enter(graph, costs, request.to);
    const auto found = search(graph, costs, starts.all(), ends.all(), method);
    const double straight = direct(request, costs);
    if (straight != k_unreachable && (!found || straight <= found->seconds)) {
        return finish(request, costs, {{request.from.segment, request.from.at_m, request.to.at_m}});
    }
    if (!found) return std::unexpected(no_route(request, costs));
    return finish(request, costs, pieces_of(request, *found, starts, ends));
}

std::optional<Found> follow(const Tree& tree, std::span<const Seed> starts) {
    double best = k_unreachable;
    NodeNumber first = k_no_node;
    for (const auto& s : starts) {
        if (s.seconds + tree.seconds[s.node] < best) {
            best = s.seconds + tree.seconds[s.node];
            first = s.node;
        }
    }
    if (first == k_no_node) return std::nullopt;
    Found out{best, first, first, {}};
    for (; tree.next_node[out.last] != k_no_node; out.last = tree.next_node[out.last]) {
        out.steps.push_back(tree.next[out.last]);
    }
    return out;
}

}  // namespace

Result<Route> find_route(const Graph& graph, LonLat from, LonLat to, const Closures& closures,
                         const RouteOptions& options) {
    return find(graph, from, to, closures, options, Method::landmarks);
}

Result<Route> find_route_plainly(const Graph& graph, LonLat from, LonLat to,
                                 const Closures& closures, const RouteOptions& options) {
    return find(graph, from, to, closures, options, Method::plain);
}

std::vector<Result<Route>> find_routes(const Graph& graph, std::span<const LonLat> from, LonLat to,
                                       const Closures& closures, const RouteOptions& options) {
    std::vector<Result<Route>> out;
    out.reserve(from.size());
    std::optional<Tree> tree;
    for (const auto each : from) {
        auto request = prepare(graph, each, to, closures, options);
        if (!request) {
            out.push_back(std::unexpected(std::move(request).error()));
            continue;
        }
        // A start inside an area opens that area for itself alone: it gets a search of its own.
        if (!request->start_areas.empty()) {
            out.push_back(find_route(graph, each, to, closures, options));
            continue;
        }
        const Costs costs = costs_of(*request);
        const Seeds starts = leave(graph, costs, request->from),
                    ends = enter(graph, costs, request->to);
        if (!tree) tree = search_back(graph, costs, ends.all());
        const auto found = follow(*tree, starts.all());
        const double straight = direct(*request, costs);
        if (straight != k_unreachable && (!found || straight <= found->seconds)) {
            out.push_back(finish(*request, costs,
                                 {{request->from.segment, request->from.at_m, request->to.at_m}}));
        } else if (found) {
            out.push_back(finish(*request, costs, pieces_of(*request, *found, starts, ends)));
        } else {
            out.push_back(std::unexpected(no_route(*request, costs)));
        }
    }
    return out;
}

}  // namespace anlan::routing
