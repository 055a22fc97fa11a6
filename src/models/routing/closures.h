// What may not be driven: closed segments, and areas (a gas cloud, a cordon, flooded ground), laid
// over a graph once and then used by any number of searches.
#pragma once

#include "models/routing/graph.h"

#include <span>
#include <string>
#include <vector>

namespace anlan::routing {

/// An area that closes every segment it touches.
struct BlockedArea {
    Label name;
    Geometry area;  ///< Polygon or multipolygon; anything else closes nothing.
};

struct ClosedRoad {
    Uuid road;
    Label reason;
};

/// A stretch of a segment that lies in an area; from == to where it only touches.
struct Stretch {
    std::uint32_t area;
    double from_m, to_m;
};

class Closures {
  public:
    /// Nothing but the segments that the graph itself holds as closed.
    explicit Closures(const Graph& graph) : Closures(graph, {}, {}) {}
    /// Roads that the graph does not know are passed over. 1 µs a segment near an area of 100
    /// corners.
    Closures(const Graph& graph, std::span<const BlockedArea> areas,
             std::span<const ClosedRoad> roads = {});

    [[nodiscard]] std::size_t areas() const { return m_names.size(); }
    [[nodiscard]] const Label& name(std::uint32_t area) const { return m_names[area]; }
    /// Whether the segment as a whole is closed, and why.
    [[nodiscard]] bool closed(SegmentNumber s) const { return m_closed[s] != 0; }
    [[nodiscard]] const Label& reason(SegmentNumber s) const { return m_reasons[m_closed[s] - 1]; }
    /// Where the segment lies in areas, by growing `from_m`.
    [[nodiscard]] std::span<const Stretch> stretches(SegmentNumber s) const {
        return {m_stretches.data() + m_first[s], m_stretches.data() + m_first[s + 1]};
    }
    [[nodiscard]] bool inside(std::uint32_t area, Local p) const;

  private:
    struct Shape {
        std::vector<std::vector<Local>> rings;  ///< All rings of all parts: even-odd.
        Local low, high;
    };
    static Shape shape_of(const Geometry& area);
    void add_stretches(const Graph& graph, SegmentNumber s, std::uint32_t area);

    std::vector<Label> m_names;
    std::vector<Shape> m_shapes;
    std::vector<Stretch> m_stretches;
    std::vector<std::uint32_t> m_first;
    std::vector<std::uint32_t> m_closed;  ///< 0, or 1 + the number of its reason.
    std::vector<Label> m_reasons;
};

}  // namespace anlan::routing
