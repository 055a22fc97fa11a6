// Plays a scene against a server's real ports: one thread, all lines at once.
#pragma once

#include "core/time.h"
#include "foundations/sensing/simulate/scene_actor.h"

#include <functional>
#include <stop_token>

namespace anlan::sensing::simulate {

struct ScenePlay {
    std::string host = "127.0.0.1";
    /// Where a protocol's devices connect.
    std::function<std::uint16_t(std::string_view protocol)> port;
    std::uint64_t seed = 1;
    double speed = 1;       ///< The script's seconds in a real one.
    double duration_s = 0;  ///< Of the script; 0: until stopped.
    const Clock* clock = nullptr;
    /// At most one line a minute about lines that are down.
    std::function<void(const std::string& zh, const std::string& en)> say;
};

/// With a duration, the script's time ends at the present: what is played faster begins in the
/// past, so that no reading comes from the future. Without one, readings carry the present, and
/// only their intervals are shortened.
ScriptTime script_time(const ScenePlay& play, SteadyTime now);

/// Until the duration is over and all is answered (at most 35 s more), or stopped.
SceneCounters play_scene(Scene scene, const ScenePlay& play, const std::stop_token& stop);

}  // namespace anlan::sensing::simulate
