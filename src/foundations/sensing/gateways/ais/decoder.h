// ITU-R M.1371-5: a whole message to its fields, to readings and to what a ship says of itself.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/ais/assembly.h"
#include "foundations/sensing/gateways/gateway.h"

#include <functional>

namespace anlan::sensing::ais {

struct Message {
    unsigned type = 0, repeat = 0;
    std::uint32_t mmsi = 0;
    unsigned part = 0;  ///< Of type 24: 0 is A, 1 is B.
    const Whole* whole = nullptr;
};

/// Errors: ais_unknown_type, ais_short, with the byte in the stream.
Result<Message> decode(const Whole& whole);

/// The device's address: nine digits.
std::string address_of(std::uint32_t mmsi);

/// The instant of a position: the last one at or before `heard` (5 s of grace for clocks) that has
/// the UTC second that the ship sends; `heard` itself when it sends none.
Timestamp instant_of(const Message& message, Timestamp heard);

/// Readings of types 1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 27 at instant_of(message, heard):
///   longitude, latitude (deg), speed (m/s), course, heading (deg), rate_of_turn (deg/min),
///   navigation_status (code), height (m, of aircraft), draught (m), off_position (0 or 1, of aids)
/// What a ship calls not available, and reserved values, are no readings. A position out of a
/// manual input or dead reckoning is uncertain, of an inoperative system bad.
void readings_of(const Message& message, Timestamp heard, std::vector<Reading>& out);

/// What types 5, 14, 19, 21 and 24 tell that is no number to watch: name, call_sign, imo,
/// ship_type, ship_type_name {zh, en}, length_m, beam_m, destination, eta … Empty for other types.
json::object facts_of(const Message& message);

/// Every field named in both languages, with unit and value; null where it is not available.
json::object to_json(const Message& message);

/// What readings_of's channels mean.
std::optional<ChannelMeaning> meaning(std::string_view channel);

/// Sentences and the messages they make up, for the decode command.
class MessageReader {
  public:
    void push(Bytes bytes) { m_sentences.push(bytes); }
    /// The next message or disturbance; `whole` of a message is valid until the next call.
    std::optional<Result<Message>> next(Timestamp now);
    /// A line without an end counts as one; the datagram or the stream is at its end.
    void finish() { m_finishing = true; }
    std::optional<Error> give_up(Timestamp now) { return m_assembly.give_up(now); }
    std::optional<Error> give_up_any() { return m_assembly.give_up_any(); }
    [[nodiscard]] bool line_begun() const { return m_sentences.waiting(); }

  private:
    SentenceReader m_sentences;
    Assembly m_assembly;
    Whole m_whole;
    bool m_finishing = false;
};

enum class Input { goes_on, ends };
/// The decode command: calls `each` for every message (to_json, with a member "problem" when its
/// content is wrong) or disturbance ({"protocol", "problem"}).
void decode_stream(MessageReader& reader, Input input,
                   const std::function<void(json::object)>& each);

}  // namespace anlan::sensing::ais
