#include "apps/monitoring/trend.h"

#include <cmath>

namespace anlan::monitoring {
namespace {
constexpr std::int64_t k_parts = 64;
}

Slope::Slope(double window_s) : m_window_ms(std::llround(window_s * 1000)) {}

std::optional<double> Slope::add(double value, Timestamp at) {
    if (!m_samples.empty()) {
        const auto gap_ms = at - m_samples.back().at;
        if (gap_ms < 0 || gap_ms > 2 * m_window_ms) m_samples.clear();
    }
    while (m_samples.size() > 1 && at - m_samples[1].at >= m_window_ms)
        m_samples.erase(m_samples.begin());
    std::optional<double> per_minute;
    if (!m_samples.empty()) {
        const auto& oldest = m_samples.front();
        const auto covered_ms = at - oldest.at;
        if (covered_ms > 0 && 2 * covered_ms >= m_window_ms)
            per_minute = (value - oldest.value) * 60'000 / static_cast<double>(covered_ms);
    }
    if (m_samples.empty() || (at - m_samples.back().at) * k_parts >= m_window_ms)
        m_samples.push_back({at, value});
    return per_minute;
}

const Standstill::Since& Standstill::add(double value, Timestamp at, Timestamp received) {
    const bool moved = m_since.readings == 0 || std::abs(value - m_value) > m_within;
    if (moved || at < m_since.at) {
        m_value = value;
        m_since = {at, received, 1};
    } else {
        ++m_since.readings;
    }
    return m_since;
}

}  // namespace anlan::monitoring
