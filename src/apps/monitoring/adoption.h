// From quarantine into service: what a stranger seems to be, and its registration with all its
// datastreams in one batch. A stranger is a device ("address") or a channel that nobody registered
// of a device that is known ("address#channel").
#pragma once

#include "apps/context.h"

namespace anlan::monitoring {

/// GET /api/v1/quarantine/{id}/proposal, POST /api/v1/quarantine/{id}/adopt.
/// Errors: no_such_record (or adopted by somebody else meanwhile), adoption_other,
/// adoption_channels, and those of the register for the fields.
RouteRows adoption_routes(const apps::Context& context);

}  // namespace anlan::monitoring
