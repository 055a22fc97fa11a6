#include "center/websocket_session.h"

#include "center/transport.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>

namespace anlan::center {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr auto k_answer = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t k_take_max = 64;
// After what waited is written: what comes within so long goes out together. The first message
// after a quiet while never waits; with thousands a second to hundreds of readers, a write for each
// would take both processors.
constexpr auto k_pause = std::chrono::milliseconds(4);

/// Shared by the coroutine that writes and the one that reads; both run on one thread.
struct Socket {
    explicit Socket(std::shared_ptr<Transport> stream)
        : transport(std::move(stream)),
          socket(*transport),
          woken(socket.get_executor()),
          pause(socket.get_executor()) {
        woken.expires_at(asio::steady_timer::time_point::max());
    }
    std::shared_ptr<Transport> transport;
    websocket::stream<Transport&> socket;
    asio::steady_timer woken;  ///< Never expires; cancelled when there is something to do.
    asio::steady_timer pause;
    bool ended = false;
};

/// While it lives, what is written leaves in full packets instead of one for each message.
class Together {
  public:
    Together(Transport& transport, std::size_t messages)
        : m_transport(transport), m_on(messages > 1) {
        if (m_on) m_transport.hold_back(true);
    }
    ~Together() {
        if (m_on) m_transport.hold_back(false);
    }
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;

  private:
    Transport& m_transport;
    const bool m_on;
};

asio::awaitable<void> hear_all(std::shared_ptr<Socket> shared,
                               std::shared_ptr<LiveConnection> connection) {
    beast::flat_buffer buffer;
    while (true) {
        const auto [error, size] = co_await shared->socket.async_read(buffer, k_answer);
        if (error) break;
        connection->hear({static_cast<const char*>(buffer.data().data()), buffer.data().size()});
        buffer.clear();
    }
    shared->ended = true;
    shared->woken.cancel();
}

}  // namespace

asio::awaitable<void> run_websocket(std::shared_ptr<Transport> stream,
                                    beast::http::request<beast::http::empty_body> upgrade,
                                    std::shared_ptr<LiveConnection> connection,
                                    std::size_t message_bytes_max) {
    auto shared = std::make_shared<Socket>(std::move(stream));
    auto& socket = shared->socket;
    shared->transport->expires_never();
    socket.set_option(
        websocket::stream_base::timeout{std::chrono::seconds(10), std::chrono::seconds(30), true});
    socket.read_message_max(message_bytes_max);
    const auto [refused] = co_await socket.async_accept(upgrade, k_answer);
    if (refused) {
        connection->gone();
        co_return;
    }
    socket.text(true);
    connection->start([weak = std::weak_ptr(shared), executor = socket.get_executor()] {
        asio::post(executor, [weak] {
            if (const auto alive = weak.lock()) alive->woken.cancel();
        });
    });
    asio::co_spawn(socket.get_executor(), hear_all(shared, connection), asio::detached);
    while (!shared->ended) {
        const auto messages = connection->take(k_take_max);
        {
            const Together together(*shared->transport, messages.size());
            for (const auto& message : messages) {
                const auto [error, size] =
                    co_await socket.async_write(asio::buffer(*message), k_answer);
                if (error) shared->ended = true;
                if (shared->ended) break;
            }
        }
        if (shared->ended || messages.size() == k_take_max) continue;
        if (!messages.empty()) {
            shared->pause.expires_after(k_pause);
            co_await shared->pause.async_wait(k_answer);
            continue;
        }
        if (connection->finished()) {
            co_await socket.async_close(websocket::close_code::normal, k_answer);
            break;
        }
        // What comes between take() and here has posted its wake to this same thread: it runs
        // later.
        co_await shared->woken.async_wait(k_answer);
    }
    shared->transport->close();
    connection->gone();
}

}  // namespace anlan::center
