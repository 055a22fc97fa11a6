// What the program is told: defaults, then a TOML file, then the command line.
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace anlan::center {

/// `[backup]` of the file.
struct BackupConfiguration {
    std::filesystem::path folder;   ///< Empty: none are made by the clock.
    std::uint16_t at_minute = 150;  ///< `at = "02:30"`, Beijing time, as minutes since midnight.
    std::size_t keep_daily = 7, keep_weekly = 5, keep_monthly = 12;
    std::size_t pace_mb_s = 32;             ///< 0: as fast as it goes.
    std::filesystem::path passphrase_file;  ///< Empty: secrets are left out.
};

/// `[gb26875]`, `[hj212]` … of the file: a protocol's ports (absent: the usual ones, see
/// sensing::GatewayRow) and settings of its own. `listen = false` closes it.
struct GatewayConfiguration {
    bool listen = true;
    std::optional<std::uint16_t> port, exercise_port;  ///< 0: any free one.
    json::object settings;
};

struct Configuration {
    std::filesystem::path data = "var";  ///< register.db, accounts.db, lake/, secrets/
    std::filesystem::path web, catalog, zone_data,
        substances;  ///< Empty: as shipped, see shipped().
    std::string zone = "dongjiang";
    std::string address = "127.0.0.1";
    std::uint16_t http_port = 8080;
    bool https = true;  ///< Beside http; off behind a proxy that speaks TLS.
    std::uint16_t https_port = 8443;
    std::vector<std::string> names;  ///< DNS names by which the server is reached, for TLS.
    std::filesystem::path certificate, certificate_key;  ///< PEM of the owner's own; empty: local.
    std::string gateway_address = "127.0.0.1";
    std::map<std::string, GatewayConfiguration, std::less<>> gateways;  ///< By protocol.
    bool any_ports = false;  ///< Gateways without a port of their own take any free one.
    bool demonstration = false;
    bool simulator = true;    ///< With the demonstration: start `anlan simulate --alive` beside.
    bool behind_tls = false;  ///< A proxy speaks TLS to the outside: cookies are marked Secure.
    bool metrics_for_all = false;  ///< /metrics answers other machines too.
    std::string metrics_token;     ///< And those that bring it as a bearer token; empty: none.
    double requests_per_second_max = 2000;  ///< Per peer; of one account half of that.
    std::size_t worker_threads = 8;
    LogLevel log_level = LogLevel::info;
    BackupConfiguration backup;
    bool log_json = false;  ///< One JSON object a line, for collectors.
};

/// Reads the file over `into`. Errors: bad_configuration with file, line and the key that is not
/// known or not of its type.
Result<void> read_configuration(const std::filesystem::path& file, Configuration& into);

/// Fills in the paths that are empty with what is shipped: beside the sources (./catalog), or
/// installed (<prefix>/share/anlan/catalog).
void fill_shipped(Configuration& configuration);

}  // namespace anlan::center
