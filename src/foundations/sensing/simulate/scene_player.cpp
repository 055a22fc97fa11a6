#include "foundations/sensing/simulate/scene_player.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace anlan::sensing::simulate {
namespace {

constexpr std::int64_t k_say_every_us = 60'000'000;
constexpr std::int64_t k_last_answers_us = 35'000'000;  // three tries of 10 s
constexpr int k_wait_ms_max = 100;
constexpr std::size_t k_outgoing_bytes_max = 4 << 20;

/// A device's socket.
class Line {
  public:
    Line() = default;
    ~Line() { close(); }
    Line(Line&& other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1)),
          m_connecting(other.m_connecting),
          m_outgoing(std::move(other.m_outgoing)) {}
    Line& operator=(Line&&) = delete;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// Begins to connect. False: it failed at once.
    bool open(const addrinfo& to) {
        close();
        m_descriptor = ::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (m_descriptor < 0) return false;
        const int on = 1;
        ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(m_descriptor, to.ai_addr, to.ai_addrlen) != 0 && errno != EINPROGRESS) {
            close();
            return false;
        }
        m_connecting = true;
        return true;
    }
    void close() {
        if (m_descriptor >= 0) ::close(m_descriptor);
        m_descriptor = -1;
        m_connecting = false;
        m_outgoing.clear();
    }
    /// What is behind a close goes nowhere.
    bool send(std::span<const std::uint8_t> bytes) {
        if (m_outgoing.size() > k_outgoing_bytes_max) return false;
        m_outgoing.insert(m_outgoing.end(), bytes.begin(), bytes.end());
        return flush();
    }
    bool flush() {
        while (!m_outgoing.empty() && !m_connecting) {
            const auto sent =
                ::send(m_descriptor, m_outgoing.data(), m_outgoing.size(), MSG_NOSIGNAL);
            if (sent < 0) return errno == EAGAIN || errno == EINTR;
            m_outgoing.erase(m_outgoing.begin(), m_outgoing.begin() + sent);
        }
        return true;
    }
    /// The outcome of connecting; call when it can be written to.
    bool finish() {
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
        m_connecting = false;
        return error == 0;
    }
    [[nodiscard]] bool is_connecting() const { return m_connecting; }
    [[nodiscard]] pollfd wish() const {
        const bool write = m_connecting || !m_outgoing.empty();
        return {m_descriptor, static_cast<short>(write ? POLLIN | POLLOUT : POLLIN), 0};
    }

  private:
    int m_descriptor = -1;
    bool m_connecting = false;
    std::vector<std::uint8_t> m_outgoing;
};

struct FreeAddress {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Address = std::unique_ptr<addrinfo, FreeAddress>;

class Player {
  public:
    Player(Scene scene, const ScenePlay& play, ScriptTime time) : m_play(play) {
        for (SceneDevice& device : scene.devices) {
            if (!m_addresses.contains(device.protocol))
                m_addresses.emplace(device.protocol, look_up(device.protocol));
            m_actors.emplace_back(std::move(device), play.host, play.seed, time);
        }
        m_lines.resize(m_actors.size());
    }

