#include "models/routing/blocking.h"

#include "models/routing/errors.h"

#include <algorithm>
#include <map>

namespace anlan::routing {

namespace {

constexpr std::size_t k_roads_named_max = 6;
constexpr std::size_t k_fields_max = 50;

/// What closes a segment, in words: "“AEGL-2”", "封闭（施工）".
std::vector<Label> closed_by(const Costs& costs, SegmentNumber s) {
    const auto& closures = *costs.closures();
    if (closures.closed(s)) {
        const auto& why = closures.reason(s);
        return {
            {why.zh.empty() ? "道路封闭" : "道路封闭（" + why.zh + "）",
             why.en.empty() ? "the road being closed" : "the road being closed (" + why.en + ")"}};
    }
    std::vector<Label> out;
    for (const auto& stretch : closures.stretches(s)) {
        if (costs.open(stretch.area)) continue;
        const auto& name = closures.name(stretch.area);
        const Label label{"“" + name.zh + "”", "'" + name.en + "'"};
        if (std::ranges::none_of(out, [&](const Label& l) { return l.zh == label.zh; }))
            out.push_back(label);
    }
    return out;
}

/// Cause -> the streets it closes, each once, in the order met.
class Blockers {
  public:
    void add(const Graph& graph, const Costs& costs, SegmentNumber s) {
        const auto& segment = graph.segments()[s];
        for (const auto& cause : closed_by(costs, s)) {
            auto& [label, roads] = m_by_cause[cause.zh];
            label = cause;
            if (std::ranges::none_of(roads,
                                     [&](const Label& l) { return l.zh == segment.name.zh; })) {
                roads.push_back(segment.name);
            }
            if (m_fields.size() < k_fields_max) {
                m_fields.push_back({"roads/" + segment.id.text(),
                                    &errors::k_road_in_the_way,
                                    {{"road_zh", segment.name.zh},
                                     {"road_en", segment.name.en},
                                     {"by_zh", cause.zh},
                                     {"by_en", cause.en}}});
            }
        }
    }

    Error error() && {
        Label all;
        for (const auto& [key, entry] : m_by_cause) {
            const auto& [cause, roads] = entry;
            Label names;
            for (std::size_t k = 0; k < std::min(roads.size(), k_roads_named_max); ++k) {
                names.zh += (k == 0 ? "" : "、") + roads[k].zh;
                names.en += (k == 0 ? "" : ", ") + roads[k].en;
            }
            if (roads.size() > k_roads_named_max) {
                names.zh += "等" + std::to_string(roads.size()) + "条";
                names.en += " and " + std::to_string(roads.size() - k_roads_named_max) + " more";
            }
            all.zh += (all.zh.empty() ? "" : "；") + cause.zh + "：" + names.zh;
            all.en += (all.en.empty() ? "" : "; ") + cause.en + ": " + names.en;
        }
        return {errors::k_every_road_closed,
                {{"blocking_zh", all.zh}, {"blocking_en", all.en}},
                std::move(m_fields)};
    }

  private:
    std::map<std::string, std::pair<Label, std::vector<Label>>> m_by_cause;
    std::vector<FieldProblem> m_fields;
};

/// The junctions at a street point's ends, as if nothing were closed.
std::vector<Seed> ends_of(const Graph& graph, const Snap& at, bool leaving) {
    const auto& s = graph.segments()[at.segment];
    std::vector<Seed> out{{leaving ? s.to : s.from, 0}};
    if (!s.one_way) out.push_back({leaving ? s.from : s.to, 0});
    return out;
}

bool any(std::span<const Seed> seeds, const std::vector<bool>& in) {
    return std::ranges::any_of(seeds, [&](const Seed& s) { return in[s.node]; });
}

}  // namespace

Error why_no_route(const Graph& graph, const Costs& costs, const Snap& start, const Snap& end,
                   std::span<const Seed> from, std::span<const Seed> to) {
    const Costs nothing_closed(graph, nullptr, {}, 1);
    const auto all_starts = ends_of(graph, start, true), all_ends = ends_of(graph, end, false);
    const auto leads_there = reachable(graph, nothing_closed, all_ends, Direction::backward);
    const bool same = start.segment == end.segment &&
                      (!graph.segments()[start.segment].one_way || start.at_m <= end.at_m);
    if (!same && !any(all_starts, leads_there)) return errors::k_roads_do_not_connect;

    const auto reached = reachable(graph, costs, from, Direction::forward);
    Blockers blockers;
    const auto shut = [](std::span<const Seed> seeds) {
        return std::ranges::any_of(seeds, [](const Seed& s) { return s.seconds == k_unreachable; });
    };
    if (shut(from)) blockers.add(graph, costs, start.segment);
    for (NodeNumber n = 0; n < graph.nodes().size(); ++n) {
        if (!reached[n]) continue;
        for (const Arc& arc : graph.out(n)) {
            if (!reached[arc.head] && leads_there[arc.head] &&
                costs.whole(arc.segment) == k_unreachable) {
                blockers.add(graph, costs, arc.segment);
            }
        }
    }
    if (shut(to) && end.segment != start.segment) blockers.add(graph, costs, end.segment);
    return std::move(blockers).error();
}

}  // namespace anlan::routing
