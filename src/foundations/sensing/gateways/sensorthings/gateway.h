// Doors for devices that post SensorThings Observations. The read side of the API is
// center/sensorthings.
#pragma once

#include "foundations/sensing/gateways/http_door.h"

namespace anlan::sensing::sensorthings {

/// POST /v1.1/Observations and /v1.1/Datastreams(id)/Observations: 201 with Location, after commit.
/// POST /v1.1/CreateObservations: 201 with a link, or "error: …", for each row of the arrays.
/// A device posts to its own datastreams and those of the devices whose parent it is. Needs
/// HttpDoor::records. Errors: bad_device_token, not_own_datastream, not_durable, those of
/// body_of(), of the decoder and of the hub.
RouteRows routes(HttpDoor door);

}  // namespace anlan::sensing::sensorthings
