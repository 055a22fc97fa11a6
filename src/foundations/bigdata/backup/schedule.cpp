#include "foundations/bigdata/backup/schedule.h"

namespace anlan::bigdata::backup {

namespace {
constexpr std::int64_t k_minute_ms = 60'000, k_day_ms = 86'400'000;
}  // namespace

Timestamp last_due(Timestamp now, std::int64_t at_minute) {
    const std::int64_t since = now.ms + k_beijing_offset_ms - at_minute * k_minute_ms;
    const std::int64_t into_day = (since % k_day_ms + k_day_ms) % k_day_ms;
    return {now.ms - into_day};
}

bool is_due(Timestamp now, std::int64_t at_minute, std::optional<Timestamp> newest) {
    return !newest || *newest < last_due(now, at_minute);
}

}  // namespace anlan::bigdata::backup
