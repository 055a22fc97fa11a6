// A connection that the program makes by itself, to a receiver or concentrator that waits to be
// called; made again whenever it ends. The session is the same as of a listener.
#pragma once

#include "foundations/sensing/gateways/tcp_server.h"

namespace anlan::sensing {

class TcpClient {
  public:
    struct Options {
        std::string host;  ///< Name or address.
        std::uint16_t port = 0;
        double connect_timeout_s = 10;
        double idle_timeout_s = 120;  ///< A link that says nothing for so long is made anew.
        double half_frame_timeout_s = 5;
        double retry_min_s = 1,
               retry_max_s = 60;           ///< Between tries; doubles from one to the other.
        std::size_t unanswered_max = 256;  ///< Above it, reading pauses.
        /// A session for a new connection. What it sends is dropped: receivers only speak.
        std::function<std::unique_ptr<TcpSession>(const std::string& peer, Send send)> open;
        std::function<void(const Error&)> report;  ///< For the log; gateway_feed, once an outage.
    };
    /// Tries at once and for ever; never waits.
    static std::unique_ptr<TcpClient> start(Options options);
    /// Closes the connection and waits for the thread.
    virtual ~TcpClient() = default;

    [[nodiscard]] virtual bool connected() const = 0;
};

}  // namespace anlan::sensing
