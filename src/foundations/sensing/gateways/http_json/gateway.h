// The HTTP JSON gateway's route. The bearer token is the device's credential; what is kept of it is
// its SM3. The answer comes after the readings are on disk, from the lake's thread (core/later.h):
// no worker waits for the disk, so a flood of batches does not starve the screens.
#pragma once

#include "core/route.h"
#include "foundations/sensing/hub.h"

namespace anlan::sensing::http_json {

struct Options {
    Hub* hub = nullptr;
    const Clock* clock = nullptr;
    double deadline_s = 10;
};

/// POST /api/v1/observations. Errors: bad_device_token, not_durable, those of decode() and of the
/// hub. After not_durable the device sends again: a repeated reading is stored once.
RouteRows routes(Options options);

}  // namespace anlan::sensing::http_json
