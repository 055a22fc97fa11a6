// Builds GB/T 26875.3 frames: acknowledgements and clock for the gateway, everything for the
// simulator.
#pragma once

#include "foundations/sensing/gateways/gb26875/decoder.h"

namespace anlan::sensing::gb26875 {

/// What stands before and around the application data.
struct Envelope {
    std::uint16_t sequence = 0;
    std::uint8_t version_main = 1, version_user = 1;
    Timestamp time;
    Address source, destination;
    Command command = Command::send;
};

/// `unit` of at most 1024 bytes.
std::vector<std::uint8_t> encode(const Envelope& envelope, Bytes unit);

/// Application data of objects that are all of the type `type`; nothing when they do not fit into
/// 1024 bytes or 255 objects, or are of other types.
std::optional<std::vector<std::uint8_t>> encode_unit(std::uint8_t type,
                                                     std::span<const Object> objects);

/// The answer to `frame`: same sequence number and version, addresses exchanged, no data (cl. 6.3).
std::vector<std::uint8_t> answer_to(const Frame& frame, Command command, Timestamp now);

}  // namespace anlan::sensing::gb26875
