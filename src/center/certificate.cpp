#include "center/certificate.h"

#include "center/certificate_errors.h"
#include "center/errors.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace anlan::center {
namespace {

template <auto Free>
struct Freeing {
    template <class T>
    void operator()(T* each) const {
        Free(each);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Memory = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freeing<GENERAL_NAMES_free>>;

constexpr std::int64_t k_backdated_ms = 3600 * 1000;  // for clocks that are a little behind

std::unexpected<Error> bad_certificate(const std::string& what) {
    std::array<char, 200> why{};
    const auto code = ERR_get_error();
    if (code != 0) ERR_error_string_n(code, why.data(), why.size());
    ERR_clear_error();
    return fail(errors::k_bad_certificate,
                {{"what", code == 0 ? what : what + " (" + why.data() + ")"}});
}

std::string text_in(BIO* memory) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

Memory memory_of(const std::string& text) {
    return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<Certificate> certificate_of(const std::string& pem) {
    Certificate out(PEM_read_bio_X509(memory_of(pem).get(), nullptr, nullptr, nullptr));
    if (!out) return bad_certificate("certificate is not PEM");
    return out;
}

Result<Key> key_of(const std::string& pem) {
    Key out(PEM_read_bio_PrivateKey(memory_of(pem).get(), nullptr, nullptr, nullptr));
    if (!out) return bad_certificate("key is not PEM");
    return out;
}

/// Letters, digits, hyphens and dots: also what keeps a name from being read as an extension's
/// text.
bool is_name(std::string_view name) {
    if (name.empty() || name.size() > 253 || name.front() == '.' || name.back() == '.' ||
        name.find("..") != name.npos)
        return false;
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

bool is_address(const std::string& text) {
    std::array<unsigned char, 16> bytes{};
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool add_extension(X509* to, X509* issuer, int nid, const std::string& text) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str());
    if (extension == nullptr) return false;
    const bool added = X509_add_ext(to, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

bool set_times(X509* to, Timestamp from, Timestamp until) {
    return X509_time_adj_ex(X509_getm_notBefore(to), 0, 0,
                            std::array<time_t, 1>{from.ms / 1000}.data()) != nullptr &&
           X509_time_adj_ex(X509_getm_notAfter(to), 0, 0,
                            std::array<time_t, 1>{until.ms / 1000}.data()) != nullptr;
}

bool set_serial(X509* to) {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
    bytes[0] &= 0x7F;  // positive
    BIGNUM* number = BN_bin2bn(bytes.data(), bytes.size(), nullptr);
    const bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(to)) != nullptr;
    BN_free(number);
    return set;
}

bool set_subject(X509* to, const std::string& name) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(name.c_str());
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(to), "CN", MBSTRING_UTF8, bytes, -1, -1,
                                      0) == 1;
}

std::string constraints_of(const std::vector<std::string>& names) {
    std::string out =
        "critical,permitted;IP:10.0.0.0/255.0.0.0,permitted;IP:172.16.0.0/255.240.0.0,"
        "permitted;IP:192.168.0.0/255.255.0.0,permitted;IP:127.0.0.0/255.0.0.0,"
        "permitted;IP:169.254.0.0/255.255.0.0,permitted;IP:100.64.0.0/255.192.0.0,"
        "permitted;IP:fc00::/fe00::,permitted;IP:fe80::/ffc0::,"
        "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
        "permitted;DNS:localhost,permitted;DNS:local,permitted;DNS:lan,permitted;DNS:internal,"
        "permitted;DNS:home.arpa";
    for (const auto& name : names) out += ",permitted;DNS:" + name;
    return out;
}

Result<KeyedCertificate> pem_of(X509* certificate, EVP_PKEY* key) {
    const Memory one(BIO_new(BIO_s_mem())), two(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509(one.get(), certificate) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(two.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return bad_certificate("cannot be written");
    return KeyedCertificate{text_in(one.get()), text_in(two.get())};
}

/// Whether `root` may vouch for `certificate`: chain, times at `now`, name constraints.
bool vouches(X509* root, X509* certificate, Timestamp now) {
    X509_STORE* store = X509_STORE_new();
    X509_STORE_CTX* check = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, root);
    X509_STORE_CTX_init(check, store, certificate, nullptr);
    X509_STORE_CTX_set_time(check, 0, now.ms / 1000);
    const bool good = X509_verify_cert(check) == 1;
    X509_STORE_CTX_free(check);
    X509_STORE_free(store);
    ERR_clear_error();
    return good;
}

Timestamp time_of(const ASN1_TIME* time) {
    tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return {static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int size = ASN1_STRING_length(bytes);
    inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(bytes), text.data(),
              text.size());
    return text.data();
}

}  // namespace

Result<KeyedCertificate> make_authority(const std::string& title,
                                        const std::vector<std::string>& names, Timestamp now) {
    for (const auto& name : names) {
        if (!is_name(name)) return fail(errors::k_bad_server_name, {{"name", name}});
    }
    const Key key(EVP_EC_gen("P-256"));
    const Certificate made(X509_new());
    X509* root = made.get();
    const bool good =
        key && X509_set_version(root, 2) == 1 && set_serial(root) && set_subject(root, title) &&
        X509_set_issuer_name(root, X509_get_subject_name(root)) == 1 &&
        set_times(root, now + -k_backdated_ms, now + k_authority_days * k_day_ms) &&
        X509_set_pubkey(root, key.get()) == 1 &&
        add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(root, root, NID_subject_key_identifier, "hash") &&
        add_extension(root, root, NID_name_constraints, constraints_of(names)) &&
        X509_sign(root, key.get(), EVP_sha256()) > 0;
    if (!good) return bad_certificate("authority cannot be made");
    return pem_of(root, key.get());
}

Result<KeyedCertificate> issue_certificate(const KeyedCertificate& authority,
                                           const ServerNames& names, Timestamp now) {
    std::string alternatives;
    for (const auto& name : names.names) {
        if (!is_name(name)) return fail(errors::k_bad_server_name, {{"name", name}});
        alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + name;
    }
    for (const auto& address : names.addresses) {
        if (!is_address(address)) return fail(errors::k_bad_server_name, {{"name", address}});
        alternatives += (alternatives.empty() ? "IP:" : ",IP:") + address;
    }
    if (alternatives.empty()) return fail(errors::k_bad_server_name, {{"name", ""}});
    TRY_ASSIGN(root, certificate_of(authority.certificate));
    TRY_ASSIGN(root_key, key_of(authority.key));
    const Key key(EVP_EC_gen("P-256"));
    const Certificate made(X509_new());
    X509* leaf = made.get();
    // Never beyond the root's own end.
    const Timestamp until =
        std::min(now + (k_server_days_max - 1) * k_day_ms, time_of(X509_get0_notAfter(root.get())));
    const bool good =
        key && X509_set_version(leaf, 2) == 1 && set_serial(leaf) && set_subject(leaf, "Anlan") &&
        X509_set_issuer_name(leaf, X509_get_subject_name(root.get())) == 1 &&
        set_times(leaf, now + -k_backdated_ms, until) && X509_set_pubkey(leaf, key.get()) == 1 &&
        add_extension(leaf, root.get(), NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(leaf, root.get(), NID_key_usage, "critical,digitalSignature") &&
        add_extension(leaf, root.get(), NID_ext_key_usage, "serverAuth") &&
        add_extension(leaf, root.get(), NID_subject_key_identifier, "hash") &&
        add_extension(leaf, root.get(), NID_authority_key_identifier, "keyid:always") &&
        add_extension(leaf, root.get(), NID_subject_alt_name, alternatives) &&
        X509_sign(leaf, root_key.get(), EVP_sha256()) > 0;
    if (!good) return bad_certificate("certificate cannot be made");
    if (!vouches(root.get(), leaf, now))
        return fail(errors::k_bad_server_name, {{"name", alternatives}});
    return pem_of(leaf, key.get());
}

Result<CertificateFacts> read_certificate(const std::string& pem) {
    TRY_ASSIGN(certificate, certificate_of(pem));
    X509* x = certificate.get();
    CertificateFacts out;
    std::array<char, 256> subject{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, subject.data(),
                              subject.size());
    out.subject = subject.data();
    out.valid_from = time_of(X509_get0_notBefore(x));
    out.valid_to = time_of(X509_get0_notAfter(x));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(x, EVP_sha256(), digest.data(), &size);
    constexpr std::string_view k_digits = "0123456789ABCDEF";
    for (unsigned i = 0; i < size; ++i) {
        if (i > 0) out.sha256 += ':';
        out.sha256 += k_digits[digest[i] >> 4];
        out.sha256 += k_digits[digest[i] & 15];
    }
    unsigned char* der = nullptr;
    const int der_size = i2d_X509(x, &der);
    if (der_size > 0)
        out.der.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(der_size));
    OPENSSL_free(der);
    const Names names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) {
            const auto* text = ASN1_STRING_get0_data(name->d.dNSName);
            out.names.names.emplace_back(reinterpret_cast<const char*>(text),
                                         ASN1_STRING_length(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            out.names.addresses.push_back(address_of(name->d.iPAddress));
        }
    }
    return out;
}

Result<std::shared_ptr<ssl_ctx_st>> make_tls_context(const KeyedCertificate& certificate) {
    std::shared_ptr<ssl_ctx_st> out(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX* context = out.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // TLS 1.2 with forward secrecy and authenticated encryption alone; 1.3 has nothing else.
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    const Memory chain = memory_of(certificate.certificate);
    const Certificate first(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
    if (!first || SSL_CTX_use_certificate(context, first.get()) != 1)
        return bad_certificate("certificate cannot be used");
    while (X509* next = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, next) != 1) {
            X509_free(next);
            return bad_certificate("chain cannot be used");
        }
    }
    ERR_clear_error();  // the end of the chain
    TRY_ASSIGN(key, key_of(certificate.key));
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
        return bad_certificate("the key is not of the certificate");
    return out;
}

ServerNames local_names() {
    ServerNames out{{"localhost"}, {"127.0.0.1", "::1"}};
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) == 0) {
        std::string name = host.data();
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        name = name.substr(0, name.find('.'));
        if (is_name(name)) out.names.push_back(name + ".local");
    }
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return out;
    for (const auto* each = all; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0 ||
            (each->ifa_flags & IFF_LOOPBACK) != 0)
            continue;
        std::array<char, INET6_ADDRSTRLEN> text{};
        if (each->ifa_addr->sa_family == AF_INET) {
            const auto* address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
            inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
        } else if (each->ifa_addr->sa_family == AF_INET6) {
            const auto* address = reinterpret_cast<const sockaddr_in6*>(each->ifa_addr);
            if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) continue;  // no browser can name it
            inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size());
        }
        if (text[0] != '\0') out.addresses.emplace_back(text.data());
    }
    freeifaddrs(all);
    return out;
}

}  // namespace anlan::center
