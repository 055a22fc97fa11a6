#include "models/routing/graph.h"

#include "models/routing/errors.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_map>

namespace anlan::routing {

Local Segment::point_at(double d) const {
    const auto after = std::ranges::upper_bound(at_m, d);
    if (after == at_m.end()) return line.back();
    if (after == at_m.begin()) return line.front();
    const auto i = static_cast<std::size_t>(after - at_m.begin());
    const double share = (d - at_m[i - 1]) / (at_m[i] - at_m[i - 1]);
    const Local a = line[i - 1], b = line[i];
    return {a.east_m + share * (b.east_m - a.east_m), a.north_m + share * (b.north_m - a.north_m)};
}

/// Gives points within the snapping distance one number, by cells of that size.
class Junctions {
  public:
    Junctions(std::vector<Local>& nodes, double snap_m) : m_nodes(nodes), m_snap_m(snap_m) {}

    NodeNumber number_of(Local p) {
        const auto c = cell(p.east_m), r = cell(p.north_m);
        for (std::int64_t dc = -1; dc <= 1; ++dc) {
            for (std::int64_t dr = -1; dr <= 1; ++dr) {
                const auto found = m_cells.find(key(c + dc, r + dr));
                if (found == m_cells.end()) continue;
                for (const auto n : found->second) {
                    if (distance_m(m_nodes[n], p) <= m_snap_m) return n;
                }
            }
        }
        const auto n = static_cast<NodeNumber>(m_nodes.size());
        m_nodes.push_back(p);
        m_cells[key(c, r)].push_back(n);
        return n;
    }

