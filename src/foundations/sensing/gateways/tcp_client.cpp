#include "foundations/sensing/gateways/tcp_client.h"

#include "foundations/sensing/errors.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace anlan::sensing {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

constexpr auto k_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t k_read_bytes = 16 * 1024;

std::chrono::milliseconds ms_of(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

class AsioClient final : public TcpClient {
  public:
    explicit AsioClient(Options options) : m_options(std::move(options)) {
        asio::co_spawn(m_context, run(), asio::detached);
        m_thread = std::thread([this] { m_context.run(); });
    }
    ~AsioClient() override {
        asio::post(m_context, [this] {
            m_stopping = true;
            m_resolver.cancel();
            m_pause.cancel();
            m_watch.cancel();
            close();
        });
        m_thread.join();
    }
    [[nodiscard]] bool connected() const override { return m_connected; }

  private:
    const Options m_options;
    asio::io_context m_context{1};
    tcp::resolver m_resolver{m_context};
    tcp::socket m_socket{m_context};
    asio::steady_timer m_watch{m_context}, m_pause{m_context};
    std::unique_ptr<TcpSession> m_session;
    std::atomic<bool> m_connected{false};
    bool m_stopping = false, m_told = false;
    std::thread m_thread;

    [[nodiscard]] std::string peer() const {
        return m_options.host + ":" + std::to_string(m_options.port);
    }
    void close() {
        boost::system::error_code ignored;
        m_socket.close(ignored);
    }
    /// The connection ends unless it is watched anew before that.
    void watch(double seconds) {
        m_watch.expires_after(ms_of(seconds));
        m_watch.async_wait([this](const boost::system::error_code& error) {
            if (!error) close();
        });
    }
    void watch_session() {
        const bool half = m_session->waiting();
        m_watch.expires_after(
            ms_of(half ? m_options.half_frame_timeout_s : m_options.idle_timeout_s));
        m_watch.async_wait([this, half](const boost::system::error_code& error) {
            if (error || m_session == nullptr) return;
            if (!half) return close();
            m_session->quiet();
            watch_session();
        });
    }
    void tell(const std::string& what) {
        if (m_stopping || m_told) return;
        m_told = true;
        if (m_options.report)
            m_options.report(Error(errors::k_gateway_feed, {{"address", peer()}, {"what", what}}));
    }

    awaitable<void> run() {
        double wait_s = m_options.retry_min_s;
        while (!m_stopping) {
            const std::string ended = co_await session(wait_s);
            if (m_stopping) break;
            tell(ended);
            m_pause.expires_after(ms_of(wait_s));
            co_await m_pause.async_wait(k_awaitable);
            wait_s = std::min(wait_s * 2, m_options.retry_max_s);
        }
    }

    /// One connection from its making to its end; says how it ended.
    awaitable<std::string> session(double& wait_s) {
        watch(m_options.connect_timeout_s);
        const auto [unresolved, endpoints] = co_await m_resolver.async_resolve(
            m_options.host, std::to_string(m_options.port), k_awaitable);
        if (unresolved || m_stopping) co_return unresolved.message();
        const auto [refused, endpoint] =
            co_await asio::async_connect(m_socket, endpoints, k_awaitable);
        if (refused || m_stopping) {
            close();
            co_return refused.message();
        }
        m_session = m_options.open(peer(), [](const std::vector<std::uint8_t>&) {});
        m_connected = true;
        std::string ended = co_await read(wait_s);
        m_connected = false;
        m_watch.cancel();
        close();
        m_session.reset();
        co_return ended;
    }

    awaitable<std::string> read(double& wait_s) {
        std::vector<std::uint8_t> buffer(k_read_bytes);
        watch_session();
        for (;;) {
            while (m_session->unanswered() > m_options.unanswered_max && m_socket.is_open()) {
                m_pause.expires_after(std::chrono::milliseconds(2));
                co_await m_pause.async_wait(k_awaitable);
            }
            const auto [error, count] =
                co_await m_socket.async_read_some(asio::buffer(buffer), k_awaitable);
            if (error) co_return error.message();
            // It works: the next outage is news again, and begins with a short pause.
            m_told = false;
            wait_s = m_options.retry_min_s;
            try {
                m_session->receive({buffer.data(), count});
            } catch (const std::exception& e) {
                // The session's door.
                co_return e.what();
            }
            watch_session();
        }
    }
};

}  // namespace

std::unique_ptr<TcpClient> TcpClient::start(Options options) {
    ASSERT(options.open != nullptr);
    return std::make_unique<AsioClient>(std::move(options));
}

}  // namespace anlan::sensing
