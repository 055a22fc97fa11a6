// A certificate authority of the installation's own, for a network without the internet: phones and
// desks that trust its root may use camera, place and installation, which browsers give to TLS
// only.
//
// ECDSA P-256 with SHA-256 (RFC 5480), X.509 v3 (RFC 5280). The root may vouch for private
// addresses, local names and the names it was made for, and for nothing else (critical name
// constraints): whoever steals its key cannot stand in for a bank. A server certificate lives at
// most 397 days, the limit of browsers (CA/Browser Forum, Baseline Requirements 6.3.2).
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace anlan::center {

/// A certificate and its private key, PEM.
struct KeyedCertificate {
    std::string certificate, key;
};

/// What a server is called: DNS names and addresses (v4, v6) as text.
struct ServerNames {
    std::vector<std::string> names, addresses;
    friend bool operator==(const ServerNames&, const ServerNames&) = default;
};

inline constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
inline constexpr int k_authority_days = 3650;
inline constexpr int k_server_days_max = 397;

/// A root. `names`: DNS names beyond .local, .lan, .internal, .home.arpa and localhost for which it
/// may vouch. Errors: bad_server_name.
Result<KeyedCertificate> make_authority(const std::string& title,
                                        const std::vector<std::string>& names, Timestamp now);

/// A server certificate under that root. Names are lower-case DNS names.
/// Errors: bad_server_name (malformed, or outside the root's constraints), bad_certificate.
Result<KeyedCertificate> issue_certificate(const KeyedCertificate& authority,
                                           const ServerNames& names, Timestamp now);

struct CertificateFacts {
    std::string subject;
    ServerNames names;
    Timestamp valid_from, valid_to;
    std::string sha256;  ///< Fingerprint, upper-case hexadecimal with colons.
    std::string der;
};
/// Errors: bad_certificate.
Result<CertificateFacts> read_certificate(const std::string& pem);

/// TLS 1.2 and 1.3 with forward secrecy. `certificate` may hold the chain. Errors: bad_certificate
/// (unreadable, or the key is not of the certificate).
Result<std::shared_ptr<ssl_ctx_st>> make_tls_context(const KeyedCertificate& certificate);

/// This machine's host name, its addresses on interfaces that are up, localhost and loopback.
ServerNames local_names();

}  // namespace anlan::center
