#include "apps/monitoring/condition.h"

#include <algorithm>

namespace anlan::monitoring {
namespace {

bool passes(const RuleLevel& level, double value) {
    switch (level.comparison) {
        case Comparison::greater_or_equal:
            return value >= level.limit;
        case Comparison::greater:
            return value > level.limit;
        case Comparison::less_or_equal:
            return value <= level.limit;
        case Comparison::less:
            return value < level.limit;
    }
    return false;
}

/// Strictly on the good side of `clear`; with no hysteresis that is simply "no longer passing".
bool is_clear(const RuleLevel& level, double value) {
    if (passes(level, value)) return false;
    if (level.clear == level.limit) return true;
    const bool upward = level.clear < level.limit;
    return upward ? value < level.clear : value > level.clear;
}

bool lasted(const RuleLevel& level, std::int64_t by_device_ms, std::int64_t by_receipt_ms) {
    return static_cast<double>(std::max(by_device_ms, by_receipt_ms)) >= level.for_s * 1000;
}

bool bit_is_set(double value, int bit) {
    if (!(value >= 0 && value < 4294967296.0)) return false;
    return (static_cast<std::uint32_t>(value) >> bit & 1U) != 0;
}

}  // namespace

Condition::Condition(std::shared_ptr<const Rule> rule)
    : m_rule(std::move(rule)), m_states(m_rule->levels.size()) {}

void Condition::observe(double value, Timestamp at, Timestamp received) {
    if (m_rule->type == RuleType::silence) return;
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const auto& level = m_rule->levels[i];
        auto& state = m_states[i];
        const bool threshold = m_rule->type == RuleType::threshold;
        const bool over = threshold ? passes(level, value) : bit_is_set(value, level.bit);
        if (over && !state.on) {
            if (!state.waiting) state = {false, true, at, received};
            state.at = std::min(state.at, at);  // a device's clock that steps back
            if (lasted(level, at - state.at, received - state.received)) {
                state.on = true;
                state.waiting = false;
            }
        } else if (!over) {
            state.waiting = false;
            if (state.on && (!threshold || is_clear(level, value))) state.on = false;
        }
    }
    find_worst();
}

void Condition::tick(Timestamp now) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        auto& state = m_states[i];
        if (state.waiting && lasted(m_rule->levels[i], 0, now - state.received)) {
            state.on = true;
            state.waiting = false;
        }
    }
    find_worst();
}

void Condition::silence(double silent_s, double expected_interval_s, Timestamp now) {
    if (m_rule->type != RuleType::silence) return;
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const bool silent =
            expected_interval_s > 0 && silent_s > m_rule->levels[i].factor * expected_interval_s;
        if (silent && !m_states[i].on) m_states[i] = {true, false, now, now};
        if (!silent) m_states[i].on = false;
    }
    find_worst();
}

void Condition::resume(int level, Timestamp since) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        if (level > 0 && m_rule->levels[i].level >= level)
            m_states[i] = {true, false, since, since};
    }
    find_worst();
}

void Condition::adopt(std::shared_ptr<const Rule> rule) {
    std::vector<LevelState> states(rule->levels.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (std::size_t k = 0; k < m_states.size(); ++k) {
            if (m_rule->levels[k].level == rule->levels[i].level && m_states[k].on)
                states[i] = m_states[k];
        }
    }
    m_rule = std::move(rule);
    m_states = std::move(states);
    find_worst();
}

void Condition::find_worst() {
    m_worst = -1;
    for (std::size_t i = 0; i < m_states.size() && m_worst < 0; ++i) {
        if (m_states[i].on) m_worst = static_cast<int>(i);
    }
}

}  // namespace anlan::monitoring
