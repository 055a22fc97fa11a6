// What a value does over time: how fast it changes, and whether it stands still.
// Pure: no clock of its own, no lock; memory bounded by the window's resolution.
#pragma once

#include "core/time.h"

#include <optional>
#include <vector>

namespace anlan::monitoring {

/// The change of a value over the last window, per minute: the newest reading against the oldest of
/// the window, so that a single noisy reading in between does not count.
class Slope {
  public:
    /// `window_s` > 0.
    explicit Slope(double window_s);

    /// Nothing until readings cover half the window; after a gap of more than two windows, or a
    /// device's clock that steps back, it begins anew. At most 130 readings are kept.
    std::optional<double> add(double value, Timestamp at);

  private:
    struct Sample {
        Timestamp at;
        double value;
    };
    std::int64_t m_window_ms;
    std::vector<Sample> m_samples;  ///< Oldest first, a 64th of the window apart or more.
};

/// How long a value has stood still while its sensor goes on reporting.
class Standstill {
  public:
    struct Since {
        Timestamp at, received;  ///< Of the first reading of the standstill.
        int readings = 0;        ///< With that one.
    };
    /// `within` >= 0: a change of no more than this is none.
    explicit Standstill(double within) : m_within(within) {}
    const Since& add(double value, Timestamp at, Timestamp received);

  private:
    double m_within, m_value = 0;
    Since m_since;
};

}  // namespace anlan::monitoring
