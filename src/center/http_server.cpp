#include "center/errors.h"
#include "center/http_connection.h"
#include "center/transport.h"
#include "core/hash.h"
#include "core/random.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <chrono>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace anlan::center {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto k_answer = asio::as_tuple(asio::use_awaitable);
constexpr auto k_sweep_interval = std::chrono::milliseconds(250);

/// Connections a peer has open, counted for as long as each lives.
class Guests {
  public:
    bool enter(const std::string& peer, std::size_t per_peer_max) {
        const std::lock_guard lock(m_mutex);
        auto& count = m_counts[peer];
        if (count >= per_peer_max) return false;
        ++count;
        return true;
    }
    void leave(const std::string& peer) {
        const std::lock_guard lock(m_mutex);
        if (const auto at = m_counts.find(peer); --at->second == 0) m_counts.erase(at);
    }

  private:
    std::mutex m_mutex;
    std::unordered_map<std::string, std::size_t> m_counts;
};

class HttpServer final : public Server {
  public:
    HttpServer(ServerOptions options, ServerHandlers handlers)
        : m_state(std::move(options), std::move(handlers)) {
        for (std::size_t i = 0; i < m_state.options.io_threads; ++i)
            m_loops.push_back(std::make_unique<Loop>());
    }
    ~HttpServer() override { stop(0); }

    Result<void> listen();
    [[nodiscard]] std::uint16_t port() const override { return m_doors[0].port; }
    [[nodiscard]] std::uint16_t tls_port() const override { return m_doors[1].port; }
    [[nodiscard]] const ServerCounters& counters() const override { return m_state.counters; }
    [[nodiscard]] std::size_t waiting() const override { return m_state.pool.waiting(); }
    void stop(double grace_s) override;

  private:
    /// One thread and the connections it serves. The context goes first: its coroutines refer to
    /// `transports`.
    struct Loop {
        Transports transports;
        asio::io_context context{1};
        asio::executor_work_guard<asio::io_context::executor_type> guard =
            asio::make_work_guard(context);
        std::thread thread;
    };
    struct Door {
        std::unique_ptr<tcp::acceptor> acceptor;
        std::uint16_t port = 0;
        Channel channel = Channel::plain;
    };

    Result<void> open(Door& door, std::uint16_t port);
    asio::awaitable<void> accept_all(Door& door);
    asio::awaitable<void> serve(Loop& loop, tcp::socket socket, ssl_st* tls, std::string peer);
    asio::awaitable<void> sweep(Loop& loop);

    ServerState m_state;
    Guests m_guests;
    std::vector<std::unique_ptr<Loop>> m_loops;
    std::array<Door, 2> m_doors{Door{{}, 0, Channel::plain}, Door{{}, 0, Channel::tls}};
};

Result<void> HttpServer::open(Door& door, std::uint16_t port) {
    const auto& address_text = m_state.options.address;
    const auto refused = [&](const std::string& what) {
        return fail(errors::k_cannot_listen,
                    {{"address", address_text + ":" + std::to_string(port)}, {"what", what}});
    };
    boost::system::error_code error;
    const auto address = asio::ip::make_address(address_text, error);
    if (error) return refused(error.message());
    door.acceptor = std::make_unique<tcp::acceptor>(m_loops.front()->context);
    const tcp::endpoint endpoint(address, port);
    door.acceptor->open(endpoint.protocol(), error);
    if (!error) door.acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) door.acceptor->bind(endpoint, error);
    if (!error) door.acceptor->listen(1024, error);
    if (error) return refused(error.message());
    door.port = door.acceptor->local_endpoint().port();
    return {};
}

