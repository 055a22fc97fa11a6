// An exercise's script: JSON to devices. Whoever starts the exercise computes what each device will
// see; this only plays it.
//
//   {"server":{"host","http_port","gb26875_port"}, "seed":"…", "speed":4, "elapsed_s"?,
//    "release":{"start_after_s"?, "duration_s"?, …},
//    "wind":{"from_deg","speed_m_s"}, "veer_after_s"?, "veer_deg"?,
//    "devices":[{"protocol","address","token"?,"channel","property","role",
//                "baseline","plateau","delay_s","rise_s","interval_s"}, …]}
//
// One row of `devices` a channel; rows of one address are one device. Role "mast" with property
// wind_direction or wind_speed varies about its baseline and veers; "state" and "unit" are state
// words; every other role is a value. Members not named here are let be.
#pragma once

#include "core/json.h"
#include "foundations/sensing/simulate/player.h"

namespace anlan::sensing::simulate {

struct Script {
    std::optional<std::string> host;
    std::optional<std::uint16_t> http_port, gb26875_port;
    std::uint64_t seed = 1;
    double speed = 1, elapsed_s = 0;
    std::vector<Device> devices;
};

/// Errors: bad_request with the path of what is missing or wrong.
Result<Script> read_script(const json::value& value);

}  // namespace anlan::sensing::simulate
