#include "core/time.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace anlan {

Timestamp SystemClock::now() const {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

SteadyTime SystemClock::steady() const {
    using namespace std::chrono;
    return {duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count()};
}

CivilTime civil(Timestamp t, std::int64_t offset_ms) {
    using namespace std::chrono;
    const sys_time<milliseconds> at{milliseconds{t.ms + offset_ms}};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss clock{at - day};
    return {static_cast<int>(date.year()),
            static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day())),
            static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count()),
            static_cast<int>(clock.subseconds().count()),
            static_cast<int>(weekday{day}.c_encoding())};
}

std::optional<Timestamp> from_civil(const CivilTime& c, std::int64_t offset_ms) {
    using namespace std::chrono;
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.day < 1) return std::nullopt;
    const year_month_day date{year{c.year}, month{static_cast<unsigned>(c.month)},
                              day{static_cast<unsigned>(c.day)}};
    if (!date.ok() || c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 ||
        c.second > 59 || c.millisecond < 0 || c.millisecond > 999) {
        return std::nullopt;
    }
    const auto at = sys_days{date} + hours{c.hour} + minutes{c.minute} + seconds{c.second} +
                    milliseconds{c.millisecond};
    return Timestamp{at.time_since_epoch().count() - offset_ms};
}

std::string iso8601(Timestamp t) {
    const CivilTime c = civil(t, 0);
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year,
                  c.month, c.day, c.hour, c.minute, c.second, c.millisecond);
    return buffer.data();
}

std::string beijing_text(Timestamp t) {
    const CivilTime c = civil(t, k_beijing_offset_ms);
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month,
                  c.day, c.hour, c.minute, c.second);
    return buffer.data();
}

namespace {

/// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::optional<Timestamp> parse_iso8601(std::string_view text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second) return std::nullopt;
    int millisecond = 0;
    if (take(text, '.')) {
        int scale = 100;
        bool any = false;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            millisecond += (text.front() - '0') * scale;
            scale /= 10;
            text.remove_prefix(1);
            any = true;
        }
        if (!any) return std::nullopt;
    }
    std::int64_t offset_ms = 0;
    if (!take(text, 'Z') && !take(text, 'z')) {
        const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
        if (sign == 0) return std::nullopt;
        const auto hours = take_number(text, 2);
        if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
        const auto minutes = take_number(text, 2);
        if (!minutes || *minutes > 59) return std::nullopt;
        offset_ms = sign * (*hours * 60LL + *minutes) * 60000;
    }
    if (!text.empty()) return std::nullopt;
    return from_civil({*year, *month, *day, *hour, *minute, *second, millisecond, 0}, offset_ms);
}

}  // namespace anlan
