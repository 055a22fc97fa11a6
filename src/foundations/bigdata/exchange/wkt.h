// Well-known text of simple features (OGC 06-103r4, clause 7), two-dimensional, in degrees.
#pragma once

#include "core/geo.h"

#include <string>
#include <string_view>

namespace anlan::bigdata::exchange {

/// "POINT (117.8 39)": shortest numbers that read back equal.
std::string wkt_of(const Geometry& geometry);

/// POINT, LINESTRING, POLYGON and their MULTI forms, any case; "SRID=4326;" or
/// "SRID=4490;" may stand in front. Errors: bad_geometry, as geometry_from_json() judges.
Result<Geometry> geometry_of_wkt(std::string_view text);

}  // namespace anlan::bigdata::exchange
