// What a simulated device measures: each behaviour fills in its channels at a moment. Behaviours
// are plain: time and randomness are given, so a seed repeats a run.
#pragma once

#include "core/random.h"
#include "foundations/sensing/hub.h"

#include <cmath>

namespace anlan::sensing::simulate {

struct Moment {
    Timestamp at;         ///< Now, by a right clock.
    double step_s = 0;    ///< Since this behaviour's last report; 0 the first time.
    double script_s = 0;  ///< Of the exercise, its speed counted; 0 when there is none.
};

class Behaviour {
  public:
    virtual ~Behaviour() = default;
    virtual void report(const Moment& moment, Random& random, std::vector<Reading>& out) = 0;
};

/// A value that wanders about a mean and forgets where it was (Ornstein–Uhlenbeck, exact for any
/// step).
struct Wander {
    double deviation = 0;  ///< Standard deviation in the long run.
    double forgets_s = 1;  ///< Time constant.
    double value = 0;      ///< Departure from the mean.

    double step(double step_s, Random& random) {
        const double kept = step_s <= 0 ? 0 : std::exp(-step_s / forgets_s);
        value = value * kept + deviation * std::sqrt(1 - kept * kept) * random.next_normal();
        return value;
    }
};

inline double wrap_deg(double direction_deg) {
    const double wrapped = std::fmod(direction_deg, 360.0);
    return wrapped < 0 ? wrapped + 360.0 : wrapped;
}

inline Reading reading(std::string channel, double value, Timestamp at) {
    return {std::move(channel), value, at, bigdata::Quality::good};
}

}  // namespace anlan::sensing::simulate
