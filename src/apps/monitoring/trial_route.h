// POST /api/v1/rules/trial: what a rule, saved or still being written, would have raised.
#pragma once

#include "apps/context.h"
#include "apps/monitoring/position_settings.h"

namespace anlan::monitoring {

RouteRow trial_route(const apps::Context& context, const PositionSettings& settings);

}  // namespace anlan::monitoring
