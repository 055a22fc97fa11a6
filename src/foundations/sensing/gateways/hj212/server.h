// The TCP listener for HJ 212.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/hj212/session.h"

namespace anlan::sensing::hj212 {

class Server : public Gateway {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string address = "0.0.0.0";
        std::uint16_t port = 5212;  ///< 0: any free one, see port().
        /// A station may be silent for an hour between two hourly values.
        double idle_timeout_s = 4000;
        Settings settings;
        std::function<void(const Error&)> report;  ///< For the log.
    };
    /// Listens when this returns. Errors: gateway_listen.
    static Result<std::unique_ptr<Server>> start(Options options);

    [[nodiscard]] virtual std::size_t connections() const = 0;
    [[nodiscard]] virtual const Counters& counters() const = 0;
};

/// The row's functions. Settings: those of settings.h by their names (checksums = {MN = "modbus"}),
/// and idle_timeout_s.
Result<std::unique_ptr<Gateway>> start(GatewayOptions options);
Result<void> check(const json::object& settings);

}  // namespace anlan::sensing::hj212
