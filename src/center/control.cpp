#include "center/control.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace anlan::center {
namespace {

constexpr std::size_t k_line_bytes_max = 1UZ << 20;
constexpr int k_patience_s = 5;  ///< With a caller that neither speaks nor listens.

std::unexpected<Error> io_error(const std::filesystem::path& path) {
    return fail(errors::k_io, {{"what", path.string() + ": " + std::strerror(errno)}});
}

class Socket {
  public:
    explicit Socket(int handle) : m_handle(handle) {}
    ~Socket() {
        if (m_handle >= 0) close(m_handle);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int get() const { return m_handle; }
    [[nodiscard]] int release() { return std::exchange(m_handle, -1); }

  private:
    int m_handle;
};

/// A socket's name holds 107 bytes; by way of the folder's handle any folder fits.
class Address {
  public:
    explicit Address(const std::filesystem::path& data)
        : m_folder(::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        m_address.sun_family = AF_UNIX;
        const std::string name = "/proc/self/fd/" + std::to_string(m_folder.get()) + "/control";
        std::memcpy(static_cast<void*>(m_address.sun_path), name.data(), name.size());
    }
    [[nodiscard]] const sockaddr* get() const {
        return static_cast<const sockaddr*>(static_cast<const void*>(&m_address));
    }
    [[nodiscard]] static socklen_t size() { return sizeof(sockaddr_un); }

  private:
    Socket m_folder;
    sockaddr_un m_address{};
};

void set_patience(int socket, bool both) {
    const timeval patience{.tv_sec = k_patience_s, .tv_usec = 0};
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (both) setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

bool send_line(int socket, const json::object& line) {
    const std::string text = to_text(line) + "\n";
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t sent = send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Nothing at the end, on a fault, or when a line is too long. `buffer` keeps what comes after it.
std::optional<json::object> read_line(int socket, std::string& buffer) {
    for (;;) {
        if (const auto end = buffer.find('\n'); end != std::string::npos) {
            const auto value = parse_json(buffer.substr(0, end), {.bytes = k_line_bytes_max});
            buffer.erase(0, end + 1);
            if (!value || !value->is_object()) return std::nullopt;
            return value->get_object();
        }
        char piece[4096];
        const ssize_t got = recv(socket, static_cast<void*>(piece), sizeof piece, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || buffer.size() > k_line_bytes_max) return std::nullopt;
        buffer.append(static_cast<const char*>(piece), static_cast<std::size_t>(got));
    }
}

bool is_allowed(int caller) {
    ucred who{};
    socklen_t size = sizeof who;
    return getsockopt(caller, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

bool has_gone(int caller) {
    pollfd state{.fd = caller, .events = POLLRDHUP, .revents = 0};
    return poll(&state, 1, 0) > 0;
}

}  // namespace

Result<std::unique_ptr<ControlDoor>> ControlDoor::open(const std::filesystem::path& data,
                                                       Handler handler) {
    const auto file = data / "control";
    Socket listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address address(data);
    // The folder's lock is ours: a socket that is there belongs to a program that died.
    unlink(file.c_str());
    if (listener.get() < 0 || bind(listener.get(), address.get(), Address::size()) != 0 ||
        chmod(file.c_str(), 0600) != 0 || listen(listener.get(), 4) != 0)
        return io_error(file);
    const int end = eventfd(0, EFD_CLOEXEC);
    if (end < 0) return io_error(file);
    return std::unique_ptr<ControlDoor>(
        new ControlDoor(file, listener.release(), end, std::move(handler)));
}

ControlDoor::ControlDoor(std::filesystem::path file, int listener, int end, Handler handler)
    : m_file(std::move(file)), m_listener(listener), m_end(end), m_handler(std::move(handler)) {
    m_thread = std::thread([this] { work(); });
}

ControlDoor::~ControlDoor() {
    m_closing = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(m_end, &one, sizeof one);
    m_thread.join();
    close(m_listener);
    close(m_end);
    unlink(m_file.c_str());
}

void ControlDoor::work() {
    for (;;) {
        pollfd events[2] = {{.fd = m_listener, .events = POLLIN, .revents = 0},
                            {.fd = m_end, .events = POLLIN, .revents = 0}};
        if (poll(events, 2, -1) < 0 && errno != EINTR) return;
        if (m_closing) return;
        if ((events[0].revents & POLLIN) == 0) continue;
        const Socket caller(accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (caller.get() >= 0 && is_allowed(caller.get())) answer(caller.get());
    }
}

void ControlDoor::answer(int caller) {
    set_patience(caller, true);
    std::string buffer;
    const auto request = read_line(caller, buffer);
    if (!request) return;
    const auto last = m_handler(*request, [this, caller](const json::object& line) {
        return !m_closing && !has_gone(caller) && send_line(caller, line);
    });
    send_line(caller, last);
}

Result<std::optional<json::object>> ask_server(
    const std::filesystem::path& data, const json::object& request,
    const std::function<void(const json::object&)>& hear) {
    const Socket server(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address address(data);
    if (server.get() < 0 || connect(server.get(), address.get(), Address::size()) != 0)
        return std::optional<json::object>{};
    set_patience(server.get(), false);
    std::string buffer;
    if (send_line(server.get(), request)) {
        while (auto line = read_line(server.get(), buffer)) {
            if (line->contains("done") || line->contains("error")) return line;
            hear(*line);
        }
    }
    return fail(errors::k_io, {{"what", "the server went away before it was done"}});
}

}  // namespace anlan::center
