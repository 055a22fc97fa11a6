// Comments on alarms, and how the rules fare.
#pragma once

#include "apps/context.h"
#include "apps/monitoring/rule_engine.h"

#include <functional>

namespace anlan::monitoring {

/// GET and POST /api/v1/alarms/{id}/comments. A comment belongs to whom its alarm belongs to; the
/// newest also stands on the alarm itself. Errors: no_such_record, bad_request.
RouteRows alarm_routes(const apps::Context& context);

/// GET /api/v1/rules/state: {rules: [{rule, streams, alarms, evaluated, raised, last_ms, off_until,
/// problem: {id, zh, en} or null}]}. `states` of a space: those that are on, and those that are
/// wrong with their problem.
RouteRow rule_state_route(const apps::Context& context,
                          std::function<std::vector<RuleState>(std::string_view space)> states);

}  // namespace anlan::monitoring
