// The street network as a graph: segments between junctions, arcs along them, nothing else. Turns
// are free; time is length over speed. Built once, then read by any number of threads.
#pragma once

#include "core/geo.h"
#include "core/ids.h"
#include "core/label.h"
#include "core/result.h"
#include "core/units.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace anlan::routing {

using NodeNumber = std::uint32_t;
using SegmentNumber = std::uint32_t;
inline constexpr NodeNumber k_no_node = std::numeric_limits<NodeNumber>::max();
inline constexpr double k_unreachable = std::numeric_limits<double>::infinity();

/// A street between two junctions, as the register keeps it.
struct Road {
    Uuid id;
    Label name;
    std::vector<LonLat> line;  ///< Two points at least.
    MetresPerSecond speed;     ///< What it is driven at; > 0.
    bool one_way = false;      ///< Only in the direction of the line.
    bool closed = false;
    Label closed_reason;  ///< Why, when closed; may be empty.
};

struct Segment {
    Uuid id;
    Label name;
    std::vector<Local> line;
    std::vector<double> at_m;  ///< Distance of each point from the first.
    double length_m = 0;
    double seconds = 0;
    NodeNumber from = 0, to = 0;
    bool one_way = false, closed = false;
    Label closed_reason;

    /// The point at a distance from the first, 0 <= d <= length_m.
    [[nodiscard]] Local point_at(double d) const;
};

/// One direction of a segment.
struct Arc {
    NodeNumber head;  ///< Where it leads (forward star) or comes from (backward star).
    SegmentNumber segment;
    bool along;  ///< In the direction of the segment's line.
};

/// A place on a segment.
struct Snap {
    SegmentNumber segment = 0;
    double at_m = 0;        ///< Along the segment.
    double distance_m = 0;  ///< From the place asked for.
    Local point;
};

class Graph {
  public:
    struct Options {
        double snap_m = 1.0;        ///< Ends of segments nearer than this are one junction.
        std::size_t landmarks = 8;  ///< For the fast search; 0 makes it a plain A*.
    };

    /// Segments shorter than `snap_m` with both ends at one junction are left out. About 1 µs a
    /// segment and 0.3 µs a segment and landmark. Errors: bad_road, naming every bad road.
    static Result<Graph> build(std::span<const Road> roads, const Options& options);
    static Result<Graph> build(std::span<const Road> roads);

    [[nodiscard]] const std::vector<Local>& nodes() const { return m_nodes; }
    [[nodiscard]] const std::vector<Segment>& segments() const { return m_segments; }
    [[nodiscard]] std::span<const Arc> out(NodeNumber n) const {
        return star(m_out, m_out_start, n);
    }
    [[nodiscard]] std::span<const Arc> in(NodeNumber n) const { return star(m_in, m_in_start, n); }

    /// The nearest point of a segment that `usable` accepts, within `within_m`; nothing if none is.
    template <class Usable>
    [[nodiscard]] std::optional<Snap> nearest(Local p, double within_m, Usable usable) const;

    /// Seconds at least from u to t whatever is closed: the largest difference over the landmarks
    /// (ALT: Goldberg & Harrelson 2005). 0 when nothing is known.
    [[nodiscard]] double at_least_s(NodeNumber u, NodeNumber t) const;

  private:
    struct ByArea {
        double west = 0, south = 0, cell_m = 250;
        std::int32_t columns = 0, rows = 0;
        std::vector<std::uint32_t> start;
        std::vector<SegmentNumber> members;
    };

    static std::span<const Arc> star(const std::vector<Arc>& arcs,
                                     const std::vector<std::uint32_t>& start, NodeNumber n) {
        return {arcs.data() + start[n], arcs.data() + start[n + 1]};
    }
    void add_segment(const Road& road, double snap_m, class Junctions& junctions);
    void link();
    void sort_by_area();
    void choose_landmarks(std::size_t count);
    [[nodiscard]] Snap snap_to(SegmentNumber s, Local p) const;

    std::vector<Local> m_nodes;
    std::vector<Segment> m_segments;
    std::vector<Arc> m_out, m_in;
    std::vector<std::uint32_t> m_out_start, m_in_start;
    ByArea m_by_area;
    std::size_t m_landmarks = 0;
    std::vector<float> m_to_landmark, m_from_landmark;  ///< [node * landmarks + k], seconds.
};

template <class Usable>
std::optional<Snap> Graph::nearest(Local p, double within_m, Usable usable) const {
    const auto& a = m_by_area;
    std::optional<Snap> best;
    // Off the map of the projection, coordinates are infinite.
    if (a.columns == 0 || !(std::abs(p.east_m) < 1e8 && std::abs(p.north_m) < 1e8)) return best;
    const auto column = static_cast<std::int32_t>(std::floor((p.east_m - a.west) / a.cell_m));
    const auto row = static_cast<std::int32_t>(std::floor((p.north_m - a.south) / a.cell_m));
    const auto rings = static_cast<std::int32_t>(within_m / a.cell_m) + 1;
    for (std::int32_t ring = 0; ring <= rings; ++ring) {
        // A segment first met in this ring is at least (ring - 1) cells away.
        if (best && best->distance_m <= (ring - 1) * a.cell_m) break;
        for (std::int32_t r = row - ring; r <= row + ring; ++r) {
            if (r < 0 || r >= a.rows) continue;
            const std::int32_t step = r == row - ring || r == row + ring ? 1 : 2 * ring;
            for (std::int32_t c = column - ring; c <= column + ring; c += step) {
                if (c < 0 || c >= a.columns) continue;
                const auto cell = static_cast<std::size_t>(r) * a.columns + c;
                for (auto k = a.start[cell]; k < a.start[cell + 1]; ++k) {
                    const Snap snap = snap_to(a.members[k], p);
                    if (snap.distance_m > within_m) continue;
                    if (best && snap.distance_m >= best->distance_m) continue;
                    if (usable(snap)) best = snap;
                }
            }
        }
    }
    return best;
}

}  // namespace anlan::routing
