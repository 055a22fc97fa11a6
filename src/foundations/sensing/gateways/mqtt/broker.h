// Somebody else's broker, read as a client. Its promise is weaker than ours: the broker has
// acknowledged to the device before we have seen the message, and the library acknowledges to the
// broker when it hands the message over, not when it is on disk.
#pragma once

#include "foundations/sensing/gateways/mqtt/session.h"

namespace anlan::sensing::mqtt {

class BrokerReader {
  public:
    /// Connects in the background, and again whenever the connection is lost (1 s, 2 s, … 60 s).
    /// Errors: mqtt_broker (password or CA file, host name).
    static Result<std::unique_ptr<BrokerReader>> start(const BrokerSettings& settings,
                                                       std::shared_ptr<Shared> shared);
    virtual ~BrokerReader() = default;
    [[nodiscard]] virtual std::uint64_t losses() const = 0;
};

}  // namespace anlan::sensing::mqtt
