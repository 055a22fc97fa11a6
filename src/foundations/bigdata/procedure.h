// A procedure as declared beside its kind: states, the moves between them, and clocks.
//
//   moves:
//     - name: accept
//       from: [submitted]
//       to: accepted                  # or same: the state stays
//       label: {zh: 验收通过, en: Accept}
//       roles: [duty_officer]             # besides the right <kind>.accept; absent: the right
//       alone required: [accept_comment]        # must have a value after the move guards: [{name:
//       not_by, fields: [rectified_by_id]}]       # a C++ function: guards.h effects:
//         - {set: accepted_at, to: now}   # to: now | today | actor | actor_id, or value:
//         <constant>
//         - {clear: reject_reason}
//         - {start: rectify}              # a clock starts afresh; stop: ends it
//   clocks:
//     - name: rectify
//       label: {zh: 整改, en: Rectification}
//       starts: [rectifying]              # entering one starts the clock, or lets it go on
//       stops: [accepted, cancelled]      # entering one ends it
//       due: {working_days: 5}            # or hours, days, working_hours, or field: <date or time>
//       tell: responsible                 # a person who hears that the clock has run out
//       escalate: {after: {working_days: 1}, to_role: duty_officer}   # a code of table duty_role
//       source: "…"
//
// A clock keeps what it knows in fields of the record that the loader declares for it, so that
// lists filter and sort by them: <clock>_state (running, overdue, met, late, stopped: table
// `clock_state`), <clock>_started_at, <clock>_due_at, <clock>_ended_at, <clock>_escalated_at, and
// <clock>_calendar_known, false when the due time lies in a year whose holidays are not published.
// "late" is ended after the due time; "stopped" is ended by the effect `stop`. Only the program
// writes them: working time is reckoned by the catalog's calendar (calendar.h) when the clock
// starts; clock_keeper.h turns running into overdue and escalates.
#pragma once

#include "core/json.h"
#include "core/label.h"

#include <optional>
#include <string>
#include <vector>

namespace anlan::bigdata {

struct Guard {
    std::string name;  ///< A row of guards.h.
    std::vector<std::string> fields;
};

struct Effect {
    enum class Do { set_now, set_today, set_actor, set_actor_id, set_value, clear, start, stop };
    Do what = Do::set_now;
    std::string target;  ///< A field, or a clock for start and stop.
    json::value value;   ///< Of set_value.
};

struct Move {
    std::string name;
    Label label;
    std::vector<std::string> from;      ///< States it starts from.
    std::string to;                     ///< Empty (`to: same`): the state stays.
    std::vector<std::string> required;  ///< Fields that must have a value after the move.
    std::string right;                  ///< "<kind>.<move>" unless declared.
    std::vector<std::string> roles;     ///< Who, of those with the right; empty: all of them.
    std::vector<Guard> guards;
    std::vector<Effect> effects;
};

struct State {
    std::string name;
    Label label;
    bool final = false;  ///< No live work left.
};

/// A length of time, or a field of the record that holds the end of it.
struct Term {
    enum class Unit { hours, days, working_hours, working_days, field };
    Unit unit = Unit::hours;
    double amount = 0;
    std::string field;
};

struct KindClock {
    std::string name;
    Label label;
    std::vector<std::string> starts, stops;  ///< States.
    Term due;
    std::string tell;                    ///< Field that refers to a person; empty: nobody.
    std::optional<Term> escalate_after;  ///< Counted from the due time; nothing: at once.
    std::string escalate_to;             ///< Code of table `duty_role`; empty: no escalation.
    std::string source;                  ///< Law or rule that sets the term.
};

}  // namespace anlan::bigdata
