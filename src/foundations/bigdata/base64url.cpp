#include "foundations/bigdata/base64url.h"

#include <cstdint>

namespace anlan::bigdata {

namespace {
constexpr std::string_view k_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}  // namespace

std::string base64url(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = (held << 8) | static_cast<std::uint8_t>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out += k_alphabet[(held >> bits) & 63];
        }
    }
    if (bits > 0) out += k_alphabet[(held << (6 - bits)) & 63];
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        const auto digit = k_alphabet.find(c);
        if (digit == k_alphabet.npos) return std::nullopt;
        held = (held << 6) | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>((held >> bits) & 0xff);
        }
    }
    // One digit too many, or stray bits behind the last byte.
    if (bits >= 6 || (held & ((1U << bits) - 1)) != 0) return std::nullopt;
    return out;
}

}  // namespace anlan::bigdata
