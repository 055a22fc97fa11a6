// A period and numbers as a query names them.
#pragma once

#include "apps/monitoring/errors.h"
#include "core/route.h"

#include <charconv>

namespace anlan::monitoring {

inline constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
inline constexpr std::int64_t k_period_max_ms = 31 * k_day_ms;

struct Period {
    Timestamp from, until;
};

/// Errors: bad_period. An empty text is `otherwise`.
inline Result<Timestamp> time_of(std::string_view text, Timestamp otherwise) {
    if (text.empty()) return otherwise;
    const auto at = parse_iso8601(text);
    if (!at) return fail(errors::k_bad_period, {{"what", std::string(text)}});
    return *at;
}

/// By default the `usual_ms` before now. Errors: bad_period.
inline Result<Period> period_asked(std::string_view from_text, std::string_view until_text,
                                   Timestamp now, std::int64_t usual_ms = k_day_ms) {
    TRY_ASSIGN(until, time_of(until_text, now));
    TRY_ASSIGN(from, time_of(from_text, until + -usual_ms));
    if (from >= until || until - from > k_period_max_ms)
        return fail(errors::k_bad_period, {{"what", iso8601(from) + " – " + iso8601(until)}});
    return Period{from, until};
}

/// Errors: bad_filter.
inline Result<std::size_t> count_asked(const Call& call, std::string_view name,
                                       std::size_t otherwise, std::size_t min, std::size_t max) {
    const auto text = call.asked(name);
    if (text.empty()) return otherwise;
    std::size_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error == std::errc{} && end == text.data() + text.size() && out >= min && out <= max)
        return out;
    const auto range = std::to_string(min) + " – " + std::to_string(max);
    return fail(errors::k_bad_filter,
                {{"name", std::string(name)}, {"expected", range}, {"expected_en", range}});
}

}  // namespace anlan::monitoring
