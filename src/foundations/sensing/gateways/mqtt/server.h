// The MQTT listener: plain TCP and, where the program has a certificate, TLS; and other people's
// brokers, read as a client.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/mqtt/session.h"

namespace anlan::sensing::mqtt {

inline constexpr std::uint16_t k_port = 1883, k_exercise_port = 1884;
inline constexpr std::uint16_t k_tls_port = 8883, k_exercise_tls_port = 8884;

class Server : public Gateway {
  public:
    /// Listens when this returns. TLS listens where new_tls is given and the settings name a port,
    /// or the plain port is the usual one. Errors: gateway_listen, mqtt_broker (its password file).
    static Result<std::unique_ptr<Server>> start(GatewayOptions options, Settings settings);

    [[nodiscard]] virtual std::uint16_t tls_port() const = 0;  ///< 0: no TLS.
    [[nodiscard]] virtual std::size_t connections() const = 0;
    [[nodiscard]] virtual const Counters& counters() const = 0;
};

/// The row's functions. Settings: those of settings.h by their names.
Result<std::unique_ptr<Gateway>> start(GatewayOptions options);
Result<void> check(const json::object& settings);
/// Channels are what the device calls them: known are those named like a property.
std::optional<ChannelMeaning> meaning(std::string_view channel);
/// One object a packet. The version is that of the CONNECT seen, or else 3.1.1.
std::unique_ptr<StreamDecoder> decoder();

}  // namespace anlan::sensing::mqtt
