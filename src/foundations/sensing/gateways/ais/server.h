// AIS feeds: over TCP from feeders that call us, over UDP, and from receivers that we call.
#pragma once

#include "foundations/sensing/gateways/ais/session.h"
#include "foundations/sensing/gateways/gateway.h"

namespace anlan::sensing::ais {

/// Where a receiver waits to be called.
struct Feed {
    std::string host;
    std::uint16_t port = 0;
};

class Server : public Gateway {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string address = "0.0.0.0";
        std::uint16_t port = 10110;  ///< TCP and UDP alike; 0: any free one, see port().
        bool udp = true;
        double idle_timeout_s = 600;
        std::vector<Feed> feeds;                   ///< Called from the live door alone.
        double feed_retry_s = 1;                   ///< After a feed's end; doubles up to a minute.
        std::function<void(const Error&)> report;  ///< For the log.
    };
    /// Listens when this returns. Errors: gateway_listen.
    static Result<std::unique_ptr<Server>> start(Options options);

    [[nodiscard]] virtual const Counters& counters() const = 0;
    [[nodiscard]] virtual std::size_t feeds_connected() const = 0;
};

/// The row's functions. Settings: feeds (["host:port", "[::1]:port"]), udp, idle_timeout_s.
Result<std::unique_ptr<Gateway>> start(GatewayOptions options);
Result<void> check(const json::object& settings);

}  // namespace anlan::sensing::ais