  private:
    [[nodiscard]] std::int64_t cell(double v) const {
        return static_cast<std::int64_t>(std::floor(v / m_snap_m));
    }
    static std::uint64_t key(std::int64_t c, std::int64_t r) {
        return static_cast<std::uint64_t>(c) << 32 ^ (static_cast<std::uint64_t>(r) & 0xffffffff);
    }
    std::vector<Local>& m_nodes;
    double m_snap_m;
    std::unordered_map<std::uint64_t, std::vector<NodeNumber>> m_cells;
};

void Graph::add_segment(const Road& road, double snap_m, Junctions& junctions) {
    Segment s{.id = road.id,
              .name = road.name,
              .line = {},
              .at_m = {},
              .length_m = 0,
              .seconds = 0,
              .from = 0,
              .to = 0,
              .one_way = road.one_way,
              .closed = road.closed,
              .closed_reason = road.closed_reason};
    for (const auto p : road.line) {
        const Local here = to_local(p);
        if (!s.line.empty()) s.length_m += distance_m(s.line.back(), here);
        s.line.push_back(here);
        s.at_m.push_back(s.length_m);
    }
    s.from = junctions.number_of(s.line.front());
    s.to = junctions.number_of(s.line.back());
    if (s.from == s.to && s.length_m < snap_m) return;
    s.seconds = s.length_m / road.speed.value;
    m_segments.push_back(std::move(s));
}

void Graph::link() {
    m_out_start.assign(m_nodes.size() + 1, 0);
    m_in_start.assign(m_nodes.size() + 1, 0);
    const auto each_arc = [&](auto&& take) {
        for (SegmentNumber k = 0; k < m_segments.size(); ++k) {
            const auto& s = m_segments[k];
            take(s.from, s.to, k, true);
            if (!s.one_way) take(s.to, s.from, k, false);
        }
    };
    each_arc([&](NodeNumber tail, NodeNumber head, SegmentNumber, bool) {
        ++m_out_start[tail + 1];
        ++m_in_start[head + 1];
    });
    for (std::size_t n = 0; n < m_nodes.size(); ++n) {
        m_out_start[n + 1] += m_out_start[n];
        m_in_start[n + 1] += m_in_start[n];
    }
    m_out.resize(m_out_start.back());
    m_in.resize(m_in_start.back());
    auto out = m_out_start, in = m_in_start;
    each_arc([&](NodeNumber tail, NodeNumber head, SegmentNumber k, bool along) {
        m_out[out[tail]++] = {head, k, along};
        m_in[in[head]++] = {tail, k, along};
    });
}

void Graph::sort_by_area() {
    auto& a = m_by_area;
    if (m_segments.empty()) return;
    double east = -1e18, north = -1e18;
    a.west = a.south = 1e18;
    for (const auto& s : m_segments) {
        for (const auto p : s.line) {
            a.west = std::min(a.west, p.east_m);
            a.south = std::min(a.south, p.north_m);
            east = std::max(east, p.east_m);
            north = std::max(north, p.north_m);
        }
    }
    // About one cell a segment at most, however wide the network.
    a.cell_m = std::max(a.cell_m, std::sqrt((east - a.west) * (north - a.south) /
                                            static_cast<double>(m_segments.size())));
    a.columns = static_cast<std::int32_t>((east - a.west) / a.cell_m) + 1;
    a.rows = static_cast<std::int32_t>((north - a.south) / a.cell_m) + 1;
    const auto each_cell = [&](auto&& take) {
        for (SegmentNumber k = 0; k < m_segments.size(); ++k) {
            const auto& line = m_segments[k].line;
            const auto [w, e] = std::ranges::minmax(line, {}, &Local::east_m);
            const auto [s, n] = std::ranges::minmax(line, {}, &Local::north_m);
            const auto c1 = static_cast<std::int32_t>((e.east_m - a.west) / a.cell_m);
            const auto r1 = static_cast<std::int32_t>((n.north_m - a.south) / a.cell_m);
            for (auto r = static_cast<std::int32_t>((s.north_m - a.south) / a.cell_m); r <= r1;
                 ++r) {
                for (auto c = static_cast<std::int32_t>((w.east_m - a.west) / a.cell_m); c <= c1;
                     ++c) {
                    take(static_cast<std::size_t>(r) * a.columns + c, k);
                }
            }
        }
    };
    a.start.assign(static_cast<std::size_t>(a.columns) * a.rows + 1, 0);
    each_cell([&](std::size_t cell, SegmentNumber) { ++a.start[cell + 1]; });
    for (std::size_t i = 1; i < a.start.size(); ++i) a.start[i] += a.start[i - 1];
    a.members.resize(a.start.back());
    auto next = a.start;
    each_cell([&](std::size_t cell, SegmentNumber k) { a.members[next[cell]++] = k; });
}

Snap Graph::snap_to(SegmentNumber number, Local p) const {
    const auto& s = m_segments[number];
    Snap best{number, 0, std::numeric_limits<double>::infinity(), s.line.front()};
    for (std::size_t i = 0; i + 1 < s.line.size(); ++i) {
        const Local a = s.line[i], d = s.line[i + 1] - a, q = p - a;
        const double squared = d.east_m * d.east_m + d.north_m * d.north_m;
        const double along = d.east_m * q.east_m + d.north_m * q.north_m;
        const double share = squared > 0 ? std::clamp(along / squared, 0.0, 1.0) : 0;
        const Local here{a.east_m + share * d.east_m, a.north_m + share * d.north_m};
        const double away = distance_m(here, p);
        if (away < best.distance_m) {
            best = {number, s.at_m[i] + share * (s.at_m[i + 1] - s.at_m[i]), away, here};
        }
    }
    return best;
}

namespace {

/// Seconds from `source` to every node along `star` (out), or from every node to it (in).
template <class Star>
std::vector<double> all_seconds(const Graph& graph, NodeNumber source, Star star) {
    std::vector<double> seconds(graph.nodes().size(), k_unreachable);
    using Entry = std::pair<double, NodeNumber>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    seconds[source] = 0;
    open.emplace(0, source);
    while (!open.empty()) {
        const auto [s, n] = open.top();
        open.pop();
        if (s > seconds[n]) continue;
        for (const Arc& arc : star(n)) {
            const double there = s + graph.segments()[arc.segment].seconds;
            if (there < seconds[arc.head]) {
                seconds[arc.head] = there;
                open.emplace(there, arc.head);
            }
        }
    }
    return seconds;
}

}  // namespace

void Graph::choose_landmarks(std::size_t count) {
    m_landmarks = std::min(count, m_nodes.size());
    m_to_landmark.assign(m_nodes.size() * m_landmarks, 0);
    m_from_landmark.assign(m_nodes.size() * m_landmarks, 0);
    std::vector<double> nearest_m(m_nodes.size(), std::numeric_limits<double>::infinity());
    NodeNumber chosen = 0;  // Then always the node farthest from those chosen.
    for (std::size_t k = 0; k < m_landmarks; ++k) {
        if (k == 0) {
            for (NodeNumber n = 1; n < m_nodes.size(); ++n) {
                if (distance_m(m_nodes[n], m_nodes[0]) > distance_m(m_nodes[chosen], m_nodes[0]))
                    chosen = n;
            }
        } else {
            chosen =
                static_cast<NodeNumber>(std::ranges::max_element(nearest_m) - nearest_m.begin());
        }
        const auto from = all_seconds(*this, chosen, [&](NodeNumber n) { return out(n); });
        const auto to = all_seconds(*this, chosen, [&](NodeNumber n) { return in(n); });
        for (NodeNumber n = 0; n < m_nodes.size(); ++n) {
            m_from_landmark[n * m_landmarks + k] = static_cast<float>(from[n]);
            m_to_landmark[n * m_landmarks + k] = static_cast<float>(to[n]);
            nearest_m[n] = std::min(nearest_m[n], distance_m(m_nodes[n], m_nodes[chosen]));
        }
    }
}

double Graph::at_least_s(NodeNumber u, NodeNumber t) const {
    float best = 0;
    const std::size_t at_u = u * m_landmarks, at_t = t * m_landmarks;
    for (std::size_t k = 0; k < m_landmarks; ++k) {
        // Infinite where a landmark cannot be reached: the difference is then no bound (NaN or
        // infinite), and the comparison with a finite limit drops it.
        const float there = m_to_landmark[at_u + k] - m_to_landmark[at_t + k];
        const float back = m_from_landmark[at_t + k] - m_from_landmark[at_u + k];
        if (there > best && there < std::numeric_limits<float>::max()) best = there;
        if (back > best && back < std::numeric_limits<float>::max()) best = back;
    }
    // Two single-precision roundings: stay below the true bound.
    return std::max(0.0, static_cast<double>(best) * (1 - 1e-6) - 1e-3);
}

Result<Graph> Graph::build(std::span<const Road> roads) {
    return build(roads, Options{});
}

Result<Graph> Graph::build(std::span<const Road> roads, const Options& options) {
    std::vector<FieldProblem> problems;
    const auto wrong = [&](std::size_t k, std::string what) {
        problems.push_back(
            {"roads/" + std::to_string(k), &errors::k_bad_road, {{"what", std::move(what)}}});
    };
    for (std::size_t k = 0; k < roads.size(); ++k) {
        const auto& road = roads[k];
        const bool finite = std::ranges::all_of(road.line, [](LonLat p) {
            return std::isfinite(p.longitude_deg) && std::isfinite(p.latitude_deg);
        });
        if (road.line.size() < 2)
            wrong(k, "under two points");
        else if (!finite)
            wrong(k, "a coordinate is not finite");
        else if (!(road.speed.value > 0) || !std::isfinite(road.speed.value))
            wrong(k, "speed must be above 0");
    }
    if (!problems.empty()) {
        return fail(
            errors::k_bad_road,
            {{"what", std::to_string(problems.size()) + " / " + std::to_string(roads.size())}},
            std::move(problems));
    }
    Graph graph;
    Junctions junctions(graph.m_nodes, std::max(options.snap_m, 1e-3));
    for (const auto& road : roads) graph.add_segment(road, options.snap_m, junctions);
    graph.link();
    graph.sort_by_area();
    graph.choose_landmarks(options.landmarks);
    return graph;
}

}  // namespace anlan::routing
