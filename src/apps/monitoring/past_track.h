// Where something has been: fixes of a period from the lake, thinned so that corners, stops and
// peaks of speed stay.
#pragma once

#include "apps/monitoring/mover.h"
#include "foundations/sensing/hub.h"

#include <span>
#include <vector>

namespace anlan::monitoring {

struct PastTrack {
    std::vector<Fix> fixes;  ///< By time.
    std::size_t readings = 0;
    bool complete = true;  ///< False when the period held more than `readings_max`.
};

/// The fixes of [from, until) by the datastreams of one device (others among them are ignored), by
/// the same rules as live ones. Errors: those of the lake.
Result<PastTrack> past_track(const bigdata::Lake& lake,
                             std::span<const std::shared_ptr<const sensing::Stream>> streams,
                             const PositionSettings& settings, Timestamp from, Timestamp until,
                             std::size_t readings_max = 2'000'000);

/// At most `max` (2 or more) of them, first and last among them: those kept that lie furthest from
/// where the straight way between their neighbours would have put them at their time, or whose
/// speed does. One m/s of speed counts as ten metres.
/// Cost: n log n as a rule; 100,000 fixes to 2,000 in about 40 ms.
std::vector<Fix> thinned(const std::vector<Fix>& fixes, std::size_t max);

}  // namespace anlan::monitoring
