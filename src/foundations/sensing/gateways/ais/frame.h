// IEC 61162-1 (NMEA 0183) VDM and VDO: bytes of a stream or datagram to sentences.
//
//   \s:station,c:1325394060*hh\!AIVDM,total,number,sequence,channel,payload,fill*hh,suffix CR LF
//
// The tag block before and the suffix after the checksum are optional. The checksum is the
// exclusive or of what stands between `!` and `*`; in a tag block, of what stands before its `*`.
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace anlan::sensing::ais {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t k_line_bytes_max = 512;  ///< Tag block, sentence (82) and suffix.
inline constexpr unsigned k_parts_max = 9;            ///< Sentences of one message.

/// Views into the reader's buffer, valid until its next call.
struct Sentence {
    std::uint64_t offset = 0;      ///< Of its `!` in the stream.
    std::uint64_t payload_at = 0;  ///< Of the payload in the stream.
    std::string_view raw;          ///< From `!` to the checksum.
    std::string_view talker;       ///< "AI", "BS", "SA" …
    bool own = false;              ///< VDO: of the station itself.
    unsigned total = 1, number = 1;
    std::string_view sequence;  ///< Of a message of several sentences: "0" … "9", or empty.
    std::string_view channel;   ///< "A", "B", "1", "2" or empty.
    std::string_view payload;
    unsigned fill = 0;
    std::string_view station;        ///< From the tag block (s:) or the suffix (r…).
    std::optional<Timestamp> heard;  ///< When that station heard it, to the second, if it says so.
};

std::uint8_t checksum_of(std::string_view text);

/// Cuts a stream into sentences. What stands before `!` on a line (a log's own time) is left out;
/// other NMEA sentences ($…), comments (#…) and empty lines are passed over in silence. Each other
/// line that is no sentence is one error, with the byte at which it was noticed. Holds at most one
/// line and what the last push() brought. Linear in the bytes pushed; input never reaches an
/// ASSERT.
class SentenceReader {
  public:
    void push(Bytes bytes);
    /// The next sentence or disturbance; nothing until more bytes come.
    std::optional<Result<Sentence>> next();
    /// True while a line has begun and not ended.
    [[nodiscard]] bool waiting() const { return m_begin < m_buffer.size(); }
    /// No more bytes come for what has begun: a datagram may leave out the line's end, so what
    /// stands there counts as a line. The sentence or error; nothing when no line has begun.
    std::optional<Result<Sentence>> finish();
    /// Where the next byte pushed will stand in the stream.
    [[nodiscard]] std::uint64_t position() const { return m_buffer_at + m_buffer.size(); }

  private:
    std::string m_buffer;
    std::size_t m_begin = 0;        ///< First byte not yet dealt with.
    std::size_t m_searched = 0;     ///< No line's end before this one.
    std::uint64_t m_buffer_at = 0;  ///< Stream offset of m_buffer[0].
    bool m_skipping = false;        ///< In a line that is too long and was reported.

    std::optional<Result<Sentence>> parse(std::string_view line, std::uint64_t at) const;
};

}  // namespace anlan::sensing::ais
