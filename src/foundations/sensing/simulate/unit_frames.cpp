#include "foundations/sensing/simulate/unit_frames.h"

#include "foundations/sensing/gateways/gb26875/tables.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace anlan::sensing::simulate {
namespace {

using namespace gb26875;

/// "1/1/40/10.0.2.0" to its numbers, 0…255 each; empty when there is anything else.
std::vector<std::uint8_t> numbers_of(std::string_view text) {
    std::vector<std::uint8_t> out;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        std::uint8_t value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc{}) return {};
        out.push_back(value);
        if (next == end) return out;
        if (*next != '/' && *next != '.') return {};
        at = next + 1;
    }
    return {};
}

template <class T>
T place(const std::vector<std::uint8_t>& n) {
    T out;
    out.system_type = n[0];
    out.system_address = n[1];
    if constexpr (std::derived_from<T, PartPlace>) {
        out.part_type = n[2];
        std::copy_n(n.begin() + 3, 4, out.part_address.begin());
    }
    return out;
}

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
    const WireTime time = WireTime::of(at);
    if (channel == "unit") return UnitState{static_cast<std::uint8_t>(word_of(value)), time};
    const std::size_t colon = channel.find(':');
    if (colon == std::string_view::npos || !std::isfinite(value)) return std::nullopt;
    const std::string_view word = channel.substr(0, colon);
    const auto n = numbers_of(channel.substr(colon + 1));
    if (word == "system" && n.size() == 2) {
        auto o = place<SystemState>(n);
        o.state = word_of(value);
        o.time = time;
        return o;
    }
    if (word == "part" && n.size() == 7) {
        auto o = place<PartState>(n);
        o.state = word_of(value);
        o.time = time;
        return o;
    }
    const Analog* row = word == "analog" && n.size() == 8 ? analog(n[7]) : nullptr;
    if (row == nullptr) return std::nullopt;
    auto o = place<PartAnalog>(n);
    o.analog_type = n[7];
    o.raw = static_cast<std::int16_t>(
        std::clamp(std::round((value - row->offset) / row->scale), -32'768.0, 32'767.0));
    o.time = time;
    return o;
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
