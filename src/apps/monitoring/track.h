// What monitoring remembers of one datastream under one rule, and of the datastream itself.
#pragma once

#include "apps/monitoring/condition.h"
#include "apps/monitoring/fence_watch.h"
#include "core/label.h"
#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/record.h"
#include "foundations/sensing/hub.h"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace anlan::monitoring {

enum class AlarmState { none, active, acknowledged, cleared };  ///< none: no live alarm.
AlarmState alarm_state_from(std::string_view state);

inline constexpr std::size_t k_readings_kept = 20;

/// The last readings of a datastream, oldest first; what an alarm carries as its evidence.
class RecentReadings {
  public:
    void add(const bigdata::Observation& o) {
        m_items[m_added % k_readings_kept] = o;
        ++m_added;
    }
    [[nodiscard]] json::array to_json() const;

  private:
    std::array<bigdata::Observation, k_readings_kept> m_items{};
    std::size_t m_added = 0;
};

/// How one rule fares in one space. `problem` stays until the rule works again.
struct RuleHealth {
    std::int64_t revision = 0;  ///< Of the rule; an edited one begins anew.
    std::int64_t evaluated = 0, raised = 0;
    double last_ms = 0;  ///< The last evaluation that was measured: those that could be slow.
    int slow_in_a_row = 0;
    Timestamp off_until;  ///< 0: on.
    std::string problem_id;
    Label problem;
};

struct StreamMemory;

struct Track {
    Track(std::shared_ptr<const Rule> r, StreamMemory& s)
        : rule(std::move(r)), stream(s), condition(rule) {
        if (rule->type == RuleType::geofence) fence.emplace(rule);
    }

    std::shared_ptr<const Rule> rule;
    StreamMemory& stream;
    Condition condition;
    std::optional<FenceWatch> fence;  ///< Of geofence rules.
    RuleHealth* health = nullptr;     ///< The engine's; null of a rule that is gone.
    bool retired = false;  ///< The rule is gone or off: the alarm only has to be cleared.

    // The live alarm as the register knows it, or will once the write in flight is done.
    Uuid alarm;
    AlarmState state = AlarmState::none;
    std::int64_t revision = 0;
    bool in_flight = false;    ///< At most one write of ours at a time.
    Timestamp retry_at;        ///< After a failure, not before this.
    bool must_reload = false;  ///< The register knows better: read the record again.

    int level_written = 0;
    double value_written = 0, highest = 0, highest_written = 0;
    int alarms_in_group = 1, alarms_in_group_written = 1;  ///< Of a head, itself included.
    Timestamp written_at, raised_at;
    Timestamp answer_by;          ///< 0: no clock runs.
    Timestamp shelved_until;      ///< 0: not shelved.
    int shelved_level = 0;        ///< A worse one ends it.
    std::size_t escalations = 0;  ///< Steps already taken.

    Track* head = nullptr;        ///< The alarm this one is grouped under.
    std::vector<Track*> members;  ///< Of a head.

    /// After a false alarm: quiet until the condition has ended, unless it grows worse than this.
    int barred_level = 0;
    Uuid barred_by;  ///< That alarm, which gets its cleared_at then.

    /// What the rule looks at: the last reading, of a rate rule its change per minute, of a
    /// geofence rule FenceWatch::value().
    [[nodiscard]] double watched() const;
    /// Where it is, of a thing that moves; else where its device stands.
    [[nodiscard]] std::optional<LonLat> place() const;
};

struct StreamMemory {
    std::shared_ptr<const sensing::Stream> stream;
    bigdata::Scope scope;
    std::vector<std::unique_ptr<Track>> tracks;
    RecentReadings readings;
    double last_value = 0;
    Timestamp last_at, last_received;  ///< 0: never heard.
    Timestamp known_since;             ///< Silence counts from here until it is first heard.
    int late_in_a_row = 0;
};

inline std::optional<LonLat> Track::place() const {
    const auto moving = fence ? fence->place() : std::nullopt;
    return moving ? moving : stream.stream->place;
}

inline double Track::watched() const {
    if (fence) return fence->value();
    return rule->type == RuleType::rate ? condition.per_minute() : stream.last_value;
}

}  // namespace anlan::monitoring
