// The sender of bench/ingest/ingest.py: devices that report in batches over the program's real
// doors, from one thread, so that it costs the two cores that it shares as little as can be.
//
//   bench_ingest http <port> <seconds> <connections> <devices> <channels> <rows> [<a second>]
//   bench_ingest gb26875 <port> <seconds> <connections> <channels>
//   bench_ingest count <folder of the lake>
//
// `http`: each request carries `rows` instants of each of a device's channels c0, c1, …; bodies are
// made beforehand and only their times are written anew. Every 50th request is sent twice, as a
// device does that has not seen the answer. `gb26875`: each frame carries the states of a unit's
// parts. With a pace, so many observations a second are sent. Both send the next only after the
// acknowledgement, so what is counted is durable. Prints one JSON object. Device n brings the token
// ingest-n, unit n has the address 9 and eleven digits.
#include "foundations/bigdata/lake_rows.h"
#include "foundations/sensing/gateways/gb26875/encoder.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace anlan;
using Steady = std::chrono::steady_clock;

constexpr std::int64_t k_step_ms = 10;  // 100 readings a second of each datastream
constexpr int k_resend_every = 50;

[[noreturn]] void give_up(const std::string& what) {
    std::cerr << what << '\n';
    std::exit(1);
}

int open_connection(int port) {
    const int out = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        give_up(std::string("cannot connect: ") + std::strerror(errno));
    const int on = 1;
    setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return out;
}

/// One connection's conversation: what goes out next, and whether what came in is the whole answer.
class Talk {
  public:
    virtual ~Talk() = default;
    /// Bytes to send, and how many new observations they carry.
    virtual std::string_view next(std::int64_t& observations) = 0;
    /// Eats complete answers from the front of `received`; true when the last one is there.
    virtual bool answered(std::string& received) = 0;
};

/// What the devices of one run have sent: shared by the connections.
struct Devices {
    int count = 0, channels = 0, rows = 0;
    std::int64_t start_ms = 0;
    int next = 0;
    std::vector<std::int64_t> sent_rows{};  ///< By device.
    std::int64_t requests = 0;
};

void write_digits(char* at, std::int64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

class HttpTalk final : public Talk {
  public:
    explicit HttpTalk(Devices& devices) : m_devices(devices) {
        std::string body = R"({"readings":[)";
        for (int row = 0; row < devices.rows; ++row) {
            for (int channel = 0; channel < devices.channels; ++channel) {
                if (row + channel > 0) body += ',';
                body += R"({"channel":"c)" + std::to_string(channel) + R"(","value":)" +
                        std::to_string(20 + (row * 7 + channel * 3) % 10) + '.' +
                        std::to_string(10 + row % 90) + R"(,"at":")";
                m_times.push_back(body.size());
                body += R"(2026-01-01T00:00:00.000Z"})";
            }
        }
        body += "]}";
        // The token has room for five digits: shorter ones are padded by spaces after the header.
        m_text =
            "POST /api/v1/observations HTTP/1.1\r\nHost: x\r\nContent-Type: "
            "application/json\r\nAuthorization: Bearer ingest-";
        m_token = m_text.size();
        m_text += "00000\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        for (auto& at : m_times) at += m_text.size();
        m_text += body;
    }

    std::string_view next(std::int64_t& observations) override {
        observations = 0;
        if (m_resend) {
            m_resend = false;
            return m_text;
        }
        const int device = m_devices.next;
        m_devices.next = (device + 1) % m_devices.count;
        auto& rows = m_devices.sent_rows[static_cast<std::size_t>(device)];
        write_digits(m_text.data() + m_token, device, 5);
        std::size_t place = 0;
        for (int row = 0; row < m_devices.rows; ++row) {
            const std::string at = time_text(m_devices.start_ms + (rows + row) * k_step_ms);
            for (int channel = 0; channel < m_devices.channels; ++channel)
                std::memcpy(m_text.data() + m_times[place++], at.data(), at.size());
        }
        rows += m_devices.rows;
        observations = static_cast<std::int64_t>(m_devices.rows) * m_devices.channels;
        m_resend = ++m_devices.requests % k_resend_every == 0;
        return m_text;
    }

    bool answered(std::string& received) override {
        const auto head = received.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        if (!received.starts_with("HTTP/1.1 200")) give_up("refused: " + received);
        const auto length = received.find("Content-Length: ");
        if (length == std::string::npos) give_up("no length: " + received);
        const auto whole =
            head + 4 + static_cast<std::size_t>(std::atoi(received.c_str() + length + 16));
        if (received.size() < whole) return false;
        received.erase(0, whole);
        return true;
    }

  private:
    std::string time_text(std::int64_t ms) {
        // Days are rare: the date is made by the house, the time of day here.
        const std::int64_t day = ms / 86'400'000;
        if (day != m_day) {
            m_day = day;
            m_date = iso8601({ms});
        }
        std::int64_t rest = ms % 86'400'000;
        write_digits(m_date.data() + 20, rest % 1000, 3);
        rest /= 1000;
        write_digits(m_date.data() + 17, rest % 60, 2);
        write_digits(m_date.data() + 14, rest / 60 % 60, 2);
        write_digits(m_date.data() + 11, rest / 3600, 2);
        return m_date;
    }

    Devices& m_devices;
    std::string m_text, m_date;
    std::vector<std::size_t> m_times;
    std::size_t m_token = 0;
    std::int64_t m_day = -1;
    bool m_resend = false;
};

