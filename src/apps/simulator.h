// The simulator as an application sees it: something that plays a script until it is told to stop.
// center provides both functions; where there is no simulator they are empty.
#pragma once

#include "core/ids.h"
#include "core/json.h"
#include "core/result.h"

#include <functional>

namespace anlan::apps {

/// Starts playing for an exercise. Its members are listed in command/leak_script.cpp; the provider
/// of this function adds "server":{"host","http_port","gb26875_port"}. Returns at once.
using StartSimulator = std::function<Result<void>(Uuid exercise, const json::object& script)>;
/// Stops it; nothing happens when it does not run.
using StopSimulator = std::function<void(Uuid exercise)>;

}  // namespace anlan::apps
