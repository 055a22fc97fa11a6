// What MQTT costs, in one run and by the same sender: our endpoint, up to the disk of the lake and
// with the hub, beside Mosquitto, which passes the messages to one plain subscriber. And what a
// connected, silent device costs in memory.
//
//   bench_mqtt [--messages 400000] [--connections 50] [--devices 10000] [--rounds 3]
//
// Mosquitto (Debian package mosquitto) is started on a port of its own, without logging,
// persistence or limits of its queues. All on one machine: sender, server, and for Mosquitto the
// subscriber, share its cores.
#include "core/hash.h"
#include "foundations/sensing/gateways/mqtt/server.h"
#include "foundations/sensing/test_doubles.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <thread>

namespace anlan::sensing::mqtt {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t k_window = 500;  ///< Messages of QoS 1 that a sender has under way.
constexpr std::size_t k_piece_bytes = 64 * 1024;

double since(Steady::time_point began) {
    return std::chrono::duration<double>(Steady::now() - began).count();
}

[[noreturn]] void give_up(const std::string& what) {
    std::cerr << what << '\n';
    std::exit(1);
}

int connected(std::uint16_t port) {
    for (int i = 0; i < 100; ++i) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // NOLINTNEXTLINE: the socket interface's own cast
        if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
            const int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return fd;
        }
        close(fd);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    give_up("no connection to port " + std::to_string(port));
}

void send_all(int fd, const Out& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto count = write(fd, bytes.data() + at, bytes.size() - at);
        if (count <= 0) return;  // closed: whoever waits for an answer says so
        at += static_cast<std::size_t>(count);
    }
}

std::string address_of(std::size_t i) {
    return fmt::format("GAS-{:05}", i);
}

int hello(std::uint16_t port, std::size_t i) {
    const int fd = connected(port);
    const std::string address = address_of(i), token = "token-" + address;
    Connect packet;
    packet.client_id = packet.user.emplace(address);
    packet.password = token;
    packet.keep_alive_s = 600;
    Out out;
    encode(out, packet);
    send_all(fd, out);
    std::array<std::uint8_t, 4> answer{};
    for (std::size_t got = 0; got < answer.size();) {
        const auto count = read(fd, answer.data() + got, answer.size() - got);
        if (count <= 0) give_up("no CONNACK");
        got += static_cast<std::size_t>(count);
    }
    if (answer[3] != 0) give_up("refused: " + std::to_string(answer[3]));
    return fd;
}

