#include "apps/monitoring/mover.h"

#include <cmath>

namespace anlan::monitoring {
namespace {

constexpr int k_late_believed = 3;
/// Between fixes further apart the mean speed says little about now.
constexpr double k_derive_speed_within_s = 120;

bool is_sane(Part part, double value) {
    if (!std::isfinite(value)) return false;
    switch (part) {
        case Part::longitude:
            return std::abs(value) <= 180;
        case Part::latitude:
            return std::abs(value) <= 90;
        case Part::speed:
            return value >= 0;
        case Part::course:
            return value >= 0 && value <= 360;
        case Part::none:
            break;
    }
    return false;
}

double seconds_between(Timestamp a, Timestamp b) {
    return std::abs(static_cast<double>(a - b)) / 1000;
}

}  // namespace

Part part_of(std::string_view property) {
    switch (property.size()) {  // almost every reading is of something else: one comparison
        case 9:
            return property == "longitude" ? Part::longitude : Part::none;
        case 8:
            return property == "latitude" ? Part::latitude : Part::none;
        case 5:
            return property == "speed" ? Part::speed : Part::none;
        case 6:
            return property == "course" ? Part::course : Part::none;
        default:
            return Part::none;
    }
}

bool Mover::hear(Part part, const bigdata::Observation& o, const PositionSettings& settings,
                 double jump_speed_m_s) {
    if (o.quality == bigdata::Quality::bad || !is_sane(part, o.value)) return false;
    switch (part) {
        case Part::longitude:
            m_longitude = {o.value, o.at};
            return take_place(o.received, settings, jump_speed_m_s);
        case Part::latitude:
            m_latitude = {o.value, o.at};
            return take_place(o.received, settings, jump_speed_m_s);
        case Part::speed:
            m_tells_speed = true;
            m_speed = {o.value, o.at};
            return fill_in();
        case Part::course:
            m_course = {o.value, o.at};
            return fill_in();
        case Part::none:
            break;
    }
    return false;
}

bool Mover::is_jump(const Fix& from, LonLat place, Timestamp at, const PositionSettings& settings,
                    double jump_speed_m_s) const {
    const double length_m = distance_m(from.place, place);
    return length_m > settings.jump_min_m &&
           length_m > jump_speed_m_s * std::max(seconds_between(at, from.at), 1.0);
}

bool Mover::take_place(Timestamp received, const PositionSettings& settings,
                       double jump_speed_m_s) {
    if (m_longitude.at != m_latitude.at) return false;
    const Timestamp at = m_longitude.at;
    const LonLat place{m_longitude.value, m_latitude.value};
    if (m_fix && at == m_fix->at) return false;
    if (m_fix && at < m_fix->at) {
        if (++m_late < k_late_believed) return false;
    }
    m_late = 0;
    if (m_fix && is_jump(*m_fix, place, at, settings, jump_speed_m_s)) {
        const bool agrees = m_suspect && !is_jump(*m_suspect, place, at, settings, jump_speed_m_s);
        m_suspect = Fix{place, at, received, {}, {}};
        m_doubtful = agrees ? m_doubtful + 1 : 1;
        if (m_doubtful < settings.jumps_believed) return false;
        m_fix.reset();  // it is there, however it came there
    }
    std::optional<double> derived;
    if (m_fix && !m_tells_speed) {
        const double s = seconds_between(at, m_fix->at);
        if (s > 0 && s <= k_derive_speed_within_s) derived = distance_m(m_fix->place, place) / s;
    }
    m_fix = Fix{place, at, received, derived, {}};
    m_suspect.reset();
    m_doubtful = 0;
    fill_in();
    return true;
}

/// Speed and course of the fix's own instant; those of another say nothing about it.
bool Mover::fill_in() {
    if (!m_fix) return false;
    bool more = false;
    if (m_speed.at == m_fix->at && m_fix->speed_m_s != m_speed.value) {
        m_fix->speed_m_s = m_speed.value;
        more = true;
    }
    if (m_course.at == m_fix->at && m_fix->course_deg != m_course.value) {
        m_fix->course_deg = m_course.value;
        more = true;
    }
    return more;
}

}  // namespace anlan::monitoring
