// What a station can be told (HJ 212-2017, 6.6 and annex C): codes of table device_command_type to
// commands, and what its answers mean.
#pragma once

#include "foundations/sensing/gateways/conversations.h"
#include "foundations/sensing/gateways/hj212/decoder.h"

namespace anlan::sensing::hj212 {

/// The order's code is the CN, its data the CP; that of 1012 is empty, as it holds the time of
/// sending. Parameters:
///   set_real_time_interval  seconds, 1 to 86,400      set_minute_interval  minutes, 1 to 1,440
///   set_timeout             seconds, tries
///   call_minutes, call_hours, call_days, call_running_times   from, to (RFC 3339)
///   hj212_request           cn (four digits), cp (as written, without &&): for what a maker's
///                           manual or HJ 212-2025 says, and this table does not
/// Errors: command_unknown, bad_command_parameter.
Result<Order> order_of(const DeviceCommand& command);
/// The row's function. Errors: those of order_of().
Result<void> check_command(const DeviceCommand& command);

/// The CP of an order, at the moment of its sending.
std::string cp_of(const Order& order, Timestamp now);

/// What a packet says about the order under way, whose mark is its QN.
struct Said {
    bool received = false;                  ///< 9011: it will be done.
    std::optional<json::object> part;       ///< Data that was asked for.
    std::optional<CommandOutcome> outcome;  ///< The last word.
};
///   9011  QnRtn 1: received; otherwise refused
///   9012  ExeRtn 1: done; otherwise refused
///   data  with the order's QN: a part. Of a call for what then comes again and again (2011, 2021)
///         the first packet after 9011 is the last word, whatever its QN: devices differ.
Said said_about(const Conversations::Current& current, const Packet& packet,
                const Content& content);

}  // namespace anlan::sensing::hj212
