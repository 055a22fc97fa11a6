// One moving thing under one geofence rule: inside or not, since when, which level holds.
//
//   enter   holds while it is inside (for `for_s`)      dwell   the same, `for_s` above 0
//   leave   while it is outside after it was inside     speed   while inside and at least so fast
//
// Its clock and ours both count: a duration ends by the fix's own time or, when no more fixes come,
// by ours. Plain: no clock, no lock.
#pragma once

#include "apps/monitoring/mover.h"
#include "apps/monitoring/rule.h"

#include <array>
#include <memory>
#include <vector>

namespace anlan::monitoring {

class FenceWatch {
  public:
    explicit FenceWatch(std::shared_ptr<const Rule> rule);

    void move(const Fix& fix);
    void tick(Timestamp now);
    /// The alarm stood at `level` when the program ended.
    void resume(int level, Timestamp since);
    /// The rule or its area was edited; what holds goes on holding until the next fix.
    void adopt(std::shared_ptr<const Rule> rule);

    [[nodiscard]] bool has_moved() const { return m_count > 0; }
    /// Index of the worst row that holds, -1 for none.
    [[nodiscard]] int row() const;
    /// Receipt of the fix with which it began.
    [[nodiscard]] Timestamp since() const;
    /// Of a row about speed m/s; else for how many seconds it has been inside, or outside.
    [[nodiscard]] double value() const;
    [[nodiscard]] std::optional<LonLat> place() const;
    /// The last fixes, oldest first: [{"at","received","value": speed,"longitude","latitude"}].
    [[nodiscard]] json::array evidence() const;

  private:
    struct LevelState {
        bool on = false, waiting = false;
        Timestamp at, received;
    };
    static constexpr std::size_t k_fixes_kept = 20;

    [[nodiscard]] bool holds(const RuleLevel& level, bool before, const Fix& fix) const;
    [[nodiscard]] const Fix* last() const {
        return m_count == 0 ? nullptr : &m_fixes[(m_count - 1) % k_fixes_kept];
    }

    std::shared_ptr<const Rule> m_rule;
    std::vector<LevelState> m_states;
    bool m_inside = false, m_was_inside = false;
    Timestamp m_changed_at;  ///< When it came in or went out, by its clock.
    std::array<Fix, k_fixes_kept> m_fixes{};
    std::size_t m_count = 0;
};

}  // namespace anlan::monitoring
