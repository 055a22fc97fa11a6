#include "models/routing/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::routing {

namespace {

double length_of(const Piece& p) {
    return std::abs(p.to_m - p.from_m);
}

/// Stretches of the piece inside areas that `counts` accepts, joined, as distances from its start.
template <class Counts>
std::vector<std::pair<double, double>> insides(const Closures& closures, const Piece& p,
                                               Counts counts) {
    const double low = std::min(p.from_m, p.to_m), high = std::max(p.from_m, p.to_m);
    std::vector<std::pair<double, double>> out;
    for (const auto& s : closures.stretches(p.segment)) {
        if (s.to_m < low || s.from_m > high || !counts(s.area)) continue;
        const double a = std::max(s.from_m, low), b = std::min(s.to_m, high);
        if (!out.empty() && a <= out.back().second)
            out.back().second = std::max(out.back().second, b);
        else
            out.emplace_back(a, b);
    }
    for (auto& [a, b] : out) {
        if (p.from_m <= p.to_m)
            a -= low, b -= low;
        else
            a = high - a, b = high - b, std::swap(a, b);
    }
    if (p.from_m > p.to_m) std::ranges::reverse(out);
    return out;
}

Turn turn_of(double before_deg, double after_deg) {
    const double by = std::remainder(after_deg - before_deg, 360.0);
    const double size = std::abs(by);
    if (size < 20) return Turn::straight;
    if (size > 160) return Turn::back;
    const bool right = by > 0;
    if (size < 50) return right ? Turn::slight_right : Turn::slight_left;
    if (size < 120) return right ? Turn::right : Turn::left;
    return right ? Turn::sharp_right : Turn::sharp_left;
}

double heading_deg(Local a, Local b) {
    const double deg =
        std::atan2(b.east_m - a.east_m, b.north_m - a.north_m) * 180 / std::numbers::pi;
    return deg < 0 ? deg + 360 : deg;
}

void add_points(const Segment& s, const Piece& p, std::vector<Local>& line) {
    const auto add = [&](Local q) {
        if (line.empty() || distance_m(line.back(), q) > 1e-3) line.push_back(q);
    };
    add(s.point_at(p.from_m));
    const double low = std::min(p.from_m, p.to_m), high = std::max(p.from_m, p.to_m);
    const auto within = [&](std::size_t i) { return s.at_m[i] > low && s.at_m[i] < high; };
    if (p.from_m <= p.to_m) {
        for (std::size_t i = 0; i < s.line.size(); ++i) {
            if (within(i)) add(s.line[i]);
        }
    } else {
        for (std::size_t i = s.line.size(); i-- > 0;) {
            if (within(i)) add(s.line[i]);
        }
    }
    add(s.point_at(p.to_m));
}

}  // namespace

double cut_at_edge(const Closures& closures, const std::vector<std::uint32_t>& areas,
                   double margin_m, std::vector<Piece>& pieces) {
    const auto counts = [&](std::uint32_t area) {
        return std::ranges::find(areas, area) != areas.end();
    };
    double total_m = 0, start_m = 0, edge_m = 0;
    std::vector<std::pair<double, double>> all;  // Along the whole path.
    for (const auto& p : pieces) {
        for (const auto& [a, b] : insides(closures, p, counts)) {
            if (!all.empty() && total_m + a <= all.back().second + 1e-6)
                all.back().second = total_m + b;
            else
                all.emplace_back(total_m + a, total_m + b);
        }
        total_m += length_of(p);
    }
    // Only what is inside up to the very end is cut; the streets may end outside the area.
    if (all.empty() || all.back().second < total_m - 1e-6) return 0;
    edge_m = std::max(0.0, all.back().first - margin_m);
    for (std::size_t k = 0; k < pieces.size(); ++k) {
        const double length_m = length_of(pieces[k]);
        if (start_m + length_m >= edge_m) {
            const double kept = edge_m - start_m;
            pieces[k].to_m = pieces[k].from_m + (pieces[k].to_m >= pieces[k].from_m ? kept : -kept);
            pieces.resize(k + 1);
            break;
        }
        start_m += length_m;
    }
    return total_m - edge_m;
}

Route draw(const Graph& graph, const Closures& closures, const std::vector<Piece>& pieces) {
    Route route;
    std::vector<Local> line;
    const Segment* before = nullptr;
    for (const auto& p : pieces) {
        const auto& s = graph.segments()[p.segment];
        const double length_m = length_of(p);
        const double seconds = s.length_m > 0 ? s.seconds * length_m / s.length_m : 0;
        for (const auto& [a, b] : insides(closures, p, [](std::uint32_t) { return true; }))
            route.inside_m += b - a;
        route.length_m += length_m;
        route.seconds += seconds;
        std::vector<Local> own;
        add_points(s, p, own);
        const std::size_t joint = line.size();
        for (const auto q : own) {
            if (line.empty() || distance_m(line.back(), q) > 1e-3) line.push_back(q);
        }
        if (own.size() < 2) continue;  // Starts or ends at a junction: nothing of it is driven.
        const bool goes_on =
            before != nullptr && before->name.zh == s.name.zh && before->name.en == s.name.en;
        if (!goes_on) {
            const double after_deg = heading_deg(own[0], own[1]);
            const Turn turn =
                joint < 2 ? Turn::start
                          : turn_of(heading_deg(line[joint - 2], line[joint - 1]), after_deg);
            route.roads.push_back({s.name, 0, 0, turn, after_deg});
        }
        route.roads.back().length_m += length_m;
        route.roads.back().seconds += seconds;
        before = &s;
    }
    if (line.size() == 1) line.push_back(line.front());
    if (route.roads.empty())
        route.roads.push_back(
            {graph.segments()[pieces.front().segment].name, 0, 0, Turn::start, 0});
    route.line.reserve(line.size());
    for (const auto p : line) route.line.push_back(to_lonlat(p));
    return route;
}

Label text_of(const Taken& taken) {
    const auto distance = taken.length_m < 1000 ? fmt::format("{:.0f} m", taken.length_m)
                                                : fmt::format("{:.1f} km", taken.length_m / 1000);
    const auto say = [&](std::string_view zh, std::string_view en) {
        return Label{fmt::format("{}{}，{}", zh, taken.name.zh, distance),
                     fmt::format("{} {}, {}", en, taken.name.en, distance)};
    };
    switch (taken.turn) {
        case Turn::start:
            return say("沿", "Follow");
        case Turn::straight:
            return say("直行进入", "Straight on into");
        case Turn::slight_left:
            return say("左前方进入", "Bear left into");
        case Turn::left:
            return say("左转进入", "Turn left into");
        case Turn::sharp_left:
            return say("左后方进入", "Turn sharp left into");
        case Turn::slight_right:
            return say("右前方进入", "Bear right into");
        case Turn::right:
            return say("右转进入", "Turn right into");
        case Turn::sharp_right:
            return say("右后方进入", "Turn sharp right into");
        case Turn::back:
            return say("掉头进入", "Turn back into");
    }
    return {};
}

}  // namespace anlan::routing
