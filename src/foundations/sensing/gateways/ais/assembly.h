// The sentences of one message put together: they come interleaved, out of order, or never.
#pragma once

#include "foundations/sensing/gateways/ais/frame.h"

#include <array>
#include <deque>
#include <vector>

namespace anlan::sensing::ais {

/// The payload of a message, a bit at a time.
class Bits {
  public:
    static constexpr std::size_t k_bytes = k_line_bytes_max * k_parts_max;

    void clear() {
        m_bits = m_bytes = 0;
        m_pending = m_pending_bits = 0;
    }
    /// Six bits a character. Nothing, or the index of the first that is no character of the armour.
    std::optional<std::size_t> add(std::string_view payload, unsigned fill);
    [[nodiscard]] std::size_t size() const { return m_bits; }
    /// The unsigned number of `count` ≤ 32 bits; bits beyond the end read as 0.
    [[nodiscard]] std::uint32_t at(std::size_t start, std::size_t count) const;
    /// The same in two's complement.
    [[nodiscard]] std::int32_t signed_at(std::size_t start, std::size_t count) const;
    /// Six-bit ASCII up to the first @, without blanks at the end.
    [[nodiscard]] std::string text_at(std::size_t start, std::size_t count) const;

  private:
    std::size_t m_bits = 0;
    std::array<std::uint8_t, k_bytes + 8> m_data{};
    std::size_t m_bytes = 0;
    std::uint32_t m_pending = 0, m_pending_bits = 0;
};

/// A whole message, of one sentence or several.
struct Whole {
    std::uint64_t offset = 0;  ///< Of its first sentence in the stream.
    std::uint64_t end = 0;     ///< The byte after its last payload.
    std::string raw;           ///< Its sentences, with a blank between them.
    std::string channel, station;
    bool own = false;
    std::optional<Timestamp> heard;
    Bits bits;
};

class Assembly {
  public:
    static constexpr std::size_t k_open_max = 40;  ///< Messages begun; the oldest gives way.
    static constexpr std::uint64_t k_sentences_max = 400;  ///< After so many others it is given up.
    static constexpr std::int64_t k_wait_ms = 10'000;

    /// Adds one sentence. True when `out` now holds a whole message; false when parts are missing.
    /// Errors: ais_armour, ais_incomplete (a message begun before that never ended; the sentence is
    /// taken all the same). `now` serves time-outs alone: without a clock, Timestamp{}.
    Result<bool> add(const Sentence& sentence, Timestamp now, Whole& out);
    /// A message that waited too long, or any when the stream has ended. Nothing when there is
    /// none.
    std::optional<Error> give_up(Timestamp now);
    std::optional<Error> give_up_any();
    [[nodiscard]] bool waiting() const { return !m_open.empty(); }

  private:
    struct Part {
        bool there = false;
        std::string raw, payload;
        unsigned fill = 0;
        std::uint64_t payload_at = 0;
    };
    struct Open {
        std::string sequence, channel, station;
        bool own = false;
        unsigned total = 0, count = 0;
        std::uint64_t offset = 0, sentence = 0;
        Timestamp since;
        std::optional<Timestamp> heard;
        std::array<Part, k_parts_max> parts;
    };
    std::deque<Open> m_open;
    std::uint64_t m_sentences = 0;

    static Error incomplete(const Open& open);
    static Result<bool> join(const Open& open, Whole& out);
};

}  // namespace anlan::sensing::ais
