// Where everything that moves is: the last fix of each device, in memory, from its readings.
// Thread-safe. A reading of anything else costs one comparison and no lock.
#pragma once

#include "apps/monitoring/mover.h"
#include "core/ids.h"
#include "foundations/sensing/hub.h"

#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace anlan::monitoring {

struct Moved {
    std::shared_ptr<const sensing::Stream> lead;  ///< The datastream of its longitude.
    Fix fix;
};

struct Whereabouts {
    Uuid device;
    Fix fix;
    bool doubtful = false;  ///< Its newest words were of a place where it cannot be.
};

class Positions {
  public:
    explicit Positions(PositionSettings settings) : m_settings(std::move(settings)) {}

    /// The fixes that are new, in order.
    std::vector<Moved> hear(std::span<const sensing::Heard> heard);
    [[nodiscard]] std::vector<Whereabouts> all(std::string_view space) const;
    void forget_space(std::string_view space);
    [[nodiscard]] const PositionSettings& settings() const { return m_settings; }

  private:
    struct One {
        Mover mover;
        std::shared_ptr<const sensing::Stream> lead;
        double jump_speed_m_s = 0;
        std::ptrdiff_t told = -1;  ///< Index of its news within one call.
    };
    One& one_of(const sensing::Stream& stream);

    const PositionSettings m_settings;
    mutable std::mutex m_mutex;
    std::map<std::string, std::unordered_map<Uuid, One>, std::less<>> m_spaces;
};

}  // namespace anlan::monitoring
