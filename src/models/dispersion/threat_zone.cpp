#include "models/dispersion/threat_zone.h"

#include "models/dispersion/errors.h"
#include "models/dispersion/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace anlan::dispersion {

namespace {

constexpr double k_first_x_m = 1;
constexpr int k_scan_steps = 160;
constexpr int k_stations = 47;  // a side of an outline; 2 · 47 + 3 = 97 points
constexpr int k_fan_directions = 96;
constexpr double k_half_angle_deg_min = 10;

struct Span {
    double from_m = 0, to_m = 0;
    bool found = false, beyond = false;
};

double farthest_m(const Cloud& cloud) {
    return cloud.model() == CloudModel::calm_circle ? k_calm_reach_m_max : k_zone_reach_m_max;
}

/// Where the centreline is at or above `ppm`: scanned on a logarithmic grid, ends by bisection.
Span exceedance(const Cloud& cloud, PartsPerMillion ppm) {
    const auto above = [&](double x) { return cloud.centreline(x) >= ppm; };
    const auto refine = [&](double inside, double outside) {
        for (int i = 0; i < 40; ++i) {
            const double middle = (inside + outside) / 2;
            (above(middle) ? inside : outside) = middle;
        }
        return inside;
    };
    const double farthest = farthest_m(cloud);
    const double growth = std::pow(farthest / k_first_x_m, 1.0 / k_scan_steps);
    Span out;
    double x = k_first_x_m, last_inside = 0, before_first = 0;
    for (int i = 0; i <= k_scan_steps; ++i, x *= growth) {
        if (!above(x)) continue;
        if (!out.found) {
            out.found = true;
            before_first = i == 0 ? 0 : x / growth;
            out.from_m = before_first > 0 ? refine(x, before_first) : -cloud.upwind_m();
        }
        last_inside = x;
    }
    if (!out.found) return out;
    out.beyond = last_inside >= farthest * (1 - 1e-9);
    out.to_m = out.beyond ? farthest : refine(last_inside, last_inside * growth);
    return out;
}

/// Ring from half-widths: tail, right side, tip, left side, tail.
std::vector<WindPoint> outline_of(const Cloud& cloud, PartsPerMillion ppm, const Span& span,
                                  double& widest) {
    std::vector<WindPoint> right;
    right.reserve(2 * k_stations + 3);
    right.push_back({span.from_m, 0});
    for (int i = 1; i <= k_stations; ++i) {
        // Denser towards both ends, where the outline bends most.
        const double share = 0.5 * (1 - std::cos(std::numbers::pi * i / (k_stations + 1)));
        const double x = span.from_m + share * (span.to_m - span.from_m);
        const double half = cloud.half_width_m(x, ppm);
        widest = std::max(widest, half);
        right.push_back({x, -half});
    }
    std::vector<WindPoint> ring = std::move(right);
    ring.push_back({span.to_m, 0});
    for (int i = k_stations; i >= 1; --i) ring.push_back({ring[i].x_m, -ring[i].y_m});
    ring.push_back(ring.front());
    return ring;
}

std::vector<WindPoint> circle(double radius_m) {
    constexpr int points = 96;
    // Circumscribed, so that the polygon covers the circle.
    const double r = radius_m / std::cos(std::numbers::pi / points);
    std::vector<WindPoint> ring;
    ring.reserve(points + 1);
    for (int i = 0; i < points; ++i) {
        const double angle = 2 * std::numbers::pi * i / points;
        ring.push_back({r * std::cos(angle), r * std::sin(angle)});
    }
    ring.push_back(ring.front());
    return ring;
}

/// An edge of an outline as seen from the source: the directions it spans, the farther end.
struct PolarEdge {
    double from_rad, to_rad, radius_m;
};

/// The left half's edges; the right half is their mirror image.
std::vector<PolarEdge> left_edges(const std::vector<WindPoint>& outline) {
    std::vector<PolarEdge> edges;
    const auto tip = static_cast<std::size_t>(k_stations) + 1;
    edges.reserve(outline.size() - tip);
    for (std::size_t i = tip; i + 1 < outline.size(); ++i) {
        const WindPoint a = outline[i], b = outline[i + 1];
        const double ra = std::hypot(a.x_m, a.y_m), rb = std::hypot(b.x_m, b.y_m);
        const double toward_a = std::atan2(std::abs(a.y_m), a.x_m);
        const double toward_b = rb > 0 ? std::atan2(std::abs(b.y_m), b.x_m) : toward_a;
        edges.push_back(
            {std::min(toward_a, toward_b), std::max(toward_a, toward_b), std::max(ra, rb)});
    }
    return edges;
}

/// What the outline sweeps when turned about the source by ± half_angle: in each direction, the
/// farthest that any edge comes. Never smaller than the swept area, at most a step of the
/// directions wider.
std::vector<WindPoint> fan_of(const std::vector<WindPoint>& outline, double half_angle_rad) {
    const auto edges = left_edges(outline);
    double widest_rad = 0;
    for (const auto& e : edges) widest_rad = std::max(widest_rad, e.to_rad);
    const bool round = widest_rad + half_angle_rad >= std::numbers::pi;
    const double limit_rad = round ? std::numbers::pi : widest_rad + half_angle_rad;
    const double step = 2 * limit_rad / (round ? k_fan_directions : k_fan_directions - 1);

    // A step of slack: both directions beside a swept one reach as far as it does.
    const double slack = half_angle_rad + step;
    std::array<double, k_fan_directions> radius_m{};
    for (const auto& e : edges) {
        int first = static_cast<int>(std::ceil((e.from_rad - slack + limit_rad) / step));
        int last = static_cast<int>(std::floor((e.to_rad + slack + limit_rad) / step));
        if (!round) first = std::max(first, 0), last = std::min(last, k_fan_directions - 1);
        last = std::min(last, first + k_fan_directions - 1);
        for (int i = first; i <= last; ++i) {
            auto& r = radius_m[static_cast<std::size_t>((i + k_fan_directions) % k_fan_directions)];
            r = std::max(r, e.radius_m);
        }
    }
    std::vector<WindPoint> ring;
    ring.reserve(k_zone_vertices_max);
    if (!round) ring.push_back({0, 0});
    for (int i = 0; i < k_fan_directions; ++i) {
        const int mirrored =
            (round ? k_fan_directions - i : k_fan_directions - 1 - i) % k_fan_directions;
        const double direction = -limit_rad + i * step;
        // Over the cosine, so that the chord between two directions covers the arc.
        const double r = std::max(radius_m[static_cast<std::size_t>(i)],
                                  radius_m[static_cast<std::size_t>(mirrored)]) /
                         std::cos(step / 2);
        ring.push_back({r * std::cos(direction), r * std::sin(direction)});
    }
    ring.push_back(ring.front());
    return ring;
}

double area_of(const std::vector<WindPoint>& ring) {
    double twice = 0;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        twice += ring[i].x_m * ring[i + 1].y_m - ring[i + 1].x_m * ring[i].y_m;
    }
    return twice / 2;
}

