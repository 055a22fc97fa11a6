// GB/T 26875.3-2011, clause 7: bytes of a TCP stream to frames.
//
//   40 40 | sequence 2 | version 2 | time 6 | source 6 | destination 6 | length 2 | command 1 |
//   application data, 0…1024 | sum 1 | 23 23
//
// Integers are little-endian. sum = low byte of the sum of everything between the start mark and
// the sum itself. Times are binary (not BCD) second, minute, hour, day, month, year − 2000, local
// time.
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::sensing::gb26875 {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t k_header_bytes = 27;  ///< Start mark to command.
inline constexpr std::size_t k_around_bytes = 30;  ///< A frame without application data.
inline constexpr std::size_t k_unit_bytes_max = 1024;
inline constexpr std::size_t k_frame_bytes_max = k_around_bytes + k_unit_bytes_max;

/// Clause 7.2.6. 128…255 are for users' own use.
enum class Command : std::uint8_t {
    control = 1,
    send = 2,
    confirm = 3,
    request = 4,
    reply = 5,
    deny = 6
};

/// Six bytes, least significant first on the wire.
struct Address {
    std::array<std::uint8_t, 6> bytes{};
    friend bool operator==(const Address&, const Address&) = default;
    /// The number in 12 lower-case hexadecimal digits, most significant first: "000000000379".
    [[nodiscard]] std::string text() const;
    static std::optional<Address> parse(std::string_view text);
};

/// Six time bytes as sent. Devices keep Beijing time.
struct WireTime {
    std::array<std::uint8_t, 6> bytes{};
    /// UTC; nothing when a part is out of range (a device without a set clock sends zeros).
    [[nodiscard]] std::optional<Timestamp> instant() const;
    static WireTime of(Timestamp t);
};

struct Frame {
    std::uint64_t offset = 0;  ///< Of its first byte in the stream.
    std::uint16_t sequence = 0;
    std::uint8_t version_main = 1, version_user = 1;
    WireTime time;
    Address source, destination;
    Command command = Command::send;
    Bytes unit;  ///< Application data; a view, valid until the reader's next call.
    Bytes raw;   ///< The whole frame; the same.
};

/// The low byte of the sum of `bytes`.
std::uint8_t sum_of(Bytes bytes);

/// Cuts a stream into frames. Sticky and half frames are normal; after rubbish, a wrong length, end
/// mark or sum it finds the next frame by itself and reports each disturbance once, with the byte
/// (counted from the start of the stream) at which it was noticed. Holds at most one frame and what
/// the last push() brought. Linear in the bytes pushed; input never reaches an ASSERT.
class FrameReader {
  public:
    void push(Bytes bytes);
    /// The next frame or disturbance; nothing until more bytes come.
    std::optional<Result<Frame>> next();
    /// True while a frame has begun and not ended.
    [[nodiscard]] bool waiting() const { return m_begin < m_buffer.size(); }
    /// The rest of the begun frame does not come: says where it was cut and looks for the next
    /// start behind it. Nothing when no frame has begun.
    std::optional<Error> give_up();

  private:
    std::vector<std::uint8_t> m_buffer;
    std::size_t m_begin = 0;        ///< First byte not yet dealt with.
    std::uint64_t m_buffer_at = 0;  ///< Stream offset of m_buffer[0].
    bool m_lost = false;            ///< A disturbance was reported and no frame found since.

    std::optional<Error> skip_to_start();
    Result<std::size_t> measure(Bytes rest) const;
    [[nodiscard]] std::string at(std::size_t index) const {
        return std::to_string(m_buffer_at + index);
    }
};

}  // namespace anlan::sensing::gb26875
