#include "foundations/sensing/gateways/gb26875/channel.h"

#include "foundations/sensing/gateways/gb26875/tables.h"

#include <algorithm>
#include <charconv>

namespace anlan::sensing::gb26875 {
namespace {

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

std::string address_of(const PartPlace& place) {
    const auto& a = place.part_address;
    return std::to_string(a[0]) + "." + std::to_string(a[1]) + "." + std::to_string(a[2]) + "." +
           std::to_string(a[3]);
}

Name system_of(const SystemPlace& place) {
    const Name* name = system_type_name(place.system_type);
    return name != nullptr ? *name : Name{0, "建筑消防设施", "Fire protection system"};
}

Name part_of(const PartPlace& place) {
    const Name* name = part_type_name(place.part_type);
    return name != nullptr ? *name : Name{0, "部件", "Part"};
}

std::string joined(std::string_view what, const std::string& where) {
    return std::string(what) + " " + where;
}

}  // namespace

std::optional<ChannelName> channel_named(std::string_view channel) {
    ChannelName out;
    if (channel == "unit") return out;
    const std::size_t colon = channel.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view word = channel.substr(0, colon);
    const auto n = numbers_of(channel.substr(colon + 1));
    using What = ChannelName::What;
    std::size_t wanted = 0;
    if (word == "system") out.what = What::system, wanted = 2;
    if (word == "part") out.what = What::part, wanted = 7;
    if (word == "analog") out.what = What::analog, wanted = 8;
    if (word == "user") out.what = What::user, wanted = 1;
    if (wanted == 0 || n.size() != wanted) return std::nullopt;
    if (out.what == What::user) {
        out.user_type = n[0];
        return out;
    }
    out.place.system_type = n[0];
    out.place.system_address = n[1];
    if (wanted >= 7) {
        out.place.part_type = n[2];
        std::copy_n(n.begin() + 3, 4, out.place.part_address.begin());
    }
    if (wanted == 8) out.analog_type = n[7];
    return out;
}

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    const auto name = channel_named(channel);
    if (!name) return std::nullopt;
    const PartPlace& place = name->place;
    switch (name->what) {
        case ChannelName::What::unit:
            return ChannelMeaning{"unit_state", "", "装置运行状态", "Unit state"};
        case ChannelName::What::system: {
            const Name of = system_of(place);
            const std::string where = std::to_string(place.system_address);
            return ChannelMeaning{"fire_state", "", joined(of.zh, where), joined(of.en, where)};
        }
        case ChannelName::What::part: {
            const Name of = part_of(place);
            const std::string where = address_of(place);
            return ChannelMeaning{"fire_state", "", joined(of.zh, where), joined(of.en, where)};
        }
        case ChannelName::What::analog: {
            const Analog* row = analog(name->analog_type);
            if (row == nullptr) return std::nullopt;
            const Name of = part_of(place);
            const std::string where = address_of(place);
            // A residual-current detector measures no load current.
            constexpr int k_residual_current_detector = 17, k_current = 9;
            const bool residual =
                place.part_type == k_residual_current_detector && row->code == k_current;
            return ChannelMeaning{residual ? "residual_current" : std::string(row->property),
                                  std::string(row->unit),
                                  joined(of.zh, where) + " " + std::string(row->zh),
                                  joined(of.en, where) + " " + std::string(row->en)};
        }
        default:
            return std::nullopt;
    }
}

}  // namespace anlan::sensing::gb26875
