// How much one device may send: `rate` a second on average, `burst` at once.
#pragma once

#include "core/time.h"

#include <algorithm>

namespace anlan::sensing {

class TokenBucket {
  public:
    TokenBucket(double rate_per_s, double burst, SteadyTime now)
        : m_rate_per_s(rate_per_s), m_burst(burst), m_tokens(burst), m_at(now) {}

    /// Takes `count` tokens, or none and answers false.
    bool take(double count, SteadyTime now) {
        const double elapsed_s = static_cast<double>(now - m_at) * 1e-6;
        m_tokens = std::min(m_burst, m_tokens + std::max(elapsed_s, 0.0) * m_rate_per_s);
        m_at = now;
        if (m_tokens < count) return false;
        m_tokens -= count;
        return true;
    }

  private:
    double m_rate_per_s, m_burst, m_tokens;
    SteadyTime m_at;
};

}  // namespace anlan::sensing
