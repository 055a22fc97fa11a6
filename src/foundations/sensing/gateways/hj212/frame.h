// HJ 212-2017, clause 6: bytes of a TCP stream to packets.
//
//   ## | length of the data segment, 4 decimal digits | data segment | CRC, 4 hexadecimal digits |
//   CR LF
//   data segment: QN=…;ST=…;CN=…;PW=…;MN=…;Flag=…;PNUM=…;PNO=…;CP=&&…&&
//
// The standard allows 1,024 bytes of data segment; devices send more, the four digits allow 9,999.
// The length counts bytes (HJ 212-2025 says so; a Chinese text is UTF-8).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "foundations/sensing/gateways/hj212/settings.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::sensing::hj212 {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t k_around_bytes = 12;  ///< A packet without its data segment.
inline constexpr std::size_t k_segment_bytes_max = 9'999;

/// Of the data segment; `none` gives 0.
std::uint16_t checksum_of(std::string_view segment, Checksum checksum);

/// A packet's parts, as sent; views into the reader's buffer, valid until its next call. What is
/// absent is empty.
struct Packet {
    std::uint64_t offset = 0;  ///< Of its first byte in the stream.
    std::string_view raw;      ///< All of it.
    std::string_view segment;
    std::string_view qn, st, cn, pw, mn;
    std::optional<unsigned> flag, pnum, pno;
    std::string_view cp;      ///< Between the two &&.
    bool is_opened = false;   ///< `cp` was sealed and is now elsewhere, as plain text.
    std::uint16_t check = 0;  ///< As sent.

    [[nodiscard]] bool wants_answer() const { return flag && (*flag & 1U) != 0; }
    [[nodiscard]] bool is_split() const { return flag && (*flag & 2U) != 0; }
    /// V5…V0 of the flag: 1 for 2017, 2 for 2025; 0 when absent (2005).
    [[nodiscard]] unsigned version() const { return flag ? *flag >> 2U : 0; }
};

/// "20160801085857223" or without milliseconds, in Beijing time; nothing when it is none.
std::optional<Timestamp> instant_of(std::string_view digits);
/// QN of a request made at `t`.
std::string qn_of(Timestamp t);

/// Cuts a stream into packets. Sticky and half packets are normal; after rubbish or a wrong length
/// it finds the next one by itself and reports each disturbance once, with the byte (from the start
/// of the stream) where it was noticed. Holds one packet and what the last push() brought. The CRC
/// is not looked at: which one holds depends on the device, which the segment names.
class PacketReader {
  public:
    void push(Bytes bytes);
    /// The next packet or disturbance; nothing until more bytes come.
    std::optional<Result<Packet>> next();
    [[nodiscard]] bool waiting() const { return m_begin < m_buffer.size(); }
    /// The rest of the begun packet does not come: looks for the next start behind its own.
    std::optional<Error> give_up();

  private:
    std::string m_buffer;
    std::size_t m_begin = 0;
    std::uint64_t m_buffer_at = 0;  ///< Stream offset of m_buffer[0].
    bool m_lost = false;            ///< A disturbance was reported and no packet found since.

    std::optional<Error> skip_to_start();
    [[nodiscard]] std::string at(std::size_t index) const {
        return std::to_string(m_buffer_at + index);
    }
};

/// hj212_check: what the check should be, and is.
Error check_error(const Packet& packet, Checksum checksum);

/// Packs a data segment with its length, its check and the end.
std::string pack(std::string_view segment, Checksum checksum = Checksum::annex_a);

}  // namespace anlan::sensing::hj212
