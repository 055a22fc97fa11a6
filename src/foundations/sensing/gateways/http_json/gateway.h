// The HTTP JSON gateway's route. The bearer token is the device's credential; what is kept of it is
// its SM3. The answer comes after the readings are on disk.
#pragma once

#include "foundations/sensing/gateways/http_door.h"

namespace anlan::sensing::http_json {

/// POST /api/v1/observations: application/json (also without a type) or application/x-ndjson,
/// packed or not. Errors: bad_device_token, body_type, not_durable, those of body_of(), of the
/// decoders and of the hub. After not_durable the device sends again: a repeated reading is stored
/// once.
RouteRows routes(HttpDoor door);

}  // namespace anlan::sensing::http_json
