// One accepted connection, in the open or over TLS, as Beast sees it: a stream that reads and
// writes some bytes. Included by the server's own files alone.
//
// Deadlines are watched from outside (Transports::sweep), because a deadline must not close the
// socket: one that is too slow with its request is told so. All calls on the connection's own
// thread.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <optional>
#include <unordered_set>

namespace anlan::center {

class Transport;

/// The open connections of one thread.
class Transports {
  public:
    using Time = std::chrono::steady_clock::time_point;
    inline void sweep(Time now);

  private:
    friend class Transport;
    std::unordered_set<Transport*> m_open;
};

class Transport {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;
    using Time = Transports::Time;

    /// `tls`: a fresh SSL of the server's context, which is taken over; nullptr: in the open.
    Transport(Transports& all, Socket socket, SSL* tls) : m_all(all), m_socket(std::move(socket)) {
        if (tls != nullptr) m_tls.emplace(m_socket, tls);
        m_all.m_open.insert(this);
    }
    ~Transport() { m_all.m_open.erase(this); }
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    executor_type get_executor() { return m_socket.get_executor(); }
    [[nodiscard]] bool secure() const { return m_tls.has_value(); }
    Socket& socket() { return m_socket; }
    boost::asio::ssl::stream<Socket&>& tls() { return *m_tls; }

    /// Cancels what is being read or written when `time_s` have passed.
    void expires_after(double time_s) {
        m_timed_out = false;
        m_deadline = std::chrono::steady_clock::now() +
                     std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                         std::chrono::duration<double>(time_s));
    }
    void expires_never() { m_deadline = Time::max(); }
    /// Whether only full packets leave; what is held back leaves when that ends.
    void hold_back(bool on) {
        const int value = on ? 1 : 0;
        // Refused only by a socket that is closed, whose writer finds out by itself.
        ::setsockopt(m_socket.native_handle(), IPPROTO_TCP, TCP_CORK, &value, sizeof value);
    }
    /// Whether the deadline has passed since it was last set.
    [[nodiscard]] bool timed_out() const { return m_timed_out; }
    void close() {
        boost::system::error_code ignored;
        m_socket.close(ignored);
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& into) {
                if (m_tls)
                    m_tls->async_read_some(into, std::move(handler));
                else
                    m_socket.async_read_some(into, std::move(handler));
            },
            token, buffers);
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& from) {
                if (m_tls)
                    m_tls->async_write_some(from, std::move(handler));
                else
                    m_socket.async_write_some(from, std::move(handler));
            },
            token, buffers);
    }

  private:
    friend class Transports;
    friend void beast_close_socket(Transport& transport) { transport.close(); }
    /// Ends a WebSocket's connection: TLS says so to its peer, then the socket closes.
    template <class Handler>
    friend void async_teardown(boost::beast::role_type role, Transport& transport,
                               Handler&& handler) {
        if (transport.m_tls)
            transport.m_tls->async_shutdown(std::forward<Handler>(handler));
        else
            boost::beast::websocket::async_teardown(role, transport.m_socket,
                                                    std::forward<Handler>(handler));
    }

    Transports& m_all;
    Socket m_socket;
    std::optional<boost::asio::ssl::stream<Socket&>> m_tls;
    Time m_deadline = Time::max();
    bool m_timed_out = false;
};

void Transports::sweep(Time now) {
    for (Transport* each : m_open) {
        if (each->m_deadline > now) continue;
        // Again at every sweep, until the next deadline: an operation may just be between two
        // waits.
        each->m_timed_out = true;
        boost::system::error_code ignored;
        each->m_socket.cancel(ignored);
    }
}

}  // namespace anlan::center
