#include "core/random.h"

#include "core/result.h"

#include <sys/random.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <numbers>

namespace anlan {

std::uint64_t Random::next_u64() {
    std::array<std::uint8_t, 8> bytes{};
    fill(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

double Random::next_unit() {
    return static_cast<double>(next_u64() >> 11) * 0x1.0p-53;
}

double Random::next_normal() {
    const double u = 1.0 - next_unit();  // in (0, 1]: the logarithm is finite
    const double v = next_unit();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        ASSERT(got > 0);
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

std::uint64_t SeededRandom::next_u64() {
    m_state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) word = next_u64();
        out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
}

}  // namespace anlan
