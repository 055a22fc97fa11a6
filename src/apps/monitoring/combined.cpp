#include "apps/monitoring/combined.h"

#include <algorithm>

namespace anlan::monitoring {
namespace {

bool any(const std::vector<bool>& flags) {
    return std::ranges::find(flags, true) != flags.end();
}

}  // namespace

Combined::Combined(std::shared_ptr<const Rule> rule) : m_rule(std::move(rule)) {
    ASSERT(m_rule->type == RuleType::combined);
}

Combined::Member& Combined::member_of(const sensing::Stream& stream) {
    auto& member = m_members[stream.datastream];
    if (member.datastream.is_nil()) {
        member.datastream = stream.datastream;
        for (const auto& level : m_rule->levels)
            member.met.emplace_back(level.combination.of.size(), false);
    }
    member.enterprise = stream.enterprise;
    member.place = stream.place;
    member.property = stream.property;
    return member;
}

/// True when what the datastream meets has changed.
bool Combined::look(Member& member, double value) const {
    bool changed = false;
    for (std::size_t row = 0; row < m_rule->levels.size(); ++row) {
        const auto& items = m_rule->levels[row].combination.of;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (items[i].property != member.property) continue;
            const bool was = member.met[row][i];
            const bool is = items[i].bit >= 0 ? bit_is_set(value, items[i].bit)
                                              : items[i].limit.holds(value, was);
            changed |= is != was;
            member.met[row][i] = is;
        }
    }
    return changed;
}

std::vector<Combined::Change> Combined::observe(const sensing::Stream& stream, double value,
                                                Timestamp received) {
    auto& member = member_of(stream);
    const bool changed = look(member, value);
    member.received = received;
    if (!changed && std::ranges::none_of(member.met, any)) return {};
    return judge(&member, received);
}

std::vector<Combined::Change> Combined::tick(Timestamp now) {
    return judge(nullptr, now);
}

void Combined::resume(const sensing::Stream& stream, int row, Timestamp now) {
    auto& member = member_of(stream);
    member.row = row;
    const auto& level = m_rule->levels[static_cast<std::size_t>(row)];
    member.held_until = now + static_cast<std::int64_t>(level.combination.within_s * 1000);
}

void Combined::forget(Uuid datastream) {
    m_members.erase(datastream);
}

std::vector<Combined::Change> Combined::judge(Member* newest, Timestamp now) {
    std::vector<Change> out;
    const auto say = [&](Member& member, int row) {
        if (row == member.row) return;
        member.row = row;
        out.push_back({member.datastream, row, now});
    };
    for (auto& [id, member] : m_members) {
        if (member.row < 0) continue;
        const int row = row_at(member, now);
        if (row < 0 && now < member.held_until) continue;
        say(member, row);
    }
    if (newest != nullptr && newest->row < 0 && std::ranges::any_of(newest->met, any) &&
        !covered(*newest))
        say(*newest, row_at(*newest, now));
    return out;
}

int Combined::row_at(const Member& centre, Timestamp now) const {
    for (std::size_t row = 0; row < m_rule->levels.size(); ++row) {
        if (holds(centre, row, now)) return static_cast<int>(row);
    }
    return -1;
}

bool Combined::holds(const Member& centre, std::size_t row, Timestamp now) const {
    const auto& combination = m_rule->levels[row].combination;
    const auto within_ms = static_cast<std::int64_t>(combination.within_s * 1000);
    std::size_t streams = 0;
    std::vector<bool> items(combination.of.size(), false);
    for (const auto& [id, member] : m_members) {
        if (!any(member.met[row]) || now - member.received > within_ms ||
            !near(centre, member, combination.area_m))
            continue;
        ++streams;
        for (std::size_t i = 0; i < items.size(); ++i) items[i] = items[i] || member.met[row][i];
    }
    if (combination.all) return std::ranges::find(items, false) == items.end();
    return streams >= static_cast<std::size_t>(combination.k);
}

bool Combined::near(const Member& a, const Member& b, double area_m) const {
    if (&a == &b) return true;
    if (area_m <= 0) return !a.enterprise.is_nil() && a.enterprise == b.enterprise;
    return a.place && b.place && distance_m(*a.place, *b.place) <= area_m;
}

bool Combined::covered(const Member& member) const {
    return std::ranges::any_of(m_members, [&](const auto& item) {
        const auto& other = item.second;
        if (other.row < 0 || &other == &member) return false;
        const auto& level = m_rule->levels[static_cast<std::size_t>(other.row)];
        return near(other, member, level.combination.area_m);
    });
}

}  // namespace anlan::monitoring
