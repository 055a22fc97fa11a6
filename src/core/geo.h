// Places: longitude and latitude (CGCS2000, EPSG:4490; WGS 84 agrees to centimetres), local
// metres (EPSG:4548, CGCS2000 / 3-degree Gauss-Kruger, central meridian 117°E), simple features.
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan {

namespace errors {
inline constexpr ErrorRow k_bad_geometry{"bad_geometry", 422, LogLevel::info, "几何有误：{what}",
                                         "Bad geometry: {what}"};
}  // namespace errors

struct LonLat {
    double longitude_deg = 0;
    double latitude_deg = 0;
    friend bool operator==(const LonLat&, const LonLat&) = default;
};

/// Metres east and north in EPSG:4548 (false easting 500 000 m). Near Dongjiang (0.8° off the
/// central meridian) grid and true lengths differ by less than 0.01 %, grid and true north by 0.5°.
struct Local {
    double east_m = 0;
    double north_m = 0;
    friend bool operator==(const Local&, const Local&) = default;
    friend Local operator+(Local a, Local b) {
        return {a.east_m + b.east_m, a.north_m + b.north_m};
    }
    friend Local operator-(Local a, Local b) {
        return {a.east_m - b.east_m, a.north_m - b.north_m};
    }
};

/// By PROJ. Valid for 112°–122°E, 0°–60°N; outside it the result is far from metres on the ground.
/// Thread-safe; about 1 µs.
Local to_local(LonLat p);
LonLat to_lonlat(Local p);
/// Grid bearing that corresponds to a true bearing at `p`: subtract the meridian convergence.
double grid_bearing_deg(double true_bearing_deg, LonLat p);

double distance_m(Local a, Local b);
/// Ellipsoid-free great-circle distance, for rough ordering anywhere on earth (±0.5 %).
double distance_m(LonLat a, LonLat b);

enum class GeometryType {
    point,
    multi_point,
    line_string,
    multi_line_string,
    polygon,
    multi_polygon
};

/// A simple feature. `parts` are polygons (ring 0 the shell, the others holes, each closed) for
/// areas; one ring a line for lines; one ring with all the points for points.
struct Geometry {
    using Ring = std::vector<LonLat>;
    using Part = std::vector<Ring>;
    GeometryType type = GeometryType::point;
    std::vector<Part> parts;

    static Geometry point(LonLat p);
    static Geometry line(Ring points);
    /// Closes the ring when its ends differ.
    static Geometry polygon(Ring shell);

    friend bool operator==(const Geometry&, const Geometry&) = default;
};

struct Bounds {
    double west = 180, south = 90, east = -180, north = -90;
    [[nodiscard]] bool empty() const { return west > east; }
    void add(LonLat p);
    [[nodiscard]] bool meets(const Bounds& other) const {
        return west <= other.east && other.west <= east && south <= other.north &&
               other.south <= north;
    }
};

Bounds bounds_of(const Geometry& g);
/// A point that stands for the geometry: the point, the middle vertex of a line, the area's
/// centroid.
LonLat anchor_of(const Geometry& g);

/// GeoJSON (RFC 7946) geometry object. Errors name what is wrong: type, nesting, a coordinate that
/// is not finite or off the earth, a ring with under four points or not closed, over 100,000
/// points.
Result<Geometry> geometry_from_json(const json::value& value);
json::object to_json(const Geometry& g);

/// Even-odd rule over a closed ring; a point on the edge may fall either way.
bool contains(std::span<const Local> ring, Local p);
bool contains(const Geometry& area, LonLat p);
/// Square metres, holes subtracted.
double area_m2(const Geometry& area);
/// True when the two share a point. Areas and lines by edges and containment; exact for points.
bool intersects(const Geometry& a, const Geometry& b);

}  // namespace anlan
