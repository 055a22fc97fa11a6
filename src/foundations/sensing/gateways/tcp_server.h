// A TCP listener for devices: many connections, one thread, one session each. What the bytes mean
// is the session's; deadlines, back-pressure and limits are the server's.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct ssl_st;

namespace anlan::sensing {

/// Which listener a connection came through: it decides the space.
enum class Door { live, exercise };

/// Sends bytes to the device; may be called from any thread, also after the session's end. No bytes
/// at all close the connection, once all before them is sent.
using Send = std::function<void(std::vector<std::uint8_t>)>;

/// One connection's protocol logic, without I/O. Everything is called on the server's thread.
class TcpSession {
  public:
    virtual ~TcpSession() = default;
    virtual void receive(std::span<const std::uint8_t> bytes) = 0;
    /// No byte came for a while: a half frame is given up, so that it cannot swallow the next.
    virtual void quiet() = 0;
    /// True while a frame has begun and not ended.
    [[nodiscard]] virtual bool waiting() const = 0;
    /// Frames handed to the hub and not yet answered.
    [[nodiscard]] virtual std::size_t unanswered() const = 0;
    /// How long this device may be silent between frames; nothing: as the server's options say.
    [[nodiscard]] virtual std::optional<double> idle_timeout_s() const { return std::nullopt; }
    /// The connection has ended, whoever ended it. Nothing is called after it.
    virtual void closed() {}
};

class TcpServer {
  public:
    struct Options {
        std::string address = "0.0.0.0";
        std::uint16_t port = 0;  ///< 0: any free one, see port().
        /// One more takes the place of the one that has not said a byte for longest; when all have
        /// spoken it is closed at once.
        std::size_t connections_max = 20'000;
        double idle_timeout_s = 180;
        double half_frame_timeout_s = 5;
        std::size_t unanswered_max = 256;          ///< Of one connection; above it, reading pauses.
        std::size_t outgoing_bytes_max = 1 << 20;  ///< A peer that does not read is cut off.
        /// A TLS session for a new connection, which then is TLS; empty: plain TCP.
        std::function<ssl_st*()> new_tls;
        /// A session for a new connection.
        std::function<std::unique_ptr<TcpSession>(const std::string& peer, Send send)> open;
        std::function<void(const Error&)> report;  ///< For the log.
        /// Called every second on the server's thread; may be empty.
        std::function<void()> tick = {};
    };
    /// Listens when this returns. Errors: gateway_listen.
    static Result<std::unique_ptr<TcpServer>> start(Options options);
    /// Closes every connection and waits for the thread.
    virtual ~TcpServer() = default;

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual std::size_t connections() const = 0;
};

}  // namespace anlan::sensing
