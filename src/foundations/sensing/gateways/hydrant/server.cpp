#include "foundations/sensing/gateways/hydrant/server.h"

#include "foundations/sensing/gateways/hydrant/session.h"

#include <charconv>
#include <cmath>

namespace anlan::sensing::hydrant {
namespace {

constexpr double k_idle_timeout_s = 90'000;

struct Read {
    Settings settings;
    double idle_timeout_s = k_idle_timeout_s;
};

bool set_order(RecordOrder& into, const json::value& value) {
    const auto named =
        value.is_string() ? record_order_named(std::string_view(value.as_string())) : std::nullopt;
    if (named) into = *named;
    return named.has_value();
}

bool set_steps(std::map<std::uint8_t, double>& into, const json::value& value) {
    if (!value.is_object()) return false;
    for (const auto& [name, step] : value.as_object()) {
        std::uint8_t kind = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), kind);
        if (error != std::errc{} || end != name.data() + name.size() || !step.is_number())
            return false;
        const double pascals = step.to_number<double>();
        if (!std::isfinite(pascals) || pascals <= 0) return false;
        into[kind] = pascals;
    }
    return true;
}

Result<Read> read_settings(const json::object& settings) {
    Read out;
    for (const auto& [key, value] : settings) {
        bool good = false;
        if (key == "record_order") good = set_order(out.settings.record_order, value);
        if (key == "step_pa") good = set_steps(out.settings.step_pa, value);
        if (key == "idle_timeout_s" && value.is_number() && value.to_number<double>() > 0) {
            out.idle_timeout_s = value.to_number<double>();
            good = true;
        }
        if (!good) return std::unexpected(setting_error("hydrant", key));
    }
    return out;
}

class TerminalServer final : public Gateway {
  public:
    Result<void> open(GatewayOptions options, Read read) {
        m_settings = std::make_shared<const Settings>(std::move(read.settings));
        TcpServer::Options tcp;
        tcp.address = options.address;
        tcp.port = options.port;
        tcp.idle_timeout_s = read.idle_timeout_s;
        tcp.report = options.report;
        tcp.open = [this, hub = options.hub, clock = options.clock, door = options.door](
                       const std::string& peer, const Send&) {
            return std::make_unique<Session>(Session::Options{.hub = hub,
                                                              .clock = clock,
                                                              .door = door,
                                                              .peer = peer,
                                                              .settings = m_settings,
                                                              .counters = m_counters});
        };
        TRY_ASSIGN(server, TcpServer::start(std::move(tcp)));
        m_server = std::move(server);
        return {};
    }
    [[nodiscard]] std::uint16_t port() const override { return m_server->port(); }
    [[nodiscard]] std::vector<GatewayFigure> figures() const override {
        const auto number = [](const auto& n) { return static_cast<double>(n.load()); };
        return {{"frames", "Frames read", number(m_counters->frames)},
                {"disturbances", "Bytes that were no frame", number(m_counters->disturbances)},
                {"stored", "Frames stored", number(m_counters->stored)},
                {"refused", "Frames refused", number(m_counters->refused)}};
    }

  private:
    std::shared_ptr<const Settings> m_settings;
    std::shared_ptr<Counters> m_counters = std::make_shared<Counters>();
    std::unique_ptr<TcpServer> m_server;  // Last: its sessions use the others.
};

}  // namespace

Result<void> check(const json::object& settings) {
    TRY(read_settings(settings));
    return {};
}

Result<std::unique_ptr<Gateway>> start(GatewayOptions options) {
    TRY_ASSIGN(read, read_settings(options.settings));
    auto server = std::make_unique<TerminalServer>();
    TRY(server->open(std::move(options), std::move(read)));
    return std::unique_ptr<Gateway>(std::move(server));
}

}  // namespace anlan::sensing::hydrant
