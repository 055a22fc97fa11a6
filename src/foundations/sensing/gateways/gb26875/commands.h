// What a fire user transmission unit can be told: codes of table device_command_type to
// application data (clause 8.3.2, types 61 to 68, 81 to 91).
#pragma once

#include "foundations/sensing/gateways/conversations.h"
#include "foundations/sensing/gateways/gb26875/decoder.h"

namespace anlan::sensing::gb26875 {

/// Parameters: `channel` ("system:1/1", "part:1/1/40/10.0.2.0"; that of a part names its system
/// too) where a system or part is read, `minutes` (1 to 255, whole) of a roll call, `count` (1 to
/// 255) and `since` (RFC 3339) where operations are read. The order's code is the type flag in
/// decimal; its data the unit, empty where it holds the time of sending.
/// Errors: command_unknown, bad_command_parameter.
Result<Order> order_of(const DeviceCommand& command);

/// The row's function. Errors: those of order_of().
Result<void> check_command(const DeviceCommand& command);

/// The frame's command and application data for an order, at the moment of its sending.
Command command_of(const Order& order);
std::vector<std::uint8_t> unit_of(const Order& order, Timestamp now);

/// Whether the unit's type is what a read with this code asks for: some units put a number of their
/// own on a reply.
bool is_reply_to(std::string_view code, const Unit& unit);

/// What a unit's answer means for the order with this code; nothing when it is no answer to it, or
/// not the last.
///   confirm   of a control command but the roll call: done
///   deny      refused
///   reply     of a read: done, with its objects (to_json) in the reply
///   send      of a unit's operation "duty check answered" (type 24, bit 5): the roll call is done
std::optional<CommandOutcome> outcome_of(std::string_view code, const Frame& frame,
                                         const Unit& unit);

}  // namespace anlan::sensing::gb26875
