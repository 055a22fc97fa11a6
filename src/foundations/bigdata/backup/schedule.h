// When a backup is due.
#pragma once

#include "core/time.h"

#include <cstdint>
#include <optional>

namespace anlan::bigdata::backup {

/// The last moment at or before `now` that has this time of day in Beijing.
Timestamp last_due(Timestamp now, std::int64_t at_minute);

/// The newest backup was made before the last due moment, or there is none. A clock that has
/// stepped back makes none twice; a night without power is made up for.
bool is_due(Timestamp now, std::int64_t at_minute, std::optional<Timestamp> newest);

}  // namespace anlan::bigdata::backup
