// Where things are and have been, and how every device fares.
#pragma once

#include "apps/context.h"
#include "apps/monitoring/positions.h"
#include "apps/monitoring/quality.h"

#include <functional>

namespace anlan::monitoring {

/// Live alarms of each device of a space.
using AlarmsByDevice = std::function<std::map<Uuid, int>(std::string_view space)>;

/// GET /api/v1/positions, GET /api/v1/positions/{device}/track. Errors: bad_period, bad_filter,
/// no_such_record. `positions` must outlive the rows.
RouteRows position_routes(const apps::Context& context, const Positions& positions);

/// GET /api/v1/devices. Errors: bad_filter, bad_cursor.
RouteRow devices_route(const apps::Context& context, const PositionSettings& settings,
                       const QualitySettings& online, AlarmsByDevice alarms);

}  // namespace anlan::monitoring
