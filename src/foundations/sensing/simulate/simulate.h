// The command `anlan simulate`: devices that know the server only by its ports.
#pragma once

#include "foundations/sensing/simulate/device.h"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace anlan::sensing::simulate {

struct SimulateOptions {
    enum class Play { alive, leak, scene };
    Play play = Play::alive;
    std::filesystem::path data = "data/dongjiang";  ///< alive: the zone's folder.
    std::string exercise;         ///< leak: the script's file, "-" for standard input.
    std::filesystem::path scene;  ///< scene: the file.
    double speed = 1;             ///< scene: the script's seconds in a real one.
    std::map<std::string, std::uint16_t, std::less<>> ports;  ///< scene: where not the usual ones.
    std::string host = "127.0.0.1";
    std::uint16_t http_port = 8080;
    std::optional<std::uint16_t> gb26875_port;  ///< Default 5200; of an exercise 5201.
    std::optional<std::uint64_t> seed;  ///< Else by chance, or the script's. Always printed.
    double duration_s = 0;              ///< 0: until stopped.
    Faults faults;
    bool follow_parent = false;  ///< End when the process that started this one ends.
};

/// Plays until `stop`, SIGINT, SIGTERM or the duration. The script's own server, seed and speed win
/// over the options' defaults, an explicit seed over the script's. Exit code: 0 played, 1 nothing
/// was ever accepted, 2 the script or data is wrong (said on `problems`).
int run_simulate(const SimulateOptions& options, std::stop_token stop, std::istream& standard_input,
                 std::ostream& out, std::ostream& problems);

}  // namespace anlan::sensing::simulate
