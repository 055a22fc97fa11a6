// Inside routing: the cost of a segment under closures, and the shortest-path searches. Programs
// use route.h.
#pragma once

#include "models/routing/closures.h"
#include "models/routing/graph.h"

#include <optional>
#include <span>
#include <vector>

namespace anlan::routing {

/// Seconds on segments: infinite where closed; areas that are `open` are not closed but weighted.
class Costs {
  public:
    /// `open[area]` marks the areas that may be entered; a metre in one counts `inside_weight`
    /// metres.
    Costs(const Graph& graph, const Closures* closures, std::vector<bool> open,
          double inside_weight)
        : m_graph(graph), m_closures(closures), m_open(std::move(open)), m_weight(inside_weight) {}

    [[nodiscard]] double whole(SegmentNumber s) const {
        if (m_closures == nullptr) return m_graph.segments()[s].seconds;
        if (m_closures->closed(s)) return k_unreachable;
        if (m_closures->stretches(s).empty()) return m_graph.segments()[s].seconds;
        return part(s, 0, m_graph.segments()[s].length_m);
    }
    /// Between two distances along the segment, in either order; one-way is not looked at.
    [[nodiscard]] double part(SegmentNumber s, double a_m, double b_m) const;
    [[nodiscard]] bool open(std::uint32_t area) const { return m_open[area]; }
    [[nodiscard]] const Closures* closures() const { return m_closures; }

  private:
    const Graph& m_graph;
    const Closures* m_closures;  ///< Null: nothing is closed.
    std::vector<bool> m_open;
    double m_weight;
};

/// A node where a search starts or ends, with the seconds to it from the place, or from it to the
/// place.
struct Seed {
    NodeNumber node;
    double seconds;
};

struct Step {
    SegmentNumber segment;
    bool along;
};

struct Found {
    double seconds = 0;
    NodeNumber first = k_no_node, last = k_no_node;  ///< Seeds used.
    std::vector<Step> steps;
};

enum class Method { landmarks, plain };  ///< A* with landmarks, or Dijkstra's algorithm as it is.

/// The cheapest way from any of `from` to any of `to`; nothing when there is none.
std::optional<Found> search(const Graph& graph, const Costs& costs, std::span<const Seed> from,
                            std::span<const Seed> to, Method method);

/// Seconds from every node to the nearest of `to`, and the step to take there.
struct Tree {
    std::vector<double> seconds;
    std::vector<Step> next;
    std::vector<NodeNumber> next_node;  ///< k_no_node at a seed.
};
Tree search_back(const Graph& graph, const Costs& costs, std::span<const Seed> to);

/// Nodes that can be reached from `from` (or, backwards, from which `from` can be reached).
enum class Direction { forward, backward };
std::vector<bool> reachable(const Graph& graph, const Costs& costs, std::span<const Seed> from,
                            Direction direction);

}  // namespace anlan::routing
