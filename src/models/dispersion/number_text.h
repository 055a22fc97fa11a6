// Numbers in the sentences that the models write.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace anlan::dispersion {

/// Fixed decimals; "–" for what is not finite.
inline std::string decimal(double value, int decimals) {
    if (!std::isfinite(value)) return "–";
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed, decimals);
    return end.ec == std::errc{} ? std::string(buffer.data(), end.ptr) : "–";
}

/// About three significant digits.
inline std::string brief(double value) {
    const double size = std::abs(value);
    return decimal(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

}  // namespace anlan::dispersion
