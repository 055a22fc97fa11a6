#include "foundations/bigdata/backup/rotation.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

namespace anlan::bigdata::backup {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

std::int64_t day_of(Timestamp at) {
    const std::int64_t local = at.ms + k_beijing_offset_ms;
    return local >= 0 ? local / k_day_ms : (local - k_day_ms + 1) / k_day_ms;
}
/// 1970-01-01 was a Thursday: day 4 is the first Monday.
std::int64_t week_of(Timestamp at) {
    return (day_of(at) + 3) / 7;
}
std::int64_t month_of(Timestamp at) {
    const CivilTime t = civil(at, k_beijing_offset_ms);
    return t.year * 12LL + t.month;
}

}  // namespace

std::vector<std::string> superfluous(std::span<const Dated> backups, const Keep& keep) {
    std::vector<const Dated*> newest_first;
    for (const auto& each : backups) newest_first.push_back(&each);
    std::ranges::stable_sort(newest_first, std::greater{},
                             [](const Dated* d) { return d->made_at; });
    std::set<const Dated*> kept;
    if (!newest_first.empty()) kept.insert(newest_first.front());
    const auto keep_last_of_each = [&](auto period_of, std::size_t count) {
        std::optional<std::int64_t> last;
        for (const auto* each : newest_first) {
            const std::int64_t period = period_of(each->made_at);
            if (last == period) continue;
            if (count-- == 0) return;
            last = period;
            kept.insert(each);
        }
    };
    keep_last_of_each(day_of, keep.daily);
    keep_last_of_each(week_of, keep.weekly);
    keep_last_of_each(month_of, keep.monthly);
    std::vector<std::string> out;
    for (const auto* each : newest_first) {
        if (!kept.contains(each)) out.push_back(each->name);
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace anlan::bigdata::backup
