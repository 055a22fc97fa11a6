// Plays devices against a server: a few threads, each with its share of the devices and their
// lines.
#pragma once

#include "core/time.h"
#include "foundations/sensing/simulate/device.h"
#include "foundations/sensing/simulate/link.h"

#include <atomic>
#include <functional>
#include <stop_token>

namespace anlan::sensing::simulate {

struct PlaySettings {
    Place http{"127.0.0.1", 8080}, gb26875{"127.0.0.1", 5200};
    std::uint64_t seed = 1;
    Faults faults;
    double speed = 1;           ///< Of the exercise's clock; reports keep their interval.
    double elapsed_s = 0;       ///< Script time at the start.
    double first_within_s = 3;  ///< Every device has reported once after this.
    double duration_s = 0;      ///< 0: until stopped.
    const Clock* clock = nullptr;
    /// A line for the terminal, at most one of a kind a minute. Called from any thread.
    std::function<void(const std::string& zh, const std::string& en)> say;
};

struct PlayCounters {
    std::atomic<std::uint64_t> reports{0}, readings{0}, accepted{0}, refused{0}, line_failures{0},
        lost{0};
};

/// Until stopped. What a device measures depends on the seed and its address alone, not on threads.
/// A report that finds the line down is kept (the newest 100) and sent first when it is back.
void play(std::vector<Device> devices, const PlaySettings& settings, PlayCounters& counters,
          std::stop_token stop);

}  // namespace anlan::sensing::simulate
