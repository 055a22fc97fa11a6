// A rule on trial: what it would have raised over a recorded period, before it is switched on.
// The same Condition that judges live readings judges the recorded ones; nothing is written.
#pragma once

#include "apps/monitoring/position_settings.h"
#include "apps/monitoring/rule.h"
#include "foundations/bigdata/lake.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace anlan::monitoring {

struct WouldBeAlarm {
    std::shared_ptr<const sensing::Stream> stream;
    int level = 0;  ///< The worst it reached.
    Timestamp raised_at;
    std::optional<Timestamp> cleared_at;  ///< Nothing: it still stood at the end of the period.
    double worst = 0;  ///< Highest value; of a rate rule highest change per minute, of silence
                       ///< seconds.
};

struct Trial {
    std::vector<WouldBeAlarm> alarms;  ///< By time; at most k_alarms_max.
    std::size_t streams = 0;           ///< To which the rule applies.
    std::size_t readings = 0;          ///< Looked at.
    bool complete = true;              ///< False when a limit below cut it short.

    static constexpr std::size_t k_readings_max = 2'000'000;
    static constexpr std::size_t k_alarms_max = 1'000;
};

/// Receipt is taken to be the device's time: the lake is asked as if every reading had come at
/// once. Durations end with the next reading, so `raised_at` is as fine as the readings are.
/// A geofence rule looks at the fixes of the devices whose datastreams are given, by `settings`.
/// Errors: the lake's.
Result<Trial> try_rule(const std::shared_ptr<const Rule>& rule,
                       std::span<const std::shared_ptr<const sensing::Stream>> streams,
                       const bigdata::Lake& lake, Timestamp from, Timestamp to,
                       const PositionSettings& settings = {});

}  // namespace anlan::monitoring
