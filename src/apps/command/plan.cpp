#include "apps/command/plan.h"

#include "apps/command/errors.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace anlan::command {
namespace {

Uuid reference(const json::object& fields, std::string_view key) {
    return Uuid::parse(text_at(fields, key)).value_or(Uuid{});
}

PlanStep step_from(const json::object& o) {
    const auto text = [&](std::string_view key) { return std::string(text_at(o, key)); };
    PlanStep step{text("key"),
                  {text("section"), text("section_en")},
                  {text("title"), text("title_en")},
                  text("role"),
                  number_at(o, "minutes", 0),
                  text_at(o, "kind") == "message",
                  {}};
    for (const auto& key : array_at(o, "after")) {
        if (const auto* s = key.if_string()) step.after.emplace_back(*s);
    }
    return step;
}

/// Takes away steps whose predecessors are taken away, again and again; what is left runs in a
/// circle.
bool has_circle(const Plan& plan) {
    std::set<std::string> gone;
    for (bool moved = true; moved;) {
        moved = false;
        for (const auto& step : plan.steps) {
            const bool ready = std::ranges::all_of(
                step.after, [&](const auto& key) { return gone.contains(key); });
            moved |= ready && gone.insert(step.key).second;
        }
    }
    return gone.size() < plan.steps.size();
}

}  // namespace

const PlanStep* Plan::step(std::string_view key) const {
    const auto it = std::ranges::find(steps, key, &PlanStep::key);
    return it == steps.end() ? nullptr : &*it;
}

Result<Plan> plan_from(const bigdata::Record& record) {
    Plan plan;
    plan.id = record.id;
    plan.name = {std::string(text_at(record.fields, "name")),
                 std::string(text_at(record.fields, "name_en"))};
    if (const auto level = integer_at(record.fields, "response_level", 0); level > 0)
        plan.response_level = static_cast<int>(level);
    const auto wrong = [&](std::string what) {
        return fail(errors::k_bad_plan, {{"plan", plan.name.zh}, {"what", std::move(what)}});
    };
    const auto& steps = array_at(record.fields, "steps");
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto* o = steps[i].if_object();
        const std::string where = "steps/" + std::to_string(i);
        if (o == nullptr) return wrong(where + ": not an object");
        auto step = step_from(*o);
        if (step.key.empty() || step.role.empty() || step.title.zh.empty())
            return wrong(where + ": key, role or title is missing");
        if (plan.step(step.key) != nullptr) return wrong(where + ": key '" + step.key + "' twice");
        if (!(step.minutes >= 0 && step.minutes < 1e6)) return wrong(where + ": minutes");
        plan.steps.push_back(std::move(step));
    }
    for (const auto& step : plan.steps) {
        for (const auto& key : step.after) {
            if (plan.step(key) == nullptr)
                return wrong("step '" + step.key + "' comes after '" + key + "', which is no step");
        }
    }
    if (has_circle(plan)) return wrong("steps wait for each other in a circle");
    for (const auto& value : array_at(record.fields, "forces")) {
        const auto* o = value.if_object();
        if (o == nullptr || text_at(*o, "type").empty()) return wrong("forces");
        plan.forces.push_back(
            {std::string(text_at(*o, "type")), std::string(text_at(*o, "hazard")),
             static_cast<int>(std::clamp<std::int64_t>(integer_at(*o, "count", 1), 1, 100))});
    }
    return plan;
}

const bigdata::Record* choose_plan(const std::vector<bigdata::Record>& plans,
                                   std::string_view hazard, Uuid enterprise, Uuid substance,
                                   int level) {
    const bigdata::Record* best = nullptr;
    const auto rank = [&](const bigdata::Record& plan) {
        return std::tuple(!reference(plan.fields, "enterprise").is_nil(),
                          !reference(plan.fields, "substance").is_nil());
    };
    for (const auto& plan : plans) {
        const Uuid of = reference(plan.fields, "enterprise"),
                   with = reference(plan.fields, "substance");
        const bool fits = text_at(plan.fields, "hazard") == hazard &&
                          (of.is_nil() || of == enterprise) &&
                          (with.is_nil() || substance.is_nil() || with == substance) &&
                          level <= integer_at(plan.fields, "trigger_level", 4);
        if (!fits) continue;
        if (best == nullptr || rank(plan) > rank(*best) ||
            (rank(plan) == rank(*best) &&
             text_at(plan.fields, "code") < text_at(best->fields, "code"))) {
            best = &plan;
        }
    }
    return best;
}

std::vector<NextStep> next_steps(const Plan& plan, const std::map<std::string, std::string>& tasks,
                                 const std::vector<std::string>& sent) {
    std::set<std::string> satisfied;
    for (const auto& [key, state] : tasks) {
        if (state == "done" || state == "cancelled") satisfied.insert(key);
    }
    satisfied.insert(sent.begin(), sent.end());
    std::vector<NextStep> out;
    // A message that goes out now lets its successors go in the same breath.
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            const auto& step = plan.steps[i];
            const bool ready = std::ranges::all_of(
                step.after, [&](const auto& key) { return satisfied.contains(key); });
            if (step.is_message && ready && satisfied.insert(step.key).second) {
                out.push_back({StepAction::send, &step, static_cast<int>(i) + 1});
                moved = true;
            }
        }
    }
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        const auto& step = plan.steps[i];
        if (step.is_message) continue;
        const bool ready = std::ranges::all_of(
            step.after, [&](const auto& key) { return satisfied.contains(key); });
        const auto task = tasks.find(step.key);
        const int sequence = static_cast<int>(i) + 1;
        if (task == tasks.end())
            out.push_back(
                {ready ? StepAction::create_ordered : StepAction::create_waiting, &step, sequence});
        else if (ready && task->second == "waiting")
            out.push_back({StepAction::order, &step, sequence});
    }
    std::ranges::sort(out, {}, &NextStep::sequence);
    return out;
}

}  // namespace anlan::command
