// The page that brings a phone into a closed network's TLS: the root certificate, how each system
// installs it, and the address to open then. Plain HTML without script, in Chinese and English.
#pragma once

#include "center/http.h"
#include "center/tls_keeper.h"

#include <atomic>
#include <string>

namespace anlan::center {

struct Doors {
    std::uint16_t http_port = 0, https_port = 0;
};

/// What a phone should open: `scheme` with the name the caller used, or the machine's first address
/// on the network when the caller sits at the machine itself.
std::string address_for_phones(std::string_view host_header, const ServerNames& names,
                               std::string_view scheme, std::uint16_t port);

/// GET /phone and GET /ca.crt; false for everything else. Also the redirect of others' plain HTTP:
/// GET and HEAD of anything but these, the health probes and the device gateway go to https.
class PhoneDoor {
  public:
    /// `keeper` may be nothing: no TLS. `loopback_only`: the server listens on this machine's own
    /// address, and no phone can come.
    PhoneDoor(const TlsKeeper* keeper, bool loopback_only)
        : m_keeper(keeper), m_loopback_only(loopback_only) {}
    /// Once the ports are known, which may be after the first request.
    void open(Doors doors) { m_doors = doors; }
    /// Must not block.
    bool answer(const Request& request, Response& response) const;
    /// Whether a request over plain HTTP, from another machine, must come over https instead.
    [[nodiscard]] bool must_be_secure(const Request& request) const;
    /// The same address over https.
    [[nodiscard]] std::string secure_address(const Request& request) const;

  private:
    [[nodiscard]] std::string page(const Request& request) const;

    const TlsKeeper* m_keeper;
    const bool m_loopback_only;
    std::atomic<Doors> m_doors{};
};

}  // namespace anlan::center
