#include "foundations/sensing/gateways/udp_server.h"

#include "foundations/sensing/errors.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <thread>
#include <vector>

namespace anlan::sensing {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

constexpr auto k_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t k_datagram_bytes_max = 65'535;

class AsioUdpServer final : public UdpServer {
  public:
    explicit AsioUdpServer(Options options) : m_options(std::move(options)) {}
    ~AsioUdpServer() override {
        asio::post(m_context, [this] {
            boost::system::error_code ignored;
            m_socket.close(ignored);
        });
        if (m_thread.joinable()) m_thread.join();
    }

    Result<void> open() {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(m_options.address, error);
        const udp::endpoint endpoint(address, m_options.port);
        if (!error) m_socket.open(endpoint.protocol(), error);
        if (!error) m_socket.bind(endpoint, error);
        if (error) {
            return fail(errors::k_gateway_listen,
                        {{"address", m_options.address + ":" + std::to_string(m_options.port)},
                         {"what", error.message()}});
        }
        boost::system::error_code ignored;
        m_socket.set_option(asio::socket_base::receive_buffer_size(
                                static_cast<int>(m_options.receive_buffer_bytes)),
                            ignored);
        m_port = m_socket.local_endpoint().port();
        asio::co_spawn(m_context, read(), asio::detached);
        m_thread = std::thread([this] { m_context.run(); });
        return {};
    }
    [[nodiscard]] std::uint16_t port() const override { return m_port; }

  private:
    const Options m_options;
    asio::io_context m_context{1};
    udp::socket m_socket{m_context};
    std::uint16_t m_port = 0;
    std::thread m_thread;

    asio::awaitable<void> read() {
        std::vector<std::uint8_t> buffer(k_datagram_bytes_max);
        udp::endpoint from, last;
        std::string peer;
        while (m_socket.is_open()) {
            const auto [error, count] =
                co_await m_socket.async_receive_from(asio::buffer(buffer), from, k_awaitable);
            // An error is news of an earlier answer (port unreachable), or the end.
            if (error) continue;
            if (peer.empty() || from != last) {
                last = from;
                peer = from.address().to_string() + ":" + std::to_string(from.port());
            }
            try {
                m_options.receive(peer, {buffer.data(), count});
            } catch (const std::exception& e) {
                // The session's door: one datagram is lost, the others are read.
                if (m_options.report)
                    m_options.report(Error(errors::k_internal, {{"what", e.what()}}));
            }
        }
    }
};

}  // namespace

Result<std::unique_ptr<UdpServer>> UdpServer::start(Options options) {
    ASSERT(options.receive != nullptr);
    auto server = std::make_unique<AsioUdpServer>(std::move(options));
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing
