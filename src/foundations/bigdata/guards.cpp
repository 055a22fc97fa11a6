#include "foundations/bigdata/guards.h"

#include "foundations/bigdata/calendar.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <array>

namespace anlan::bigdata {

namespace {

std::string_view text_of_field(const GuardContext& c, std::size_t i) {
    const auto* value = c.record.fields.if_contains(c.fields[i]);
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

/// Times and dates in their stored forms sort as text; a date and a time do not mix.
bool in_order(const GuardContext& c) {
    const auto first = text_of_field(c, 0), second = text_of_field(c, 1);
    return first.empty() || second.empty() || first <= second;
}

/// Whoever acts is not who did what the field tells of. The program itself may.
bool not_by(const GuardContext& c) {
    const auto id = text_of_field(c, 0);
    return id.empty() || c.author.user.is_nil() || id != c.author.user.text();
}

bool differ(const GuardContext& c) {
    const auto first = text_of_field(c, 0), second = text_of_field(c, 1);
    return first.empty() || second.empty() || first != second;
}

bool not_in_future(const GuardContext& c) {
    const auto text = text_of_field(c, 0);
    if (text.empty()) return true;
    if (const auto at = parse_iso8601(text)) return *at <= c.now;
    const auto day = parse_iso8601(std::string(text) + "T00:00:00+08:00");
    return !day || day_of(*day) <= day_of(c.now);
}

bool not_in_past(const GuardContext& c) {
    const auto text = text_of_field(c, 0);
    if (text.empty()) return true;
    if (const auto at = parse_iso8601(text)) return *at >= c.now;
    const auto day = parse_iso8601(std::string(text) + "T00:00:00+08:00");
    return !day || day_of(*day) >= day_of(c.now);
}

constexpr std::array k_guards{
    GuardRow{"in_order", 2, 2, &errors::k_guard_order, in_order},
    GuardRow{"not_by", 1, 1, &errors::k_guard_same_person, not_by},
    GuardRow{"differ", 2, 2, &errors::k_guard_same_value, differ},
    GuardRow{"not_in_future", 1, 1, &errors::k_guard_future, not_in_future},
    GuardRow{"not_in_past", 1, 1, &errors::k_guard_past, not_in_past},
};

}  // namespace

std::span<const GuardRow> guards() {
    return k_guards;
}

const GuardRow* find_guard(std::string_view name) {
    const auto found = std::ranges::find(k_guards, name, &GuardRow::name);
    return found == k_guards.end() ? nullptr : &*found;
}

}  // namespace anlan::bigdata
