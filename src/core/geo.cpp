#include "core/geo.h"

#include <proj.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

namespace anlan {

namespace {

constexpr double k_rad = std::numbers::pi / 180.0;
constexpr std::size_t k_points_max = 100'000;

/// One transformation a thread: PROJ objects are not thread-safe.
struct Projection {
    PJ_CONTEXT* context = proj_context_create();
    // The parameters of EPSG:4548, spelled out so that proj.db need not be opened at start.
    PJ* pj = proj_create(context,
                         "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 "
                         "+units=m +no_defs");
    Projection() { ASSERT(pj != nullptr); }
    Projection(const Projection&) = delete;
    Projection& operator=(const Projection&) = delete;
    ~Projection() {
        proj_destroy(pj);
        proj_context_destroy(context);
    }
};

Projection& projection() {
    thread_local Projection p;
    return p;
}

}  // namespace

Local to_local(LonLat p) {
    const PJ_COORD in = proj_coord(p.longitude_deg * k_rad, p.latitude_deg * k_rad, 0, 0);
    const PJ_COORD out = proj_trans(projection().pj, PJ_FWD, in);
    return {out.xy.x, out.xy.y};
}

LonLat to_lonlat(Local p) {
    const PJ_COORD out = proj_trans(projection().pj, PJ_INV, proj_coord(p.east_m, p.north_m, 0, 0));
    return {out.lp.lam / k_rad, out.lp.phi / k_rad};
}

double grid_bearing_deg(double true_bearing_deg, LonLat p) {
    const double convergence_deg =
        std::atan(std::tan((p.longitude_deg - 117.0) * k_rad) * std::sin(p.latitude_deg * k_rad)) /
        k_rad;
    return true_bearing_deg - convergence_deg;
}

double distance_m(Local a, Local b) {
    return std::hypot(a.east_m - b.east_m, a.north_m - b.north_m);
}

double distance_m(LonLat a, LonLat b) {
    const double dlat = (b.latitude_deg - a.latitude_deg) * k_rad;
    const double dlon = (b.longitude_deg - a.longitude_deg) * k_rad;
    const double h = std::pow(std::sin(dlat / 2), 2) + std::cos(a.latitude_deg * k_rad) *
                                                           std::cos(b.latitude_deg * k_rad) *
                                                           std::pow(std::sin(dlon / 2), 2);
    return 2 * 6371008.8 * std::asin(std::min(1.0, std::sqrt(h)));
}

Geometry Geometry::point(LonLat p) {
    return {GeometryType::point, {{{p}}}};
}

Geometry Geometry::line(Ring points) {
    return {GeometryType::line_string, {{std::move(points)}}};
}

Geometry Geometry::polygon(Ring shell) {
    if (!shell.empty() && shell.front() != shell.back()) shell.push_back(shell.front());
    return {GeometryType::polygon, {{std::move(shell)}}};
}

void Bounds::add(LonLat p) {
    west = std::min(west, p.longitude_deg);
    east = std::max(east, p.longitude_deg);
    south = std::min(south, p.latitude_deg);
    north = std::max(north, p.latitude_deg);
}

Bounds bounds_of(const Geometry& g) {
    Bounds out;
    for (const auto& part : g.parts) {
        for (const auto& ring : part) {
            for (const auto p : ring) out.add(p);
        }
    }
    return out;
}

namespace {

bool is_area(const Geometry& g) {
    return g.type == GeometryType::polygon || g.type == GeometryType::multi_polygon;
}

std::vector<Local> to_local(const Geometry::Ring& ring) {
    std::vector<Local> out;
    out.reserve(ring.size());
    for (const auto p : ring) out.push_back(anlan::to_local(p));
    return out;
}

double signed_area_m2(std::span<const Local> ring) {
    if (ring.size() < 3) return 0;
    const Local origin = ring.front();
    double twice = 0;
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const Local a = ring[i] - origin;
        const Local b = ring[i + 1] - origin;
        twice += a.east_m * b.north_m - b.east_m * a.north_m;
    }
    return twice / 2;
}

}  // namespace

LonLat anchor_of(const Geometry& g) {
    if (g.parts.empty() || g.parts.front().empty() || g.parts.front().front().empty()) return {};
    const auto& ring = g.parts.front().front();
    if (!is_area(g)) return ring[ring.size() / 2];
    double twice = 0, x = 0, y = 0;
    const LonLat o = ring.front();
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const double ax = ring[i].longitude_deg - o.longitude_deg;
        const double ay = ring[i].latitude_deg - o.latitude_deg;
        const double bx = ring[i + 1].longitude_deg - o.longitude_deg;
        const double by = ring[i + 1].latitude_deg - o.latitude_deg;
        const double cross = ax * by - bx * ay;
        twice += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if (std::abs(twice) < 1e-18) return o;
    return {o.longitude_deg + x / (3 * twice), o.latitude_deg + y / (3 * twice)};
}

bool contains(std::span<const Local> ring, Local p) {
    bool inside = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
        const Local a = ring[i];
        const Local b = ring[j];
        if ((a.north_m > p.north_m) != (b.north_m > p.north_m) &&
            p.east_m < (b.east_m - a.east_m) * (p.north_m - a.north_m) / (b.north_m - a.north_m) +
                           a.east_m) {
            inside = !inside;
        }
    }
    return inside;
}

