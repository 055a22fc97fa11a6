#include "foundations/sensing/gateways/gb26875/server.h"

namespace anlan::sensing::gb26875 {
namespace {

class UnitServer final : public Server {
  public:
    explicit UnitServer(const Options& options) : m_options(options) {}

    Result<void> open() {
        TcpServer::Options tcp;
        tcp.address = m_options.address;
        tcp.port = m_options.port;
        tcp.connections_max = m_options.connections_max;
        tcp.idle_timeout_s = m_options.idle_timeout_s;
        tcp.half_frame_timeout_s = m_options.half_frame_timeout_s;
        tcp.unanswered_max = m_options.unanswered_max;
        tcp.outgoing_bytes_max = m_options.outgoing_bytes_max;
        tcp.report = m_options.report;
        tcp.open = [this](const std::string& peer, Send send) {
            return std::make_unique<Session>(
                Session::Options{.hub = m_options.hub,
                                 .clock = m_options.clock,
                                 .door = m_options.door,
                                 .peer = peer,
                                 .send = std::move(send),
                                 .clock_tolerance_s = m_options.clock_tolerance_s,
                                 .counters = m_counters});
        };
        TRY_ASSIGN(server, TcpServer::start(std::move(tcp)));
        m_server = std::move(server);
        return {};
    }
    [[nodiscard]] std::uint16_t port() const override { return m_server->port(); }
    [[nodiscard]] std::size_t connections() const override { return m_server->connections(); }
    [[nodiscard]] const Counters& counters() const override { return *m_counters; }

  private:
    const Options m_options;
    std::shared_ptr<Counters> m_counters = std::make_shared<Counters>();
    std::unique_ptr<TcpServer> m_server;  // Last: its sessions use the others.
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Options options) {
    ASSERT(options.hub != nullptr && options.clock != nullptr);
    auto server = std::make_unique<UnitServer>(options);
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing::gb26875
