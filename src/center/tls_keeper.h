// The server's certificate and what renews it: made at the first start, reissued in time and when
// the machine's names or addresses change, taken over without a restart.
//
// Files in secrets/ (0600): authority.crt, authority.key, server.crt, server.key. A certificate of
// the owner's own (configuration `certificate`, `certificate_key`) takes their place; it is watched
// and read again when it changes, and never renewed here. Thread-safe.
#pragma once

#include "center/certificate.h"

#include <filesystem>
#include <mutex>

struct ssl_st;

namespace anlan::center {

struct TlsOptions {
    std::filesystem::path secrets;
    std::filesystem::path certificate, key;  ///< Of the owner's own; empty: the local authority's.
    ServerNames names;  ///< This machine's; what the authority may not vouch for is left out.
    std::vector<std::string> required;  ///< DNS names of the configuration: these must be in it.
    const Clock* clock = nullptr;
};

enum class Replace { no, yes };

/// What `anlan certificate` and the keeper do with the folder. Errors: io, bad_certificate,
/// bad_server_name, authority_exists, no_authority.
Result<void> init_authority(const TlsOptions& options, Replace replace);
Result<void> issue_server(const TlsOptions& options);
Result<CertificateFacts> authority_facts(const TlsOptions& options);
Result<CertificateFacts> server_facts(const TlsOptions& options);

class TlsKeeper {
  public:
    static constexpr int k_renewed_before_days = 30;

    /// Makes what is missing.
    static Result<std::unique_ptr<TlsKeeper>> open(TlsOptions options);

    /// A fresh SSL of the certificate now valid; the caller frees it. Nothing only without memory.
    [[nodiscard]] ssl_st* new_tls() const;
    [[nodiscard]] CertificateFacts facts() const;
    /// Of the local authority; nothing with a certificate of the owner's own.
    [[nodiscard]] std::optional<CertificateFacts> authority() const;
    /// Renews what is due and reads what has changed; call now and then. True when the certificate
    /// is another now. On an error the present one stays in use.
    Result<bool> refresh(const ServerNames& names);

  private:
    explicit TlsKeeper(TlsOptions options) : m_options(std::move(options)) {}
    [[nodiscard]] bool own() const { return !m_options.certificate.empty(); }
    [[nodiscard]] std::filesystem::path certificate_file() const;
    [[nodiscard]] std::filesystem::path key_file() const;
    [[nodiscard]] bool due() const;
    Result<void> load();

    TlsOptions m_options;
    mutable std::mutex m_mutex;  ///< Of what follows.
    std::shared_ptr<ssl_ctx_st> m_context;
    CertificateFacts m_facts;
    std::optional<CertificateFacts> m_authority;
    std::string m_loaded;  ///< The certificate's file as last read.
};

}  // namespace anlan::center