namespace {

bool ring_contains(const Geometry::Ring& ring, LonLat p) {
    bool inside = false;
    if (ring.empty()) return false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
        const LonLat a = ring[i];
        const LonLat b = ring[j];
        if ((a.latitude_deg > p.latitude_deg) != (b.latitude_deg > p.latitude_deg) &&
            p.longitude_deg < (b.longitude_deg - a.longitude_deg) *
                                      (p.latitude_deg - a.latitude_deg) /
                                      (b.latitude_deg - a.latitude_deg) +
                                  a.longitude_deg) {
            inside = !inside;
        }
    }
    return inside;
}

}  // namespace

bool contains(const Geometry& area, LonLat p) {
    if (!is_area(area)) return false;
    for (const auto& part : area.parts) {
        bool inside = false;
        for (const auto& ring : part) inside ^= ring_contains(ring, p);
        if (inside) return true;
    }
    return false;
}

double area_m2(const Geometry& area) {
    if (!is_area(area)) return 0;
    double total = 0;
    for (const auto& part : area.parts) {
        for (std::size_t i = 0; i < part.size(); ++i) {
            const double ring = std::abs(signed_area_m2(to_local(part[i])));
            total += i == 0 ? ring : -ring;
        }
    }
    return total;
}

namespace {

double cross(LonLat o, LonLat a, LonLat b) {
    return (a.longitude_deg - o.longitude_deg) * (b.latitude_deg - o.latitude_deg) -
           (a.latitude_deg - o.latitude_deg) * (b.longitude_deg - o.longitude_deg);
}

bool on_segment(LonLat a, LonLat b, LonLat p) {
    return std::min(a.longitude_deg, b.longitude_deg) <= p.longitude_deg &&
           p.longitude_deg <= std::max(a.longitude_deg, b.longitude_deg) &&
           std::min(a.latitude_deg, b.latitude_deg) <= p.latitude_deg &&
           p.latitude_deg <= std::max(a.latitude_deg, b.latitude_deg);
}

bool segments_meet(LonLat a, LonLat b, LonLat c, LonLat d) {
    const double d1 = cross(c, d, a), d2 = cross(c, d, b), d3 = cross(a, b, c), d4 = cross(a, b, d);
    if (((d1 > 0) != (d2 > 0)) && ((d3 > 0) != (d4 > 0)) && d1 != 0 && d2 != 0 && d3 != 0 &&
        d4 != 0) {
        return true;
    }
    return (d1 == 0 && on_segment(c, d, a)) || (d2 == 0 && on_segment(c, d, b)) ||
           (d3 == 0 && on_segment(a, b, c)) || (d4 == 0 && on_segment(a, b, d));
}

bool is_points(const Geometry& g) {
    return g.type == GeometryType::point || g.type == GeometryType::multi_point;
}

bool any_vertex_inside(const Geometry& area, const Geometry& other) {
    for (const auto& part : other.parts) {
        for (const auto& ring : part) {
            for (const auto p : ring) {
                if (contains(area, p)) return true;
            }
        }
    }
    return false;
}

bool edges_meet(const Geometry& a, const Geometry& b) {
    for (const auto& part_a : a.parts) {
        for (const auto& ring_a : part_a) {
            for (std::size_t i = 0; i + 1 < ring_a.size(); ++i) {
                Bounds edge;
                edge.add(ring_a[i]);
                edge.add(ring_a[i + 1]);
                for (const auto& part_b : b.parts) {
                    for (const auto& ring_b : part_b) {
                        for (std::size_t j = 0; j + 1 < ring_b.size(); ++j) {
                            if (segments_meet(ring_a[i], ring_a[i + 1], ring_b[j], ring_b[j + 1]))
                                return true;
                        }
                    }
                }
            }
        }
    }
    return false;
}

}  // namespace

bool intersects(const Geometry& a, const Geometry& b) {
    if (!bounds_of(a).meets(bounds_of(b))) return false;
    if (is_points(a) && is_points(b)) {
        for (const auto p : a.parts.front().front()) {
            if (std::ranges::count(b.parts.front().front(), p) > 0) return true;
        }
        return false;
    }
    if (any_vertex_inside(a, b) || any_vertex_inside(b, a)) return true;
    if (is_points(a) || is_points(b)) return false;
    return edges_meet(a, b);
}

