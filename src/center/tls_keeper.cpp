#include "center/tls_keeper.h"

#include "center/certificate_errors.h"
#include "center/data_folder.h"
#include "center/errors.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace anlan::center {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(errors::k_io, {{"what", file.string() + " cannot be read"}});
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<KeyedCertificate> read_pair(const fs::path& certificate, const fs::path& key) {
    TRY_ASSIGN(one, read_file(certificate));
    TRY_ASSIGN(two, read_file(key));
    return KeyedCertificate{one, two};
}

/// The key first: a certificate without its key would be taken for whole.
Result<void> write_pair(const fs::path& folder, const std::string& name,
                        const KeyedCertificate& pair) {
    TRY(write_secret(folder / (name + ".key"), pair.key));
    return write_secret(folder / (name + ".crt"), pair.certificate);
}

bool is_there(const fs::path& file) {
    std::error_code error;
    return fs::exists(file, error);
}

bool covers(const ServerNames& has, const ServerNames& wanted) {
    const auto within = [](const auto& some, const auto& all) {
        return std::ranges::all_of(
            some, [&](const auto& each) { return std::ranges::find(all, each) != all.end(); });
    };
    return within(wanted.names, has.names) && within(wanted.addresses, has.addresses);
}

/// The required names, and those of the machine for which the authority may vouch: an address of
/// the open internet is not among them.
ServerNames wanted(const KeyedCertificate& authority, const TlsOptions& options) {
    const auto now = options.clock->now();
    ServerNames out{options.required, {}};
    for (const auto& name : options.names.names) {
        if (std::ranges::find(out.names, name) == out.names.end() &&
            issue_certificate(authority, {{name}, {}}, now))
            out.names.push_back(name);
    }
    for (const auto& address : options.names.addresses) {
        if (issue_certificate(authority, {{}, {address}}, now)) out.addresses.push_back(address);
    }
    return out;
}

}  // namespace

Result<void> init_authority(const TlsOptions& options, Replace replace) {
    if (replace == Replace::no && is_there(options.secrets / "authority.key"))
        return fail(errors::k_authority_exists);
    const auto now = options.clock->now();
    TRY_ASSIGN(made,
               make_authority("安澜 Anlan " + iso8601(now).substr(0, 10), options.required, now));
    return write_pair(options.secrets, "authority", made);
}

Result<void> issue_server(const TlsOptions& options) {
    if (!is_there(options.secrets / "authority.key")) return fail(errors::k_no_authority);
    TRY_ASSIGN(authority,
               read_pair(options.secrets / "authority.crt", options.secrets / "authority.key"));
    const auto now = options.clock->now();
    TRY_ASSIGN(made, issue_certificate(authority, wanted(authority, options), now));
    return write_pair(options.secrets, "server", made);
}

Result<CertificateFacts> authority_facts(const TlsOptions& options) {
    if (!is_there(options.secrets / "authority.crt")) return fail(errors::k_no_authority);
    TRY_ASSIGN(pem, read_file(options.secrets / "authority.crt"));
    return read_certificate(pem);
}

Result<CertificateFacts> server_facts(const TlsOptions& options) {
    TRY_ASSIGN(pem, read_file(options.certificate.empty() ? options.secrets / "server.crt"
                                                          : options.certificate));
    return read_certificate(pem);
}

fs::path TlsKeeper::certificate_file() const {
    return own() ? m_options.certificate : m_options.secrets / "server.crt";
}

fs::path TlsKeeper::key_file() const {
    return own() ? m_options.key : m_options.secrets / "server.key";
}

Result<std::unique_ptr<TlsKeeper>> TlsKeeper::open(TlsOptions options) {
    std::unique_ptr<TlsKeeper> out(new TlsKeeper(std::move(options)));
    if (!out->own()) {
        const auto& secrets = out->m_options.secrets;
        if (!is_there(secrets / "authority.key")) TRY(init_authority(out->m_options, Replace::no));
        if (!is_there(secrets / "server.key") || !is_there(secrets / "server.crt"))
            TRY(issue_server(out->m_options));
    }
    TRY(out->load());
    if (auto renewed = out->refresh(out->m_options.names); !renewed)
        return std::unexpected(renewed.error());
    return out;
}

Result<void> TlsKeeper::load() {
    TRY_ASSIGN(pair, read_pair(certificate_file(), key_file()));
    TRY_ASSIGN(context, make_tls_context(pair));
    TRY_ASSIGN(facts, read_certificate(pair.certificate));
    std::optional<CertificateFacts> authority;
    if (!own()) {
        TRY_ASSIGN(root, authority_facts(m_options));
        authority = root;
    }
    const std::lock_guard lock(m_mutex);
    m_context = context;
    m_facts = facts;
    m_authority = authority;
    m_loaded = pair.certificate;
    return {};
}

bool TlsKeeper::due() const {
    const auto now = m_options.clock->now();
    if (m_facts.valid_to - now < k_renewed_before_days * k_day_ms || now < m_facts.valid_from)
        return true;
    if (covers(m_facts.names, m_options.names) && covers(m_facts.names, {m_options.required, {}}))
        return false;
    auto authority =
        read_pair(m_options.secrets / "authority.crt", m_options.secrets / "authority.key");
    return authority && !covers(m_facts.names, wanted(*authority, m_options));
}

Result<bool> TlsKeeper::refresh(const ServerNames& names) {
    TRY_ASSIGN(present, read_file(certificate_file()));
    m_options.names = names;
    bool changed = present != m_loaded;
    if (changed) TRY(load());
    if (!own() && due()) {
        TRY(issue_server(m_options));
        TRY(load());
        changed = true;
    }
    return changed;
}

ssl_st* TlsKeeper::new_tls() const {
    const std::lock_guard lock(m_mutex);
    return SSL_new(m_context.get());
}

CertificateFacts TlsKeeper::facts() const {
    const std::lock_guard lock(m_mutex);
    return m_facts;
}

std::optional<CertificateFacts> TlsKeeper::authority() const {
    const std::lock_guard lock(m_mutex);
    return m_authority;
}

}  // namespace anlan::center
