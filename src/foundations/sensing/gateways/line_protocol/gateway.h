// The doors for clients of InfluxDB: Telegraf, its libraries, curl.
#pragma once

#include "foundations/sensing/gateways/http_door.h"

namespace anlan::sensing::line_protocol {

/// POST /api/v1/write and /write (InfluxDB 1; ?precision=), /api/v2/write (InfluxDB 2); 204 after
/// commit. `?tags=a,b` names the tags that are part of a channel. GET /ping and /api/v1/ping: 204.
/// Errors: bad_device_token, bad_precision, not_durable, those of body_of(), decode() and the hub.
RouteRows routes(HttpDoor door);

}  // namespace anlan::sensing::line_protocol
