// The properties of MQTT 5.0: what each is called, holds, and where it may stand (table 2-4).
#pragma once

#include "foundations/sensing/gateways/mqtt/packet.h"

namespace anlan::sensing::mqtt {

enum class PropertyForm : std::uint8_t {
    byte,
    two_bytes,
    four_bytes,
    variable,
    text,
    binary,
    pair
};

struct PropertyRow {
    PropertyId id;
    PropertyForm form;
    std::uint32_t packets;  ///< Bit 1 << Type; bit 0: a will.
    std::string_view name, zh, en;
};
/// Null for an identifier that the standard does not have.
const PropertyRow* property_row(std::uint8_t id);

}  // namespace anlan::sensing::mqtt
