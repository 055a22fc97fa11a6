#include "models/routing/search.h"

#include <algorithm>
#include <functional>

namespace anlan::routing {

double Costs::part(SegmentNumber number, double a_m, double b_m) const {
    const auto& s = m_graph.segments()[number];
    const double low = std::min(a_m, b_m), high = std::max(a_m, b_m);
    const double speed = s.length_m > 0 ? s.seconds / s.length_m : 0;
    if (m_closures == nullptr) return (high - low) * speed;
    if (m_closures->closed(number)) return k_unreachable;
    // Metres inside any open area; areas may lie in one another, so the widest counts per stretch.
    double inside_m = 0, covered_to = low;
    for (const auto& stretch : m_closures->stretches(number)) {
        if (stretch.to_m < low || stretch.from_m > high) continue;
        if (!m_open[stretch.area]) return k_unreachable;
        const double from = std::max(stretch.from_m, covered_to), to = std::min(stretch.to_m, high);
        if (to > from) inside_m += to - from;
        covered_to = std::max(covered_to, to);
    }
    return (high - low + (m_weight - 1) * inside_m) * speed;
}

namespace {

struct Reached {
    double seconds;
    NodeNumber parent;
    Step step;
    std::uint32_t stamp;
};

struct Entry {
    double key;
    double seconds;
    NodeNumber node;
};

/// Memory of a thread's searches: a stamp saves clearing it.
struct Workspace {
    std::vector<Reached> labels;
    std::vector<Entry> open;
    std::uint32_t stamp = 0;

    void start(std::size_t nodes) {
        if (labels.size() < nodes) labels.resize(nodes, {0, k_no_node, {}, 0});
        open.clear();
        if (++stamp == 0) {
            for (auto& l : labels) l.stamp = 0;
            stamp = 1;
        }
    }
    bool improve(NodeNumber n, double seconds, NodeNumber parent, Step step) {
        auto& l = labels[n];
        if (l.stamp == stamp && l.seconds <= seconds) return false;
        l = {seconds, parent, step, stamp};
        return true;
    }
    void push(NodeNumber n, double seconds, double key) {
        open.push_back({key, seconds, n});
        std::ranges::push_heap(open, std::greater<>{}, &Entry::key);
    }
    Entry pop() {
        std::ranges::pop_heap(open, std::greater<>{}, &Entry::key);
        const Entry e = open.back();
        open.pop_back();
        return e;
    }
};

Workspace& workspace() {
    thread_local Workspace w;
    return w;
}

Found trace(const Workspace& w, NodeNumber last, double seconds) {
    Found out{seconds, last, last, {}};
    for (NodeNumber n = last; w.labels[n].parent != k_no_node; n = w.labels[n].parent) {
        out.steps.push_back(w.labels[n].step);
        out.first = w.labels[n].parent;
    }
    std::ranges::reverse(out.steps);
    return out;
}

}  // namespace

std::optional<Found> search(const Graph& graph, const Costs& costs, std::span<const Seed> from,
                            std::span<const Seed> to, Method method) {
    auto& w = workspace();
    w.start(graph.nodes().size());
    const auto remaining_s = [&](NodeNumber n) {
        if (method == Method::plain) return 0.0;
        double least = k_unreachable;
        for (const auto& t : to) least = std::min(least, graph.at_least_s(n, t.node) + t.seconds);
        return least;
    };
    for (const auto& seed : from) {
        if (seed.seconds == k_unreachable) continue;
        if (w.improve(seed.node, seed.seconds, k_no_node, {}))
            w.push(seed.node, seed.seconds, seed.seconds + remaining_s(seed.node));
    }
    double best = k_unreachable;
    NodeNumber last = k_no_node;
    while (!w.open.empty()) {
        const Entry e = w.pop();
        if (e.key >= best) break;
        if (e.seconds > w.labels[e.node].seconds) continue;
        for (const auto& t : to) {
            if (t.node == e.node && e.seconds + t.seconds < best) {
                best = e.seconds + t.seconds;
                last = t.node;
            }
        }
        for (const Arc& arc : graph.out(e.node)) {
            const double there = e.seconds + costs.whole(arc.segment);
            if (there == k_unreachable ||
                !w.improve(arc.head, there, e.node, {arc.segment, arc.along}))
                continue;
            const double key = there + remaining_s(arc.head);
            if (key < best) w.push(arc.head, there, key);
        }
    }
    if (last == k_no_node) return std::nullopt;
    return trace(w, last, best);
}

Tree search_back(const Graph& graph, const Costs& costs, std::span<const Seed> to) {
    auto& w = workspace();
    w.start(graph.nodes().size());
    Tree tree{std::vector<double>(graph.nodes().size(), k_unreachable),
              std::vector<Step>(graph.nodes().size()),
              std::vector<NodeNumber>(graph.nodes().size(), k_no_node)};
    for (const auto& seed : to) {
        if (seed.seconds == k_unreachable) continue;
        if (w.improve(seed.node, seed.seconds, k_no_node, {}))
            w.push(seed.node, seed.seconds, seed.seconds);
    }
    while (!w.open.empty()) {
        const Entry e = w.pop();
        if (e.seconds > w.labels[e.node].seconds || tree.seconds[e.node] <= e.seconds) continue;
        tree.seconds[e.node] = e.seconds;
        tree.next[e.node] = w.labels[e.node].step;
        tree.next_node[e.node] = w.labels[e.node].parent;
        for (const Arc& arc : graph.in(e.node)) {
            const double there = e.seconds + costs.whole(arc.segment);
            if (there == k_unreachable) continue;
            if (w.improve(arc.head, there, e.node, {arc.segment, arc.along}))
                w.push(arc.head, there, there);
        }
    }
    return tree;
}

std::vector<bool> reachable(const Graph& graph, const Costs& costs, std::span<const Seed> from,
                            Direction direction) {
    std::vector<bool> seen(graph.nodes().size(), false);
    std::vector<NodeNumber> open;
    const auto meet = [&](NodeNumber n) {
        if (!seen[n]) open.push_back(n);
        seen[n] = true;
    };
    for (const auto& seed : from) {
        if (seed.seconds != k_unreachable) meet(seed.node);
    }
    while (!open.empty()) {
        const NodeNumber n = open.back();
        open.pop_back();
        for (const Arc& arc : direction == Direction::forward ? graph.out(n) : graph.in(n)) {
            if (costs.whole(arc.segment) != k_unreachable) meet(arc.head);
        }
    }
    return seen;
}

}  // namespace anlan::routing
