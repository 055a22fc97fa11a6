#include "foundations/sensing/simulate/unit_frames.h"

#include "foundations/sensing/gateways/gb26875/channel.h"
#include "foundations/sensing/gateways/gb26875/tables.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace anlan::sensing::simulate {
namespace {

using namespace gb26875;

std::uint16_t word_of(double value) {
    return static_cast<std::uint16_t>(std::clamp(value, 0.0, 65'535.0));
}

/// The type flag each alternative is sent under.
std::uint8_t type_of(const Object& object) {
    if (std::holds_alternative<SystemState>(object)) return 1;
    if (std::holds_alternative<PartState>(object)) return 2;
    if (std::holds_alternative<PartAnalog>(object)) return 3;
    return 21;
}

}  // namespace

std::optional<Object> object_of(std::string_view channel, double value, Timestamp at) {
    const auto name = channel_named(channel);
    if (!name || !std::isfinite(value)) return std::nullopt;
    const WireTime time = WireTime::of(at);
    switch (name->what) {
        case ChannelName::What::unit:
            return UnitState{static_cast<std::uint8_t>(word_of(value)), time};
        case ChannelName::What::system:
            return SystemState{name->place, word_of(value), time};
        case ChannelName::What::part:
            return PartState{name->place, word_of(value), {}, time};
        case ChannelName::What::analog: {
            const Analog* row = analog(name->analog_type);
            if (row == nullptr) return std::nullopt;
            const double raw = std::round((value - row->offset) / row->scale);
            return PartAnalog{name->place, name->analog_type,
                              static_cast<std::int16_t>(std::clamp(raw, -32'768.0, 32'767.0)),
                              time};
        }
        default:
            return std::nullopt;
    }
}

std::vector<std::vector<std::uint8_t>> units_of(std::span<const Reading> readings, Timestamp now) {
    std::map<std::uint8_t, std::vector<Object>> by_type;
    for (const Reading& r : readings) {
        if (const auto object = object_of(r.channel, r.value, r.at.value_or(now)))
            by_type[type_of(*object)].push_back(*object);
    }
    std::vector<std::vector<std::uint8_t>> out;
    for (const auto& [type, objects] : by_type) {
        std::span<const Object> rest(objects);
        while (!rest.empty()) {
            // The standard's limits: 102 system states, 22 part states, 63 analogs a frame.
            std::size_t count = std::min<std::size_t>(rest.size(), type == 2   ? 22
                                                                   : type == 3 ? 63
                                                                   : type == 1 ? 102
                                                                               : 1);
            out.push_back(*encode_unit(type, rest.first(count)));
            rest = rest.subspan(count);
        }
    }
    return out;
}

}  // namespace anlan::sensing::simulate
