// The TCP listener for JT/T 808.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/jt808/session.h"

namespace anlan::sensing::jt808 {

class Server : public Gateway {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Random* random = nullptr;  ///< Null: the system's.
        Door door = Door::live;
        std::string address = "0.0.0.0";
        std::uint16_t port = 5808;  ///< 0: any free one, see port().
        /// Several heartbeats, which are a minute apart as a rule.
        double idle_timeout_s = 300;
        Trust trust = Trust::code;
        std::function<void(const Error&)> report;  ///< For the log.
    };
    /// Listens when this returns. Errors: gateway_listen.
    static Result<std::unique_ptr<Server>> start(Options options);

    [[nodiscard]] virtual std::size_t connections() const = 0;
    [[nodiscard]] virtual const Counters& counters() const = 0;
};

/// The row's functions. Settings: trust ("code" or "phone"), idle_timeout_s.
Result<std::unique_ptr<Gateway>> start(GatewayOptions options);
Result<void> check(const json::object& settings);

}  // namespace anlan::sensing::jt808
