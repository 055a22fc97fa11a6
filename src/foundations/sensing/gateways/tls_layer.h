// TLS over bytes that somebody else carries: no sockets, no waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

struct ssl_st;

namespace anlan::sensing {

/// The server's side of one connection. Not thread-safe.
class TlsLayer {
  public:
    /// Takes the session over; null is one that refuses everything.
    explicit TlsLayer(ssl_st* tls);

    using Plain = std::function<void(std::span<const std::uint8_t>)>;
    /// What came from the peer; `plain` is told what it says. False when the peer said good-bye or
    /// what came is no TLS: `outgoing()` then holds the alert.
    bool open(std::span<const std::uint8_t> bytes, const Plain& plain);
    /// Something for the peer, after the handshake; no bytes at all say good-bye.
    void seal(std::span<const std::uint8_t> plain);
    /// What is to be sent now.
    std::vector<std::uint8_t> outgoing();

  private:
    struct Free {
        void operator()(ssl_st* tls) const;
    };
    std::unique_ptr<ssl_st, Free> m_tls;
};

}  // namespace anlan::sensing
