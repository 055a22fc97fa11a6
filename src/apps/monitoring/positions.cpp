#include "apps/monitoring/positions.h"

#include <algorithm>

namespace anlan::monitoring {

Positions::One& Positions::one_of(const sensing::Stream& stream) {
    auto space = m_spaces.find(stream.space);
    if (space == m_spaces.end()) space = m_spaces.try_emplace(stream.space).first;
    auto& one = space->second[stream.device];
    if (one.jump_speed_m_s == 0) one.jump_speed_m_s = m_settings.jump_speed_of(stream.device_type);
    return one;
}

std::vector<Moved> Positions::hear(std::span<const sensing::Heard> heard) {
    std::vector<Moved> out;
    const auto moves = [](const sensing::Heard& each) {
        return part_of(each.stream.property) != Part::none;
    };
    const auto first = std::ranges::find_if(heard, moves);
    if (first == heard.end()) return out;
    const std::lock_guard lock(m_mutex);
    std::vector<One*> touched;
    for (const auto& each : std::span(first, heard.end())) {
        const auto part = part_of(each.stream.property);
        if (part == Part::none) continue;
        auto& one = one_of(each.stream);
        if (part == Part::longitude &&
            (!one.lead || one.lead->datastream != each.stream.datastream))
            one.lead = std::make_shared<const sensing::Stream>(each.stream);
        if (!one.mover.hear(part, each.observation, m_settings, one.jump_speed_m_s)) continue;
        const Fix& fix = *one.mover.last();
        // Speed and course come after the place: one piece of news, not three.
        if (one.told >= 0 && out[static_cast<std::size_t>(one.told)].fix.at == fix.at) {
            out[static_cast<std::size_t>(one.told)].fix = fix;
            continue;
        }
        if (!one.lead) continue;
        one.told = static_cast<std::ptrdiff_t>(out.size());
        touched.push_back(&one);
        out.push_back({one.lead, fix});
    }
    for (auto* one : touched) one->told = -1;
    return out;
}

std::vector<Whereabouts> Positions::all(std::string_view space) const {
    const std::lock_guard lock(m_mutex);
    std::vector<Whereabouts> out;
    const auto at = m_spaces.find(space);
    if (at == m_spaces.end()) return out;
    for (const auto& [device, one] : at->second) {
        if (one.mover.last()) out.push_back({device, *one.mover.last(), one.mover.is_doubtful()});
    }
    std::ranges::sort(out, {}, &Whereabouts::device);
    return out;
}

void Positions::forget_space(std::string_view space) {
    const std::lock_guard lock(m_mutex);
    if (const auto at = m_spaces.find(space); at != m_spaces.end()) m_spaces.erase(at);
}

}  // namespace anlan::monitoring
