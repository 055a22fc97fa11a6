// The packages of one message put together, within limits.
#pragma once

#include "core/time.h"
#include "foundations/sensing/gateways/jt808/frame.h"

#include <deque>

namespace anlan::sensing::jt808 {

/// A whole message, of one frame or several.
struct Message {
    std::uint64_t offset = 0;
    std::uint16_t id = 0;
    Version version = Version::v2013;
    std::uint8_t protocol_version = 0;
    std::string phone;
    unsigned encryption = 0;
    std::vector<std::uint16_t> sequences;  ///< Of its frames, in the order of their numbers.
    Bytes body;                            ///< Valid as long as its frame, or until the next add().
    Bytes raw;                             ///< Of its last frame.
    const Frame* frame = nullptr;          ///< Of one frame: for the byte in the stream.

    /// The byte in the stream at `index` of the body; of several frames, where the first began.
    [[nodiscard]] std::uint64_t at(std::size_t index) const {
        return frame != nullptr ? frame->at(index) : offset;
    }
};

class Parts {
  public:
    static constexpr std::size_t k_open_max = 4;  ///< Messages begun; the oldest gives way.
    static constexpr unsigned k_total_max = 512;  ///< Packages of one message: half a megabyte.
    static constexpr std::int64_t k_wait_ms = 60'000;  ///< After its last package.

    /// A whole message, or nothing while packages are missing. Errors: jt808_part above the limits;
    /// jt808_incomplete: another had to give way (this one is taken). `now` serves time-outs alone.
    Result<std::optional<Message>> add(const Frame& frame, Timestamp now);
    /// A message that waited too long. Nothing when there is none.
    std::optional<Error> give_up(Timestamp now);
    std::optional<Error> give_up_any();
    /// What is missing of the message whose last package has come; asked once per message, so that
    /// the terminal is asked once (8003).
    struct Gap {
        std::uint16_t first_sequence = 0;
        std::vector<std::uint16_t> numbers;
    };
    std::optional<Gap> gap_of(const Frame& last);

  private:
    struct Open {
        std::string phone;
        std::uint16_t id = 0, first = 0, total = 0;
        unsigned count = 0, encryption = 0;
        std::uint64_t offset = 0;
        Timestamp last;
        bool asked = false;
        std::vector<std::optional<std::vector<std::uint8_t>>> parts;
    };
    std::deque<Open> m_open;
    std::vector<std::uint8_t> m_joined;

    std::deque<Open>::iterator find(const Frame& frame);
    static Error incomplete(const Open& open);
};

}  // namespace anlan::sensing::jt808
