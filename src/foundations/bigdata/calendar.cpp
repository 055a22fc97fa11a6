#include "foundations/bigdata/calendar.h"

#include <algorithm>
#include <cmath>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_minute_ms = 60'000, k_day_ms = 86'400'000;
// Nobody waits longer than that; ends a loop over a calendar without working days.
constexpr DayNumber k_days_max = 40'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

DayNumber day_of(Timestamp t) {
    return floor_div(t.ms + k_beijing_offset_ms, k_day_ms);
}
Timestamp start_of(DayNumber day) {
    return {day * k_day_ms - k_beijing_offset_ms};
}
int year_of(DayNumber day) {
    return civil(start_of(day), k_beijing_offset_ms).year;
}

WorkingCalendar::WorkingCalendar(std::vector<Year> years, std::vector<WorkingSpan> spans)
    : m_spans(std::move(spans)) {
    for (auto& each : years) m_years.insert_or_assign(each.year, std::move(each));
}

bool WorkingCalendar::is_working_day(DayNumber day) const {
    const auto found = m_years.find(year_of(day));
    if (found != m_years.end()) {
        if (found->second.holidays.contains(day)) return false;
        if (found->second.shifted.contains(day)) return true;
    }
    // 1970-01-01 was a Thursday.
    const auto weekday = ((day + 4) % 7 + 7) % 7;
    return weekday != 0 && weekday != 6;
}

Timestamp WorkingCalendar::add_working_days(Timestamp from, double days) const {
    auto whole = static_cast<std::int64_t>(std::floor(std::max(days, 0.0)));
    const double rest = std::max(days, 0.0) - static_cast<double>(whole);
    DayNumber day = day_of(from);
    const std::int64_t in_day = from - start_of(day);
    const DayNumber last = day + k_days_max;
    for (; whole > 0 && day < last; --whole) {
        do ++day;
        while (!is_working_day(day) && day < last);
    }
    if (rest < 1e-9) return start_of(day) + in_day;
    std::int64_t hours_ms = 0;
    for (const auto& span : m_spans) hours_ms += (span.to_minute - span.from_minute) * k_minute_ms;
    do ++day;
    while (!is_working_day(day) && day < last);
    return add_working_hours(start_of(day), rest * static_cast<double>(hours_ms) / 3.6e6);
}

Timestamp WorkingCalendar::add_working_hours(Timestamp from, double hours) const {
    auto left = static_cast<std::int64_t>(std::llround(std::max(hours, 0.0) * 3.6e6));
    const DayNumber first = day_of(from);
    for (DayNumber day = first; day < first + k_days_max; ++day) {
        if (!is_working_day(day)) continue;
        for (const auto& span : m_spans) {
            const auto begin = std::max(from, start_of(day) + span.from_minute * k_minute_ms);
            const auto end = start_of(day) + span.to_minute * k_minute_ms;
            if (begin > end || (begin == end && left > 0)) continue;
            if (end - begin >= left) return begin + left;
            left -= end - begin;
        }
    }
    return start_of(first + k_days_max);
}

std::int64_t WorkingCalendar::worked_ms(Timestamp until, DayNumber since) const {
    std::int64_t out = 0;
    for (DayNumber day = since; start_of(day) < until; ++day) {
        if (!is_working_day(day)) continue;
        for (const auto& span : m_spans) {
            const auto begin = start_of(day) + span.from_minute * k_minute_ms;
            const auto end = std::min(until, start_of(day) + span.to_minute * k_minute_ms);
            if (end > begin) out += end - begin;
        }
    }
    return out;
}

double WorkingCalendar::working_hours_between(Timestamp from, Timestamp to) const {
    if (to < from) return -working_hours_between(to, from);
    const DayNumber since = day_of(from);
    to = std::min(to, start_of(since + k_days_max));
    return static_cast<double>(worked_ms(to, since) - worked_ms(from, since)) / 3.6e6;
}

}  // namespace anlan::bigdata
