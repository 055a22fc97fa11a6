// OGC SensorThings API 1.1, reading: GET /v1.1/…, as docs/protocols.md says what conforms. Posting
// Observations is foundations/sensing/gateways/sensorthings.
#pragma once

#include "center/context.h"
#include "core/route.h"

namespace anlan::center::sensorthings {

/// Right datastream.read; entities of devices under the access rule, in the caller's space.
RouteRows routes(CenterContext context);

/// One part of a resource path: "Things('…')", "Datastreams", "name", "$value".
struct Segment {
    std::string name;
    std::optional<std::string> id;
};
/// Errors: sensorthings_not_found.
Result<Segment> parse_segment(std::string_view text);

}  // namespace anlan::center::sensorthings
