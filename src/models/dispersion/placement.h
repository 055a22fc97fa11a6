// From the wind's frame to the map and back.
#pragma once

#include "core/geo.h"
#include "core/units.h"
#include "models/dispersion/cloud.h"

#include <span>

namespace anlan::dispersion {

/// Places points of a wind frame whose origin is a source. Computes the rotation once.
/// The wind blows FROM `wind_from` (true): a wind from 312° pushes the cloud towards 132°.
/// Grid scale (under 0.01 % near the central meridian) is ignored.
class Placement {
  public:
    Placement(LonLat source, Degrees wind_from);

    [[nodiscard]] Local local_of(WindPoint p) const;
    [[nodiscard]] WindPoint wind_point_of(Local p) const;
    [[nodiscard]] WindPoint wind_point_of(LonLat p) const { return wind_point_of(to_local(p)); }
    [[nodiscard]] LonLat lonlat_of(WindPoint p) const { return to_lonlat(local_of(p)); }
    /// A polygon from a closed or open outline. Precondition: at least three points.
    [[nodiscard]] Geometry polygon_of(std::span<const WindPoint> outline) const;

  private:
    Local m_origin;
    double m_east = 0, m_north = 0;  ///< Unit vector downwind, on the grid.
};

}  // namespace anlan::dispersion
