// Encoded tiles, by address, layer version and filter; the least recently asked for go first.
// Thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace anlan::map {

class TileCache {
  public:
    explicit TileCache(std::size_t bytes_max) : m_bytes_max(bytes_max) {}
    /// `key` says all that the bytes depend on: a newer layer version is another key.
    std::optional<std::string> find(const std::string& key);
    void keep(const std::string& key, const std::string& bytes);
    [[nodiscard]] std::size_t bytes() const;

  private:
    struct Entry {
        std::string key, bytes;
        [[nodiscard]] std::size_t size() const { return 2 * key.size() + bytes.size() + 128; }
    };
    void drop_oldest();

    const std::size_t m_bytes_max;
    mutable std::mutex m_mutex;
    std::list<Entry> m_entries;  ///< Newest first.
    std::unordered_map<std::string, std::list<Entry>::iterator> m_by_key;
    std::size_t m_bytes = 0;
};

}  // namespace anlan::map
