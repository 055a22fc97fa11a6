// How well devices report: what came against what ought to have come, how late, and what in it
// cannot be true – values that stand still, jump, or lie outside what the sensor can measure.
//
// A datastream's readings are heard once, in the order in which they were stored; late ones count
// as received and for their delay, but say nothing of a jump or a standstill. What is not
// configured for a property is not judged.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "foundations/bigdata/lake.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace anlan::monitoring {

/// What readings of one property can be like, in the unit given; catalog/settings/quality.yaml.
struct QualityLimits {
    std::string unit;                   ///< Of the datastreams that they hold for.
    std::optional<double> min, max;     ///< What the sensor can measure.
    std::optional<double> jump;         ///< From one reading to the next: more is a jump.
    std::optional<double> stuck_for_s;  ///< The very same value for so long is a standstill.
    std::string source;
};

struct QualitySettings {
    std::string source;
    double online_intervals = 3;       ///< Silent for more expected intervals: offline.
    double online_otherwise_s = 3600;  ///< The same for a device without an expected interval.
    std::map<std::string, QualityLimits, std::less<>> by_property;

    /// Errors: bad_quality_settings with file, line and what is wrong; io.
    static Result<QualitySettings> load(const std::filesystem::path& file);
    /// Nothing where the property, in this unit, is not configured.
    [[nodiscard]] const QualityLimits* limits(std::string_view property,
                                              std::string_view unit) const;
};

/// Delays, counted in steps of an eighth of a doubling: a quantile is right to within 10 %.
class Delays {
  public:
    void add(std::int64_t delay_ms);
    void add(const Delays& other);
    /// In seconds; nothing while there is none. `share` 0 … 1.
    [[nodiscard]] std::optional<double> quantile_s(double share) const;

  private:
    static constexpr std::size_t k_steps = 8 * 34;  // up to 198 days
    std::array<std::uint32_t, k_steps + 1> m_counts{};
    std::uint64_t m_total = 0;
};

/// The quality of one datastream in a period.
class QualityMeter {
  public:
    /// `limits` must outlive the meter; nullptr: nothing configured.
    explicit QualityMeter(const QualityLimits* limits = nullptr) : m_limits(limits) {}
    void add(const bigdata::Observation& o);

    [[nodiscard]] std::int64_t received() const { return m_received; }
    [[nodiscard]] std::int64_t jumps() const { return m_jumps; }
    [[nodiscard]] std::int64_t out_of_range() const { return m_out_of_range; }
    [[nodiscard]] bool stuck() const { return m_stuck; }  ///< At any time in the period.
    [[nodiscard]] const Delays& delays() const { return m_delays; }
    [[nodiscard]] std::optional<Timestamp> last_at() const {
        return m_received > 0 ? std::optional(m_newest) : std::nullopt;
    }

  private:
    const QualityLimits* m_limits;
    std::int64_t m_received = 0, m_jumps = 0, m_out_of_range = 0;
    bool m_stuck = false;
    Timestamp m_newest;
    bool m_judged = false;  ///< m_value and m_since are of a reading.
    double m_value = 0;
    Timestamp m_since;  ///< The value has stood still from here.
    Delays m_delays;
};

}  // namespace anlan::monitoring
