// The HTTP/1.1 and WebSocket server: sockets, deadlines, limits. What is said is not its business.
//
// Two I/O threads, each with connections of its own; handlers run on a bounded worker pool. Against
// bad days: deadlines for header, body and answer, limits on header, body, connections and rate per
// peer, a queue that refuses with 503 when full. Bodies above the usual limit are taken only where
// a route wants them, after its right is checked, and onto the disk. Answers that are made while
// they are sent (Response::next) keep one piece in memory. Boost.Beast is seen by
// http_connection.cpp and websocket_session.cpp alone.
#pragma once

#include "center/http.h"
#include "core/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;  // OpenSSL's SSL

namespace anlan::center {

/// One live client as its socket sees it. The server calls start() once, then take() whenever
/// `wake` has been called, hear() for what the client says, and gone() once when the socket has
/// ended.
class LiveConnection {
  public:
    virtual ~LiveConnection() = default;
    /// `wake` may be called from any thread and must be quick.
    virtual void start(std::function<void()> wake) = 0;
    /// The next messages in order, at most `count`.
    virtual std::vector<Bytes> take(std::size_t count) = 0;
    /// True when nothing will follow what take() has given: close the socket.
    [[nodiscard]] virtual bool finished() const = 0;
    virtual void hear(std::string_view text) = 0;
    virtual void gone() = 0;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one; see Server::port().
    std::uint16_t tls_port = 8443;
    /// A fresh SSL of the context now valid, which the server frees; asked for each connection, on
    /// an I/O thread. Nothing: no TLS.
    std::function<ssl_st*()> new_tls;
    std::string body_folder;  ///< For bodies too large for memory; empty: none are taken.
    std::size_t io_threads = 2;
    std::size_t worker_threads = 8;
    std::size_t waiting_max = 1024;  ///< Requests waiting for a worker; above it 503.
    std::size_t header_bytes_max = 16 << 10;
    std::size_t body_bytes_max = 1 << 20;     ///< Unless the route says more; kept in memory.
    std::size_t message_bytes_max = 4 << 10;  ///< What a live client may say at once.
    double header_seconds_max = 20;
    double idle_seconds_max = 60;  ///< Of a kept-alive connection between two requests.
    double body_seconds_max = 20;  ///< And one more for every body_bytes_per_second_min received.
    double body_bytes_per_second_min = 16 << 10;
    double write_seconds_max = 30;  ///< Of an answer, or of one piece of it.
    std::size_t connections_max = 4000;
    std::size_t connections_per_peer_max = 512;
    double requests_per_second_max = 2000;  ///< Per peer, on average; bursts of twice that.
};

struct ServerHandlers {
    /// Tried first, on the I/O thread: must not block. Nothing: not one of its own.
    std::function<bool(const Request&, Response&)> quick;
    std::function<Response(const Request&)> handle;  ///< On a worker.
    /// Bytes the body of such a request may have; on the I/O thread, before the body is read.
    std::function<std::size_t(const Request&)> body_limit;
    /// Whether the caller may send such a body at all; on a worker, only above the usual limit.
    std::function<Result<void>(const Request&)> admit;
    /// An error of the server's own, as a response (too large, too slow, too many).
    std::function<Response(const Request&, const Error&)> refuse;
    /// A WebSocket asks to join, on a worker.
    std::function<Result<std::shared_ptr<LiveConnection>>(const Request&)> live;
    /// After every answer, for log and metrics; on the I/O thread.
    std::function<void(const Request&, const Response&, std::int64_t took_us)> answered;
};

struct ServerCounters {
    std::atomic<std::int64_t> connections{0}, connections_refused{0}, requests{0}, refused_busy{0},
        refused_rate{0}, timeouts{0}, live{0}, tls_refused{0};
};

class Server {
  public:
    /// Listens at once, answers from then on. Errors: cannot_listen.
    static Result<std::unique_ptr<Server>> start(ServerOptions options, ServerHandlers handlers);
    virtual ~Server() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual std::uint16_t tls_port() const = 0;  ///< 0 without TLS.
    [[nodiscard]] virtual const ServerCounters& counters() const = 0;
    [[nodiscard]] virtual std::size_t waiting() const = 0;  ///< Requests waiting for a worker.
    /// Stops accepting, lets requests in work finish for up to `grace_s`, closes the rest.
    virtual void stop(double grace_s) = 0;
};

}  // namespace anlan::center
