// The secrets of the accounts: passwords by Argon2id, random cookies and links, their hashes.
// By libsodium; nothing of it is seen outside account_secrets.cpp.
#pragma once

#include "core/random.h"
#include "core/result.h"

#include <mutex>
#include <string>
#include <string_view>

namespace anlan::bigdata {

/// Once before anything else here; again is harmless. Errors: internal.
Result<void> start_sodium();

/// Argon2id with one cost; one hash at a time, so that the memory is taken once.
class PasswordHasher {
  public:
    PasswordHasher(std::size_t memory_bytes, unsigned long long passes);
    /// Self-describing text ("$argon2id$v=19$m=…"), salted.
    std::string hash(std::string_view password);
    /// An empty `stored` is never right, and takes as long as any.
    bool verify(const std::string& stored, std::string_view password);
    /// Made at another cost.
    [[nodiscard]] bool is_outdated(const std::string& stored) const;

  private:
    const std::size_t m_memory_bytes;
    const unsigned long long m_passes;
    std::mutex m_mutex;
    std::string m_nobody;  ///< Hash of a password that nobody knows.
};

/// `bytes` random bytes as base64url without padding.
std::string random_secret(Random& random, std::size_t bytes);
/// BLAKE2b-256, hexadecimal. Secrets of 256 random bits need no salt and no slow hash.
std::string hash_of_secret(std::string_view secret);
/// Another secret that follows from the cookie, so that it need not be stored.
std::string csrf_of(std::string_view cookie);

}  // namespace anlan::bigdata
