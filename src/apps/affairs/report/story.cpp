#include "apps/affairs/report/story.h"

#include <algorithm>
#include <set>

namespace anlan::affairs {

namespace {

using bigdata::Record;

std::optional<Timestamp> time_at(const Record& r, std::string_view field) {
    return parse_iso8601(text_at(r.fields, field));
}

constexpr std::size_t k_entries_a_page = 5'000;

}  // namespace

Result<Story> gather(const apps::Context& context, const Principal& who, std::string_view space,
                     Uuid incident) {
    const auto view = [&](std::string_view kind) { return context.access.view(who, space, kind); };
    Story story;
    TRY_ASSIGN(record, context.records.get(view("incident"), "incident", incident));
    context.access.mask(who, record);
    story.incident = std::move(record);

    const auto of_incident = [&](std::string_view kind) -> Result<std::vector<Record>> {
        TRY_ASSIGN(found, context.records.all(view(kind), kind,
                                              {{"incident", bigdata::Compare::equal,
                                                json::value(incident.text())}}));
        for (auto& each : found) context.access.mask(who, each);
        std::ranges::sort(found, {}, [](const Record& r) { return std::pair(r.created_at, r.id); });
        return std::move(found);
    };
    TRY_ASSIGN(alarms, of_incident("alarm"));
    TRY_ASSIGN(impacts, of_incident("impact"));
    TRY_ASSIGN(tasks, of_incident("task"));
    TRY_ASSIGN(dispatches, of_incident("dispatch"));
    TRY_ASSIGN(messages, of_incident("message"));
    std::ranges::sort(impacts, {},
                      [](const Record& r) { return integer_at(r.fields, "edition", 0); });
    std::ranges::sort(tasks, {},
                      [](const Record& r) { return integer_at(r.fields, "sequence", 0); });
    TRY_ASSIGN(roads, context.records.all(view("road"), "road"));

    const auto name_of = [&](std::string_view kind, std::string_view field, std::string& zh,
                             std::string& en) {
        const auto id = Uuid::parse(text_at(story.incident.fields, field));
        if (!id) return;
        const auto named = context.records.get(view(kind), kind, *id);
        if (!named) return;
        zh = text_at(named->fields, "name");
        en = text_at(named->fields, "name_en", zh);
    };
    name_of("enterprise", "enterprise", story.enterprise_name, story.enterprise_name_en);
    name_of("vessel", "vessel", story.vessel_name, story.vessel_name_en);
    name_of("substance", "substance", story.substance_name, story.substance_name_en);
    name_of("plan", "plan", story.plan_name, story.plan_name_en);

    std::set<Uuid> mine{incident};
    std::int64_t since = story.incident.sequence;
    for (const auto* group : {&alarms, &impacts, &tasks, &dispatches, &messages}) {
        for (const auto& r : *group) mine.insert(r.id);
    }
    TRY_ASSIGN(
        own, context.records.entries(view("incident"), 0, k_entries_a_page, "incident", incident));
    if (!own.empty()) since = own.front().sequence;
    for (const auto& alarm : alarms) {
        TRY_ASSIGN(first, context.records.entries(view("alarm"), 0, 1, "alarm", alarm.id));
        if (!first.empty()) since = std::min(since, first.front().sequence);
    }
    for (std::int64_t from = since - 1;;) {
        TRY_ASSIGN(entries, context.records.entries(view("incident"), from, k_entries_a_page));
        if (entries.empty()) break;
        from = entries.back().sequence;
        for (auto& entry : entries) {
            const Record& r = entry.after;
            const bool log =
                r.kind == "log_entry" && text_at(r.fields, "incident") == incident.text();
            if (!log && !mine.contains(r.id)) continue;
            if (!context.access.visible(who, r)) continue;
            context.access.mask(who, entry);
            story.timeline.push_back(std::move(entry));
        }
    }
    story.head_sequence = context.records.last_sequence();
    story.head = context.records.head();
    story.alarms = std::move(alarms);
    story.impacts = std::move(impacts);
    story.tasks = std::move(tasks);
    story.dispatches = std::move(dispatches);
    story.messages = std::move(messages);
    story.roads = std::move(roads);
    return story;
}

std::vector<Step> stopwatch(const Story& story) {
    std::vector<Step> out;
    const auto add = [&](std::string_view key, std::optional<Timestamp> at) {
        if (at) out.push_back({std::string(key), *at});
    };
    const auto earliest = [](const std::vector<Record>& records, std::string_view field) {
        std::optional<Timestamp> first;
        for (const auto& r : records) {
            const auto at = time_at(r, field);
            if (at && (!first || *at < *first)) first = at;
        }
        return first;
    };
    add("frame", time_at(story.incident, "frame_at"));
    add("alarm", earliest(story.alarms, "raised_at"));
    add("draft", time_at(story.incident, "drafted_at"));
    add("zone", earliest(story.impacts, "computed_at"));
    add("confirmed", time_at(story.incident, "confirmed_at"));
    add("plan", time_at(story.incident, "plan_started_at"));
    add("order", earliest(story.tasks, "ordered_at"));
    add("receipt", earliest(story.messages, "answered_at"));
    add("arrival", earliest(story.dispatches, "arrived_at"));
    add("stand_down", time_at(story.incident, "stand_down_at"));
    return out;
}

}  // namespace anlan::affairs