/// A fire unit: frames of the states of its parts, a second apart in its own time.
class UnitTalk final : public Talk {
  public:
    UnitTalk(int unit, int channels, std::int64_t start_ms)
        : m_channels(channels), m_at{start_ms / 1000 * 1000} {
        char text[16];
        std::snprintf(text, sizeof text, "9%011d", unit);
        m_unit = *sensing::gb26875::Address::parse(text);
    }
    std::string_view next(std::int64_t& observations) override {
        using namespace sensing::gb26875;
        m_text.clear();
        for (int frame = 0; frame < k_frames; ++frame) {
            m_at.ms += 1000;
            std::vector<Object> states;
            for (int i = 0; i < m_channels; ++i) {
                PartState state;
                state.system_type = state.system_address = 1;
                state.part_type = 40;
                state.part_address = {static_cast<std::uint8_t>(i + 1), 0, 1, 0};
                state.state = 1;
                state.time = WireTime::of(m_at);
                states.emplace_back(state);
            }
            const auto bytes = encode(
                {.sequence = m_sequence++, .time = m_at, .source = m_unit, .destination = {}},
                *encode_unit(2, states));
            m_text.append(bytes.begin(), bytes.end());
        }
        observations = static_cast<std::int64_t>(k_frames) * m_channels;
        return m_text;
    }
    bool answered(std::string& received) override {
        // Frames of 30 bytes and their application data; the server also tells the time (7.2).
        constexpr std::size_t k_frame_bytes = 30;
        constexpr char k_confirm = 3, k_deny = 6;
        std::size_t at = 0;
        while (received.size() >= at + k_frame_bytes) {
            const auto byte = [&](std::size_t i) {
                return static_cast<std::size_t>(static_cast<unsigned char>(received[at + i]));
            };
            const std::size_t whole = k_frame_bytes + byte(24) + byte(25) * 256;
            if (received.size() < at + whole) break;
            if (received[at + 26] == k_deny) give_up("a frame was denied");
            if (received[at + 26] == k_confirm) ++m_confirmed;
            at += whole;
        }
        received.erase(0, at);
        if (m_confirmed < k_frames) return false;
        m_confirmed -= k_frames;
        return true;
    }

  private:
    static constexpr int k_frames = 20;
    int m_channels;
    Timestamp m_at;
    sensing::gb26875::Address m_unit;
    std::uint16_t m_sequence = 0;
    int m_confirmed = 0;
    std::string m_text;
};

struct Connection {
    int socket = -1;
    std::unique_ptr<Talk> talk;
    std::string_view out;
    std::string in;
    std::int64_t observations = 0;
    Steady::time_point sent_at;
    bool waiting = false;
};

struct Figures {
    std::int64_t observations = 0, requests = 0;
    std::vector<double> latency_ms;
};

