// Readings of a transmission unit back to application data: the decoder's channel names, inverted.
#pragma once

#include "foundations/sensing/gateways/gb26875/encoder.h"

namespace anlan::sensing::simulate {

/// The object a channel of gateways/gb26875/README.md stands for; nothing when it is none of those,
/// or its analog type has no unit. States are cut to their word, analogs rounded to their
/// resolution.
std::optional<gb26875::Object> object_of(std::string_view channel, double value, Timestamp at);

/// As many units of application data as the readings need, each of one type and at most 1024 bytes.
/// Readings whose channel means nothing here are left out.
std::vector<std::vector<std::uint8_t>> units_of(std::span<const Reading> readings, Timestamp now);

}  // namespace anlan::sensing::simulate
