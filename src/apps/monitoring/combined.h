// Rules over several datastreams together: k of n, or all of them, within a time and an area.
//
// A datastream *meets* an item when its last reading passes the item's limit (with hysteresis) or
// has its bit set, and is not older than `within_s`. A level holds at a datastream when enough
// others meet around it: its own enterprise, or `area_m` metres. The alarm stands on the datastream
// whose reading completed it; the others around it raise none of their own while it stands.
//
// Plain and synchronous: no clock, no lock. Cost of a reading: what its items cost; of a reading
// that changes what is met: the streams that meet, times the alarms that stand.
#pragma once

#include "apps/monitoring/rule.h"

#include <map>
#include <memory>
#include <vector>

namespace anlan::monitoring {

/// What the levels of one combined rule say, in one space. The rule must be of type combined.
class Combined {
  public:
    explicit Combined(std::shared_ptr<const Rule> rule);

    /// A datastream at which the level changed: index of the row that holds, -1 for none.
    struct Change {
        Uuid datastream;
        int row;
        Timestamp since;  ///< Receipt of the reading that completed it.
    };
    std::vector<Change> observe(const sensing::Stream& stream, double value, Timestamp received);
    /// Readings that have grown too old.
    std::vector<Change> tick(Timestamp now);
    /// After a restart an alarm stands here at `row`; it is held for that row's `within_s`, in
    /// which its datastreams can speak again.
    void resume(const sensing::Stream& stream, int row, Timestamp now);
    void forget(Uuid datastream);

  private:
    struct Member {
        Uuid datastream, enterprise;
        std::optional<LonLat> place;
        std::string property;
        std::vector<std::vector<bool>> met;  ///< By row and item.
        Timestamp received, held_until;
        int row = -1;  ///< What stands here.
    };
    Member& member_of(const sensing::Stream& stream);
    bool look(Member& member, double value) const;
    std::vector<Change> judge(Member* newest, Timestamp now);
    [[nodiscard]] int row_at(const Member& centre, Timestamp now) const;
    [[nodiscard]] bool holds(const Member& centre, std::size_t row, Timestamp now) const;
    [[nodiscard]] bool near(const Member& a, const Member& b, double area_m) const;
    [[nodiscard]] bool covered(const Member& member) const;

    std::shared_ptr<const Rule> m_rule;
    std::map<Uuid, Member> m_members;
};

}  // namespace anlan::monitoring
