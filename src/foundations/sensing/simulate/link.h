// The simulated devices' lines to the server: its real ports, over plain blocking TCP. A device
// knows nothing else of it. Not thread-safe: one line, one thread.
#pragma once

#include "core/random.h"
#include "foundations/sensing/gateways/gb26875/encoder.h"

#include <stop_token>
#include <string>
#include <vector>

namespace anlan::sensing::simulate {

namespace errors {
inline constexpr ErrorRow k_line_down{"line_down", 503, LogLevel::warning,
                                      "连接 {where} 失败：{what}",
                                      "The line to {where} is down: {what}"};
}  // namespace errors

struct Place {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    [[nodiscard]] std::string text() const { return host + ":" + std::to_string(port); }
};

/// A TCP connection with deadlines. Errors: line_down.
class Socket {
  public:
    Socket() = default;
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    Result<void> open(const Place& place, double timeout_s);
    void close();
    [[nodiscard]] bool is_open() const { return m_descriptor >= 0; }
    Result<void> send(std::string_view bytes);
    /// At least one byte, at most 64 KiB; nothing when the time is up.
    Result<std::string> receive(double timeout_s);

  private:
    int m_descriptor = -1;
    std::string m_where;
    [[nodiscard]] std::unexpected<Error> down(std::string_view what);
};

/// HTTP/1.1 with keep-alive, just enough to post readings.
class HttpLine {
  public:
    explicit HttpLine(Place place) : m_place(std::move(place)) {}
    struct Answer {
        int status = 0;
        std::string body;
    };
    /// Errors: line_down; the next call connects anew.
    Result<Answer> post(std::string_view path, std::string_view token, std::string_view body);

  private:
    Place m_place;
    Socket m_socket;
    Result<Answer> exchange(const std::string& request);
    Result<Answer> read_answer();
};

/// A transmission unit's connection: sends frames and waits for each to be confirmed (clause 6.3:
/// at most 10 s, at most three times).
class UnitLine {
  public:
    UnitLine(Place place, gb26875::Address address)
        : m_place(std::move(place)), m_address(address) {}
    struct Outcome {
        int confirmed = 0, denied = 0, unanswered = 0;
    };
    /// One frame of command 2 for each unit of application data. Errors: line_down.
    Result<Outcome> send(std::span<const std::vector<std::uint8_t>> units, Timestamp label);

  private:
    Place m_place;
    gb26875::Address m_address;
    Socket m_socket;
    gb26875::FrameReader m_reader;
    std::uint16_t m_sequence = 0;
    Result<std::optional<gb26875::Command>> exchange(const std::vector<std::uint8_t>& frame,
                                                     std::uint16_t sequence);
};

/// Waits between attempts: 1 s, doubling to 30 s, each ±20 % by chance so that devices do not come
/// back all at once.
class Backoff {
  public:
    double next_s(Random& random) {
        const double wait_s = m_wait_s * (0.8 + 0.4 * random.next_unit());
        m_wait_s = std::min(m_wait_s * 2, 30.0);
        return wait_s;
    }
    void reset() { m_wait_s = 1; }

  private:
    double m_wait_s = 1;
};

}  // namespace anlan::sensing::simulate
