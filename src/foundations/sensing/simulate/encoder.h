// How a protocol's simulated devices speak: readings to packets, and what the server says back.
// One row of encoders/table.cpp a protocol.
#pragma once

#include "foundations/sensing/hub.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::sensing::simulate {

/// One device's side of its connection, without I/O. Not thread-safe.
class DeviceEncoder {
  public:
    using Bytes = std::vector<std::uint8_t>;
    struct Packet {
        Bytes bytes;
        /// What the server's answer to it carries; empty: it gets none, or none is waited for.
        std::string mark;
    };
    struct Heard {
        std::vector<std::string> accepted, refused;  ///< Marks.
        std::vector<Packet> answers;                 ///< To what the server asked.
        std::vector<std::string> asked;              ///< That, as people read it.
    };
    virtual ~DeviceEncoder() = default;

    /// A new connection: what was half heard is forgotten. Said before anything else.
    virtual std::vector<Packet> connected(Timestamp now) = 0;
    /// The packet goes on the line now: for the first time, or once more.
    virtual void sending(const Packet& packet) { static_cast<void>(packet); }
    virtual std::vector<Packet> report(std::span<const Reading> readings, Timestamp now) = 0;
    virtual std::vector<Packet> heartbeat(Timestamp now) = 0;
    virtual Heard hear(std::span<const std::uint8_t> bytes, Timestamp now) = 0;
};

struct EncoderRow {
    std::string_view protocol;  ///< Of a row of gateways().
    struct Device {
        std::string address, token, host;
    };
    std::unique_ptr<DeviceEncoder> (*make)(const Device& device) = nullptr;
    /// What is wrong with an address, as people read it; empty when nothing is.
    std::string_view (*address_problem)(std::string_view address) = nullptr;
};

std::span<const EncoderRow> encoders();
/// Null when the protocol cannot be simulated.
const EncoderRow* encoder_row(std::string_view protocol);

}  // namespace anlan::sensing::simulate
