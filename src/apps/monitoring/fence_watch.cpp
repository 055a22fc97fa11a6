#include "apps/monitoring/fence_watch.h"

namespace anlan::monitoring {

FenceWatch::FenceWatch(std::shared_ptr<const Rule> rule)
    : m_rule(std::move(rule)), m_states(m_rule->levels.size()) {}

bool FenceWatch::holds(const RuleLevel& level, bool before, const Fix& fix) const {
    switch (level.event) {
        case FenceEvent::enter:
        case FenceEvent::dwell:
            return m_inside;
        case FenceEvent::leave:
            return !m_inside && m_was_inside;
        case FenceEvent::speed:
            if (!m_inside) return false;
            return fix.speed_m_s ? level.limit.holds(*fix.speed_m_s, before) : before;
    }
    return false;
}

void FenceWatch::move(const Fix& fix) {
    const bool first = m_count == 0;
    const auto* before = last();
    if (before != nullptr && before->at == fix.at)
        m_fixes[(m_count - 1) % k_fixes_kept] = fix;  // the same fix, now with its speed
    else
        m_fixes[m_count++ % k_fixes_kept] = fix;
    const bool inside = m_rule->fence->holds(fix.place, m_inside ? Edge::inside : Edge::outside);
    if (first || inside != m_inside) m_changed_at = fix.at;
    m_inside = inside;
    m_was_inside = m_was_inside || inside;
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        auto& state = m_states[i];
        const auto& level = m_rule->levels[i];
        if (!holds(level, state.on || state.waiting, fix)) {
            state = {};
            continue;
        }
        if (state.on) continue;
        if (!state.waiting) state = {false, true, fix.at, fix.received};
        if (static_cast<double>(fix.at - state.at) / 1000 >= level.for_s) state.on = true;
    }
}

void FenceWatch::tick(Timestamp now) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        auto& state = m_states[i];
        if (state.waiting && !state.on &&
            static_cast<double>(now - state.received) / 1000 >= m_rule->levels[i].for_s)
            state.on = true;
    }
}

void FenceWatch::resume(int level, Timestamp since) {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const auto& row = m_rule->levels[i];
        if (row.level < level) continue;
        m_states[i] = {true, true, since, since};
        m_was_inside = true;
        if (row.event != FenceEvent::leave) m_inside = true;
    }
}

void FenceWatch::adopt(std::shared_ptr<const Rule> rule) {
    std::vector<LevelState> states(rule->levels.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (std::size_t k = 0; k < m_states.size(); ++k) {
            const auto &now = rule->levels[i], &was = m_rule->levels[k];
            if (now.level == was.level && now.event == was.event) states[i] = m_states[k];
        }
    }
    m_states = std::move(states);
    m_rule = std::move(rule);
}

int FenceWatch::row() const {
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        if (m_states[i].on) return static_cast<int>(i);
    }
    return -1;
}

Timestamp FenceWatch::since() const {
    const int at = row();
    return at < 0 ? Timestamp{} : m_states[static_cast<std::size_t>(at)].received;
}

double FenceWatch::value() const {
    const auto* fix = last();
    const int at = row();
    if (fix == nullptr || at < 0) return 0;
    if (m_rule->levels[static_cast<std::size_t>(at)].event == FenceEvent::speed)
        return fix->speed_m_s.value_or(0);
    return static_cast<double>(fix->at - m_changed_at) / 1000;
}

std::optional<LonLat> FenceWatch::place() const {
    const auto* fix = last();
    return fix == nullptr ? std::nullopt : std::optional(fix->place);
}

json::array FenceWatch::evidence() const {
    json::array out;
    const std::size_t count = std::min(m_count, k_fixes_kept);
    for (std::size_t i = m_count - count; i < m_count; ++i) {
        const auto& fix = m_fixes[i % k_fixes_kept];
        out.push_back(json::object{
            {"at", iso8601(fix.at)},
            {"received", iso8601(fix.received)},
            {"value", fix.speed_m_s ? json::value(*fix.speed_m_s) : json::value(nullptr)},
            {"longitude", fix.place.longitude_deg},
            {"latitude", fix.place.latitude_deg}});
    }
    return out;
}

}  // namespace anlan::monitoring