    SceneCounters run(SteadyTime end, const std::stop_token& stop) {
        const SteadyTime last{end.us > INT64_MAX - k_last_answers_us ? end.us
                                                                     : end.us + k_last_answers_us};
        while (!stop.stop_requested()) {
            const SteadyTime now = m_play.clock->steady();
            if (now >= last || (now >= end && all_answered())) break;
            SteadyTime next{now.us + k_wait_ms_max * 1'000};
            for (std::size_t i = 0; i < m_actors.size(); ++i) {
                SceneActor& actor = m_actors[i];
                // After the end nothing new is measured; what is out may still be answered.
                if (now < end && actor.due() <= now) carry_out(i, actor.act(now, m_counters), now);
                next = std::min(next, std::max(actor.due(), now));
            }
            if (now >= end) next = {now.us + k_wait_ms_max * 1'000};
            listen(static_cast<int>((next - now) / 1'000));
        }
        return m_counters;
    }

  private:
    const ScenePlay& m_play;
    std::map<std::string, Address, std::less<>> m_addresses;
    std::vector<SceneActor> m_actors;
    std::vector<Line> m_lines;
    std::vector<pollfd> m_polled;
    SceneCounters m_counters;
    SteadyTime m_said{INT64_MIN / 2};

    Address look_up(std::string_view protocol) const {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        const std::string port = std::to_string(m_play.port(protocol));
        ::getaddrinfo(m_play.host.c_str(), port.c_str(), &hints, &found);
        return Address(found);
    }
    [[nodiscard]] bool all_answered() const {
        return std::ranges::none_of(m_actors, [](const SceneActor& a) { return a.waits(); });
    }
    void down(std::size_t i, SteadyTime now) {
        m_lines[i].close();
        m_actors[i].disconnected(now);
        if (!m_play.say || now - m_said < k_say_every_us) return;
        m_said = now;
        const auto& device = m_actors[i].device();
        const std::string who = device.protocol + " " + device.address;
        m_play.say("线路中断：" + who, "Line down: " + who);
    }
    void carry_out(std::size_t i, const std::vector<SceneActor::Doing>& doings, SteadyTime now) {
        for (const auto& doing : doings) {
            switch (doing.what) {
                case SceneActor::Doing::What::close:
                    m_lines[i].close();
                    break;
                case SceneActor::Doing::What::connect: {
                    const auto& to = m_addresses.find(m_actors[i].device().protocol)->second;
                    if (to == nullptr || !m_lines[i].open(*to)) return down(i, now);
                    break;
                }
                default:
                    if (!m_lines[i].send(doing.bytes)) return down(i, now);
            }
        }
    }
    void listen(int wait_ms) {
        m_polled.clear();
        for (const Line& line : m_lines) m_polled.push_back(line.wish());
        if (::poll(m_polled.data(), m_polled.size(), wait_ms) <= 0) return;
        const SteadyTime now = m_play.clock->steady();
        for (std::size_t i = 0; i < m_polled.size(); ++i) {
            if (m_polled[i].revents != 0) serve(i, m_polled[i].revents, now);
        }
    }
    void serve(std::size_t i, short events, SteadyTime now) {
        Line& line = m_lines[i];
        if (line.is_connecting()) {
            if (!line.finish()) return down(i, now);
            carry_out(i, m_actors[i].connected(now, m_counters), now);
            return;
        }
        if ((events & POLLOUT) != 0 && !line.flush()) return down(i, now);
        if ((events & (POLLIN | POLLHUP | POLLERR)) == 0) return;
        std::array<std::uint8_t, 16 * 1024> buffer;
        const auto count = ::recv(m_polled[i].fd, buffer.data(), buffer.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count <= 0) return down(i, now);
        carry_out(
            i, m_actors[i].heard({buffer.data(), static_cast<std::size_t>(count)}, now, m_counters),
            now);
    }
};

}  // namespace

ScriptTime script_time(const ScenePlay& play, SteadyTime now) {
    ScriptTime out{now, play.clock->now(), play.speed, play.duration_s > 0};
    if (play.duration_s > 0) {
        const double early_s = play.duration_s - play.duration_s / play.speed;
        out.from = out.from + -static_cast<std::int64_t>(early_s * 1000);
    }
    return out;
}

SceneCounters play_scene(Scene scene, const ScenePlay& play, const std::stop_token& stop) {
    const SteadyTime start = play.clock->steady();
    const SteadyTime end =
        play.duration_s > 0
            ? SteadyTime{start.us + static_cast<std::int64_t>(play.duration_s / play.speed * 1e6)}
            : SteadyTime{INT64_MAX};
    Player player(std::move(scene), play, script_time(play, start));
    return player.run(end, stop);
}

}  // namespace anlan::sensing::simulate
