// A UDP listener for devices: one thread, datagrams as they come. What the bytes mean is the
// receiver's. Nobody can be told to wait: what the system's buffer cannot hold is lost.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace anlan::sensing {

class UdpServer {
  public:
    struct Options {
        std::string address = "0.0.0.0";
        std::uint16_t port = 0;                      ///< 0: any free one, see port().
        std::size_t receive_buffer_bytes = 4 << 20;  ///< As far as the system grants it.
        /// One datagram; `peer` is "address:port". On the server's thread.
        std::function<void(const std::string& peer, std::span<const std::uint8_t> bytes)> receive;
        std::function<void(const Error&)> report;  ///< For the log.
    };
    /// Listens when this returns. Errors: gateway_listen.
    static Result<std::unique_ptr<UdpServer>> start(Options options);
    /// Waits for the thread.
    virtual ~UdpServer() = default;

    [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace anlan::sensing
