// What the program is told: defaults, then a TOML file, then the command line.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace anlan::center {

struct Configuration {
    std::filesystem::path data = "var";  ///< register.db, accounts.db, lake/, secrets/
    std::filesystem::path web, catalog, zone_data,
        substances;  ///< Empty: as shipped, see shipped().
    std::string zone = "dongjiang";
    std::string address = "127.0.0.1";
    std::uint16_t http_port = 8080;
    std::string gateway_address = "127.0.0.1";
    std::uint16_t gb26875_port = 5200;
    std::uint16_t gb26875_exercise_port = 5201;
    bool demonstration = false;
    bool simulator = true;    ///< With the demonstration: start `anlan simulate --alive` beside.
    bool behind_tls = false;  ///< A proxy speaks TLS to the outside: cookies are marked Secure.
    bool metrics_for_all = false;           ///< /metrics answers other machines too.
    double requests_per_second_max = 2000;  ///< Per peer.
    std::size_t worker_threads = 8;
    LogLevel log_level = LogLevel::info;
};

/// Reads the file over `into`. Errors: bad_configuration with file, line and the key that is not
/// known or not of its type.
Result<void> read_configuration(const std::filesystem::path& file, Configuration& into);

/// Fills in the paths that are empty with what is shipped: beside the sources (./catalog), or
/// installed (<prefix>/share/anlan/catalog).
void fill_shipped(Configuration& configuration);

}  // namespace anlan::center
