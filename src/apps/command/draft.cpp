#include "apps/command/draft.h"

#include <cstdio>

namespace anlan::command {
namespace {

std::string text(const std::optional<bigdata::Record>& record, std::string_view key) {
    return record ? std::string(text_at(record->fields, key)) : std::string();
}

void copy(json::object& to, std::string_view key, const json::object& from,
          std::string_view from_key) {
    if (const auto* v = from.if_contains(from_key)) to[key] = *v;
}

/// Without a closing remark in brackets: "海鲸冷链" of "海鲸冷链（示例）".
std::string bare(const std::string& name) {
    for (const std::string_view open : {"（", " ("}) {
        if (const auto at = name.find(open); at != std::string::npos && at > 0)
            return name.substr(0, at);
    }
    return name;
}

/// "海鲸冷链 1 号库贮氨器 V-201 液氨泄漏"; a vessel's name often has its enterprise's in it
/// already.
Label title_of(const DraftInput& in) {
    const std::string enterprise = text(in.enterprise, "name"), vessel = text(in.vessel, "name");
    const bool within = !enterprise.empty() && vessel.find(bare(enterprise)) != std::string::npos;
    std::string zh =
        within || enterprise.empty() ? vessel : enterprise + (vessel.empty() ? "" : " " + vessel);
    zh += (zh.empty() ? "" : " ") + in.hazard.zh;
    const std::string enterprise_en = text(in.enterprise, "name_en"),
                      vessel_en = text(in.vessel, "name_en");
    const bool within_en =
        !enterprise_en.empty() && vessel_en.find(bare(enterprise_en)) != std::string::npos;
    std::string en = in.hazard.en;
    if (!vessel_en.empty()) en += ", " + vessel_en;
    if (!enterprise_en.empty() && !within_en) en += ", " + enterprise_en;
    return {zh, en};
}

}  // namespace

bigdata::Change draft_incident(const DraftInput& in) {
    const auto& alarm = *in.alarm;
    bigdata::Change change;
    change.kind = "incident";
    change.id = in.id;
    change.scope = alarm.scope;
    change.geometry = in.vessel && in.vessel->geometry ? in.vessel->geometry : alarm.geometry;
    if (!change.geometry && in.enterprise && in.enterprise->geometry) {
        change.geometry = Geometry::point(anchor_of(*in.enterprise->geometry));
    }
    auto& f = change.fields;
    const Label title = title_of(in);
    f["number"] = in.number;
    f["title"] = title.zh;
    f["title_en"] = title.en;
    copy(f, "hazard", alarm.fields, "hazard");
    copy(f, "level", alarm.fields, "level");
    f["alarm"] = alarm.id.text();
    copy(f, "enterprise", alarm.fields, "enterprise");
    if (in.vessel) {
        f["vessel"] = in.vessel->id.text();
        copy(f, "substance", in.vessel->fields, "substance");
        copy(f, "inventory_kg", in.vessel->fields, "inventory_kg");
    }
    if (in.plan != nullptr) f["plan"] = in.plan->id.text();
    copy(f, "frame_at", alarm.fields, "frame_at");
    copy(f, "started_at", alarm.fields, "raised_at");
    f["drafted_at"] = iso8601(in.now);
    return change;
}

std::string day_text(Timestamp now) {
    const auto c = civil(now, k_beijing_offset_ms);
    char out[16];
    std::snprintf(out, sizeof out, "%04d%02d%02d", c.year, c.month, c.day);
    return out;
}

std::string incident_number(std::string_view space, Timestamp now, int count) {
    char serial[16];
    std::snprintf(serial, sizeof serial, "-%02d", count);
    return (space == bigdata::k_live ? "SJ-" : "YL-") + day_text(now) + serial;
}

bool is_live_alarm(const bigdata::Record& alarm) {
    return !alarm.deleted && (alarm.state == "active" || alarm.state == "active_acknowledged");
}

bool is_serious(const bigdata::Record& alarm) {
    return is_live_alarm(alarm) && integer_at(alarm.fields, "level", 4) == 1 &&
           !text_at(alarm.fields, "hazard").empty();
}

bool is_fresh(const bigdata::Entry& entry) {
    return entry.action == bigdata::Action::create || entry.move == "reopen" ||
           entry.before.contains("level");
}

}  // namespace anlan::command
