// GET /api/v1/quality: how well the devices that the caller may see report, device by device or
// together by grid, enterprise or type.
#pragma once

#include "apps/context.h"
#include "apps/monitoring/quality.h"

namespace anlan::monitoring {

/// Cost: one pass over the lake's rows of the period, about 20 ns each, for all devices together;
/// its outcome serves every question about the same period for half a minute.
RouteRow quality_route(const apps::Context& context, QualitySettings settings);

}  // namespace anlan::monitoring
