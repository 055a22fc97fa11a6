#include "foundations/bigdata/account_secrets.h"

#include "core/hash.h"
#include "foundations/bigdata/accounts.h"

#include <sodium.h>

#include <array>
#include <vector>

namespace anlan::bigdata {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64url(std::string_view bytes) {
    std::string out(
        sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.pop_back();  // the terminating zero
    return out;
}

std::string blake2b(std::string_view text, std::string_view key) {
    std::string out(32, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), bytes_of(text),
                       text.size(), key.empty() ? nullptr : bytes_of(key), key.size());
    return out;
}

}  // namespace

Result<void> start_sodium() {
    if (sodium_init() < 0) return fail(errors::k_internal, {{"what", "libsodium"}});
    return {};
}

PasswordHasher::PasswordHasher(std::size_t memory_bytes, unsigned long long passes)
    : m_memory_bytes(memory_bytes), m_passes(passes) {
    std::array<char, 32> unknown;
    randombytes_buf(unknown.data(), unknown.size());
    m_nobody = hash({unknown.data(), unknown.size()});
}

std::string PasswordHasher::hash(std::string_view password) {
    const std::lock_guard lock(m_mutex);
    std::array<char, crypto_pwhash_STRBYTES> out;
    const int failed = crypto_pwhash_str_alg(out.data(), password.data(), password.size(), m_passes,
                                             m_memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    ASSERT(failed == 0);  // out of memory: nothing can go on
    return out.data();
}

bool PasswordHasher::verify(const std::string& stored, std::string_view password) {
    const std::lock_guard lock(m_mutex);
    const std::string& hash = stored.empty() ? m_nobody : stored;
    const bool right =
        crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    return right && !stored.empty();
}

bool PasswordHasher::is_outdated(const std::string& stored) const {
    return crypto_pwhash_str_needs_rehash(stored.c_str(), m_passes, m_memory_bytes) != 0;
}

std::string random_secret(Random& random, std::size_t bytes) {
    std::vector<std::uint8_t> raw(bytes);
    random.fill(raw);
    return base64url({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

std::string hash_of_secret(std::string_view secret) {
    return hex(blake2b(secret, {}));
}

std::string csrf_of(std::string_view cookie) {
    return base64url(blake2b(cookie, "anlan csrf, version 1"));
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace anlan::bigdata
