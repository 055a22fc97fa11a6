// A pressure terminal's frame to readings.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/hydrant/frame.h"

#include <map>

namespace anlan::sensing::hydrant {

/// In which order the records of a frame were measured, one interval apart, the last of them at
/// the frame's time. The maker's text at hand does not say; `unknown` keeps of them the least and
/// the greatest only.
enum class RecordOrder { unknown, oldest_first, newest_first };
std::optional<RecordOrder> record_order_named(std::string_view name);

struct Settings {
    RecordOrder record_order = RecordOrder::unknown;
    /// Pascals of one step, by kind of terminal. Values of other kinds are no readings.
    std::map<std::uint8_t, double> step_pa{{1, 1'000.0}};
};

/// Channels: "pressure" (Pa, now), with records "pressure_min" and "pressure_max" (the frame's
/// records and now together), "alarm" (bits as sent), "battery" (%), "external_power" (0, 1),
/// "signal" (dBm). Records in a known order are readings of "pressure" too, each at its time. A
/// time of 0 is none: receipt counts.
void readings_of(const Frame& frame, const Settings& settings, std::vector<Reading>& out);

std::optional<ChannelMeaning> meaning(std::string_view channel);

/// Every field named in both languages, and the readings under `settings`.
json::object to_json(const Frame& frame, const Settings& settings);

enum class Input { goes_on, ends };
/// The decode command: calls `each` for what `reader` holds.
void decode_stream(FrameReader& reader, Input input, const std::function<void(json::object)>& each);

}  // namespace anlan::sensing::hydrant
