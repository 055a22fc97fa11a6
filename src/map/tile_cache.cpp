#include "map/tile_cache.h"

namespace anlan::map {

std::optional<std::string> TileCache::find(const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_by_key.find(key);
    if (found == m_by_key.end()) return std::nullopt;
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    return found->second->bytes;
}

void TileCache::keep(const std::string& key, const std::string& bytes) {
    const std::lock_guard lock(m_mutex);
    if (m_by_key.contains(key)) return;
    m_entries.push_front({key, bytes});
    m_by_key.emplace(key, m_entries.begin());
    m_bytes += m_entries.front().size();
    while (m_bytes > m_bytes_max && !m_entries.empty()) drop_oldest();
}

void TileCache::drop_oldest() {
    m_bytes -= m_entries.back().size();
    m_by_key.erase(m_entries.back().key);
    m_entries.pop_back();
}

std::size_t TileCache::bytes() const {
    const std::lock_guard lock(m_mutex);
    return m_bytes;
}

}  // namespace anlan::map
