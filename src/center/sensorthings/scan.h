// A datastream's observations one after another, oldest or newest first, read from the lake in
// pieces.
#pragma once

#include "foundations/bigdata/lake.h"

#include <deque>

namespace anlan::center::sensorthings {

enum class Direction { oldest_first, newest_first };

class Scan {
  public:
    /// Of [from, to). Reads nothing yet.
    Scan(const bigdata::Lake& lake, bigdata::StreamNumber stream, Timestamp from, Timestamp to,
         Direction direction);

    /// Where the next one lies at best, without reading: nothing when there surely is none.
    [[nodiscard]] std::optional<Timestamp> best() const;
    /// The next one; null at the end. Errors: io.
    Result<const bigdata::Observation*> peek();
    void next() { m_waiting.pop_front(); }

  private:
    Result<void> read_forward();
    Result<void> read_backward();

    const bigdata::Lake* m_lake;
    bigdata::StreamNumber m_stream;
    Timestamp m_from, m_to;
    Direction m_direction;
    bool m_first_known = false, m_ended = false;
    std::int64_t m_window_ms;
    std::deque<bigdata::Observation> m_waiting;
};

}  // namespace anlan::center::sensorthings
