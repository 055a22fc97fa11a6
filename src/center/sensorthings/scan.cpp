#include "center/sensorthings/scan.h"

#include <algorithm>

namespace anlan::center::sensorthings {
namespace {

constexpr std::size_t k_piece = 2'000;
/// A window that brings fewer is followed by a wider one.
constexpr std::size_t k_few = 200;
constexpr std::int64_t k_window_first_ms = 600'000;

}  // namespace

Scan::Scan(const bigdata::Lake& lake, bigdata::StreamNumber stream, Timestamp from, Timestamp to,
           Direction direction)
    : m_lake(&lake),
      m_stream(stream),
      m_from(from),
      m_to(to),
      m_direction(direction),
      m_window_ms(k_window_first_ms) {
    const auto last = lake.last(stream);
    if (!last || last->at < from)
        m_ended = true;
    else
        m_to = std::min(m_to, last->at + 1);
    m_ended = m_ended || m_from >= m_to;
}

std::optional<Timestamp> Scan::best() const {
    if (!m_waiting.empty()) return m_waiting.front().at;
    if (m_ended) return std::nullopt;
    return m_direction == Direction::newest_first ? m_to + -1 : m_from;
}

Result<const bigdata::Observation*> Scan::peek() {
    while (m_waiting.empty() && !m_ended)
        TRY(m_direction == Direction::oldest_first ? read_forward() : read_backward());
    return m_waiting.empty() ? nullptr : &m_waiting.front();
}

Result<void> Scan::read_forward() {
    TRY_ASSIGN(rows, m_lake->raw(m_stream, m_from, m_to, k_piece));
    if (!rows.empty()) m_from = rows.back().at + 1;
    m_ended = rows.size() < k_piece;
    m_waiting.insert(m_waiting.end(), rows.begin(), rows.end());
    return {};
}

/// The lake reads forward, so a window before what was read last is tried, narrower when it holds
/// too much, wider when too little; never beyond the first observation.
Result<void> Scan::read_backward() {
    if (!m_first_known) {
        TRY_ASSIGN(first, m_lake->raw(m_stream, m_from, m_to, 1));
        m_first_known = true;
        if (first.empty()) {
            m_ended = true;
            return {};
        }
        m_from = first.front().at;
    }
    const Timestamp begin = std::max(m_from, m_to + -m_window_ms);
    TRY_ASSIGN(rows, m_lake->raw(m_stream, begin, m_to, k_piece));
    if (rows.size() == k_piece && m_to - begin > 1) {
        m_window_ms = std::max<std::int64_t>(1, (m_to - begin) / 4);
        return {};
    }
    if (rows.size() < k_few) m_window_ms = std::min<std::int64_t>(m_window_ms * 4, 1LL << 50);
    m_to = begin;
    m_ended = m_to <= m_from;
    m_waiting.insert(m_waiting.end(), rows.rbegin(), rows.rend());
    return {};
}

}  // namespace anlan::center::sensorthings
