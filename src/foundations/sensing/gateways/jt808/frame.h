// JT/T 808-2013 and -2019, clause 4.4: bytes of a TCP stream to messages.
//
//   7E | id 2 | properties 2 | [2019: version 1] | phone BCD 6 (2019: 10) | sequence 2 |
//   [total 2, number 2] | body 0…1023 | check 1 | 7E
//
// Between the flags 7E is sent as 7D 02 and 7D as 7D 01. The check is the exclusive or of header
// and body before that. Integers are big-endian. Bit 14 of the properties marks the header of 2019,
// bit 13 a message of several packages, bits 10…12 the encryption, bits 0…9 the length of the body.
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::sensing::jt808 {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t k_body_bytes_max = 1023;  ///< Of one package.
/// Header, body and check, every byte escaped.
inline constexpr std::size_t k_escaped_bytes_max = 2 * (17 + 4 + k_body_bytes_max + 1);

enum class Version : std::uint8_t { v2013, v2019 };

struct Frame {
    std::uint64_t offset = 0;  ///< Of its first flag in the stream.
    std::uint16_t id = 0, properties = 0, sequence = 0;
    Version version = Version::v2013;
    std::uint8_t protocol_version = 0;    ///< 2019 alone.
    std::string phone;                    ///< The digits without zeros in front; "0" when all are.
    std::uint16_t total = 0, number = 0;  ///< Of packages; 0: it is one whole message.
    Bytes body;                           ///< A view, valid until the reader's next call.
    Bytes raw;                            ///< Flags and escapes included; the same.
    /// How many bytes of the stream stand before byte `index` of the body, from `offset`.
    [[nodiscard]] std::uint64_t at(std::size_t index) const;
    std::size_t body_at = 0;  ///< Of the body in the header's own count.

    [[nodiscard]] bool is_part() const { return total > 0; }
    [[nodiscard]] unsigned encryption() const { return properties >> 10 & 7U; }
};

std::uint8_t check_of(Bytes bytes);

/// Cuts a stream into messages. Sticky and half messages are normal, flags may be shared by two
/// neighbours or doubled. After rubbish or a broken message the search goes on at its closing flag,
/// which may be the next one's opening. Holds at most one message and what the last push() brought.
/// Linear in the bytes pushed; input never reaches an ASSERT.
class FrameReader {
  public:
    void push(Bytes bytes);
    /// The next message or disturbance; nothing until more bytes come.
    std::optional<Result<Frame>> next();
    /// True while a message has begun and not ended.
    [[nodiscard]] bool waiting() const { return m_open && m_begin + 1 < m_buffer.size(); }
    /// The rest of the begun message does not come: says where it was cut. Nothing when none has
    /// begun.
    std::optional<Error> give_up();

  private:
    std::vector<std::uint8_t> m_buffer;
    std::size_t m_begin = 0;  ///< First byte not yet dealt with; a flag while m_open.
    std::size_t m_searched = 0;
    std::uint64_t m_buffer_at = 0;  ///< Stream offset of m_buffer[0].
    bool m_open = false;            ///< A flag was seen that may open a message.
    bool m_lost = false;            ///< Rubbish was reported and no flag found since.
    std::vector<std::uint8_t> m_plain;

    Result<Frame> parse(Bytes raw, std::uint64_t at);
};

/// A message to a device, cut into packages where its body is longer than one takes. The last
/// package has `sequence`, those before it the numbers before.
struct Outgoing {
    std::uint16_t id = 0, sequence = 0;
    Version version = Version::v2013;
    std::uint8_t protocol_version = 1;
    std::string phone;
};
std::vector<std::uint8_t> encode(const Outgoing& head, Bytes body);

}  // namespace anlan::sensing::jt808
