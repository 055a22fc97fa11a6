// The TCP listener for GB/T 26875.3.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/gb26875/session.h"

namespace anlan::sensing::gb26875 {

class Server : public Gateway {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string address = "0.0.0.0";
        std::uint16_t port = 5200;             ///< 0: any free one, see port().
        std::size_t connections_max = 20'000;  ///< As TcpServer's.
        double idle_timeout_s = 180;           ///< A unit's heartbeat comes every 20 to 30 s.
        double half_frame_timeout_s = 5;
        double clock_tolerance_s = 0;              ///< Session::Options.
        std::size_t unanswered_max = 256;          ///< Of one connection; above it, reading pauses.
        std::size_t outgoing_bytes_max = 1 << 20;  ///< A peer that does not read is cut off.
        std::function<void(const Error&)> report;  ///< For the log.
    };
    /// Listens when this returns. Errors: gateway_listen.
    static Result<std::unique_ptr<Server>> start(Options options);
    [[nodiscard]] virtual std::size_t connections() const = 0;
    [[nodiscard]] virtual const Counters& counters() const = 0;
};

/// The row's functions. Settings: clock_tolerance_s, connections_max, idle_timeout_s.
Result<std::unique_ptr<Gateway>> start(GatewayOptions options);
Result<void> check(const json::object& settings);

}  // namespace anlan::sensing::gb26875
