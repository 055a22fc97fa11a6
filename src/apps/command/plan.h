// A plan's steps, and what has to be done next to carry it out. Pure: what there is goes in, what
// is missing comes out, so that a start, a step done and a recovery after a crash are one function.
#pragma once

#include "core/label.h"
#include "core/result.h"
#include "foundations/bigdata/record.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace anlan::command {

struct PlanStep {
    std::string key;
    Label section, title;
    std::string role;         ///< Code of table duty_role.
    double minutes = 0;       ///< 0: no clock.
    bool is_message = false;  ///< A notice: done when it is on its way. Otherwise a task.
    std::vector<std::string> after;
};

struct ForceWanted {
    std::string type, hazard;  ///< Hazard empty: the incident's.
    int count = 1;
};

struct Plan {
    Uuid id;
    Label name;
    std::optional<int> response_level;
    std::vector<PlanStep> steps;
    std::vector<ForceWanted> forces;

    [[nodiscard]] const PlanStep* step(std::string_view key) const;
};

/// Errors: bad_plan (a step without key, role or title; the same key twice; `after` that names no
/// step or runs in a circle).
Result<Plan> plan_from(const bigdata::Record& record);

/// The plan that fits: of this hazard, the enterprise's own before the zone's, of this substance
/// before any (an unknown substance fits all); by code when several do. Only plans whose trigger
/// level is reached. nullptr: none.
const bigdata::Record* choose_plan(const std::vector<bigdata::Record>& plans,
                                   std::string_view hazard, Uuid enterprise, Uuid substance,
                                   int level);

enum class StepAction { create_waiting, create_ordered, order, send };

struct NextStep {
    StepAction action;
    const PlanStep* step;
    int sequence;  ///< Its place in the plan, from 1.
};

/// `tasks` holds the state of each step's task; `sent` names the message steps that are on record.
std::vector<NextStep> next_steps(const Plan& plan, const std::map<std::string, std::string>& tasks,
                                 const std::vector<std::string>& sent);

}  // namespace anlan::command
