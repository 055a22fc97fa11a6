#include "apps/monitoring/schedule.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace anlan::monitoring {
namespace {

constexpr std::size_t k_windows_max = 64;
constexpr int k_day_minutes = 24 * 60;

std::optional<int> two_digits(std::string_view text) {
    int out = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

/// "HH:MM" to minutes of the day; 24:00 is its end.
std::optional<int> minute_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = two_digits(text.substr(0, 2)), minute = two_digits(text.substr(3));
    if (!hour || !minute || *hour < 0 || *minute < 0 || *minute > 59) return std::nullopt;
    const int out = *hour * 60 + *minute;
    return out > k_day_minutes ? std::nullopt : std::optional(out);
}

}  // namespace

std::string Schedule::read(const json::array& windows, Schedule& out) {
    if (windows.size() > k_windows_max) return "more than 64 windows";
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const std::string where = "schedule/" + std::to_string(i);
        const auto* o = windows[i].if_object();
        if (o == nullptr) return where + ": not an object";
        Window window;
        const auto from = minute_of_day(text_at(*o, "from")), to = minute_of_day(text_at(*o, "to"));
        if (!from || *from == k_day_minutes) return where + ": from is not HH:MM";
        if (!to) return where + ": to is not HH:MM";
        window.from_minute = *from;
        window.to_minute = *to > *from ? *to : *to + k_day_minutes;
        if (o->contains("days")) {
            window.days = 0;
            for (const auto& day : array_at(*o, "days")) {
                const auto* number = day.if_int64();
                if (number == nullptr || *number < 1 || *number > 7)
                    return where + ": days are 1 (Monday) to 7";
                window.days |= static_cast<std::uint8_t>(1U << (*number - 1));
            }
            if (window.days == 0) return where + ": no days";
        }
        out.m_windows.push_back(window);
    }
    return {};
}

bool Schedule::is_on(Timestamp t) const {
    if (m_windows.empty()) return true;
    const CivilTime now = civil(t, k_beijing_offset_ms);
    const int minute = now.hour * 60 + now.minute;
    const int today = (now.weekday + 6) % 7, yesterday = (now.weekday + 5) % 7;
    return std::ranges::any_of(m_windows, [&](const Window& w) {
        const auto on = [&](int day, int at) {
            return (w.days >> day & 1) != 0 && at >= w.from_minute && at < w.to_minute;
        };
        return on(today, minute) || on(yesterday, minute + k_day_minutes);
    });
}

}  // namespace anlan::monitoring
