// Hydrant and pipe-pressure terminals over NB-IoT or 4G, as one maker's frames show them (README).
//
//   A5 5A | command 1 | total length 2 | number 12, ASCII | supply 1 | RSSI 1 | interval 2, s |
//   records 2 | kind 1 | alarms 1 | low 2 | high 2 | now 2 | time 4, s since 1970 | record 2 × n |
//   CRC 2 | 55 AA
//
// Integers are big-endian, RSSI, now and the records signed. CRC: Modbus, high byte first, over
// all before it.
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::sensing::hydrant {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t k_head_bytes = 35;    ///< Start mark to time.
inline constexpr std::size_t k_around_bytes = 39;  ///< A frame without records.
inline constexpr std::size_t k_records_max = 1'000;

std::uint16_t crc_of(Bytes bytes);

/// As sent; `raw` and `records` are views into the reader's buffer, valid until its next call.
struct Frame {
    std::uint64_t offset = 0;  ///< Of its first byte in the stream.
    Bytes raw;
    std::uint8_t command = 0;
    std::string_view number;  ///< The terminal's, without trailing NULs and spaces.
    std::uint8_t supply = 0;  ///< Bit 7 external, 6…5 how (not proven), 4…0 charge in 5 %.
    std::int8_t rssi_dbm = 0;
    std::uint16_t interval_s = 0, count = 0;
    std::uint8_t kind = 0;    ///< 1: pressure in 0.001 MPa.
    std::uint8_t alarms = 0;  ///< Bit 1: above the high limit.
    std::int16_t low = 0, high = 0, now = 0;
    Timestamp time;
    Bytes records;  ///< Two bytes each.

    [[nodiscard]] std::int16_t record(std::size_t index) const {
        return static_cast<std::int16_t>(records[2 * index] << 8 | records[2 * index + 1]);
    }
};

/// Cuts a stream into frames. Sticky and half frames are normal; after rubbish, a wrong length, end
/// mark or CRC it finds the next frame by itself and reports each disturbance once, with the byte
/// (from the start of the stream) at which it was noticed. Holds one frame and what the last push()
/// brought.
class FrameReader {
  public:
    void push(Bytes bytes);
    /// The next frame or disturbance; nothing until more bytes come.
    std::optional<Result<Frame>> next();
    [[nodiscard]] bool waiting() const { return m_begin < m_buffer.size(); }
    /// The rest of the begun frame does not come: looks for the next start behind its own.
    std::optional<Error> give_up();

  private:
    std::vector<std::uint8_t> m_buffer;
    std::size_t m_begin = 0;
    std::uint64_t m_buffer_at = 0;  ///< Stream offset of m_buffer[0].
    bool m_lost = false;            ///< A disturbance was reported and no frame found since.

    std::optional<Error> skip_to_start();
    [[nodiscard]] std::optional<Error> judge(Bytes rest, std::size_t& whole) const;
    [[nodiscard]] std::string at(std::size_t index) const {
        return std::to_string(m_buffer_at + index);
    }
};

/// Packs a frame; for tests and the simulator. `number` is cut or filled with NULs to 12 bytes.
std::vector<std::uint8_t> pack(const Frame& frame, std::span<const std::int16_t> records);

}  // namespace anlan::sensing::hydrant
