// Working time against days counted by hand on the published calendars of 2025 and 2026.
#include "foundations/bigdata/calendar.h"

#include "foundations/bigdata/catalog.h"

#include <gtest/gtest.h>

namespace anlan::bigdata {
namespace {

Timestamp at(const char* beijing) {
    return parse_iso8601(std::string(beijing) + ":00+08:00").value();
}
DayNumber day(const char* date) {
    return day_of(at((std::string(date) + "T12:00").c_str()));
}

struct CalendarTest : ::testing::Test {
    static const WorkingCalendar& cn() {
        static const auto catalog = Catalog::load(std::string(ANLAN_SOURCE_DIR) + "/catalog");
        return catalog.value().calendar();
    }
    static std::string plus_days(const char* from, double days) {
        return beijing_text(cn().add_working_days(at(from), days)).substr(0, 16);
    }
    static std::string plus_hours(const char* from, double hours) {
        return beijing_text(cn().add_working_hours(at(from), hours)).substr(0, 16);
    }
};

TEST_F(CalendarTest, HolidaysRestAndShiftedSundaysWork) {
    EXPECT_FALSE(cn().is_working_day(day("2026-02-16")));  // Spring Festival, a Monday.
    EXPECT_TRUE(cn().is_working_day(day("2026-02-28")));   // A Saturday, shifted.
    EXPECT_TRUE(cn().is_working_day(day("2026-09-20")));   // A Sunday, shifted.
    EXPECT_FALSE(cn().is_working_day(day("2026-09-19")));
    EXPECT_TRUE(cn().is_working_day(day("2025-01-26")));
    EXPECT_FALSE(cn().is_working_day(day("2025-10-08")));
    EXPECT_TRUE(cn().is_working_day(day("2026-11-24")));
    EXPECT_TRUE(cn().published(2026));
    EXPECT_FALSE(cn().published(2027));
}

// The arrangements of a year give and take: by hand, 248 working days in 2025 and in 2026.
TEST_F(CalendarTest, AYearHasItsNumberOfWorkingDays) {
    for (const auto& [year, expected] : {std::pair{"2025", 248}, {"2026", 248}}) {
        int working = 0;
        const auto first = day((std::string(year) + "-01-01").c_str());
        for (auto each = first; year_of(each) == std::stoi(year); ++each)
            working += cn().is_working_day(each) ? 1 : 0;
        EXPECT_EQ(working, expected) << year;
    }
}

TEST_F(CalendarTest, WorkingDaysAreCountedFromTheDayAfter) {
    EXPECT_EQ(plus_days("2026-11-24T10:30", 1), "2026-11-25 10:30");
    EXPECT_EQ(plus_days("2026-11-27T20:00", 1), "2026-11-30 20:00");  // Friday evening.
    EXPECT_EQ(plus_days("2026-11-28T08:00", 1), "2026-11-30 08:00");  // Saturday.
    EXPECT_EQ(plus_days("2026-02-13T09:00", 1), "2026-02-14 09:00");  // To a shifted Saturday.
    EXPECT_EQ(plus_days("2026-02-13T09:00", 2), "2026-02-24 09:00");  // Over Spring Festival.
    EXPECT_EQ(plus_days("2026-09-30T09:00", 3), "2026-10-10 09:00");  // 8, 9, then shifted 10th.
    EXPECT_EQ(plus_days("2025-12-31T09:00", 1), "2026-01-04 09:00");  // A shifted Sunday.
    EXPECT_EQ(plus_days("2026-12-31T09:00", 1),
              "2027-01-01 09:00");  // Not published: weekends only.
    EXPECT_EQ(plus_days("2026-11-24T10:30", 0), "2026-11-24 10:30");
    EXPECT_EQ(plus_days("2026-11-23T09:00", 1.5), "2026-11-25 14:00");  // Half of eight hours.
}

TEST_F(CalendarTest, WorkingHoursSkipNightsLunchAndDaysOff) {
    EXPECT_EQ(plus_hours("2026-11-24T10:00", 1), "2026-11-24 11:00");
    EXPECT_EQ(plus_hours("2026-11-24T11:30", 1), "2026-11-24 13:30");
    EXPECT_EQ(plus_hours("2026-11-24T17:30", 1), "2026-11-25 09:30");
    EXPECT_EQ(plus_hours("2026-11-24T22:00", 1), "2026-11-25 10:00");
    EXPECT_EQ(plus_hours("2026-11-24T06:00", 8), "2026-11-24 18:00");
    EXPECT_EQ(plus_hours("2026-11-27T17:00", 1.5), "2026-11-30 09:30");
    EXPECT_EQ(plus_hours("2026-02-14T17:00", 2), "2026-02-24 10:00");
}

TEST_F(CalendarTest, HoursBetweenAreTheInverse) {
    EXPECT_DOUBLE_EQ(cn().working_hours_between(at("2026-11-24T00:00"), at("2026-11-25T00:00")), 8);
    EXPECT_DOUBLE_EQ(cn().working_hours_between(at("2026-11-24T11:30"), at("2026-11-24T13:30")), 1);
    EXPECT_DOUBLE_EQ(cn().working_hours_between(at("2026-02-15T00:00"), at("2026-02-24T00:00")), 0);
    EXPECT_DOUBLE_EQ(cn().working_hours_between(at("2026-11-30T09:30"), at("2026-11-27T17:00")),
                     -1.5);
    for (const double hours : {0.25, 3.0, 8.0, 41.5}) {
        const auto from = at("2026-09-25T15:10");
        EXPECT_NEAR(cn().working_hours_between(from, cn().add_working_hours(from, hours)), hours,
                    1e-6);
    }
}

TEST(Calendar, WithoutAFileWeekendsOnly) {
    const WorkingCalendar plain;
    EXPECT_TRUE(plain.is_working_day(day("2026-02-16")));
    EXPECT_FALSE(plain.is_working_day(day("2026-02-28")));
    EXPECT_FALSE(plain.published(2026));
    EXPECT_EQ(day_of({0}), 0);
    EXPECT_EQ(year_of(day("1969-12-31")), 1969);
    EXPECT_FALSE(plain.is_working_day(day("1969-12-28")));  // A Sunday.
}

}  // namespace
}  // namespace anlan::bigdata