Result<void> HttpServer::listen() {
    TRY(open(m_doors[0], m_state.options.port));
    if (m_state.options.new_tls) TRY(open(m_doors[1], m_state.options.tls_port));
    std::array<std::uint8_t, 4> prefix{};
    SystemRandom().fill(prefix);
    m_state.id_prefix = hex({reinterpret_cast<const char*>(prefix.data()), prefix.size()});
    for (auto& door : m_doors) {
        if (door.acceptor)
            asio::co_spawn(m_loops.front()->context, accept_all(door), asio::detached);
    }
    for (auto& loop : m_loops) {
        asio::co_spawn(loop->context, sweep(*loop), asio::detached);
        loop->thread = std::thread([&context = loop->context] { context.run(); });
    }
    return {};
}

void HttpServer::stop(double grace_s) {
    if (m_loops.empty() || m_state.stopping.exchange(true)) return;
    asio::post(m_loops.front()->context, [this] {
        boost::system::error_code ignored;
        for (auto& door : m_doors) {
            if (door.acceptor) door.acceptor->close(ignored);
        }
    });
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(grace_s);
    while (m_state.in_work + m_state.counters.live > 0 &&
           std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    m_state.open_answers.close();
    for (auto& loop : m_loops) loop->context.stop();
    for (auto& loop : m_loops) {
        if (loop->thread.joinable()) loop->thread.join();
    }
    // Jobs refer to what their connection's coroutine holds: they end before the loops are
    // destroyed.
    m_state.pool.stop();
    for (auto& door : m_doors) door.acceptor.reset();
    m_loops.clear();
}

asio::awaitable<void> HttpServer::sweep(Loop& loop) {
    asio::steady_timer timer(loop.context);
    while (!m_state.stopping) {
        timer.expires_after(k_sweep_interval);
        co_await timer.async_wait(k_answer);
        loop.transports.sweep(std::chrono::steady_clock::now());
    }
}

asio::awaitable<void> HttpServer::accept_all(Door& door) {
    std::size_t next = door.channel == Channel::tls ? 1 : 0;
    while (!m_state.stopping) {
        auto& loop = *m_loops[next++ % m_loops.size()];
        auto [error, socket] = co_await door.acceptor->async_accept(loop.context, k_answer);
        if (m_state.stopping) co_return;
        if (error) {
            // Out of descriptors: wait for some to come free instead of spinning.
            asio::steady_timer pause(m_loops.front()->context, std::chrono::milliseconds(50));
            co_await pause.async_wait(k_answer);
            continue;
        }
        boost::system::error_code gone;
        const auto remote = socket.remote_endpoint(gone);
        if (gone) continue;
        std::string peer = remote.address().to_string();
        auto& counters = m_state.counters;
        const auto most = static_cast<std::int64_t>(m_state.options.connections_max);
        if (counters.connections >= most ||
            !m_guests.enter(peer, m_state.options.connections_per_peer_max)) {
            ++counters.connections_refused;
            continue;
        }
        ++counters.connections;
        socket.set_option(tcp::no_delay(true), gone);
        ssl_st* tls = nullptr;
        if (door.channel == Channel::tls) {
            tls = m_state.options.new_tls();
            ASSERT(tls != nullptr);  // fails only without memory
        }
        asio::co_spawn(loop.context, serve(loop, std::move(socket), tls, std::move(peer)),
                       asio::detached);
    }
}

asio::awaitable<void> HttpServer::serve(Loop& loop, tcp::socket socket, ssl_st* tls,
                                        std::string peer) {
    struct Leave {
        HttpServer& server;
        const std::string& peer;
        ~Leave() {
            server.m_guests.leave(peer);
            --server.m_state.counters.connections;
        }
    } leave{*this, peer};
    co_await serve_connection(m_state, loop.transports, std::move(socket), tls, peer);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, ServerHandlers handlers) {
    ASSERT(options.io_threads > 0 && options.worker_threads > 0);
    ASSERT(handlers.handle && handlers.refuse && handlers.live);
    auto server = std::make_unique<HttpServer>(std::move(options), std::move(handlers));
    TRY(server->listen());
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace anlan::center
