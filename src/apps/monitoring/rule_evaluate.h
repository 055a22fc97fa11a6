// RuleEngine::evaluate: the fence round one rule. Only for the engine's own files.
#pragma once

#include "apps/monitoring/errors.h"
#include "apps/monitoring/rule_engine.h"

#include <cmath>

namespace anlan::monitoring {

/// What looks at one reading and a limit cannot be slow, and measuring it would cost more than it.
inline bool can_be_slow(RuleType type) {
    return type == RuleType::combined || type == RuleType::geofence || type == RuleType::rate;
}

/// Runs `judge` unless the rule is switched off. What it throws, and time over the budget, is the
/// rule's own affair: the other rules, and the reading, go on.
template <class F>
void RuleEngine::evaluate(Track& track, Timestamp now, F&& judge) {
    auto* health = track.health;
    if (health == nullptr) {
        judge();
        return;
    }
    if (health->off_until.ms > 0) {
        if (now < health->off_until) return;
        health->off_until = {};
        health->problem_id.clear();
        health->problem = {};
    }
    ++health->evaluated;
    const auto& settings = m_options.settings;
    const auto parameters = [&] {
        return ErrorParameters{{"rule", track.rule->name.zh},
                               {"seconds", std::to_string(settings.rule_off_ms / 1000)}};
    };
    try {
        if (!m_options.steady_us || !can_be_slow(track.rule->type)) {
            judge();
            return;
        }
        const auto began_us = m_options.steady_us();
        judge();
        health->last_ms = static_cast<double>(m_options.steady_us() - began_us) / 1000;
    } catch (const std::exception& e) {
        auto why = parameters();
        why.emplace_back("what", e.what());
        isolate(track, now, {errors::k_rule_threw, std::move(why)});
        return;
    }
    if (health->last_ms <= settings.rule_budget_ms) {
        health->slow_in_a_row = 0;
    } else if (++health->slow_in_a_row >= settings.rule_slow_max) {
        auto why = parameters();
        why.emplace_back("ms", std::to_string(std::llround(health->last_ms)));
        why.emplace_back("budget", std::to_string(std::llround(settings.rule_budget_ms)));
        isolate(track, now, {errors::k_rule_slow, std::move(why)});
    }
}

}  // namespace anlan::monitoring
