// RuleEngine: a rule that throws or is slow is switched off for a while, and told of.
#include "apps/monitoring/rule_evaluate.h"

#include <algorithm>

namespace anlan::monitoring {

/// Rules that are gone are forgotten, edited ones begin anew.
void RuleEngine::watch_rules(const std::string& space) {
    const auto& rules = m_rules[space];
    for (auto& [id, memory] : m_streams) {
        if (id.second != space) continue;
        for (auto& track : memory->tracks) track->health = nullptr;
    }
    std::erase_if(m_health, [&](const auto& item) {
        return item.first.first == space && std::ranges::none_of(rules, [&](const auto& rule) {
                   return rule->id == item.first.second;
               });
    });
    for (const auto& rule : rules) {
        auto& health = m_health[{space, rule->id}];
        if (!health || health->revision != rule->revision) {
            health = std::make_unique<RuleHealth>();
            health->revision = rule->revision;
        }
    }
}

RuleHealth* RuleEngine::health_of(const std::string& space, Uuid rule) {
    const auto at = m_health.find({space, rule});
    return at == m_health.end() ? nullptr : at->second.get();
}

void RuleEngine::isolate(Track& track, Timestamp now, const Error& why) {
    auto& health = *track.health;
    health.off_until = now + m_options.settings.rule_off_ms;
    health.slow_in_a_row = 0;
    health.problem_id = why.row->id;
    health.problem = {text_of(why, Language::zh), text_of(why, Language::en)};
    m_isolations.push_back({track.stream.stream->space, track.rule->id, health.problem, now});
}

std::vector<Isolation> RuleEngine::take_isolations() {
    return std::exchange(m_isolations, {});
}

std::size_t RuleEngine::isolated(Timestamp now) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        m_health, [&](const auto& item) { return now < item.second->off_until; }));
}

std::vector<RuleState> RuleEngine::rule_states(std::string_view space) const {
    std::map<Uuid, RuleState> out;
    for (const auto& [key, health] : m_health) {
        if (key.first == space) out[key.second] = {key.second, *health, 0, 0};
    }
    for (const auto& [id, memory] : m_streams) {
        if (id.second != space) continue;
        for (const auto& track : memory->tracks) {
            const auto at = out.find(track->rule->id);
            if (at == out.end()) continue;
            if (!track->retired) ++at->second.streams;
            if (track->state != AlarmState::none) ++at->second.alarms;
        }
    }
    std::vector<RuleState> states;
    for (auto& [rule, state] : out) states.push_back(std::move(state));
    return states;
}

}  // namespace anlan::monitoring
