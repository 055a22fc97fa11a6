// The listeners of all protocols, each at its live and its exercise door.
#pragma once

#include "center/configuration.h"
#include "center/health_routes.h"
#include "core/route.h"
#include "foundations/sensing/gateways/table.h"

namespace anlan::center {

class GatewayDoors {
  public:
    struct Options {
        sensing::Hub* hub = nullptr;
        const Clock* clock = nullptr;
        const Configuration* configuration = nullptr;
        std::function<ssl_st*()> new_tls;  ///< Empty without TLS.
    };
    /// All listen when this returns. Errors: gateway_listen, gateway_setting.
    static Result<GatewayDoors> open(const Options& options);

    struct Listener {
        const sensing::GatewayRow* row = nullptr;
        std::unique_ptr<sensing::Gateway> live, exercise;
    };
    [[nodiscard]] const std::vector<Listener>& listeners() const { return m_listeners; }
    /// Where the protocol's devices of this door connect; 0 when it is closed.
    [[nodiscard]] std::uint16_t port(std::string_view protocol, sensing::Door door) const;
    /// Null when it is closed.
    [[nodiscard]] sensing::Gateway* gateway(std::string_view protocol, sensing::Door door) const;
    [[nodiscard]] std::vector<Figure> figures() const;
    /// GET /api/v1/gateways (device.read): {address, gateways: [{protocol, title, port?,
    /// exercise_port?}]}, where devices connect; without ports what comes in by HTTP. The doors
    /// must outlive them.
    [[nodiscard]] RouteRows routes(std::string address) const;
    void close() { m_listeners.clear(); }

  private:
    std::vector<Listener> m_listeners;
};

}  // namespace anlan::center
