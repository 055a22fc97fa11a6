#include "foundations/sensing/gateways/mqtt/server.h"

#include "foundations/sensing/gateways/mqtt/broker.h"

#include <condition_variable>
#include <thread>

namespace anlan::sensing::mqtt {
namespace {

constexpr std::size_t k_deliveries_max = 16;  ///< Of one connection, each a read's messages.
constexpr double k_connect_timeout_s = 10;

/// Calls `work` once a second until its end.
class EverySecond {
  public:
    explicit EverySecond(std::function<void()> work)
        : m_thread([this, work = std::move(work)] {
              std::unique_lock lock(m_mutex);
              while (!m_wake.wait_for(lock, std::chrono::seconds(1), [this] { return m_stop; })) {
                  lock.unlock();
                  work();
                  lock.lock();
              }
          }) {}
    ~EverySecond() {
        {
            const std::lock_guard lock(m_mutex);
            m_stop = true;
        }
        m_wake.notify_all();
        m_thread.join();
    }
    EverySecond(const EverySecond&) = delete;
    EverySecond& operator=(const EverySecond&) = delete;

  private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stop = false;
    std::thread m_thread;
};

class MqttServer final : public Server {
  public:
    MqttServer(GatewayOptions options, Settings settings) : m_options(std::move(options)) {
        m_shared->hub = m_options.hub;
        m_shared->clock = m_options.clock;
        m_shared->door = m_options.door;
        m_shared->settings = std::move(settings);
        m_shared->report = m_options.report;
        m_shared->sessions = std::make_unique<Sessions>(*m_options.clock, m_shared->settings);
    }
    ~MqttServer() override {
        m_second.reset();
        m_brokers.clear();
        // First, so that the end of the program is not taken for the loss of every device.
        m_shared->sessions->end();
        m_plain.reset();
        m_tls.reset();
    }
    MqttServer(const MqttServer&) = delete;
    MqttServer& operator=(const MqttServer&) = delete;

    Result<void> open() {
        TRY_ASSIGN(plain, listen(m_options.port, {}));
        m_plain = std::move(plain);
        if (const auto port = wished_tls_port(); port && m_options.new_tls) {
            TRY_ASSIGN(tls, listen(*port, m_options.new_tls));
            m_tls = std::move(tls);
        }
        if (m_options.door == Door::live) {
            for (const BrokerSettings& broker : m_shared->settings.brokers) {
                TRY_ASSIGN(reader, BrokerReader::start(broker, m_shared));
                m_brokers.push_back(std::move(reader));
            }
        }
        m_second = std::make_unique<EverySecond>([shared = m_shared] { shared->sessions->tick(); });
        return {};
    }

    [[nodiscard]] std::uint16_t port() const override { return m_plain->port(); }
    [[nodiscard]] std::uint16_t tls_port() const override {
        return m_tls ? m_tls->port() : std::uint16_t{0};
    }
    [[nodiscard]] std::size_t connections() const override {
        return m_plain->connections() + (m_tls ? m_tls->connections() : 0);
    }
    [[nodiscard]] const Counters& counters() const override { return m_shared->counters; }

    [[nodiscard]] std::vector<GatewayFigure> figures() const override {
        const auto number = [](const auto& n) { return static_cast<double>(n.load()); };
        const Counters& c = m_shared->counters;
        std::uint64_t lost = 0;
        for (const auto& each : m_brokers) lost += each->losses();
        return {{"connections", "Connections accepted", number(c.connected)},
                {"turned_away", "Connections without a valid credential", number(c.turned_away)},
                {"messages", "Messages published by devices", number(c.messages)},
                {"stored", "Messages stored", number(c.stored)},
                {"refused", "Messages refused", number(c.refused)},
                {"duplicates", "Messages of QoS 2 sent again", number(c.duplicates)},
                {"unreadable", "Payloads without a reading", number(c.unreadable)},
                {"malformed", "Connections ended for a malformed packet", number(c.malformed)},
                {"wills", "Devices lost that had a will", number(c.wills)},
                {"broker_losses", "Connections to other brokers lost", static_cast<double>(lost)}};
    }

