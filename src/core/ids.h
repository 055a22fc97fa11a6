// UUIDv7 (RFC 9562) identifiers, and typed wrappers so that a device is never taken for a team.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace anlan {

class Clock;
class Random;

/// 16 bytes, big-endian as printed. The nil value (all zero) means "none".
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
    [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
    /// Lower-case, 36 characters with hyphens.
    [[nodiscard]] std::string text() const;
    /// Any version, upper or lower case; nothing for any other text.
    static std::optional<Uuid> parse(std::string_view text);
    /// A stable identifier for a name (RFC 9562 version 8 over SM3): the same name, the same id.
    /// Used for the shipped zone, so that its records keep their ids from release to release.
    static Uuid from_name(std::string_view name);
};

template <class Tag>
struct Id {
    Uuid value;
    friend auto operator<=>(const Id&, const Id&) = default;
};

/// Makes UUIDv7: milliseconds, then a counter that grows within a millisecond, then random bits.
/// Ids of one source grow strictly, even when the clock steps back. Thread-safe.
class IdSource {
  public:
    IdSource(const Clock& clock, Random& random) : m_clock(clock), m_random(random) {}
    Uuid next();

  private:
    const Clock& m_clock;
    Random& m_random;
    std::mutex m_mutex;
    std::uint64_t m_last_ms = 0;
    std::uint32_t m_counter = 0;
};

}  // namespace anlan

template <>
struct std::hash<anlan::Uuid> {
    std::size_t operator()(const anlan::Uuid& u) const noexcept {
        std::uint64_t h = 1469598103934665603ULL;
        for (auto b : u.bytes) h = (h ^ b) * 1099511628211ULL;
        return static_cast<std::size_t>(h);
    }
};
