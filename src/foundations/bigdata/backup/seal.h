// The data folder's secrets in one sealed file: the key is made from a passphrase by Argon2id
// (64 MiB, 2 passes, as the accounts' passwords), the contents by XSalsa20-Poly1305, so that a
// changed byte and a wrong passphrase are both found out.
//
// Layout: "ANLANSEC1\n", 16 bytes salt, 24 bytes nonce, box around canonical JSON
// {"<relative path>": "<hexadecimal contents>"}.
#pragma once

#include "core/result.h"

#include <map>
#include <string>
#include <string_view>

namespace anlan::bigdata::backup {

using SecretFiles = std::map<std::string, std::string>;  ///< Contents by relative path.

inline constexpr std::size_t k_passphrase_min = 12;

/// Errors: passphrase_weak, internal (no memory for the key).
Result<std::string> seal(const SecretFiles& files, std::string_view passphrase);
/// Errors: passphrase_wrong.
Result<SecretFiles> unseal(std::string_view sealed, std::string_view passphrase);

}  // namespace anlan::bigdata::backup
