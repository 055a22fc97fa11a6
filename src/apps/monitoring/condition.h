// Whether a rule's levels hold for one datastream: limits, hysteresis, duration, bits, silence,
// speed of change, standstill; and whether the rule's timetable lets them count.
// Pure: no clock of its own, no lock; only a rate rule's window allocates after construction.
#pragma once

#include "apps/monitoring/rule.h"
#include "apps/monitoring/trend.h"
#include "core/time.h"

#include <memory>
#include <optional>
#include <vector>

namespace anlan::monitoring {

class Condition {
  public:
    explicit Condition(std::shared_ptr<const Rule> rule);

    /// A reading, in the order of its device's clock; of no use to silence, combined and geofence
    /// rules.
    void observe(double value, Timestamp at, Timestamp received);
    /// Durations that end without a further reading: the last value is taken to hold.
    void tick(Timestamp now);
    /// For silence rules; `silent_s` < 0 when nothing is expected.
    void silence(double silent_s, double expected_interval_s, Timestamp now);
    /// For combined and geofence rules: this row holds here (-1: none), as Combined or FenceWatch
    /// judged.
    void impose(int row, Timestamp since, Timestamp now);
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
    /// Change per minute of a rate rule at the last reading; 0 while it is not known.
    [[nodiscard]] double per_minute() const { return m_per_minute; }
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
    void observe_limits(double value, Timestamp at, Timestamp received);
    void observe_standstill(double value, Timestamp at, Timestamp received);
    void start_watching();
    void look_at_timetable(Timestamp now);
    void find_worst();
    [[nodiscard]] std::size_t index() const { return static_cast<std::size_t>(m_worst); }

    std::shared_ptr<const Rule> m_rule;
    std::vector<LevelState> m_states;
    std::optional<Slope> m_slope;            ///< Of rate rules.
    std::optional<Standstill> m_standstill;  ///< Of stuck rules.
    double m_per_minute = 0;
    bool m_awake = true;  ///< The timetable lets the levels count.
    int m_worst = -1;
};

}  // namespace anlan::monitoring
