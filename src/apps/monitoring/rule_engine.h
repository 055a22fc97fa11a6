// Readings become alarms. One live alarm per datastream and rule, rebuilt from the register after
// a restart; alarms of one enterprise and hazard within the rule's window are members of the first.
//
// The engine is synchronous and takes no lock. It decides what the alarm record should be and hands
// out the changes one at a time per alarm; the outcome comes back by settled() and the journal's
// entries by on_alarm(). What a person does to an alarm therefore always wins.
//
//   condition holds   no alarm       → raise            (unless barred after a false alarm)
//                     active, other level or value → update
//                     cleared        → reopen
//   condition ended   active         → clear
//                     acknowledged   → clear_acknowledged
//
// Cost: under 1 µs a reading without a change; memory about 1 kB a datastream with rules.
#pragma once

#include "apps/monitoring/alarm_clocks.h"
#include "apps/monitoring/alarm_settings.h"
#include "apps/monitoring/combined.h"
#include "apps/monitoring/track.h"
#include "core/label.h"
#include "foundations/bigdata/register.h"

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace anlan::monitoring {

/// A change the engine wants written; exactly one record.
struct AlarmWrite {
    std::string space;
    bigdata::Change change;
};

/// An alarm nobody answered in time.
struct Escalation {
    std::string space;
    Uuid alarm;
    std::size_t step = 0;  ///< From 0.
    std::string to_role;
    int level = 0;
    Label title;
    Timestamp raised_at;
    bigdata::Scope scope;
};

/// A rule that was switched off for a while, and why.
struct Isolation {
    std::string space;
    Uuid rule;
    Label text;
    Timestamp at;
};

/// How a rule fares in one space.
struct RuleState {
    Uuid rule;
    RuleHealth health;
    std::size_t streams = 0;  ///< It applies to.
    std::size_t alarms = 0;   ///< Live.
};

class RuleEngine {
  public:
    struct Options {
        IdSource* ids = nullptr;
        std::function<Label(std::string_view property)> property_label;
        std::function<bigdata::Scope(const sensing::Stream&)>
            scope_of;  ///< Of the device; once a stream.
        /// Whether it carries dangerous goods; asked when a geofence is only for those. Empty: no.
        std::function<bool(const sensing::Stream&)> is_dangerous;
        AlarmClocks clocks;
        AlarmSettings settings = {};
        /// Steady microseconds, by which evaluations are measured; empty: they are not.
        std::function<std::int64_t()> steady_us;
        std::int64_t value_every_ms =
            10'000;                           ///< An alarm's value is written no oftener than this.
        std::int64_t retry_after_ms = 1'000;  ///< After a refused write.
    };
    explicit RuleEngine(Options options);

    [[nodiscard]] bool knows(std::string_view space) const;
    [[nodiscard]] std::vector<std::string> spaces() const;
    /// All rules of a space, again after any change; alarms of rules that are gone are cleared.
    void set_rules(std::string_view space, std::vector<std::shared_ptr<const Rule>> rules,
                   Timestamp now);
    void forget_space(std::string_view space);

    /// An alarm of the register at start: live, or a false alarm whose condition may still hold.
    void adopt(const bigdata::Record& alarm, const sensing::Stream& stream, Timestamp now);

    void observe(const sensing::Stream& stream, const bigdata::Observation& observation,
                 Timestamp now);
    /// A thing has moved; `lead` is the datastream of its longitude.
    void moved(const sensing::Stream& lead, const Fix& fix, Timestamp now);
    /// Durations, silence, values to refresh, retries. `streams` are the streams that ought to
    /// speak.
    void tick(Timestamp now, const std::vector<std::shared_ptr<const sensing::Stream>>& streams);

    /// The record of an alarm as the journal has it; `move` is empty unless it was one.
    void on_alarm(const bigdata::Record& alarm, std::string_view move, std::string_view actor,
                  Timestamp now);
    /// What became of a write.
    void settled(Uuid alarm, const Result<bigdata::Applied>& outcome, Timestamp now);
    /// Alarms whose record must be read again after a refused write; answered by reloaded().
    std::vector<std::pair<std::string, Uuid>> take_reloads();
    void reloaded(Uuid alarm, const Result<bigdata::Record>& record, Timestamp now);

    std::vector<AlarmWrite> take_writes();
    std::vector<Escalation> take_escalations(Timestamp now);
    /// Nobody is on duty for the role just told: the next one is told at once.
    void hurry(Uuid alarm, Timestamp now);
    std::vector<Isolation> take_isolations();
    [[nodiscard]] std::vector<RuleState> rule_states(std::string_view space) const;
    [[nodiscard]] std::size_t isolated(Timestamp now) const;

    [[nodiscard]] std::size_t live_alarms() const;
    [[nodiscard]] std::map<Uuid, int> alarms_by_device(std::string_view space) const;

  private:
    struct Group {
        Track* head = nullptr;
        Timestamp latest;
        Uuid enterprise;
        std::optional<LonLat> place;
    };
    using StreamId = std::pair<Uuid, std::string>;

    StreamMemory& memory_of(const sensing::Stream& stream, Timestamp now);
    void match_rules(StreamMemory& memory, Timestamp now);
    Track* track_of(Uuid alarm);

    void set_combined(const std::string& space);
    void apply(const std::string& space, Uuid rule, const std::vector<Combined::Change>& changes,
               Timestamp now);
    void hold_combined(Track& track, Timestamp now);
    void judge(Track& track, const bigdata::Observation& observation, bool news, Timestamp now);
    void judge_fence(Track& track, Timestamp now);
    template <class F>
    void evaluate(Track& track, Timestamp now, F&& judge);
    void isolate(Track& track, Timestamp now, const Error& why);
    void watch_rules(const std::string& space);
    [[nodiscard]] RuleHealth* health_of(const std::string& space, Uuid rule);
    [[nodiscard]] bool belongs(const Group& group, const Track& track, Timestamp now) const;
    void unshelve(Track& track, Timestamp now);
    Combined* combined_of(const std::string& space, Uuid rule);

    void reconcile(Track& track, Timestamp now);
    void raise(Track& track, Timestamp now);
    void update(Track& track, int level, Timestamp now);
    void send(Track& track, bigdata::Change change);
    void join_group(Track& track, Timestamp now);
    void leave_group(Track& track);
    void reap(StreamMemory& memory);
    void lift_bar(Track& track, Timestamp now);
    void move_alarm(Track& track, std::string_view move, json::object fields, Timestamp now);
    void follow_head(Track& head, std::string_view move, const bigdata::Record& alarm,
                     std::string_view actor, Timestamp now);
    void take_record(Track& track, const bigdata::Record& alarm, Timestamp now);
    void end_alarm(Track& track, bool false_alarm, Timestamp now);
    void start_clock(Track& track, int level, Timestamp now, json::object& fields);
    [[nodiscard]] int wanted_level(const Track& track) const;
    [[nodiscard]] bool is_stale(const Track& track, Timestamp now) const;
    [[nodiscard]] Label title_of(const Track& track, int level) const;
    void describe_level(const Track& track, int level, json::object& fields) const;

    Options m_options;
    std::map<std::string, std::vector<std::shared_ptr<const Rule>>, std::less<>> m_rules;
    /// Of each combined rule, with the rule it was made for.
    std::map<std::pair<std::string, Uuid>, std::pair<std::shared_ptr<const Rule>, Combined>>
        m_combined;
    std::map<StreamId, std::unique_ptr<StreamMemory>> m_streams;
    std::vector<StreamMemory*> m_by_number;  ///< The lake's dense number, the quick way in.
    std::unordered_map<Uuid, Track*> m_by_alarm;
    std::map<std::pair<std::string, std::string>, std::vector<Group>>
        m_groups;  ///< By space, hazard.
    std::map<std::pair<std::string, Uuid>, std::unique_ptr<RuleHealth>> m_health;
    std::vector<Isolation> m_isolations;
    std::vector<AlarmWrite> m_writes;
};

}  // namespace anlan::monitoring
