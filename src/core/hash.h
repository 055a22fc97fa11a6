// SM3 (GB/T 32905-2016), the hash of the journal's chain.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anlan {

using Digest = std::array<std::uint8_t, 32>;

Digest sm3(std::string_view bytes);
/// Lower-case hexadecimal, two characters a byte.
std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);
/// The bytes of an even number of hexadecimal digits; nothing otherwise.
std::optional<std::string> unhex(std::string_view text);

}  // namespace anlan
