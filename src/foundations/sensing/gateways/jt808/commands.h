// What a terminal can be told: commands of table `device_command_type` as messages of the platform.
//
//   send_text  8300  {"text": "…", "urgent": false, "display": true, "speak": true}
//   locate     8201  {}: answered by 0201, whose position is stored like any other
//   track      8202  {"interval_s": 10, "for_s": 600}: interval 0 ends it
#pragma once

#include "foundations/sensing/gateways/conversations.h"
#include "foundations/sensing/gateways/jt808/decoder.h"

namespace anlan::sensing::jt808 {

/// Errors: command_unknown, bad_command_parameter.
Result<Order> order_of(const DeviceCommand& command);
/// The row's function: whether order_of would take it.
Result<void> check_command(const DeviceCommand& command);

/// The message's id and its body, as the terminal's version wants it.
std::uint16_t message_of(const Order& order);
std::vector<std::uint8_t> body_of(const Order& order, Version version);

/// What 0001 or 0201 says about the order; nothing when it says nothing about it.
std::optional<CommandOutcome> outcome_of(std::uint16_t asked, const Content& answer);

}  // namespace anlan::sensing::jt808
