// Channel names of GB/T 26875.3 read back (README.md: from object to reading), and what a channel
// measures.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/gb26875/decoder.h"

namespace anlan::sensing::gb26875 {

struct ChannelName {
    enum class What { unit, system, part, analog, user };
    What what = What::unit;
    PartPlace place;  ///< Of a system: only its half; of unit and user: nothing.
    std::uint8_t analog_type = 0, user_type = 0;
};

/// "unit", "system:1/1", "part:1/1/40/10.0.2.0", "analog:1/1/40/10.0.2.0/3", "user:200"; nothing
/// for any other text.
std::optional<ChannelName> channel_named(std::string_view channel);

/// The row's function. Nothing for users' own types and analogs without a row in tables.h.
std::optional<ChannelMeaning> meaning(std::string_view channel);

}  // namespace anlan::sensing::gb26875
