// HJ 212-2017, clause 6: the CP of a packet to its items, and those to readings.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/hj212/frame.h"
#include "foundations/sensing/hub.h"

#include <map>

namespace anlan::sensing::hj212 {

/// `a21001-Rtd=0.4` is {"a21001", "Rtd", "0.4"}; `DataTime=…` has no field.
struct Value {
    std::string_view name, field, text;
};

/// Views into the packet. Items are told apart by ';', what belongs to one item by ','; a value's
/// name says the rest, so that a device that mixes them up is understood.
struct Content {
    std::vector<Value> values;
    std::string_view data_time;  ///< As sent; empty when there is none.
};

/// Errors: hj212_item, with the byte in the stream, at the first text that is no `name=value`;
/// hj212_too_many above 2,000 values. What came before stays in `out`.
Result<void> decode(const Packet& packet, Content& out);

/// The readings of 2011, 2013, 2021, 2031, 2041, 2051, 2061 and of their namesakes of 2025; none of
/// other commands, nor of texts (Info, SN).
///   real time   "a21001"            Rtd;  "a21001-ZsRtd" and the like for the others
///   state       "SB1-RS"            2021: 0 off, 1 on …
///   periods     "minute:a21001-Avg" 2051, "hour:…" 2061, "day:…" 2031 and 2041
///   2111        "2111:a21001-Rtd": HJ 212-2025 has it, what it is for is not known here
/// The time is SampleTime, or else DataTime (of a period: its start); `otherwise` when the packet
/// has none. A flag F, M, D, C or B makes a reading bad, S, T and unknown ones uncertain.
/// Units are as sent, which the datastream declares; a01001 and w01010 become K, a01006 Pa.
void readings_of(const Packet& packet, const Content& content, std::optional<Timestamp> otherwise,
                 std::vector<Reading>& out);

/// A finite number as devices write them; nothing for any other text.
std::optional<double> number_of(std::string_view text);
/// Text from outside as JSON may hold it: what is no UTF-8 or not printable becomes '?'.
std::string shown_text(std::string_view text);

/// Packet, items and readings with every field named in both languages. `checksum` is what the
/// device is known, or thought, to use.
json::object to_json(const Packet& packet, const Content& content);

enum class Input { goes_on, ends };

/// The decode command: calls `each` for what `reader` holds. An object is a packet's (to_json),
/// that with a member "problem" when its check or content is wrong, or {"protocol", "problem"} for
/// a disturbance. A problem is {"id", "zh", "en", "byte"}. Any of the known checksums will do;
/// which one fits is said.
void decode_stream(PacketReader& reader, Input input,
                   const std::function<void(json::object)>& each);

}  // namespace anlan::sensing::hj212
