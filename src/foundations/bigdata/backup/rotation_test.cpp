#include "foundations/bigdata/backup/rotation.h"

#include "foundations/bigdata/backup/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace anlan::bigdata::backup {
namespace {

Dated at(std::string_view time) {
    return {std::string(time), parse_iso8601(std::string(time)).value()};
}

std::vector<Dated> every_night(std::string_view first, int days) {
    std::vector<Dated> out;
    const Timestamp start = parse_iso8601(first).value();
    for (int i = 0; i < days; ++i) {
        const Timestamp made = start + i * 86'400'000LL;
        out.push_back({iso8601(made), made});
    }
    return out;
}

std::vector<std::string> kept(std::span<const Dated> all, const Keep& keep) {
    const auto gone = superfluous(all, keep);
    std::vector<std::string> out;
    for (const auto& each : all) {
        if (std::ranges::find(gone, each.name) == gone.end())
            out.push_back(each.name.substr(0, 10));
    }
    return out;
}

// 02:30 in Beijing is 18:30 UTC of the day before. 2026-11-23 is a Monday.
TEST(Rotation, KeepsTheLastOfDaysWeeksAndMonths) {
    const auto nights = every_night("2026-09-01T18:30:00Z", 90);  // to 2026-11-29 18:30Z
    EXPECT_EQ(kept(nights, {.daily = 3, .weekly = 3, .monthly = 3}),
              (std::vector<std::string>{
                  "2026-09-29",  // Wednesday 30 September in Beijing: last of its month
                  "2026-10-30",  // Saturday 31 October: last of its month
                  "2026-11-21",  // Sunday 22 November: last of its week
                  "2026-11-27", "2026-11-28", "2026-11-29"}));
}

TEST(Rotation, TheNewestStaysWhateverIsAsked) {
    const auto nights = every_night("2026-11-01T18:30:00Z", 5);
    EXPECT_EQ(kept(nights, {0, 0, 0}), (std::vector<std::string>{"2026-11-05"}));
    EXPECT_TRUE(superfluous({}, {0, 0, 0}).empty());
    EXPECT_TRUE(superfluous(std::span(nights).first(1), {}).empty());
}

// Days without a backup do not count: after a month's silence seven days are still kept.
TEST(Rotation, CountsPeriodsThatHaveOne) {
    const std::vector<Dated> sparse{at("2026-01-05T00:00:00Z"), at("2026-03-05T00:00:00Z"),
                                    at("2026-06-05T00:00:00Z"), at("2026-06-05T03:00:00Z")};
    EXPECT_EQ(kept(sparse, {.daily = 2, .weekly = 0, .monthly = 0}),
              (std::vector<std::string>{"2026-03-05", "2026-06-05"}));
    EXPECT_EQ(superfluous(sparse, {.daily = 7, .weekly = 0, .monthly = 0}),
              (std::vector<std::string>{"2026-06-05T00:00:00Z"}));  // not the day's last
}

TEST(Schedule, IsDueOnceANightInBeijing) {
    const auto time = [](std::string_view text) { return parse_iso8601(text).value(); };
    constexpr std::int64_t k_half_past_two = 150;
    EXPECT_EQ(iso8601(last_due(time("2026-11-23T18:30:00Z"), k_half_past_two)),
              "2026-11-23T18:30:00.000Z");
    EXPECT_EQ(iso8601(last_due(time("2026-11-23T18:29:59Z"), k_half_past_two)),
              "2026-11-22T18:30:00.000Z");
    EXPECT_EQ(iso8601(last_due(time("2026-11-24T01:00:00Z"), k_half_past_two)),
              "2026-11-23T18:30:00.000Z");
    const auto now = time("2026-11-24T01:00:00Z");
    EXPECT_TRUE(is_due(now, k_half_past_two, std::nullopt));
    EXPECT_TRUE(is_due(now, k_half_past_two, time("2026-11-23T18:29:00Z")));
    EXPECT_FALSE(is_due(now, k_half_past_two, time("2026-11-23T18:30:01Z")));
    // The clock has stepped back past the backup.
    EXPECT_FALSE(is_due(time("2026-11-23T18:31:00Z"), k_half_past_two, now));
    // Off for a week: due at once.
    EXPECT_TRUE(is_due(now, k_half_past_two, time("2026-11-16T18:30:00Z")));
}

}  // namespace
}  // namespace anlan::bigdata::backup
