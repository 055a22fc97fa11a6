// Which backups are no longer wanted. Days, weeks (from Monday) and months are Beijing's.
#pragma once

#include "core/time.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace anlan::bigdata::backup {

struct Keep {
    std::size_t daily = 7, weekly = 5, monthly = 12;
};

struct Dated {
    std::string name;
    Timestamp made_at;
};

/// Kept are the last of each of the newest `daily` days that have one, of the newest `weekly` weeks
/// and of the newest `monthly` months; the newest of all stays even when all three are 0.
std::vector<std::string> superfluous(std::span<const Dated> backups, const Keep& keep);

}  // namespace anlan::bigdata::backup
