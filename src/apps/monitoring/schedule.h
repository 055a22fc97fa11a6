// When a rule is on: windows of the week in Beijing time. An empty schedule is always on.
#pragma once

#include "core/json.h"
#include "core/time.h"

#include <cstdint>
#include <string>
#include <vector>

namespace anlan::monitoring {

class Schedule {
  public:
    /// Reads [{"days":[1,…,7],"from":"HH:MM","to":"HH:MM"}]: 1 is Monday, `days` absent is every
    /// day, a window whose `to` is not after its `from` ends on the next day. Empty, or what is
    /// wrong.
    static std::string read(const json::array& windows, Schedule& out);

    [[nodiscard]] bool is_on(Timestamp t) const;

  private:
    struct Window {
        std::uint8_t days = 0x7F;  ///< Bit 0 is Monday.
        int from_minute = 0, to_minute = 0;
    };
    std::vector<Window> m_windows;
};

}  // namespace anlan::monitoring
