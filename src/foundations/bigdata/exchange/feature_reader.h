// GeoJSON (RFC 7946) as rows, one feature at a time: a FeatureCollection of any length, or one
// Feature. Properties are the columns; a feature's own id is the column "id".
#pragma once

#include "foundations/bigdata/exchange/limits.h"
#include "foundations/bigdata/exchange/row_source.h"

namespace anlan::bigdata::exchange {

/// Rows of UTF-8 GeoJSON. Errors of next(): bad_geojson with the byte, other_crs (a "crs" member
/// that is not WGS 84, CRS84 or CGCS2000 in degrees, even when it comes last), columns_too_many. A
/// geometry that is wrong is the row's own problem. One feature is held at a time.
std::unique_ptr<RowSource> feature_rows(std::unique_ptr<ByteSource> text, Limits limits = {});

}  // namespace anlan::bigdata::exchange
