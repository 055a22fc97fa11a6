#include "apps/monitoring/condition.h"

#include <algorithm>

namespace anlan::monitoring {
namespace {

bool lasted(const RuleLevel& level, std::int64_t by_device_ms, std::int64_t by_receipt_ms) {
    return static_cast<double>(std::max(by_device_ms, by_receipt_ms)) >= level.for_s * 1000;
}

/// A value that comes twice may be chance; three readings alike for long enough are a standstill.
constexpr int k_standstill_readings_min = 3;

}  // namespace

Condition::Condition(std::shared_ptr<const Rule> rule)
    : m_rule(std::move(rule)), m_states(m_rule->levels.size()) {
    start_watching();
}

void Condition::observe(double value, Timestamp at, Timestamp received) {
    switch (m_rule->type) {
        case RuleType::silence:
        case RuleType::combined:
        case RuleType::geofence:
            return;  // silence() and impose() are told
        case RuleType::rate:
            if (const auto per_minute = m_slope->add(value, at)) {
                m_per_minute = *per_minute;
                observe_limits(*per_minute, at, received);
            }
            break;
        case RuleType::stuck:
            observe_standstill(value, at, received);
            break;
        case RuleType::threshold:
        case RuleType::state_bits:
            observe_limits(value, at, received);
            break;
    }
    look_at_timetable(received);
}

void Condition::observe_limits(double value, Timestamp at, Timestamp received) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const auto& level = m_rule->levels[i];
        auto& state = m_states[i];
        const bool bits = m_rule->type == RuleType::state_bits;
        const bool over = bits ? bit_is_set(value, level.bit) : level.limit.passes(value);
        if (over && !state.on) {
            if (!state.waiting) state = {false, true, at, received};
            state.at = std::min(state.at, at);  // a device's clock that steps back
            if (lasted(level, at - state.at, received - state.received)) {
                state.on = true;
                state.waiting = false;
            }
        } else if (!over) {
            state.waiting = false;
            if (state.on && (bits || level.limit.is_clear(value))) state.on = false;
        }
    }
}

void Condition::observe_standstill(double value, Timestamp at, Timestamp received) {
    const auto& since = m_standstill->add(value, at, received);
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        if (since.readings == 1)
            m_states[i].on = false;  // it moved
        else if (!m_states[i].on && since.readings >= k_standstill_readings_min &&
                 lasted(m_rule->levels[i], at - since.at, 0))
            m_states[i] = {true, false, since.at, received};
    }
}

void Condition::tick(Timestamp now) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        auto& state = m_states[i];
        if (state.waiting && lasted(m_rule->levels[i], 0, now - state.received)) {
            state.on = true;
            state.waiting = false;
        }
    }
    look_at_timetable(now);
}

void Condition::silence(double silent_s, double expected_interval_s, Timestamp now) {
    if (m_rule->type != RuleType::silence) return;
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const bool silent =
            expected_interval_s > 0 && silent_s > m_rule->levels[i].factor * expected_interval_s;
        if (silent && !m_states[i].on) m_states[i] = {true, false, now, now};
        if (!silent) m_states[i].on = false;
    }
    look_at_timetable(now);
}

void Condition::impose(int row, Timestamp since, Timestamp now) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const bool on = row >= 0 && i >= static_cast<std::size_t>(row);
        if (on && !m_states[i].on) m_states[i] = {true, false, since, since};
        if (!on) m_states[i].on = false;
    }
    look_at_timetable(now);
}

void Condition::resume(int level, Timestamp since) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        if (level > 0 && m_rule->levels[i].level >= level)
            m_states[i] = {true, false, since, since};
    }
    m_awake = true;  // the alarm stood; the next reading or tick asks the timetable again
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
    const bool same_kind = m_rule->type == rule->type;
    if (!same_kind || m_rule->window_s != rule->window_s) m_slope.reset();
    if (!same_kind || m_rule->within != rule->within) m_standstill.reset();
    m_rule = std::move(rule);
    m_states = same_kind ? std::move(states) : std::vector<LevelState>(m_rule->levels.size());
    start_watching();
    find_worst();
}

void Condition::start_watching() {
    if (m_rule->type == RuleType::rate && !m_slope) m_slope.emplace(m_rule->window_s);
    if (m_rule->type == RuleType::stuck && !m_standstill) m_standstill.emplace(m_rule->within);
}

void Condition::look_at_timetable(Timestamp now) {
    m_awake = m_rule->schedule.is_on(now);
    find_worst();
}

void Condition::find_worst() {
    m_worst = -1;
    for (std::size_t i = 0; m_awake && i < m_states.size() && m_worst < 0; ++i) {
        if (m_states[i].on) m_worst = static_cast<int>(i);
    }
}

}  // namespace anlan::monitoring
