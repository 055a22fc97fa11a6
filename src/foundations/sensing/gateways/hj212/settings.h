// What an installation may choose for HJ 212.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace anlan::sensing::hj212 {

/// How a device computes its check. Annex A is the standard; devices with the common Modbus routine
/// exist (the same polynomial, another order of the operations).
enum class Checksum : std::uint8_t { annex_a, modbus, none };
std::string_view name_of(Checksum checksum);
std::optional<Checksum> checksum_named(std::string_view name);

/// How sealed bytes are written, and how a last block is filled: cipher.h says what is not proven.
enum class CipherText : std::uint8_t { hex, base64 };
enum class CipherFilling : std::uint8_t { spaces, zeros, pkcs7 };

struct Settings {
    Checksum checksum = Checksum::annex_a;
    std::map<std::string, Checksum, std::less<>> checksums;  ///< By MN, where another one.
    double clock_tolerance_s = 0;                            ///< 0: clocks are left alone.
    unsigned real_time_interval_s = 0;                       ///< 0: as it is.
    unsigned minute_interval_min = 0;                        ///< 0: as it is.
    CipherText cipher_text = CipherText::hex;
    CipherFilling cipher_filling = CipherFilling::spaces;
    std::map<std::string, std::string, std::less<>> keys;  ///< By MN: 16 bytes.
};

}  // namespace anlan::sensing::hj212
