#include "apps/command/response.h"

#include "apps/command/errors.h"
#include "apps/command/streets.h"
#include "foundations/comms/messenger.h"

#include <algorithm>
#include <cmath>

namespace anlan::command {
namespace {

json::value text_value(Timestamp t) {
    return json::value(iso8601(t));
}

bool has(const bigdata::Record& record, std::string_view field) {
    return record.fields.contains(field);
}

}  // namespace

Result<void> Response::start(const std::string& space) {
    TRY_ASSIGN(running, m_context.records.all(whole(m_context, space), "incident",
                                              {{"state", bigdata::Compare::one_of,
                                                json::array{"running", "stand_down"}}}));
    for (const auto& incident : running) {
        if (incident.state == "running") carry_out(incident, std::nullopt);
        for (const auto& task : of_incident(m_context, space, "task", incident.id))
            settle_task(task, task.updated_at);
        for (const auto& dispatch : of_incident(m_context, space, "dispatch", incident.id))
            settle_dispatch(dispatch, dispatch.updated_at);
        if (incident.state == "running")
            reroute(incident, newest_impact(m_context, space, incident.id));
    }
    return {};
}

void Response::on_incident(const bigdata::Entry& entry) {
    const auto& incident = entry.after;
    if (entry.move == "confirm")
        carry_out(incident, entry.at);
    else if (entry.move == "resume")
        carry_out(incident, std::nullopt);
    else if (entry.move == "stand_down")
        stand_down(incident, entry.at);
    else if (entry.move == "close")
        close(incident, entry.at);
    else if (incident.state == "running" && entry.before.contains("plan") &&
             entry.author.name != k_program.name) {
        carry_out(incident, std::nullopt);  // another plan was chosen on the way
    }
}

std::optional<bigdata::Record> Response::plan_record(const bigdata::Record& incident) const {
    if (auto chosen = follow(m_context, incident.space, "plan", incident.fields, "plan"))
        return chosen;
    const auto plans = m_context.records.all(whole(m_context, incident.space), "plan");
    if (!plans) return std::nullopt;
    const auto* best = choose_plan(*plans, text_at(incident.fields, "hazard"),
                                   reference(incident.fields, "enterprise"),
                                   reference(incident.fields, "substance"),
                                   static_cast<int>(integer_at(incident.fields, "level", 1)));
    return best == nullptr ? std::nullopt : std::optional(*best);
}

/// Starts the plan, or goes on with it: whatever is missing of it is written.
void Response::carry_out(const bigdata::Record& incident, std::optional<Timestamp> confirmed_at) {
    const auto& space = incident.space;
    const auto now = m_context.clock.now();
    json::object fields;
    if (!has(incident, "confirmed_at"))
        fields["confirmed_at"] = text_value(confirmed_at.value_or(incident.updated_at));
    const auto record = plan_record(incident);
    auto plan = record ? plan_from(*record) : Result<Plan>(fail(errors::k_not_found));
    if (!plan) {
        if (record)
            note(incident, "plan wrong",
                 {text_of(plan.error(), Language::zh), text_of(plan.error(), Language::en)});
        else
            note(incident, "no plan",
                 {"没有匹配的预案，请人工下达任务", "No plan fits; give the orders by hand"});
        if (!fields.empty()) submit(m_context, space, {patch(incident, std::move(fields))});
        return;
    }
    if (!has(incident, "plan")) fields["plan"] = plan->id.text();
    if (!has(incident, "plan_started_at")) fields["plan_started_at"] = text_value(now);
    if (!has(incident, "response_level") && plan->response_level)
        fields["response_level"] = *plan->response_level;

    std::map<std::string, std::string> tasks;
    for (const auto& task : of_incident(m_context, space, "task", incident.id)) {
        tasks[std::string(text_at(task.fields, "step"))] = task.state;
    }
    std::vector<std::string> sent;
    const auto messages = of_incident(m_context, space, "message", incident.id);
    for (const auto& step : plan->steps) {
        const Uuid id = stable_id("message", space, incident.id, step.key);
        if (step.is_message &&
            std::ranges::find(messages, id, &bigdata::Record::id) != messages.end())
            sent.push_back(step.key);
    }
    const auto next = next_steps(*plan, tasks, sent);
    const auto people = next.empty() ? Roster{} : roster(space);
    std::vector<bigdata::Change> all;
    if (!fields.empty()) all.push_back(patch(incident, std::move(fields)));
    const bool starting = tasks.empty() && sent.empty();
    for (const auto& step : next) {
        auto changes = changes_for(step, incident, people);
        if (starting)
            std::ranges::move(changes, std::back_inserter(all));
        else
            submit(m_context, space,
                   std::move(changes));  // one that is there already is refused, alone
    }
    if (!all.empty()) {
        submit(
            m_context, space, std::move(all),
            [shared = m_shared, space, id = incident.id](const Result<bigdata::Applied>& outcome) {
                if (outcome) return;
                const std::lock_guard lock(shared->mutex);
                shared->retry.insert({space, id});
            });
    }
    propose_forces(incident, *plan);
}

std::vector<bigdata::Change> Response::changes_for(const NextStep& next,
                                                   const bigdata::Record& incident,
                                                   const Roster& people) const {
    const auto& step = *next.step;
    if (next.action == StepAction::send) return {message_for(step, incident, people, {})};
    const Uuid id = stable_id("task", incident.space, incident.id, step.key);
    json::object f;
    const auto now = m_context.clock.now();
    const bool ordered = next.action != StepAction::create_waiting;
    if (ordered) f["ordered_at"] = text_value(now);
    if (ordered && step.minutes > 0)
        f["due_at"] = text_value(now + std::llround(step.minutes * 60'000));
    if (next.action == StepAction::order) {
        return {move("task", id, "order", std::move(f)), message_for(step, incident, people, id)};
    }
    const auto owner = owner_of(step.role, incident, people);
    f["incident"] = incident.id.text();
    f["step"] = step.key;
    f["section"] = step.section.zh.empty() ? "任务" : step.section.zh;
    f["section_en"] = step.section.en.empty() ? "Tasks" : step.section.en;
    f["title"] = step.title.zh;
    f["title_en"] = step.title.en;
    f["owner_role"] = step.role;
    if (!owner.person.is_nil()) f["owner"] = owner.person.text();
    f["owner_text"] = owner.name.zh;
    f["owner_text_en"] = owner.name.en;
    f["sequence"] = next.sequence;
    if (step.minutes > 0) f["minutes"] = step.minutes;
    bigdata::Change create;
    create.kind = "task";
    create.id = id;
    create.scope = incident.scope;
    create.state = ordered ? "ordered" : "waiting";
    create.fields = std::move(f);
    std::vector<bigdata::Change> out{std::move(create)};
    if (ordered) out.push_back(message_for(step, incident, people, id));
    return out;
}

bigdata::Change Response::message_for(const PlanStep& step, const bigdata::Record& incident,
                                      const Roster& people, Uuid task) const {
    const auto owner = owner_of(step.role, incident, people);
    comms::Outgoing message;
    message.id = stable_id("message", incident.space, incident.id, step.key);
    message.incident = incident.id;
    message.task = task;
    message.to_role = step.role;
    message.to_person = owner.person;
    message.to_text = owner.name;
    message.title = step.title;
    message.scope = incident.scope;
    const std::string number(text_at(incident.fields, "number")),
        title(text_at(incident.fields, "title")),
        title_en(text_at(incident.fields, "title_en", title));
    message.text = {title + "（" + number + "）：" + step.title.zh + "。",
                    title_en + " (" + number + "): " + step.title.en + "."};
    if (step.minutes > 0) {
        const auto minutes = std::to_string(std::lround(step.minutes));
        message.text.zh += "时限 " + minutes + " 分钟。";
        message.text.en += " Within " + minutes + " minutes.";
    }
    return comms::message_change(message, incident.space, m_context.clock.now());
}

/// Who is on duty for the role; the enterprise's own safety manager; else the role itself.
Response::Owner Response::owner_of(std::string_view role, const bigdata::Record& incident,
                                   const Roster& people) const {
    if (role == "enterprise_safety") {
        const auto enterprise =
            follow(m_context, incident.space, "enterprise", incident.fields, "enterprise");
        const std::string manager(enterprise ? text_at(enterprise->fields, "safety_manager")
                                             : std::string_view{});
        if (!manager.empty()) return {{}, {manager, manager}};
    }
    if (const auto* on_duty = comms::first_of(people, role)) {
        return {on_duty->person,
                {on_duty->name.zh, on_duty->name.en.empty() ? on_duty->name.zh : on_duty->name.en}};
    }
    return {{}, comms::role_label(m_context.catalog, role)};
}

Response::Roster Response::roster(std::string_view space) const {
    auto people = comms::on_duty(m_context.records, m_context.catalog, whole(m_context, space),
                                 m_context.clock.now());
    return people ? std::move(*people) : Roster{};
}

void Response::on_task(const bigdata::Entry& entry) {
    if (entry.action != bigdata::Action::move) return;
    const auto& task = entry.after;
    settle_task(task, entry.at);
    if (task.state != "done" && task.state != "cancelled") return;
    const auto incident = incident_of(task);
    if (incident && incident->state == "running") carry_out(*incident, std::nullopt);
}

/// The times that a task's state implies and its record lacks.
void Response::settle_task(const bigdata::Record& task, Timestamp at) {
    json::object f;
    const auto put = [&](const char* field, Timestamp t) {
        if (!has(task, field)) f[field] = text_value(t);
    };
    const bool begun = task.state == "ordered" || task.state == "accepted" || task.state == "done";
    if (begun) put("ordered_at", at);
    if (const double minutes = number_at(task.fields, "minutes", 0);
        begun && minutes > 0 && task.state != "done") {
        const auto ordered = parse_iso8601(text_at(task.fields, "ordered_at")).value_or(at);
        put("due_at", ordered + std::llround(minutes * 60'000));
    }
    if (task.state == "accepted") put("accepted_at", at);
    if (task.state == "done") put("done_at", at);
    if (!f.empty()) submit(m_context, task.space, {patch(task, std::move(f))});
}

void Response::stand_down(const bigdata::Record& incident, Timestamp at) {
    std::vector<bigdata::Change> changes;
    if (!has(incident, "stand_down_at"))
        changes.push_back(patch(incident, {{"stand_down_at", text_value(at)}}));
    std::set<std::string> roles;
    for (const auto& task : of_incident(m_context, incident.space, "task", incident.id)) {
        if (task.state != "cancelled")
            roles.insert(std::string(text_at(task.fields, "owner_role")));
    }
    for (const auto& dispatch : of_incident(m_context, incident.space, "dispatch", incident.id)) {
        const auto team = follow(m_context, incident.space, "team", dispatch.fields, "team");
        const auto leader = team ? m_settings.leaders.find(text_at(team->fields, "type"))
                                 : m_settings.leaders.end();
        if (leader != m_settings.leaders.end() && dispatch.state != "refused")
            roles.insert(leader->second);
    }
    roles.erase("");
    const auto people = roster(incident.space);
    for (const auto& role : roles) {
        const auto owner = owner_of(role, incident, people);
        comms::Outgoing message;
        message.id = stable_id("stand down " + std::to_string(incident.revision), incident.space,
                               incident.id, role);
        message.incident = incident.id;
        message.to_role = role;
        message.to_person = owner.person;
        message.to_text = owner.name;
        const std::string title(text_at(incident.fields, "title")),
            title_en(text_at(incident.fields, "title_en", title));
        message.title = {"解除：" + title, "Stand-down: " + title_en};
        message.text = {title + "已解除。请清点人员与装备，报告后归队。",
                        title_en + " is stood down. Count people and equipment, report, return."};
        message.scope = incident.scope;
        changes.push_back(comms::message_change(message, incident.space, m_context.clock.now()));
    }
    if (!changes.empty()) submit(m_context, incident.space, std::move(changes));
}

void Response::close(const bigdata::Record& incident, Timestamp at) {
    if (!has(incident, "closed_at"))
        submit(m_context, incident.space, {patch(incident, {{"closed_at", text_value(at)}})});
    for (const auto& dispatch : of_incident(m_context, incident.space, "dispatch", incident.id)) {
        if (dispatch.state == "released" || dispatch.state == "refused") continue;
        submit(
            m_context, incident.space,
            {move("dispatch", dispatch.id, dispatch.state == "proposed" ? "refuse" : "release")});
    }
}

void Response::note(const bigdata::Record& incident, std::string_view what, const Label& text) {
    bigdata::Change change;
    change.kind = "log_entry";
    change.id = stable_id("note", incident.space, incident.id, what);
    change.scope = incident.scope;
    change.fields = {{"incident", incident.id.text()},
                     {"text", text.zh},
                     {"text_en", text.en},
                     {"at", text_value(m_context.clock.now())}};
    submit(m_context, incident.space, {std::move(change)});
}

std::optional<bigdata::Record> Response::incident_of(const bigdata::Record& record) const {
    return follow(m_context, record.space, "incident", record.fields, "incident");
}

void Response::forget_space(std::string_view space) {
    std::erase_if(m_streets, [&](const auto& item) { return item.first == space; });
    const std::lock_guard lock(m_shared->mutex);
    std::erase_if(m_shared->retry, [&](const auto& item) { return item.first == space; });
}

void Response::tick() {
    std::set<std::pair<std::string, Uuid>> retry;
    {
        const std::lock_guard lock(m_shared->mutex);
        retry.swap(m_shared->retry);
    }
    for (const auto& [space, id] : retry) {
        const auto incident = m_context.records.get(whole(m_context, space), "incident", id);
        if (incident && incident->state == "running") carry_out(*incident, std::nullopt);
    }
}

}  // namespace anlan::command
