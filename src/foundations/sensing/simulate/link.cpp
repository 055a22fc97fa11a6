#include "foundations/sensing/simulate/link.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace anlan::sensing::simulate {
namespace {

constexpr double k_connect_s = 5;
constexpr double k_answer_s = 10;  // clause 6.3
constexpr int k_attempts = 3;      // clause 6.3
constexpr std::size_t k_answer_bytes_max = 1 << 20;

bool ready(int descriptor, short events, double timeout_s) {
    pollfd p{descriptor, events, 0};
    int outcome = 0;
    do {
        outcome = ::poll(&p, 1, static_cast<int>(timeout_s * 1000));
    } while (outcome < 0 && errno == EINTR);
    return outcome > 0;
}

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::unexpected<Error> Socket::down(std::string_view what) {
    close();
    return fail(errors::k_line_down, {{"where", m_where}, {"what", std::string(what)}});
}

Result<void> Socket::open(const Place& place, double timeout_s) {
    close();
    m_where = place.text();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error =
            ::getaddrinfo(place.host.c_str(), std::to_string(place.port).c_str(), &hints, &found)) {
        return down(::gai_strerror(error));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
    int error = ECONNREFUSED;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        m_descriptor =
            ::socket(each->ai_family, each->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (m_descriptor < 0) continue;
        error = ::connect(m_descriptor, each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
        if (error == EINPROGRESS) {
            socklen_t size = sizeof error;
            error = ready(m_descriptor, POLLOUT, timeout_s) ? 0 : ETIMEDOUT;
            if (error == 0) ::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
        }
        if (error == 0) {
            const int on = 1;
            ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return {};
        }
        close();
    }
    return down(std::strerror(error));
}

void Socket::close() {
    if (m_descriptor >= 0) ::close(m_descriptor);
    m_descriptor = -1;
}

Result<void> Socket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!ready(m_descriptor, POLLOUT, k_answer_s)) return down("timeout");
        } else if (errno != EINTR) {
            return down(std::strerror(errno));
        }
    }
    return {};
}

Result<std::string> Socket::receive(double timeout_s) {
    if (!ready(m_descriptor, POLLIN, timeout_s)) return std::string();
    std::string out(64 * 1024, '\0');
    const auto count = ::recv(m_descriptor, out.data(), out.size(), 0);
    if (count == 0) return down("closed by the server");
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? Result<std::string>(std::string())
                                                 : down(std::strerror(errno));
    out.resize(static_cast<std::size_t>(count));
    return out;
}

Result<HttpLine::Answer> HttpLine::post(std::string_view path, std::string_view token,
                                        std::string_view body) {
    std::string request =
        "POST " + std::string(path) + " HTTP/1.1\r\nHost: " + m_place.text() +
        "\r\nAuthorization: Bearer " + std::string(token) +
        "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + std::string(body);
    const bool kept = m_socket.is_open();
    if (!kept) TRY(m_socket.open(m_place, k_connect_s));
    auto answer = exchange(request);
    if (answer || !kept) return answer;
    // The server may have closed the kept connection meanwhile: once more on a fresh one.
    TRY(m_socket.open(m_place, k_connect_s));
    return exchange(request);
}

Result<HttpLine::Answer> HttpLine::exchange(const std::string& request) {
    TRY(m_socket.send(request));
    return read_answer();
}

Result<HttpLine::Answer> HttpLine::read_answer() {
    std::string text;
    std::size_t head = std::string::npos, length = 0;
    bool keep = true;
    Answer answer;
    while (head == std::string::npos || text.size() < head + length) {
        TRY_ASSIGN(piece, m_socket.receive(k_answer_s + 5));
        if (piece.empty() || text.size() > k_answer_bytes_max) {
            m_socket.close();
            return fail(errors::k_line_down, {{"where", m_place.text()}, {"what", "no answer"}});
        }
        text += piece;
        if (head != std::string::npos) continue;
        const std::size_t end = text.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        head = end + 4;
        if (text.size() > 12) std::from_chars(text.data() + 9, text.data() + 12, answer.status);
        for (std::size_t at = text.find("\r\n") + 2; at < end;) {
            const std::size_t line_end = text.find("\r\n", at);
            const std::string_view line(text.data() + at, line_end - at);
            const std::size_t colon = line.find(':');
            const std::string_view name = line.substr(0, colon);
            std::string_view value =
                colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
            while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
            if (same_word(name, "Content-Length"))
                std::from_chars(value.data(), value.data() + value.size(), length);
            if (same_word(name, "Connection") && same_word(value, "close")) keep = false;
            at = line_end + 2;
        }
    }
    answer.body = text.substr(head, length);
    if (!keep) m_socket.close();
    return answer;
}

Result<UnitLine::Outcome> UnitLine::send(std::span<const std::vector<std::uint8_t>> units,
                                         Timestamp label) {
    if (!m_socket.is_open()) {
        m_reader = {};
        TRY(m_socket.open(m_place, k_connect_s));
    }
    Outcome outcome;
    for (const auto& unit : units) {
        const std::uint16_t sequence = ++m_sequence;
        const auto frame = gb26875::encode(
            {.sequence = sequence, .time = label, .source = m_address, .destination = {}}, unit);
        std::optional<gb26875::Command> command;
        for (int attempt = 0; attempt < k_attempts && !command; ++attempt) {
            TRY_ASSIGN(answered, exchange(frame, sequence));
            command = answered;
        }
        if (!command)
            ++outcome.unanswered;
        else
            ++(*command == gb26875::Command::confirm ? outcome.confirmed : outcome.denied);
    }
    return outcome;
}

Result<std::optional<gb26875::Command>> UnitLine::exchange(const std::vector<std::uint8_t>& frame,
                                                           std::uint16_t sequence) {
    TRY(m_socket.send({reinterpret_cast<const char*>(frame.data()), frame.size()}));
    for (;;) {
        while (auto next = m_reader.next()) {
            if (!*next || (*next)->sequence != sequence) continue;
            const gb26875::Command command = (*next)->command;
            if (command == gb26875::Command::confirm || command == gb26875::Command::deny)
                return command;
        }
        TRY_ASSIGN(piece, m_socket.receive(k_answer_s));
        if (piece.empty()) return std::optional<gb26875::Command>();
        m_reader.push({reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size()});
    }
}

}  // namespace anlan::sensing::simulate
