// Injected randomness: the system's for secrets and ids, a seeded one for tests and simulations.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>

namespace anlan {

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
    virtual std::uint64_t next_u64();
    /// In [0, 1).
    double next_unit();
    /// Standard normal (Box–Muller).
    double next_normal();
};

/// The kernel's generator (getrandom). Thread-safe. For anything secret.
class SystemRandom final : public Random {
  public:
    void fill(std::span<std::uint8_t> out) override;
};

/// SplitMix64: the same seed, the same run. Never for secrets. Not thread-safe.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : m_state(seed) {}
    void fill(std::span<std::uint8_t> out) override;
    std::uint64_t next_u64() override;

  private:
    std::uint64_t m_state;
};

}  // namespace anlan
