#include "models/dispersion/placement.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace anlan::dispersion {

Placement::Placement(LonLat source, Degrees wind_from) : m_origin(to_local(source)) {
    const double downwind_deg = grid_bearing_deg(wind_from.value + 180, source);
    const double bearing = downwind_deg * std::numbers::pi / 180;
    m_east = std::sin(bearing);
    m_north = std::cos(bearing);
}

// Left of (east, north) is (−north, east).
Local Placement::local_of(WindPoint p) const {
    return {m_origin.east_m + p.x_m * m_east - p.y_m * m_north,
            m_origin.north_m + p.x_m * m_north + p.y_m * m_east};
}

WindPoint Placement::wind_point_of(Local p) const {
    const Local d = p - m_origin;
    return {d.east_m * m_east + d.north_m * m_north, d.north_m * m_east - d.east_m * m_north};
}

Geometry Placement::polygon_of(std::span<const WindPoint> outline) const {
    Geometry::Ring ring;
    ring.reserve(outline.size() + 1);
    for (const auto& p : outline) ring.push_back(lonlat_of(p));
    if (!outline.empty() && outline.front() == outline.back()) ring.back() = ring.front();
    return Geometry::polygon(std::move(ring));
}

}  // namespace anlan::dispersion
