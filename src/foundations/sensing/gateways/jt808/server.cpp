#include "foundations/sensing/gateways/jt808/server.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/jt808/commands.h"

namespace anlan::sensing::jt808 {
namespace {

class TerminalServer final : public Server {
  public:
    explicit TerminalServer(Options options)
        : m_options(std::move(options)),
          m_conversations(std::make_shared<Conversations>(Conversations::Options{
              .clock = m_options.clock, .new_mark = [numbers = m_numbers](Timestamp) {
                  return std::to_string(++*numbers);
              }})) {}
    ~TerminalServer() override { m_conversations->close(); }

    Result<void> open() {
        TcpServer::Options tcp;
        tcp.address = m_options.address;
        tcp.port = m_options.port;
        tcp.idle_timeout_s = m_options.idle_timeout_s;
        tcp.report = m_options.report;
        tcp.tick = [talks = m_conversations] { talks->tick(); };
        tcp.open = [this](const std::string& peer, Send send) {
            return std::make_unique<Session>(Session::Options{
                .hub = m_options.hub,
                .clock = m_options.clock,
                .random = m_options.random != nullptr ? m_options.random : &m_random,
                .door = m_options.door,
                .peer = peer,
                .send = std::move(send),
                .trust = m_options.trust,
                .counters = m_counters,
                .conversations = m_conversations,
                .numbers = m_numbers});
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
        return {
            {"messages", "Messages read", number(m_counters->messages)},
            {"disturbances", "Bytes that were no message", number(m_counters->disturbances)},
            {"incomplete", "Messages of which a package was lost", number(m_counters->incomplete)},
            {"stored", "Messages stored", number(m_counters->stored)},
            {"refused", "Messages refused", number(m_counters->refused)},
            {"denied", "Authentications with a wrong code", number(m_counters->denied)}};
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
                              ? m_options.hub->exercise_of("jt808", address) == space
                              : space == bigdata::k_live;
        return ours && m_conversations->reaches(address);
    }

  private:
    const Options m_options;
    SystemRandom m_random;
    std::shared_ptr<Counters> m_counters = std::make_shared<Counters>();
    std::shared_ptr<std::atomic<std::uint16_t>> m_numbers =
        std::make_shared<std::atomic<std::uint16_t>>(std::uint16_t{0});
    std::shared_ptr<Conversations> m_conversations;
    std::unique_ptr<TcpServer> m_server;  // Last: its sessions use the others.
};

Result<void> read_settings(const json::object& settings, Server::Options& into) {
    for (const auto& [key, value] : settings) {
        bool good = false;
        if (key == "trust" && value.is_string()) {
            good = value.as_string() == "code" || value.as_string() == "phone";
            into.trust = value.as_string() == "phone" ? Trust::phone : Trust::code;
        } else if (key == "idle_timeout_s" && value.is_number()) {
            into.idle_timeout_s = value.to_number<double>();
            good = into.idle_timeout_s >= 1;
        }
        if (!good) return std::unexpected(setting_error("jt808", key));
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
    auto server = std::make_unique<TerminalServer>(std::move(options));
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing::jt808