void add_notes(const Cloud& cloud, Zone& zone) {
    const double reach = zone.reach.value;
    if (!(reach > 0)) {
        zone.notes.push_back({"模型未达到该浓度", "The model does not reach this concentration"});
        return;
    }
    if (zone.below_fit) {
        zone.notes.push_back({"整个区域在 100 m 以内，模型在此无数据支持，仅供参考",
                              "The whole area lies within 100 m, where the model has no data: for "
                              "orientation only"});
    }
    if (zone.beyond_limit) {
        const std::string km = decimal(farthest_m(cloud) / 1000, 1);
        zone.notes.push_back(
            {"超过 " + km + " km，图上只画到此", "Goes on beyond " + km + " km; drawn to there"});
    }
    const double number =
        continuity_number(cloud.transport_wind(), cloud.source().duration, zone.reach);
    if (number < k_continuous_min) {
        const std::string minutes = decimal(cloud.source().duration.value / 60, 1);
        zone.notes.push_back(
            {"泄漏只持续 " + minutes + " min，短于云团到达远端所需，远端距离偏大",
             "The release lasts only " + minutes +
                 " min, short against the travel time: the far end is overestimated"});
    }
}

Zone zone_of(const Cloud& cloud, const Threshold& threshold, double half_angle_rad) {
    Zone zone;
    zone.threshold = threshold.name;
    zone.value = threshold.value;
    const Span span = exceedance(cloud, threshold.value);
    if (span.found) {
        zone.reach = Metres(span.to_m);
        zone.beyond_limit = span.beyond;
        if (cloud.model() == CloudModel::calm_circle) {
            zone.outline = zone.fan = circle(span.to_m);
            zone.half_width = zone.reach;
        } else {
            double widest = 0;
            zone.outline = outline_of(cloud, threshold.value, span, widest);
            zone.half_width = Metres(widest);
            zone.fan = fan_of(zone.outline, half_angle_rad);
        }
        zone.area = SquareMetres(area_of(zone.outline));
        zone.below_fit = cloud.upwind_m() == 0 && span.to_m < k_briggs_x_m_min;
    }
    add_notes(cloud, zone);
    return zone;
}

}  // namespace

Degrees fan_half_angle(const Weather& weather) {
    if (weather.wind_10m.value < 1) return Degrees(180);
    const double deviation =
        weather.direction_deviation.value_or(direction_deviation(weather.stability)).value;
    return Degrees(std::clamp(2 * deviation, k_half_angle_deg_min, 180.0));
}

Result<ThreatZones> threat_zones(const Cloud& cloud, std::span<const Threshold> thresholds) {
    for (const auto& threshold : thresholds) {
        if (!(threshold.value.value > 0) || !std::isfinite(threshold.value.value)) {
            return fail(errors::k_model_input, {{"field", "threshold " + threshold.name},
                                                {"value", decimal(threshold.value.value, 3)},
                                                {"expected", "> 0 ppm"}});
        }
    }
    ThreatZones out;
    out.model = cloud.model();
    out.why = cloud.why();
    out.wind_from = cloud.weather().wind_from;
    out.half_angle = fan_half_angle(cloud.weather());
    out.transport_wind = cloud.transport_wind();
    out.notes = cloud.notes();
    out.zones.reserve(thresholds.size());
    const double half_angle_rad = out.half_angle.value * std::numbers::pi / 180;
    for (const auto& threshold : thresholds)
        out.zones.push_back(zone_of(cloud, threshold, half_angle_rad));
    return out;
}

}  // namespace anlan::dispersion
