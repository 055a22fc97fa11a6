// One thing that moves: its readings of longitude, latitude, speed and course become fixes.
//
// A fix is a longitude and a latitude of the same instant. Repetitions and stragglers are no fix; a
// device whose clock steps back is believed after three in a row. A place that could only be
// reached at an impossible speed is doubtful and not taken, until several in a row agree on it.
// Plain: no clock, no lock.
#pragma once

#include "apps/monitoring/position_settings.h"
#include "core/geo.h"
#include "foundations/bigdata/lake.h"

#include <optional>

namespace anlan::monitoring {

enum class Part { none, longitude, latitude, speed, course };
/// By the datastream's property.
Part part_of(std::string_view property);

struct Fix {
    LonLat place;
    Timestamp at, received;
    std::optional<double> speed_m_s;  ///< From the place before where the device tells none.
    std::optional<double> course_deg;
};

class Mover {
  public:
    /// True when the fix is new or knows more now: last() has it.
    bool hear(Part part, const bigdata::Observation& o, const PositionSettings& settings,
              double jump_speed_m_s);
    [[nodiscard]] const std::optional<Fix>& last() const { return m_fix; }
    /// The device's newest words were of a place where it cannot be.
    [[nodiscard]] bool is_doubtful() const { return m_doubtful > 0; }

  private:
    struct Value {
        double value = 0;
        Timestamp at{-1};
    };
    bool take_place(Timestamp received, const PositionSettings& settings, double jump_speed_m_s);
    [[nodiscard]] bool is_jump(const Fix& from, LonLat place, Timestamp at,
                               const PositionSettings& settings, double jump_speed_m_s) const;
    bool fill_in();

    Value m_longitude, m_latitude, m_speed, m_course;
    bool m_tells_speed = false;
    std::optional<Fix> m_fix, m_suspect;
    int m_late = 0, m_doubtful = 0;
};

}  // namespace anlan::monitoring