/// Devices that send as fast as they are let; at QoS 1 returns when all is acknowledged.
class Fleet {
  public:
    Fleet(std::uint16_t port, std::size_t connections) {
        for (std::size_t i = 0; i < connections; ++i) m_devices.push_back({.fd = hello(port, i)});
        for (Device& each : m_devices) fcntl(each.fd, F_SETFL, O_NONBLOCK);
    }
    ~Fleet() {
        for (const Device& each : m_devices) close(each.fd);
    }
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    void send(std::uint8_t qos, std::size_t messages_each) {
        for (std::size_t i = 0; i < m_devices.size(); ++i)
            m_devices[i] = {.fd = m_devices[i].fd,
                            .topic = "anlan/" + address_of(i) + "/up",
                            .left = messages_each};
        std::vector<pollfd> waits(m_devices.size());
        for (bool busy = true; busy;) {
            busy = false;
            for (std::size_t i = 0; i < m_devices.size(); ++i) {
                Device& d = m_devices[i];
                fill(d, qos);
                flush(d);
                const bool unsent = d.at < d.out.size();
                const bool more = d.left > 0 && (qos == 0 || d.unacknowledged < k_window);
                waits[i] = {.fd = d.fd,
                            .events = static_cast<short>(POLLIN | (unsent || more ? POLLOUT : 0)),
                            .revents = 0};
                busy = busy || unsent || d.left > 0 || d.unacknowledged > 0;
            }
            if (!busy) return;
            if (poll(waits.data(), waits.size(), 10'000) == 0) give_up("nothing moves");
            for (std::size_t i = 0; i < m_devices.size(); ++i) {
                if ((waits[i].revents & POLLIN) != 0) hear(m_devices[i]);
            }
        }
    }

  private:
    struct Device {
        int fd = -1;
        std::string topic;
        std::size_t left = 0, unacknowledged = 0, heard_bytes = 0;
        std::uint16_t id = 0;
        Out out;
        std::size_t at = 0;
    };
    std::vector<Device> m_devices;

    static void fill(Device& d, std::uint8_t qos) {
        if (d.at < d.out.size()) return;
        d.out.clear();
        d.at = 0;
        while (d.left > 0 && d.out.size() < 8'192 && (qos == 0 || d.unacknowledged < k_window)) {
            --d.left;
            if (qos > 0) {
                ++d.unacknowledged;
                if (++d.id == 0) d.id = 1;
            }
            encode(d.out,
                   Publish{.qos = qos,
                           .id = qos > 0 ? d.id : std::uint16_t{0},
                           .topic = d.topic,
                           .payload = R"({"nh3":412.5})",
                           .properties = {}},
                   Version::v311);
        }
    }
    static void flush(Device& d) {
        while (d.at < d.out.size()) {
            const auto count = write(d.fd, d.out.data() + d.at, d.out.size() - d.at);
            if (count <= 0) {
                if (errno != EAGAIN) give_up("the connection is closed");
                return;
            }
            d.at += static_cast<std::size_t>(count);
        }
    }
    /// All that comes is PUBACK, four bytes each.
    static void hear(Device& d) {
        std::array<std::uint8_t, 16 * 1024> bytes;  // NOLINT: written before it is read
        const auto count = read(d.fd, bytes.data(), bytes.size());
        if (count <= 0) give_up("the connection is closed");
        d.heard_bytes += static_cast<std::size_t>(count);
        d.unacknowledged -= d.heard_bytes / 4;
        d.heard_bytes %= 4;
    }
};

/// Our endpoint, with the real lake on disk; the device limit of the hub lifted.
class Ours {
  public:
    explicit Ours(std::size_t devices) {
        std::string name = (std::filesystem::temp_directory_path() / "anlan-bench-XXXXXX").string();
        m_folder = mkdtemp(name.data());
        bigdata::Lake::Options lake;
        lake.folder = m_folder;
        m_lake = *bigdata::Lake::open(lake);
        for (std::size_t i = 0; i < devices; ++i) {
            auto device = test::device(address_of(i), "mqtt", address_of(i));
            device.fields["credential_hash"] = hex(sm3("token-" + address_of(i)));
            m_records.put(device);
            m_records.put(test::datastream(device, "nh3"));
        }
        Hub::Options hub{
            .records = &m_records, .lake = m_lake.get(), .clock = &m_clock, .zone = "dongjiang"};
        hub.readings_per_second = hub.readings_burst = 1e12;
        hub.report = [](const Error&) {};
        m_hub = *Hub::create(hub);
        m_hub->listen([this](std::span<const Heard> heard) { m_heard += heard.size(); });
        GatewayOptions options;
        options.hub = m_hub.get();
        options.clock = &m_clock;
        m_server = *Server::start(options, {});
    }
    ~Ours() {
        m_server.reset();
        m_hub.reset();
        m_lake.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    Ours(const Ours&) = delete;
    Ours& operator=(const Ours&) = delete;
    [[nodiscard]] std::uint16_t port() const { return m_server->port(); }
    /// Messages that are on disk.
    [[nodiscard]] std::uint64_t stored() const { return m_server->counters().stored; }
    [[nodiscard]] std::size_t connections() const { return m_server->connections(); }

  private:
    std::filesystem::path m_folder;
    SystemClock m_clock;
    test::MemoryRegister m_records;
    std::unique_ptr<bigdata::Lake> m_lake;
    std::unique_ptr<Hub> m_hub;
    std::unique_ptr<Server> m_server;
    std::atomic<std::uint64_t> m_heard{0};
};

double ours(Ours& server, std::uint8_t qos, std::size_t connections, std::size_t each) {
    Fleet fleet(server.port(), connections);
    const std::uint64_t before = server.stored();
    const auto began = Steady::now();
    fleet.send(qos, each);
    while (server.stored() < before + connections * each)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    return static_cast<double>(connections * each) / since(began);
}

class Mosquitto {
  public:
    explicit Mosquitto(std::uint16_t port) {
        std::string name = (std::filesystem::temp_directory_path() / "mosquitto-XXXXXX").string();
        m_folder = mkdtemp(name.data());
        const auto file = m_folder / "mosquitto.conf";
        std::ofstream(file)
            << "listener " << port << " 127.0.0.1\nallow_anonymous true\nlog_type none\n"
            << "max_queued_messages 0\nmax_inflight_messages 0\nset_tcp_nodelay true\n"
            << "max_queued_bytes 0\n";
        m_process = fork();
        if (m_process == 0) {
            execlp("mosquitto", "mosquitto", "-c", file.c_str(), nullptr);
            std::_Exit(127);
        }
    }
    ~Mosquitto() {
        kill(m_process, SIGTERM);
        waitpid(m_process, nullptr, 0);
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    Mosquitto(const Mosquitto&) = delete;
    Mosquitto& operator=(const Mosquitto&) = delete;

  private:
    std::filesystem::path m_folder;
    pid_t m_process = -1;
};

/// A plain subscriber: reads, counts, acknowledges.
class Subscriber {
  public:
    Subscriber(std::uint16_t port, std::uint8_t qos) : m_fd(hello(port, 99'999)) {
        Subscribe packet;
        packet.id = 1;
        packet.items.push_back({"anlan/#", qos});
        Out out;
        encode(out, packet, Version::v311);
        send_all(m_fd, out);
        m_thread = std::thread([this] { run(); });
    }
    ~Subscriber() {
        shutdown(m_fd, SHUT_RDWR);
        m_thread.join();
        close(m_fd);
    }
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    [[nodiscard]] std::uint64_t heard() const { return m_heard; }

  private:
    int m_fd;
    std::atomic<std::uint64_t> m_heard{0};
    std::thread m_thread;

    void run() {
        PacketReader reader;
        std::vector<std::uint8_t> bytes(k_piece_bytes);
        Packet packet;
        for (;;) {
            const auto count = read(m_fd, bytes.data(), bytes.size());
            if (count <= 0) return;
            reader.push(Bytes(bytes).first(static_cast<std::size_t>(count)));
            Out answers;
            std::uint64_t heard = 0;
            while (const auto next = reader.next()) {
                if (!*next || !decode(**next, Version::v311, {}, packet)) give_up("not MQTT");
                const auto* message = std::get_if<Publish>(&packet);
                if (message == nullptr) continue;
                ++heard;
                if (message->qos == 1)
                    encode(answers, Acknowledgement{Type::puback, message->id, Reason::success, {}},
                           Version::v311);
            }
            m_heard += heard;
            send_all(m_fd, answers);
        }
    }
};

/// Messages a second that reached the subscriber; what Mosquitto lost counts as not passed.
double theirs(std::uint16_t port, std::uint8_t qos, std::size_t connections, std::size_t each) {
    Subscriber subscriber(port, qos);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    Fleet fleet(port, connections);
    const auto began = Steady::now();
    fleet.send(qos, each);
    auto last = Steady::now();
    std::uint64_t heard = 0;
    while (heard < connections * each && since(last) < 2) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (subscriber.heard() > heard) last = Steady::now();
        heard = subscriber.heard();
    }
    const double seconds = std::chrono::duration<double>(last - began).count();
    if (heard < connections * each)
        fmt::print("  Mosquitto passed {} of {}\n", heard, connections * each);
    return static_cast<double>(heard) / seconds;
}

std::size_t resident_kb() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    }
    return 0;
}

/// The devices are another process, so that only the endpoint's side is counted, in memory as in
/// file descriptors.
void memory(std::size_t devices) {
    constexpr std::size_t k_first = 100;  ///< What the first ones set up once does not count.
    Ours server(devices);
    std::array<int, 2> told{}, wanted{};
    if (pipe(told.data()) != 0 || pipe(wanted.data()) != 0) give_up("no pipe");
    const pid_t sender = fork();
    if (sender == 0) {
        char go_on = 0;
        for (std::size_t i = 0; i < devices; ++i) {
            hello(server.port(), i);
            const bool pause = i + 1 == k_first || i + 1 == devices;
            if (pause && (write(told[1], &go_on, 1) != 1 || read(wanted[0], &go_on, 1) != 1)) break;
        }
        std::_Exit(0);
    }
    char news = 0;
    const auto next = [&] {
        if (read(told[0], &news, 1) != 1) give_up("the sender ended");
        const std::size_t kb = resident_kb();
        return kb;
    };
    const std::size_t before = next();
    const auto began = Steady::now();
    if (write(wanted[1], &news, 1) != 1) give_up("the sender ended");
    const std::size_t after = next();
    fmt::print("{} devices connected in {:.1f} s, {:.1f} kB each\n", server.connections(),
               since(began),
               static_cast<double>(after - before) / static_cast<double>(devices - k_first));
    if (write(wanted[1], &news, 1) != 1) give_up("the sender ended");
    waitpid(sender, nullptr, 0);
    for (const int fd : {told[0], told[1], wanted[0], wanted[1]}) close(fd);
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

int run(const std::map<std::string, std::size_t>& options) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    const std::size_t connections = options.at("--connections");
    const std::size_t each = options.at("--messages") / connections;
    constexpr std::uint16_t k_their_port = 18'839;
    memory(options.at("--devices"));
    Ours server(connections);
    const Mosquitto mosquitto(k_their_port);
    for (const std::uint8_t qos : {std::uint8_t{0}, std::uint8_t{1}}) {
        std::vector<double> own, other, ratios;
        for (std::size_t i = 0; i < options.at("--rounds"); ++i) {
            own.push_back(ours(server, qos, connections, each));
            other.push_back(theirs(k_their_port, qos, connections, each));
            ratios.push_back(own.back() / other.back());
        }
        fmt::print(
            "QoS {}: ours {:.0f}/s stored, Mosquitto {:.0f}/s passed, ratio {:.2f} (median of "
            "{})\n",
            qos, median(own), median(other), median(ratios), ratios.size());
    }
    return 0;
}

}  // namespace
}  // namespace anlan::sensing::mqtt

int main(int count, char** arguments) {
    std::map<std::string, std::size_t> options{
        {"--messages", 400'000}, {"--connections", 50}, {"--devices", 10'000}, {"--rounds", 3}};
    for (int i = 1; i + 1 < count; i += 2) options.at(arguments[i]) = std::stoul(arguments[i + 1]);
    return anlan::sensing::mqtt::run(options);
}
