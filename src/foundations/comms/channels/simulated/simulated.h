// Stands for every outside channel in an exercise: keeps what would have gone out in memory, so
// that nothing leaves the room. Like a real outside channel it cannot say after a crash whether a
// message that was queued had gone.
#pragma once

#include "foundations/comms/channel.h"

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace anlan::comms {

class SimulatedChannel final : public Channel {
  public:
    explicit SimulatedChannel(std::size_t kept_max = 1000) : m_kept_max(kept_max) {}
    [[nodiscard]] std::string_view code() const override { return "simulated"; }
    /// Errors: no_addressee.
    Result<void> deliver(const bigdata::Record& message) override;
    [[nodiscard]] Fate fate_of(const bigdata::Record& message) const override;
    /// Messages handed over since the start, oldest first, the last `kept_max`.
    [[nodiscard]] std::vector<Uuid> delivered() const;

  private:
    const std::size_t m_kept_max;
    mutable std::mutex m_mutex;
    std::deque<Uuid> m_delivered;
};

}  // namespace anlan::comms
