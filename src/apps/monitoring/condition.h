// Whether a rule's levels hold for one datastream: limits, hysteresis, duration, bits, silence.
// Pure: no clock of its own, no lock, no allocation after construction.
#pragma once

#include "apps/monitoring/rule.h"
#include "core/time.h"

#include <memory>
#include <vector>

namespace anlan::monitoring {

class Condition {
  public:
    explicit Condition(std::shared_ptr<const Rule> rule);

    /// A reading of a threshold or state_bits rule, in the order of its device's clock.
    void observe(double value, Timestamp at, Timestamp received);
    /// Durations that end without a further reading: the last value is taken to hold.
    void tick(Timestamp now);
    /// For silence rules; `silent_s` < 0 when nothing is expected.
    void silence(double silent_s, double expected_interval_s, Timestamp now);
    /// After a restart: the alarm stood at `level`, so that level and the milder ones hold until a
    /// reading says otherwise.
    void resume(int level, Timestamp since);
    /// The rule was edited: levels that are still there keep holding.
    void adopt(std::shared_ptr<const Rule> rule);

    /// The worst level that holds, 1 … 4; 0 for none.
    [[nodiscard]] int level() const { return m_worst < 0 ? 0 : m_rule->levels[index()].level; }
    /// The row of the worst level; nullptr when none holds.
    [[nodiscard]] const RuleLevel* row() const {
        return m_worst < 0 ? nullptr : &m_rule->levels[index()];
    }
    /// Receipt of the first frame over the limit of the worst level that holds.
    [[nodiscard]] Timestamp first_frame() const {
        return m_worst < 0 ? Timestamp{} : m_states[index()].received;
    }

  private:
    struct LevelState {
        bool on = false;
        bool waiting = false;    ///< Over the limit, `for_s` not yet passed.
        Timestamp at, received;  ///< Of the first reading over the limit.
    };
    void find_worst();
    [[nodiscard]] std::size_t index() const { return static_cast<std::size_t>(m_worst); }

    std::shared_ptr<const Rule> m_rule;
    std::vector<LevelState> m_states;
    int m_worst = -1;
};

}  // namespace anlan::monitoring
