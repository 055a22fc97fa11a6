// The CP of a device that keeps it secret (HJ 212-2025): SM4.
//
// Unproven: the standard's text was not at hand. Known from guides that quote it are SM4 with a
// 128-bit key in ECB mode "without padding", over what stands between CP=&& and &&, for commands
// 2000 to 2999, 1014 and 3020. How the bytes are written as text, and how a CP whose length is no
// multiple of 16 is filled, they do not say: both are settings. Off unless a device has a key.
#pragma once

#include "core/result.h"
#include "foundations/sensing/gateways/hj212/settings.h"

#include <memory>
#include <string>
#include <string_view>

namespace anlan::sensing::hj212 {

class Cipher {
  public:
    virtual ~Cipher() = default;
    /// What was sealed. Errors: hj212_cipher (not this encoding, length or filling).
    [[nodiscard]] virtual Result<std::string> open(std::string_view cp) const = 0;
    [[nodiscard]] virtual std::string seal(std::string_view cp) const = 0;
};

/// `key` of 16 bytes. Thread-safe.
std::unique_ptr<Cipher> make_sm4(std::string_view key, CipherText text, CipherFilling filling);

/// Whether the CP of this command is secret.
bool is_secret(std::string_view cn);

}  // namespace anlan::sensing::hj212
