#include "foundations/sensing/gateways/hj212/server.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/hj212/commands.h"
#include "foundations/sensing/gateways/hj212/errors.h"

#include <fstream>
#include <sstream>

namespace anlan::sensing::hj212 {
namespace {

class StationServer final : public Server {
  public:
    explicit StationServer(const Options& options)
        : m_options(options),
          m_settings(std::make_shared<const Settings>(options.settings)),
          m_conversations(make_conversations(*options.clock)) {
        if (m_settings->keys.empty()) return;
        auto ciphers = std::make_shared<Ciphers>();
        for (const auto& [mn, key] : m_settings->keys)
            ciphers->emplace(mn,
                             make_sm4(key, m_settings->cipher_text, m_settings->cipher_filling));
        m_ciphers = std::move(ciphers);
    }
    ~StationServer() override { m_conversations->close(); }

    Result<void> open() {
        TcpServer::Options tcp;
        tcp.address = m_options.address;
        tcp.port = m_options.port;
        tcp.idle_timeout_s = m_options.idle_timeout_s;
        tcp.report = m_options.report;
        tcp.tick = [talks = m_conversations] { talks->tick(); };
        tcp.open = [this](const std::string& peer, Send send) {
            return std::make_unique<Session>(Session::Options{.hub = m_options.hub,
                                                              .clock = m_options.clock,
                                                              .door = m_options.door,
                                                              .peer = peer,
                                                              .send = std::move(send),
                                                              .settings = m_settings,
                                                              .counters = m_counters,
                                                              .report = m_options.report,
                                                              .conversations = m_conversations,
                                                              .ciphers = m_ciphers});
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
        return {{"packets", "Packets read", number(m_counters->packets)},
                {"disturbances", "Bytes that were no packet", number(m_counters->disturbances)},
                {"wrong_checks", "Packets with a wrong check", number(m_counters->wrong_checks)},
                {"stored", "Packets stored", number(m_counters->stored)},
                {"refused", "Packets refused", number(m_counters->refused)}};
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
                              ? m_options.hub->exercise_of("hj212", address) == space
                              : space == bigdata::k_live;
        return ours && m_conversations->reaches(address);
    }

  private:
    using Ciphers = std::map<std::string, std::shared_ptr<const Cipher>, std::less<>>;
    const Options m_options;
    std::shared_ptr<const Settings> m_settings;
    std::shared_ptr<Conversations> m_conversations;
    std::shared_ptr<const Ciphers> m_ciphers;
    std::shared_ptr<Counters> m_counters = std::make_shared<Counters>();
    std::unique_ptr<TcpServer> m_server;  // Last: its sessions use the others.
};

bool set(Checksum& into, const json::value& value) {
    const auto named =
        value.is_string() ? checksum_named(std::string_view(value.as_string())) : std::nullopt;
    if (named) into = *named;
    return named.has_value();
}
bool set(double& into, const json::value& value) {
    if (!value.is_number() || value.to_number<double>() < 0) return false;
    into = value.to_number<double>();
    return true;
}
bool set(unsigned& into, const json::value& value) {
    if (!value.is_int64() || value.as_int64() < 0 || value.as_int64() > 86'400) return false;
    into = static_cast<unsigned>(value.as_int64());
    return true;
}
/// checksums = {"<MN>" = "modbus"}
bool set(std::map<std::string, Checksum, std::less<>>& into, const json::value& value) {
    if (!value.is_object()) return false;
    for (const auto& [mn, checksum] : value.as_object()) {
        if (!set(into[std::string(mn)], checksum)) return false;
    }
    return true;
}

bool set(CipherText& into, const json::value& value) {
    if (value != "hex" && value != "base64") return false;
    into = value == "hex" ? CipherText::hex : CipherText::base64;
    return true;
}
bool set(CipherFilling& into, const json::value& value) {
    if (value != "spaces" && value != "zeros" && value != "pkcs7") return false;
    into = value == "spaces"  ? CipherFilling::spaces
           : value == "zeros" ? CipherFilling::zeros
                              : CipherFilling::pkcs7;
    return true;
}

/// Lines "MN 32 hexadecimal digits"; empty ones and those that begin with # are skipped.
Result<void> read_keys(const std::string& file, Settings& into) {
    std::ifstream in(file);
    if (!in) return fail(errors::k_hj212_keys, {{"file", file}, {"line", "0"}});
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        std::istringstream words(line);
        std::string mn, digits, more;
        words >> mn >> digits;
        if (mn.empty() || mn.starts_with('#')) continue;
        const auto key = unhex(digits);
        if (!key || key->size() != 16 || words >> more)
            return fail(errors::k_hj212_keys, {{"file", file}, {"line", std::to_string(number)}});
        into.keys[mn] = std::string(key->begin(), key->end());
    }
    return {};
}

Result<void> read_settings(const json::object& settings, Server::Options& into) {
    Settings& s = into.settings;
    for (const auto& [key, value] : settings) {
        const auto is = [&](std::string_view name, auto& member) {
            return key == name && set(member, value);
        };
        if (key == "keys_file" && value.is_string()) {
            TRY(read_keys(std::string(value.as_string()), s));
            continue;
        }
        if (!is("cipher_text", s.cipher_text) && !is("cipher_filling", s.cipher_filling) &&
            !is("checksum", s.checksum) && !is("checksums", s.checksums) &&
            !is("clock_tolerance_s", s.clock_tolerance_s) &&
            !is("real_time_interval_s", s.real_time_interval_s) &&
            !is("minute_interval_min", s.minute_interval_min) &&
            !is("idle_timeout_s", into.idle_timeout_s))
            return std::unexpected(setting_error("hj212", key));
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
    auto server = std::make_unique<StationServer>(options);
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing::hj212
