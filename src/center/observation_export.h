// GET /observations/export: the stored readings of the datastreams that the caller may see, as a
// file that is made while it is sent.
#pragma once

#include "center/context.h"
#include "core/route.h"

namespace anlan::center {

/// By datastream, each oldest first; a datastream's page of 10,000 readings is in memory at a time.
/// Errors: bad_query (period, format, ids that are none), no_such_record (a datastream or device
/// that is not there, or not for the caller).
RouteRow observation_export_route(CenterContext context);

}  // namespace anlan::center
