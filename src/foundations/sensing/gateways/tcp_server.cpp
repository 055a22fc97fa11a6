#include "foundations/sensing/gateways/tcp_server.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/tls_layer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace anlan::sensing {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

constexpr auto k_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t k_read_bytes = 64 * 1024;

std::chrono::milliseconds ms_of(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// The way from the hub's answers, on any thread and perhaps after the server's end, to its thread.
class Doorbell {
  public:
    explicit Doorbell(asio::io_context& context) : m_context(&context) {}
    template <class F>
    void post(F&& work) {
        const std::lock_guard lock(m_mutex);
        if (m_context != nullptr) asio::post(*m_context, std::forward<F>(work));
    }
    void remove() {
        const std::lock_guard lock(m_mutex);
        m_context = nullptr;
    }

  private:
    std::mutex m_mutex;
    asio::io_context* m_context;
};

/// Everything of a connection happens on the server's thread.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    /// What has not said a byte yet, oldest first.
    using Silent = std::list<Connection*>;
    Connection(tcp::socket socket, const TcpServer::Options& options, Silent& silent)
        : m_socket(std::move(socket)),
          m_options(options),
          m_silent(silent),
          m_silent_at(silent.insert(silent.end(), this)) {}
    ~Connection() { speaks(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void begin(std::shared_ptr<Doorbell> doorbell) {
        if (m_options.new_tls) m_tls = std::make_unique<TlsLayer>(m_options.new_tls());
        boost::system::error_code ignored;
        const auto remote = m_socket.remote_endpoint(ignored);
        const std::string peer =
            ignored ? "?" : remote.address().to_string() + ":" + std::to_string(remote.port());
        m_socket.set_option(tcp::no_delay(true), ignored);
        m_session = m_options.open(peer, [weak = weak_from_this(), doorbell = std::move(doorbell)](
                                             std::vector<std::uint8_t> bytes) {
            doorbell->post([weak, bytes = std::move(bytes)]() mutable {
                if (const auto self = weak.lock()) self->enqueue(std::move(bytes));
            });
        });
    }

    /// `buffer` is every connection's: it holds bytes only while the session takes them, so that a
    /// waiting connection costs none.
    awaitable<void> read(std::span<std::uint8_t> buffer) {
        const auto self = shared_from_this();
        boost::system::error_code ignored;
        m_socket.non_blocking(true, ignored);
        watch();
        for (;;) {
            // The device is told to wait by not being read: TCP's own back-pressure.
            while (m_session->unanswered() > m_options.unanswered_max && m_socket.is_open()) {
                m_pause.expires_after(std::chrono::milliseconds(2));
                co_await m_pause.async_wait(k_awaitable);
            }
            const auto [waited] = co_await m_socket.async_wait(tcp::socket::wait_read, k_awaitable);
            if (waited) break;
            boost::system::error_code error;
            const auto count =
                m_socket.read_some(asio::buffer(buffer.data(), buffer.size()), error);
            if (error == asio::error::would_block) continue;
            if (error) break;
            speaks();
            receive(buffer.first(count));
            watch();
        }
        close();
    }
    void ended() {
        if (m_session) m_session->closed();
    }

    void close() {
        boost::system::error_code ignored;
        speaks();
        m_socket.close(ignored);
        m_watch.cancel();
        m_pause.cancel();
    }

  private:
    enum class Then { go_on, close };
    tcp::socket m_socket;
    const TcpServer::Options& m_options;
    Silent& m_silent;
    std::optional<Silent::iterator> m_silent_at;
    asio::steady_timer m_watch{m_socket.get_executor()}, m_pause{m_socket.get_executor()};
    std::unique_ptr<TlsLayer> m_tls;  ///< Null: plain TCP.
    std::unique_ptr<TcpSession> m_session;
    std::deque<std::vector<std::uint8_t>> m_outgoing;
    std::size_t m_outgoing_bytes = 0;

    void speaks() {
        if (m_silent_at) m_silent.erase(*m_silent_at);
        m_silent_at.reset();
    }

    /// Starts the clock anew: short within a frame, long between frames.
    void watch() {
        const bool half = m_session->waiting();
        const double idle_s = m_session->idle_timeout_s().value_or(m_options.idle_timeout_s);
        m_watch.expires_after(ms_of(half ? m_options.half_frame_timeout_s : idle_s));
        m_watch.async_wait([weak = weak_from_this(), half](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (error || !self || !self->m_socket.is_open()) return;
            if (!half) return self->close();
            self->m_session->quiet();
            self->watch();
        });
    }

    void receive(std::span<const std::uint8_t> bytes) {
        if (!m_tls) return m_session->receive(bytes);
        const bool good = m_tls->open(bytes, [this](auto plain) { m_session->receive(plain); });
        queue(m_tls->outgoing());
        if (!good) queue({}, Then::close);
    }

    void enqueue(std::vector<std::uint8_t> bytes) {
        const Then then = bytes.empty() ? Then::close : Then::go_on;
        if (!m_tls) return queue(std::move(bytes), then);
        m_tls->seal(bytes);
        queue(m_tls->outgoing());
        if (then == Then::close) queue({}, then);
    }

    void queue(std::vector<std::uint8_t> bytes, Then then = Then::go_on) {
        if (!m_socket.is_open() || (bytes.empty() && then == Then::go_on)) return;
        m_outgoing_bytes += bytes.size();
        if (m_outgoing_bytes > m_options.outgoing_bytes_max) return close();
        m_outgoing.push_back(std::move(bytes));
        if (m_outgoing.size() == 1)
            asio::co_spawn(m_socket.get_executor(), write(), asio::detached);
    }

    awaitable<void> write() {
        const auto self = shared_from_this();
        while (!m_outgoing.empty()) {
            if (m_outgoing.front().empty()) {
                m_outgoing.clear();
                close();
                break;
            }
            const auto [error, count] =
                co_await asio::async_write(m_socket, asio::buffer(m_outgoing.front()), k_awaitable);
            if (error) {
                m_outgoing.clear();
                close();
                break;
            }
            m_outgoing_bytes -= count;
            m_outgoing.pop_front();
        }
    }
};

class AsioServer final : public TcpServer {
  public:
    explicit AsioServer(Options options) : m_options(std::move(options)) {}
    ~AsioServer() override {
        asio::post(m_context, [this] {
            boost::system::error_code ignored;
            m_acceptor.close(ignored);
            m_tick.cancel();
            for (const auto& connection : std::set(m_connections)) connection->close();
        });
        m_work.reset();
        if (m_thread.joinable()) m_thread.join();
        m_doorbell->remove();
    }

    Result<void> open() {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(m_options.address, error);
        const tcp::endpoint endpoint(address, m_options.port);
        if (!error) m_acceptor.open(endpoint.protocol(), error);
        if (!error) m_acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) m_acceptor.bind(endpoint, error);
        if (!error) m_acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) {
            return fail(errors::k_gateway_listen,
                        {{"address", m_options.address + ":" + std::to_string(m_options.port)},
                         {"what", error.message()}});
        }
        m_port = m_acceptor.local_endpoint().port();
        asio::co_spawn(m_context, accept(), asio::detached);
        if (m_options.tick) asio::co_spawn(m_context, tick(), asio::detached);
        m_thread = std::thread([this] { m_context.run(); });
        return {};
    }

    [[nodiscard]] std::uint16_t port() const override { return m_port; }
    [[nodiscard]] std::size_t connections() const override { return m_count; }

  private:
    const Options m_options;
    // Before the context, whose end destroys connections that have not begun.
    Connection::Silent m_silent;
    std::vector<std::uint8_t> m_buffer = std::vector<std::uint8_t>(k_read_bytes);
    asio::io_context m_context{1};
    std::shared_ptr<Doorbell> m_doorbell = std::make_shared<Doorbell>(m_context);
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> m_work{
        m_context.get_executor()};
    tcp::acceptor m_acceptor{m_context};
    asio::steady_timer m_tick{m_context};
    std::set<std::shared_ptr<Connection>> m_connections;
    std::atomic<std::size_t> m_count{0};
    std::uint16_t m_port = 0;
    std::thread m_thread;

    awaitable<void> tick() {
        while (m_acceptor.is_open()) {
            m_tick.expires_after(std::chrono::seconds(1));
            const auto [error] = co_await m_tick.async_wait(k_awaitable);
            if (!error) m_options.tick();
        }
    }

    awaitable<void> accept() {
        while (m_acceptor.is_open()) {
            auto [error, socket] = co_await m_acceptor.async_accept(k_awaitable);
            if (error) {
                if (!m_acceptor.is_open()) break;
                // Out of file descriptors, most likely: the open connections go on, new ones wait.
                asio::steady_timer pause(m_context, std::chrono::milliseconds(100));
                co_await pause.async_wait(k_awaitable);
                continue;
            }
            // Who has spoken stays; the one that has said nothing for longest makes room.
            if (m_connections.size() >= m_options.connections_max) {
                if (m_silent.empty()) continue;  // closes the socket
                m_silent.front()->close();
            }
            asio::co_spawn(
                m_context,
                serve(std::make_shared<Connection>(std::move(socket), m_options, m_silent)),
                asio::detached);
        }
    }

    /// The session's door: one connection ends, the others go on.
    void report(const std::exception& e) const {
        if (m_options.report) m_options.report(Error(errors::k_internal, {{"what", e.what()}}));
    }

    awaitable<void> serve(std::shared_ptr<Connection> connection) {
        m_connections.insert(connection);
        ++m_count;
        try {
            connection->begin(m_doorbell);
            co_await connection->read(m_buffer);
        } catch (const std::exception& e) {
            report(e);
            connection->close();
        }
        try {
            connection->ended();
        } catch (const std::exception& e) {
            report(e);
        }
        m_connections.erase(connection);
        --m_count;
    }
};

}  // namespace

Result<std::unique_ptr<TcpServer>> TcpServer::start(Options options) {
    ASSERT(options.open != nullptr);
    auto server = std::make_unique<AsioServer>(std::move(options));
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing
