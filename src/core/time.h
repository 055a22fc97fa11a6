// Instants, the injected clock, and their text. UTC inside; Beijing time only where people read.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anlan {

/// Milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
    std::int64_t ms = 0;
    friend auto operator<=>(Timestamp, Timestamp) = default;
    friend Timestamp operator+(Timestamp t, std::int64_t delta_ms) { return {t.ms + delta_ms}; }
    friend std::int64_t operator-(Timestamp a, Timestamp b) { return a.ms - b.ms; }
};

/// A steady count of microseconds: for durations and deadlines, never shown to people.
struct SteadyTime {
    std::int64_t us = 0;
    friend auto operator<=>(SteadyTime, SteadyTime) = default;
    friend std::int64_t operator-(SteadyTime a, SteadyTime b) { return a.us - b.us; }
};

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
    [[nodiscard]] virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override;
    [[nodiscard]] SteadyTime steady() const override;
};

/// For tests: stands still until told. Thread-safe.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Timestamp start) : m_now_ms(start.ms) {}
    [[nodiscard]] Timestamp now() const override { return {m_now_ms.load()}; }
    [[nodiscard]] SteadyTime steady() const override { return {m_steady_us.load()}; }
    void advance(std::int64_t delta_ms) {
        m_now_ms += delta_ms;
        m_steady_us += delta_ms * 1000;
    }
    /// The wall clock jumps; the steady one does not.
    void step(std::int64_t delta_ms) { m_now_ms += delta_ms; }

  private:
    std::atomic<std::int64_t> m_now_ms;
    std::atomic<std::int64_t> m_steady_us{0};
};

inline constexpr std::int64_t k_beijing_offset_ms = 8LL * 3600 * 1000;

struct CivilTime {
    int year, month, day, hour, minute, second, millisecond, weekday;  ///< weekday: 0 = Sunday.
};

/// `offset_ms` is added first: pass k_beijing_offset_ms for Beijing time, 0 for UTC.
CivilTime civil(Timestamp t, std::int64_t offset_ms);
/// The inverse. Nothing when a part is out of range (month 13, 30 February, second 60).
std::optional<Timestamp> from_civil(const CivilTime& c, std::int64_t offset_ms);

/// 2026-11-19T06:29:37.120Z
std::string iso8601(Timestamp t);
/// RFC 3339 with any offset or Z, fraction optional (beyond milliseconds it is cut off).
std::optional<Timestamp> parse_iso8601(std::string_view text);
/// 2026-11-19 14:29:37 (Beijing time, for documents).
std::string beijing_text(Timestamp t);

}  // namespace anlan
