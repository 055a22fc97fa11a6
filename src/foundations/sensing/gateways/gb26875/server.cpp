#include "foundations/sensing/gateways/gb26875/server.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/commands.h"

namespace anlan::sensing::gb26875 {
namespace {

class UnitServer final : public Server {
  public:
    explicit UnitServer(const Options& options)
        : m_options(options), m_conversations(make_conversations(*options.clock)) {}
    ~UnitServer() override { m_conversations->close(); }

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
        tcp.tick = [talks = m_conversations] { talks->tick(); };
        tcp.open = [this](const std::string& peer, Send send) {
            return std::make_unique<Session>(
                Session::Options{.hub = m_options.hub,
                                 .clock = m_options.clock,
                                 .door = m_options.door,
                                 .peer = peer,
                                 .send = std::move(send),
                                 .clock_tolerance_s = m_options.clock_tolerance_s,
                                 .counters = m_counters,
                                 .conversations = m_conversations});
        };
        TRY_ASSIGN(server, TcpServer::start(std::move(tcp)));
        m_server = std::move(server);
        return {};
    }
    [[nodiscard]] std::uint16_t port() const override { return m_server->port(); }
    [[nodiscard]] std::size_t connections() const override { return m_server->connections(); }
    [[nodiscard]] const Counters& counters() const override { return *m_counters; }
    [[nodiscard]] std::vector<GatewayFigure> figures() const override {
        const auto number = [](const auto& n) { return static_cast<double>(n.load()); };
        return {{"frames", "Frames read", number(m_counters->frames)},
                {"disturbances", "Bytes that were no frame", number(m_counters->disturbances)},
                {"confirmed", "Frames confirmed", number(m_counters->confirmed)},
                {"denied", "Frames denied", number(m_counters->denied)}};
    }

    Result<void> command(const DeviceCommand& command,
                         std::function<void(CommandOutcome)> answered) override {
        TRY_ASSIGN(order, order_of(command));
        if (!reaches(command.space, command.address))
            return fail(errors::k_device_not_connected, {{"address", command.address}});
        return m_conversations->ask(command.address, std::move(order), std::move(answered));
    }
    [[nodiscard]] bool reaches(std::string_view space, std::string_view address) const override {
        const bool ours = m_options.door == Door::exercise
                              ? m_options.hub->exercise_of("gb26875", address) == space
                              : space == bigdata::k_live;
        return ours && m_conversations->reaches(address);
    }

  private:
    const Options m_options;
    std::shared_ptr<Counters> m_counters = std::make_shared<Counters>();
    std::shared_ptr<Conversations> m_conversations;
    std::unique_ptr<TcpServer> m_server;  // Last: its sessions use the others.
};

/// Over `into`; the settings' keys are its members.
Result<void> read_settings(const json::object& settings, Server::Options& into) {
    for (const auto& [key, value] : settings) {
        const bool number = value.is_number() && value.to_number<double>() >= 0;
        if (number && key == "clock_tolerance_s")
            into.clock_tolerance_s = value.to_number<double>();
        else if (number && key == "idle_timeout_s" && value.to_number<double>() > 0)
            into.idle_timeout_s = value.to_number<double>();
        else if (key == "connections_max" && value.is_int64() && value.as_int64() > 0)
            into.connections_max = static_cast<std::size_t>(value.as_int64());
        else
            return std::unexpected(setting_error("gb26875", key));
    }
    return {};
}

}  // namespace

Result<void> check(const json::object& settings) {
    Server::Options ignored;
    return read_settings(settings, ignored);
}

Result<std::unique_ptr<Gateway>> start(GatewayOptions options) {
    Server::Options own;
    own.hub = options.hub;
    own.clock = options.clock;
    own.door = options.door;
    own.address = std::move(options.address);
    own.port = options.port;
    own.report = std::move(options.report);
    TRY(read_settings(options.settings, own));
    TRY_ASSIGN(server, Server::start(std::move(own)));
    return std::unique_ptr<Gateway>(std::move(server));
}

Result<std::unique_ptr<Server>> Server::start(Options options) {
    ASSERT(options.hub != nullptr && options.clock != nullptr);
    auto server = std::make_unique<UnitServer>(options);
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing::gb26875
