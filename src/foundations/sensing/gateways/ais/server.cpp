#include "foundations/sensing/gateways/ais/server.h"

#include "foundations/sensing/gateways/tcp_client.h"
#include "foundations/sensing/gateways/udp_server.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace anlan::sensing::ais {
namespace {

constexpr std::size_t k_senders_max = 256;  ///< Of datagrams; one more and the others begin anew.
constexpr int k_port_tries = 16;            ///< For a port that is free for TCP and UDP alike.

class FeedServer final : public Server {
  public:
    explicit FeedServer(Options options) : m_options(std::move(options)) {}

    Result<void> open() {
        for (int tries = 1;; ++tries) {
            TRY(open_tcp());
            if (!m_options.udp) break;
            auto opened = open_udp(m_tcp->port());
            if (opened) break;
            if (m_options.port != 0 || tries == k_port_tries) return opened;
        }
        if (m_options.door == Door::live) {
            for (const Feed& feed : m_options.feeds) call(feed);
        }
        return {};
    }
    [[nodiscard]] std::uint16_t port() const override { return m_tcp->port(); }
    [[nodiscard]] const Counters& counters() const override { return *m_counters; }
    [[nodiscard]] std::size_t feeds_connected() const override {
        return static_cast<std::size_t>(
            std::ranges::count_if(m_clients, [](const auto& c) { return c->connected(); }));
    }
    [[nodiscard]] std::vector<GatewayFigure> figures() const override {
        const auto number = [](const auto& n) { return static_cast<double>(n.load()); };
        return {
            {"messages", "Messages read", number(m_counters->messages)},
            {"disturbances", "Lines that were no sentence", number(m_counters->disturbances)},
            {"incomplete", "Messages of which a sentence was lost", number(m_counters->incomplete)},
            {"stored", "Messages stored", number(m_counters->stored)},
            {"refused", "Messages refused", number(m_counters->refused)}};
    }

  private:
    const Options m_options;
    std::shared_ptr<Counters> m_counters = std::make_shared<Counters>();
    std::map<std::string, std::unique_ptr<Session>, std::less<>> m_senders;  // UDP's thread alone.
    std::unique_ptr<TcpServer> m_tcp;  // These last: their sessions use the others.
    std::unique_ptr<UdpServer> m_udp;
    std::vector<std::unique_ptr<TcpClient>> m_clients;

    [[nodiscard]] std::unique_ptr<Session> session(const std::string& peer) const {
        return std::make_unique<Session>(Session::Options{.hub = m_options.hub,
                                                          .clock = m_options.clock,
                                                          .door = m_options.door,
                                                          .peer = peer,
                                                          .counters = m_counters});
    }
    Result<void> open_tcp() {
        TcpServer::Options tcp;
        tcp.address = m_options.address;
        tcp.port = m_options.port;
        tcp.idle_timeout_s = m_options.idle_timeout_s;
        tcp.report = m_options.report;
        tcp.open = [this](const std::string& peer, const Send&) { return session(peer); };
        TRY_ASSIGN(server, TcpServer::start(std::move(tcp)));
        m_tcp = std::move(server);
        return {};
    }
    Result<void> open_udp(std::uint16_t port) {
        UdpServer::Options udp;
        udp.address = m_options.address;
        udp.port = port;
        udp.report = m_options.report;
        udp.receive = [this](const std::string& peer, Bytes bytes) {
            auto known = m_senders.find(peer);
            if (known == m_senders.end()) {
                if (m_senders.size() >= k_senders_max) m_senders.clear();
                known = m_senders.emplace(peer, session(peer)).first;
            }
            known->second->receive(bytes);
            known->second->end_datagram();
        };
        TRY_ASSIGN(server, UdpServer::start(std::move(udp)));
        m_udp = std::move(server);
        return {};
    }
    void call(const Feed& feed) {
        TcpClient::Options client;
        client.host = feed.host;
        client.port = feed.port;
        client.idle_timeout_s = m_options.idle_timeout_s;
        client.retry_min_s = m_options.feed_retry_s;
        client.report = m_options.report;
        client.open = [this](const std::string& peer, const Send&) { return session(peer); };
        m_clients.push_back(TcpClient::start(std::move(client)));
    }
};

std::optional<Feed> feed_of(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    std::string_view host = text.substr(0, colon), digits = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    Feed out{std::string(host), 0};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (host.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
        out.port == 0)
        return std::nullopt;
    return out;
}

Result<void> read_settings(const json::object& settings, Server::Options& into) {
    for (const auto& [key, value] : settings) {
        bool good = false;
        if (key == "udp" && value.is_bool()) {
            into.udp = value.as_bool();
            good = true;
        } else if (key == "idle_timeout_s" && value.is_number()) {
            into.idle_timeout_s = value.to_number<double>();
            good = into.idle_timeout_s >= 1;
        } else if (key == "feeds" && value.is_array()) {
            good = true;
            for (const auto& each : value.as_array()) {
                const auto feed =
                    each.is_string() ? feed_of(std::string_view(each.as_string())) : std::nullopt;
                if (feed)
                    into.feeds.push_back(*feed);
                else
                    good = false;
            }
        }
        if (!good) return std::unexpected(setting_error("ais", key));
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
    auto server = std::make_unique<FeedServer>(std::move(options));
    TRY(server->open());
    return server;
}

}  // namespace anlan::sensing::ais
