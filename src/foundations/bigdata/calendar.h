// Working time in China: Beijing time (UTC+8, no daylight saving), Monday to Friday, holidays and
// shifted working days as the State Council publishes them each year (catalog/calendar/*.yaml).
//
// A year that is not published counts weekends only, and published() says so: whoever shows a due
// time in it says that it may move. Working hours are data of the same file.
//
// Cost: a day of distance costs one lookup; a term of 250 working days about 20 µs.
#pragma once

#include "core/time.h"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace anlan::bigdata {

/// Days since 1970-01-01 of the civil date in Beijing.
using DayNumber = std::int64_t;

/// Minutes of the day, from <= to.
struct WorkingSpan {
    int from_minute = 0, to_minute = 0;
};

class WorkingCalendar {
  public:
    struct Year {
        int year = 0;
        std::string source;  ///< The notice and its number.
        std::set<DayNumber> holidays, shifted;
    };

    WorkingCalendar() = default;
    /// `spans` in order and apart; at least one.
    WorkingCalendar(std::vector<Year> years, std::vector<WorkingSpan> spans);

    [[nodiscard]] const std::map<int, Year>& years() const { return m_years; }
    [[nodiscard]] bool published(int year) const { return m_years.contains(year); }
    [[nodiscard]] bool is_working_day(DayNumber day) const;

    /// The same time of day `days` working days later; the day of `from` does not count. From a day
    /// off, or for a time of day, nothing changes: Friday 20:00 plus one is Monday 20:00. A
    /// fraction is that share of the next working day's working hours: 1.5 from Monday 09:00 ends
    /// on Wednesday at half of its hours.
    [[nodiscard]] Timestamp add_working_days(Timestamp from, double days) const;
    /// From outside working hours the count starts at the next opening.
    [[nodiscard]] Timestamp add_working_hours(Timestamp from, double hours) const;
    /// Working hours inside [from, to); negative when `to` is before `from`.
    [[nodiscard]] double working_hours_between(Timestamp from, Timestamp to) const;

  private:
    [[nodiscard]] std::int64_t worked_ms(Timestamp until, DayNumber since) const;

    std::map<int, Year> m_years;
    std::vector<WorkingSpan> m_spans{{9 * 60, 12 * 60}, {13 * 60, 18 * 60}};
};

DayNumber day_of(Timestamp t);
Timestamp start_of(DayNumber day);
int year_of(DayNumber day);

}  // namespace anlan::bigdata
