// One simulated device: where it reports, what it measures, how often. And how its line fails.
#pragma once

#include "foundations/sensing/simulate/behaviour.h"

#include <memory>
#include <string>
#include <vector>

namespace anlan::sensing::simulate {

enum class Protocol { http_json, gb26875 };

struct Device {
    Protocol protocol = Protocol::http_json;
    std::string address, token;  ///< Token: HTTP JSON only.
    double interval_s = 10;      ///< Between reports.
    double heartbeat_s = 0;      ///< Between empty frames, GB/T 26875.3 only; 0: none.
    std::vector<std::unique_ptr<Behaviour>> behaviours;
};

/// Bad days, each a probability or an amount; all zero: none.
struct Faults {
    double loss = 0;           ///< Share of reports that are never sent.
    double duplication = 0;    ///< Share of reports that are sent twice.
    double delay_s_max = 0;    ///< Reports come up to this much later (their time stays right).
    double clock_error_s = 0;  ///< Devices' clocks are ahead by this.
    double noise = 0;          ///< Relative standard deviation added to values (not to states).
};

/// The token of a demonstration's device. It ships with nothing: the demonstration registers its
/// SM3, and an installation without demonstration data knows no such device.
inline std::string demonstration_token(std::string_view address) {
    return "demo-" + std::string(address);
}

}  // namespace anlan::sensing::simulate
