#include "foundations/sensing/gateways/tls_layer.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <limits>

namespace anlan::sensing {
namespace {

constexpr std::size_t k_record_bytes = 16 * 1024;  // the most that one TLS record holds

int size_of(std::span<const std::uint8_t> bytes) {
    constexpr auto k_max = static_cast<std::size_t>(std::numeric_limits<int>::max());
    return static_cast<int>(bytes.size() < k_max ? bytes.size() : k_max);
}

}  // namespace

void TlsLayer::Free::operator()(ssl_st* tls) const {
    SSL_free(tls);
}

TlsLayer::TlsLayer(ssl_st* tls) : m_tls(tls) {
    if (!m_tls) return;
    SSL_set_bio(m_tls.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    // A waiting connection gives its buffers back: 34 kB.
    SSL_set_mode(m_tls.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_set_accept_state(m_tls.get());
}

bool TlsLayer::open(std::span<const std::uint8_t> bytes, const Plain& plain) {
    if (!m_tls) return false;
    ERR_clear_error();
    if (BIO_write(SSL_get_rbio(m_tls.get()), bytes.data(), size_of(bytes)) != size_of(bytes))
        return false;
    std::array<std::uint8_t, k_record_bytes> record;  // NOLINT: written before it is read
    for (;;) {
        const int count = SSL_read(m_tls.get(), record.data(), static_cast<int>(record.size()));
        if (count <= 0) return SSL_get_error(m_tls.get(), count) == SSL_ERROR_WANT_READ;
        plain(std::span(record).first(static_cast<std::size_t>(count)));
    }
}

void TlsLayer::seal(std::span<const std::uint8_t> plain) {
    if (!m_tls) return;
    ERR_clear_error();
    if (plain.empty())
        SSL_shutdown(m_tls.get());
    else
        SSL_write(m_tls.get(), plain.data(), size_of(plain));
}

std::vector<std::uint8_t> TlsLayer::outgoing() {
    std::vector<std::uint8_t> out;
    if (!m_tls) return out;
    BIO* bio = SSL_get_wbio(m_tls.get());
    out.resize(BIO_ctrl_pending(bio));
    if (!out.empty()) BIO_read(bio, out.data(), static_cast<int>(out.size()));
    return out;
}

}  // namespace anlan::sensing