namespace {

struct TypeName {
    GeometryType type;
    std::string_view name;
    int depth;  ///< Arrays round a coordinate pair.
};
constexpr TypeName k_types[] = {
    {GeometryType::point, "Point", 0},
    {GeometryType::multi_point, "MultiPoint", 1},
    {GeometryType::line_string, "LineString", 1},
    {GeometryType::multi_line_string, "MultiLineString", 2},
    {GeometryType::polygon, "Polygon", 2},
    {GeometryType::multi_polygon, "MultiPolygon", 3},
};

std::unexpected<Error> bad(std::string what) {
    return fail(errors::k_bad_geometry, {{"what", std::move(what)}});
}

Result<LonLat> read_position(const json::value& v, std::size_t& budget) {
    if (budget-- == 0) return bad("over " + std::to_string(k_points_max) + " points");
    const auto* pair = v.if_array();
    if (pair == nullptr || pair->size() < 2 || pair->size() > 4)
        return bad("a position needs two numbers");
    for (const auto& c : *pair) {
        if (!c.is_number() || !std::isfinite(c.to_number<double>()))
            return bad("a coordinate is not a number");
    }
    const LonLat p{(*pair)[0].to_number<double>(), (*pair)[1].to_number<double>()};
    if (std::abs(p.longitude_deg) > 180 || std::abs(p.latitude_deg) > 90) {
        return bad("longitude and latitude out of range (longitude comes first)");
    }
    return p;
}

Result<Geometry::Ring> read_ring(const json::value& v, std::size_t points_min,
                                 std::size_t& budget) {
    const auto* array = v.if_array();
    if (array == nullptr) return bad("coordinates are not nested as the type needs");
    Geometry::Ring ring;
    ring.reserve(std::min(array->size(), k_points_max));
    for (const auto& position : *array) {
        TRY_ASSIGN(p, read_position(position, budget));
        ring.push_back(p);
    }
    if (ring.size() < points_min)
        return bad("needs at least " + std::to_string(points_min) + " points");
    return ring;
}

Result<Geometry::Part> read_part(const json::value& v, bool closed, std::size_t& budget) {
    const auto* array = v.if_array();
    if (array == nullptr || array->empty())
        return bad("coordinates are not nested as the type needs");
    Geometry::Part part;
    for (const auto& each : *array) {
        TRY_ASSIGN(ring, read_ring(each, closed ? 4 : 2, budget));
        if (closed && ring.front() != ring.back()) return bad("a ring is not closed");
        part.push_back(std::move(ring));
    }
    return part;
}

}  // namespace

Result<Geometry> geometry_from_json(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return bad("not an object");
    const auto name = text_at(*object, "type");
    const auto* type = std::ranges::find(k_types, name, &TypeName::name);
    if (type == std::end(k_types))
        return bad("type '" + std::string(name) + "' is not one of Point … MultiPolygon");
    const auto* coordinates = object->if_contains("coordinates");
    if (coordinates == nullptr) return bad("coordinates are missing");
    std::size_t budget = k_points_max;
    Geometry out{type->type, {}};
    switch (type->type) {
        case GeometryType::point: {
            TRY_ASSIGN(p, read_position(*coordinates, budget));
            out.parts = {{{p}}};
            break;
        }
        case GeometryType::multi_point: {
            TRY_ASSIGN(ring, read_ring(*coordinates, 1, budget));
            out.parts = {{std::move(ring)}};
            break;
        }
        case GeometryType::line_string: {
            TRY_ASSIGN(ring, read_ring(*coordinates, 2, budget));
            out.parts = {{std::move(ring)}};
            break;
        }
        case GeometryType::multi_line_string: {
            TRY_ASSIGN(lines, read_part(*coordinates, false, budget));
            for (auto& line : lines) out.parts.push_back({std::move(line)});
            break;
        }
        case GeometryType::polygon: {
            TRY_ASSIGN(part, read_part(*coordinates, true, budget));
            out.parts.push_back(std::move(part));
            break;
        }
        case GeometryType::multi_polygon: {
            const auto* polygons = coordinates->if_array();
            if (polygons == nullptr || polygons->empty())
                return bad("coordinates are not nested as the type needs");
            for (const auto& polygon : *polygons) {
                TRY_ASSIGN(part, read_part(polygon, true, budget));
                out.parts.push_back(std::move(part));
            }
            break;
        }
    }
    return out;
}

namespace {

json::array positions(const Geometry::Ring& ring) {
    json::array out;
    out.reserve(ring.size());
    for (const auto p : ring) out.push_back(json::array{p.longitude_deg, p.latitude_deg});
    return out;
}

json::array rings(const Geometry::Part& part) {
    json::array out;
    for (const auto& ring : part) out.push_back(positions(ring));
    return out;
}

}  // namespace

json::object to_json(const Geometry& g) {
    json::value coordinates;
    switch (g.type) {
        case GeometryType::point:
            coordinates = positions(g.parts.front().front()).front();
            break;
        case GeometryType::multi_point:
        case GeometryType::line_string:
            coordinates = positions(g.parts.front().front());
            break;
        case GeometryType::multi_line_string: {
            json::array lines;
            for (const auto& part : g.parts) lines.push_back(positions(part.front()));
            coordinates = std::move(lines);
            break;
        }
        case GeometryType::polygon:
            coordinates = rings(g.parts.front());
            break;
        case GeometryType::multi_polygon: {
            json::array polygons;
            for (const auto& part : g.parts) polygons.push_back(rings(part));
            coordinates = std::move(polygons);
            break;
        }
    }
    const auto* type = std::ranges::find(k_types, g.type, &TypeName::type);
    return {{"type", type->name}, {"coordinates", std::move(coordinates)}};
}

}  // namespace anlan
