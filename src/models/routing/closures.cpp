#include "models/routing/closures.h"

#include <algorithm>
#include <unordered_map>

namespace anlan::routing {

Closures::Shape Closures::shape_of(const Geometry& area) {
    Shape shape{{}, {1e18, 1e18}, {-1e18, -1e18}};
    if (area.type != GeometryType::polygon && area.type != GeometryType::multi_polygon)
        return shape;
    for (const auto& part : area.parts) {
        for (const auto& ring : part) {
            auto& here = shape.rings.emplace_back();
            here.reserve(ring.size());
            for (const auto p : ring) {
                const Local local = to_local(p);
                here.push_back(local);
                shape.low = {std::min(shape.low.east_m, local.east_m),
                             std::min(shape.low.north_m, local.north_m)};
                shape.high = {std::max(shape.high.east_m, local.east_m),
                              std::max(shape.high.north_m, local.north_m)};
            }
        }
    }
    return shape;
}

bool Closures::inside(std::uint32_t area, Local p) const {
    const auto& shape = m_shapes[area];
    if (p.east_m < shape.low.east_m || p.east_m > shape.high.east_m ||
        p.north_m < shape.low.north_m || p.north_m > shape.high.north_m) {
        return false;
    }
    bool hit = false;
    for (const auto& ring : shape.rings) hit ^= contains(ring, p);
    return hit;
}

namespace {

double cross(Local a, Local b) {
    return a.east_m * b.north_m - a.north_m * b.east_m;
}

/// Shares along ab at which the ring is met, ends and corners included; also where it runs along
/// it.
void add_meetings(Local a, Local b, const std::vector<Local>& ring, std::vector<double>& shares) {
    const Local r = b - a;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const Local c = ring[i], q = ring[i + 1] - c, to_c = c - a;
        const double k = cross(r, q);
        const double squared = r.east_m * r.east_m + r.north_m * r.north_m;
        if (k == 0) {
            if (cross(to_c, r) != 0 || squared == 0) continue;
            for (const Local end : {c, ring[i + 1]}) {
                const Local d = end - a;
                const double share = (d.east_m * r.east_m + d.north_m * r.north_m) / squared;
                if (share >= 0 && share <= 1) shares.push_back(share);
            }
            continue;
        }
        const double share = cross(to_c, q) / k, along = cross(to_c, r) / k;
        if (share >= 0 && share <= 1 && along >= 0 && along <= 1) shares.push_back(share);
    }
}

}  // namespace

void Closures::add_stretches(const Graph& graph, SegmentNumber number, std::uint32_t area) {
    const auto& s = graph.segments()[number];
    const auto& shape = m_shapes[area];
    const auto first = m_stretches.size();
    std::vector<double> shares;
    for (std::size_t i = 0; i + 1 < s.line.size(); ++i) {
        const Local a = s.line[i], b = s.line[i + 1];
        if (std::min(a.east_m, b.east_m) > shape.high.east_m ||
            std::max(a.east_m, b.east_m) < shape.low.east_m ||
            std::min(a.north_m, b.north_m) > shape.high.north_m ||
            std::max(a.north_m, b.north_m) < shape.low.north_m) {
            continue;
        }
        shares.clear();
        for (const auto& ring : shape.rings) add_meetings(a, b, ring, shares);
        const std::size_t meetings = shares.size();
        shares.push_back(0);
        shares.push_back(1);
        std::ranges::sort(shares);
        const double start = s.at_m[i], length = s.at_m[i + 1] - start;
        const auto at = [&](double share) {
            return Local{a.east_m + share * (b.east_m - a.east_m),
                         a.north_m + share * (b.north_m - a.north_m)};
        };
        for (std::size_t k = 0; k + 1 < shares.size(); ++k) {
            const bool in = inside(area, at((shares[k] + shares[k + 1]) / 2));
            if (in)
                m_stretches.push_back(
                    {area, start + shares[k] * length, start + shares[k + 1] * length});
            // A corner or an edge that is only touched closes too.
            else if (meetings > 0 && k > 0)
                m_stretches.push_back(
                    {area, start + shares[k] * length, start + shares[k] * length});
        }
    }
    // Join what follows without a gap, so that a stretch says where the area is entered and left.
    std::size_t kept = first;
    for (std::size_t k = first; k < m_stretches.size(); ++k) {
        if (kept > first && m_stretches[k].from_m <= m_stretches[kept - 1].to_m + 1e-6) {
            m_stretches[kept - 1].to_m = std::max(m_stretches[kept - 1].to_m, m_stretches[k].to_m);
        } else {
            m_stretches[kept++] = m_stretches[k];
        }
    }
    m_stretches.resize(kept);
}

Closures::Closures(const Graph& graph, std::span<const BlockedArea> areas,
                   std::span<const ClosedRoad> roads)
    : m_closed(graph.segments().size(), 0) {
    for (const auto& each : areas) {
        m_names.push_back(each.name);
        m_shapes.push_back(shape_of(each.area));
    }
    m_first.reserve(graph.segments().size() + 1);
    for (SegmentNumber s = 0; s < graph.segments().size(); ++s) {
        m_first.push_back(static_cast<std::uint32_t>(m_stretches.size()));
        for (std::uint32_t area = 0; area < m_shapes.size(); ++area) add_stretches(graph, s, area);
        std::ranges::stable_sort(m_stretches.begin() + m_first.back(), m_stretches.end(), {},
                                 &Stretch::from_m);
        if (!graph.segments()[s].closed) continue;
        m_reasons.push_back(graph.segments()[s].closed_reason);
        m_closed[s] = static_cast<std::uint32_t>(m_reasons.size());
    }
    m_first.push_back(static_cast<std::uint32_t>(m_stretches.size()));
    if (roads.empty()) return;
    std::unordered_map<Uuid, Label> by_id;
    for (const auto& each : roads) by_id.emplace(each.road, each.reason);
    for (SegmentNumber s = 0; s < graph.segments().size(); ++s) {
        const auto found = by_id.find(graph.segments()[s].id);
        if (found == by_id.end()) continue;
        m_reasons.push_back(found->second);
        m_closed[s] = static_cast<std::uint32_t>(m_reasons.size());
    }
}

}  // namespace anlan::routing