    Result<void> command(const DeviceCommand& command,
                         std::function<void(CommandOutcome)> answered) override {
        if (!is_topic(command.command) || command.command.contains('/'))
            return Gateway::command(command, std::move(answered));
        return m_shared->sessions->command(command, std::move(answered));
    }

  private:
    const GatewayOptions m_options;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
    std::unique_ptr<TcpServer> m_plain, m_tls;
    std::vector<std::unique_ptr<BrokerReader>> m_brokers;
    std::unique_ptr<EverySecond> m_second;

    [[nodiscard]] std::optional<std::uint16_t> wished_tls_port() const {
        const bool live = m_options.door == Door::live;
        const Settings& s = m_shared->settings;
        if (const auto& named = live ? s.tls_port : s.exercise_tls_port) return named;
        if (m_options.port != (live ? k_port : k_exercise_port)) return std::nullopt;
        return live ? k_tls_port : k_exercise_tls_port;
    }
    Result<std::unique_ptr<TcpServer>> listen(std::uint16_t port,
                                              std::function<ssl_st*()> new_tls) {
        TcpServer::Options tcp;
        tcp.address = m_options.address;
        tcp.port = port;
        tcp.connections_max = m_shared->settings.connections_max;
        tcp.half_frame_timeout_s = k_connect_timeout_s;
        tcp.unanswered_max = k_deliveries_max;
        tcp.new_tls = std::move(new_tls);
        tcp.report = m_options.report;
        tcp.open = [shared = m_shared](const std::string& peer, Send send) {
            return std::make_unique<Session>(shared, peer, std::move(send));
        };
        return TcpServer::start(std::move(tcp));
    }
};

}  // namespace

Result<void> check(const json::object& settings) {
    TRY(settings_of(settings));
    return {};
}

Result<std::unique_ptr<Gateway>> start(GatewayOptions options) {
    TRY_ASSIGN(settings, settings_of(options.settings));
    TRY_ASSIGN(server, Server::start(std::move(options), std::move(settings)));
    return std::unique_ptr<Gateway>(std::move(server));
}

Result<std::unique_ptr<Server>> Server::start(GatewayOptions options, Settings settings) {
    ASSERT(options.hub != nullptr && options.clock != nullptr);
    auto server = std::make_unique<MqttServer>(std::move(options), std::move(settings));
    TRY(server->open());
    return server;
}

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    using Row = std::pair<std::string_view, ChannelMeaning>;
    static const std::vector<Row> k_rows{
        {"nh3", {"nh3_ppm", "ppm", "氨", "Ammonia"}},
        {"nh3_ppm", {"nh3_ppm", "ppm", "氨", "Ammonia"}},
        {"gas_lel", {"gas_lel", "%LEL", "可燃气体", "Combustible gas"}},
        {"temperature", {"temperature", "℃", "温度", "Temperature"}},
        {"air_temperature", {"air_temperature", "℃", "气温", "Air temperature"}},
        {"humidity", {"humidity", "%", "相对湿度", "Relative humidity"}},
        {"air_pressure", {"air_pressure", "hPa", "气压", "Air pressure"}},
        {"wind_speed", {"wind_speed", "m/s", "风速", "Wind speed"}},
        {"wind_direction", {"wind_direction", "°", "风向", "Wind direction"}},
        {"tide_level", {"tide_level", "m", "潮位", "Tide level"}},
        {"longitude", {"longitude", "°", "经度", "Longitude"}},
        {"latitude", {"latitude", "°", "纬度", "Latitude"}},
        {"speed", {"speed", "m/s", "速度", "Speed"}},
        {"course", {"course", "°", "航向", "Course"}},
        {"connection", {"connection", "", "连接", "Connection"}}};
    for (const auto& [name, known] : k_rows) {
        if (name == channel) return known;
    }
    return std::nullopt;
}

}  // namespace anlan::sensing::mqtt
