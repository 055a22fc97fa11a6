#include "apps/command/incident_desk.h"

#include "apps/command/draft.h"
#include "apps/command/plan.h"

#include <algorithm>
#include <charconv>

namespace anlan::command {
namespace {

bool is_final(const bigdata::Record& incident) {
    return incident.deleted || incident.state == "closed" || incident.state == "rejected";
}

Label hazard_label(const bigdata::Catalog& catalog, std::string_view hazard) {
    const auto* table = catalog.codes("hazard");
    const auto* code = table == nullptr ? nullptr : table->find(hazard);
    return code == nullptr ? Label{std::string(hazard), std::string(hazard)} : code->label;
}

bigdata::Change link(const bigdata::Record& alarm, Uuid incident) {
    return patch(alarm, {{"incident", incident.text()}});
}

}  // namespace

IncidentDesk::Key IncidentDesk::key_of(const bigdata::Record& record) {
    return {record.space, reference(record.fields, "enterprise"),
            std::string(text_at(record.fields, "hazard"))};
}

Result<void> IncidentDesk::start(const std::string& space) {
    TRY_ASSIGN(incidents, m_context.records.all(whole(m_context, space), "incident"));
    for (const auto& incident : incidents) on_incident(incident);
    TRY_ASSIGN(alarms, m_context.records.all(whole(m_context, space), "alarm",
                                             {{"state", bigdata::Compare::one_of,
                                               json::array{"active", "active_acknowledged"}}}));
    for (const auto& alarm : alarms) consider(alarm, false);
    return {};
}

void IncidentDesk::on_incident(const bigdata::Record& incident) {
    const std::lock_guard lock(m_shared->mutex);
    const auto key = key_of(incident);
    const auto it = m_shared->open.find(key);
    if (!is_final(incident))
        m_shared->open[key] = incident.id;
    else if (it != m_shared->open.end() && it->second == incident.id)
        m_shared->open.erase(it);

    const std::string_view number = text_at(incident.fields, "number");  // SJ-20261123-01
    if (number.size() < 13) return;
    int count = 0;
    std::from_chars(number.data() + 12, number.data() + number.size(), count);
    auto& highest = m_shared->numbers[{incident.space, std::string(number.substr(3, 8))}];
    highest = std::max(highest, count);
}

void IncidentDesk::on_alarm(const bigdata::Entry& entry) {
    if (entry.move == "false") note_false_alarm(entry);
    consider(entry.after, is_fresh(entry));
}

/// Whether the incident is false too a person decides; the log says what there is to decide.
void IncidentDesk::note_false_alarm(const bigdata::Entry& entry) {
    const auto& alarm = entry.after;
    const auto incident = follow(m_context, alarm.space, "incident", alarm.fields, "incident");
    if (!incident || is_final(*incident)) return;
    const std::string title(text_at(alarm.fields, "title")),
        title_en(text_at(alarm.fields, "title_en", title)),
        reason(text_at(alarm.fields, "reason_text"));
    bigdata::Change change;
    change.kind = "log_entry";
    change.id = stable_id("false alarm", alarm.space, incident->id, alarm.id.text());
    change.scope = incident->scope;
    change.fields = {{"incident", incident->id.text()},
                     {"text", entry.author.name + " 将“" + title + "”判为误报：" + reason},
                     {"text_en", entry.author.name + " called '" + title_en + "' false: " + reason},
                     {"at", iso8601(entry.at)}};
    submit(m_context, alarm.space, {std::move(change)});
}

void IncidentDesk::consider(const bigdata::Record& alarm, bool fresh) {
    if (!is_live_alarm(alarm) || text_at(alarm.fields, "hazard").empty()) return;
    const auto key = key_of(alarm);
    const Uuid linked = reference(alarm.fields, "incident");
    Uuid open, id;
    {
        const std::lock_guard lock(m_shared->mutex);
        if (const auto it = m_shared->open.find(key); it != m_shared->open.end()) {
            open = it->second;
        } else if (is_serious(alarm) && (linked.is_nil() || fresh)) {
            m_shared->open[key] = id = m_context.ids.next();  // from here on nobody else drafts
        }
    }
    if (!id.is_nil())
        draft(alarm, key, id);
    else if (!open.is_nil() && linked != open)
        submit(m_context, alarm.space, {link(alarm, open)});
}

void IncidentDesk::draft(const bigdata::Record& alarm, const Key& key, Uuid id) {
    const auto& [space, enterprise, hazard] = key;
    const auto view = whole(m_context, space);
    DraftInput input;
    input.alarm = &alarm;
    input.enterprise = follow(m_context, space, "enterprise", alarm.fields, "enterprise");
    input.vessel = follow(m_context, space, "vessel", alarm.fields, "vessel");
    const auto plans = m_context.records.all(
        view, "plan", {{"hazard", bigdata::Compare::equal, json::value(hazard)}});
    const Uuid substance = input.vessel ? reference(input.vessel->fields, "substance") : Uuid{};
    if (plans)
        input.plan = choose_plan(*plans, hazard, enterprise, substance,
                                 static_cast<int>(integer_at(alarm.fields, "level", 1)));
    input.hazard = hazard_label(m_context.catalog, hazard);
    input.id = id;
    input.now = m_context.clock.now();
    {
        const std::lock_guard lock(m_shared->mutex);
        input.number =
            incident_number(space, input.now, ++m_shared->numbers[{space, day_text(input.now)}]);
    }

    std::vector<bigdata::Change> changes{draft_incident(input), link(alarm, id)};
    const auto others = m_context.records.all(
        view, "alarm",
        {{"hazard", bigdata::Compare::equal, json::value(hazard)},
         {"state", bigdata::Compare::one_of, json::array{"active", "active_acknowledged"}}});
    for (const auto& other : others ? *others : std::vector<bigdata::Record>{}) {
        if (other.id != alarm.id && key_of(other) == key) changes.push_back(link(other, id));
    }
    submit(
        m_context, space, std::move(changes),
        [shared = m_shared, key, id, alarm_id = alarm.id](const Result<bigdata::Applied>& outcome) {
            if (outcome) return;
            const std::lock_guard lock(shared->mutex);
            if (const auto it = shared->open.find(key);
                it != shared->open.end() && it->second == id)
                shared->open.erase(it);
            shared->retry.insert({std::get<0>(key), alarm_id});
        });
}

void IncidentDesk::tick() {
    std::set<std::pair<std::string, Uuid>> retry;
    {
        const std::lock_guard lock(m_shared->mutex);
        retry.swap(m_shared->retry);
    }
    for (const auto& [space, id] : retry) {
        const auto alarm = m_context.records.get(whole(m_context, space), "alarm", id);
        if (alarm) consider(*alarm, true);
    }
}

void IncidentDesk::forget_space(std::string_view space) {
    const std::lock_guard lock(m_shared->mutex);
    std::erase_if(m_shared->open,
                  [&](const auto& item) { return std::get<0>(item.first) == space; });
    std::erase_if(m_shared->numbers, [&](const auto& item) { return item.first.first == space; });
    std::erase_if(m_shared->retry, [&](const auto& item) { return item.first == space; });
}

}  // namespace anlan::command
