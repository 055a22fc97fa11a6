// The incident board: everything about one incident in one answer, and the stopwatch.
#pragma once

#include "apps/command/records.h"
#include "core/route.h"

#include <optional>
#include <vector>

namespace anlan::command {

/// The records an incident's board and stopwatch are made of.
struct BoardRecords {
    bigdata::Record incident;
    std::vector<bigdata::Record> alarms, tasks, dispatches, messages, log;
    std::optional<bigdata::Record> first_impact, impact;  ///< `impact` is the newest.
};

/// [{step, at, ms}]: frame, alarm, incident, zone, affected, confirmed, plan, first_order,
/// first_receipt, in this order; `at` and `ms` are null while it has not happened. `ms` counts from
/// the first frame over the limit (or from the alarm, where no frame is known). Pure: all times are
/// journalled ones.
json::array stopwatch(const BoardRecords& records);

/// GET /incidents/{id}/board. Rows and fields that the caller may not see are left out.
RouteRow board_route(const apps::Context& context);

}  // namespace anlan::command