void push(Connection& c) {
    while (!c.out.empty()) {
        const auto size = send(c.socket, c.out.data(), c.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (size < 0) give_up(std::string("send: ") + std::strerror(errno));
        c.out.remove_prefix(static_cast<std::size_t>(size));
    }
}

void begin(Connection& c) {
    c.out = c.talk->next(c.observations);
    c.sent_at = Steady::now();
    c.waiting = true;
    push(c);
}

void hear(Connection& c, Figures& figures) {
    char buffer[65536];
    const auto size = recv(c.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size == 0) give_up("the server closed a connection: " + c.in);
    if (size < 0) return;
    c.in.append(buffer, static_cast<std::size_t>(size));
    if (!c.out.empty() || !c.talk->answered(c.in)) return;
    c.waiting = false;
    figures.observations += c.observations;
    ++figures.requests;
    figures.latency_ms.push_back(
        std::chrono::duration<double, std::milli>(Steady::now() - c.sent_at).count());
}

/// When the next request is due; without a pace always now.
class Pace {
  public:
    explicit Pace(double per_s) : m_per_s(per_s) {}
    bool due() const { return m_per_s <= 0 || Steady::now() >= m_at; }
    void sent(std::int64_t observations) {
        if (m_per_s > 0)
            m_at += std::chrono::duration_cast<Steady::duration>(
                std::chrono::duration<double>(static_cast<double>(observations) / m_per_s));
    }

  private:
    double m_per_s;
    Steady::time_point m_at = Steady::now();
};

Figures run(std::vector<Connection>& all, double seconds, Pace pace) {
    const int poll = epoll_create1(0);
    for (std::size_t i = 0; i < all.size(); ++i) {
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | static_cast<std::uint32_t>(EPOLLET);
        event.data.u64 = i;
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &event);
    }
    Figures out;
    const auto end = Steady::now() + std::chrono::duration<double>(seconds);
    std::vector<Connection*> idle;
    for (auto& c : all) idle.push_back(&c);
    std::size_t waiting = 0;
    epoll_event events[64];
    auto heard = Steady::now();
    while (waiting > 0 || Steady::now() < end) {
        while (!idle.empty() && Steady::now() < end && pace.due()) {
            begin(*idle.back());
            pace.sent(idle.back()->observations);
            idle.pop_back();
            ++waiting;
        }
        const int count = epoll_wait(poll, events, 64, 1);
        if (count > 0 || waiting == 0) heard = Steady::now();
        if (Steady::now() - heard > std::chrono::seconds(30)) give_up("no answer within 30 s");
        for (int i = 0; i < count; ++i) {
            auto& c = all[events[i].data.u64];
            if (!c.waiting) continue;
            push(c);
            hear(c, out);
            if (c.waiting) continue;
            idle.push_back(&c);
            --waiting;
        }
    }
    close(poll);
    return out;
}

void print(const Figures& figures, double seconds) {
    auto sorted = figures.latency_ms;
    std::ranges::sort(sorted);
    const auto at = [&](double share) {
        return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    };
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const double cpu_s = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
    std::printf(
        R"({"observations":%lld,"requests":%lld,"seconds":%.3f,"per_s":%.0f,"p50_ms":%.1f,"p99_ms":%.1f,"max_ms":%.1f,"sender_cpu_s":%.2f})"
        "\n",
        static_cast<long long>(figures.observations), static_cast<long long>(figures.requests),
        seconds, static_cast<double>(figures.observations) / seconds, at(0.5), at(0.99), at(1),
        cpu_s);
}

int count(const char* folder) {
    bigdata::Lake::Options options;
    options.folder = folder;
    const auto lake = bigdata::Lake::open(options);
    if (!lake) give_up(text_of(lake.error(), Language::en));
    const auto rows = bigdata::rows_of(**lake);
    const auto extent = (*rows)->extent();
    if (!extent) give_up(text_of(extent.error(), Language::en));
    std::printf("%lld\n", static_cast<long long>(extent->rows));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "count" && argc == 3) return count(argv[2]);
    const bool http = what == "http" && (argc == 8 || argc == 9);
    if (!http && !(what == "gb26875" && argc == 6))
        give_up("usage: see the head of bench/ingest/ingest_sender.cpp");
    const int port = std::atoi(argv[2]), connections = std::atoi(argv[4]);
    const double seconds = std::atof(argv[3]);
    const std::int64_t start_ms = SystemClock().now().ms - 20LL * 3'600'000;
    Devices devices;
    if (http) {
        devices = {std::atoi(argv[5]), std::atoi(argv[6]), std::atoi(argv[7]), start_ms};
        devices.sent_rows.resize(static_cast<std::size_t>(devices.count));
    }
    std::vector<Connection> all(static_cast<std::size_t>(connections));
    for (int i = 0; i < connections; ++i) {
        auto& c = all[static_cast<std::size_t>(i)];
        c.socket = open_connection(port);
        if (http)
            c.talk = std::make_unique<HttpTalk>(devices);
        else
            c.talk = std::make_unique<UnitTalk>(i, std::atoi(argv[5]), start_ms);
    }
    const auto began = Steady::now();
    const Figures figures = run(all, seconds, Pace(argc == 9 ? std::atof(argv[8]) : 0));
    print(figures, std::chrono::duration<double>(Steady::now() - began).count());
    return 0;
}
