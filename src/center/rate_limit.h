// Requests a second per peer: token buckets that are forgotten when full again. Thread-safe.
#pragma once

#include "core/time.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>

namespace anlan::center {

class RateLimit {
  public:
    RateLimit(double per_second, double burst) : m_per_second(per_second), m_burst(burst) {}

    bool allow(const std::string& peer, SteadyTime now) {
        const std::lock_guard lock(m_mutex);
        if (m_buckets.size() > k_peers_max) forget_full(now);
        auto [at, fresh] = m_buckets.try_emplace(peer, Bucket{m_burst, now});
        Bucket& bucket = at->second;
        bucket.tokens = filled(bucket, now);
        bucket.at = now;
        if (bucket.tokens < 1) return false;
        bucket.tokens -= 1;
        return true;
    }

  private:
    struct Bucket {
        double tokens;
        SteadyTime at;
    };
    static constexpr std::size_t k_peers_max = 10'000;

    [[nodiscard]] double filled(const Bucket& bucket, SteadyTime now) const {
        return std::min(m_burst,
                        bucket.tokens + static_cast<double>(now - bucket.at) * 1e-6 * m_per_second);
    }
    void forget_full(SteadyTime now) {
        std::erase_if(m_buckets,
                      [&](const auto& each) { return filled(each.second, now) >= m_burst; });
    }

    const double m_per_second, m_burst;
    std::mutex m_mutex;
    std::unordered_map<std::string, Bucket> m_buckets;
};

}  // namespace anlan::center
