// Sees clocks run out: turns running into overdue, escalates, and queues the messages that tell
// people, in the same batch, so that neither is there without the other.
//
// tick() reads what is due by index: cost grows with what has become due since, not with what is
// kept. It blocks on the register's writes; call it from one thread of its own or a slow tick. A
// clock of an exercise runs in its space. When the wall clock steps back nothing is undone.
// Limit: 500 clocks of a kind each round; the rest at the next.
#pragma once

#include "foundations/bigdata/register.h"

#include <functional>
#include <string>
#include <vector>

namespace anlan::bigdata {

struct ClockEvent {
    enum class What { overdue, escalated };
    What what;
    const Kind& kind;
    const KindClock& clock;
    const Record& record;  ///< As it was before.
    Timestamp due;
};

class ClockKeeper {
  public:
    struct Options {
        Register* records = nullptr;
        const Catalog* catalog = nullptr;
        const Clock* clock = nullptr;
        std::string zone;
        /// The changes that tell people of it; written with the clock's own. May be empty.
        std::function<std::vector<Change>(const ClockEvent&, std::string_view space)> tell;
    };
    explicit ClockKeeper(Options options);

    /// One round over the live space and every exercise that runs. Answers how many clocks it
    /// moved.
    std::size_t tick();

  private:
    std::size_t round(const Kind& kind, const KindClock& clock, const std::string& space);
    bool write(const ClockEvent& event, const std::string& space);

    Options m_options;
    bool m_any = false;  ///< The catalog has clocks.
};

}  // namespace anlan::bigdata
