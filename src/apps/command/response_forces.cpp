// Response: teams, their routes, and one source of truth for where a team is.
#include "apps/command/response.h"
#include "apps/command/streets.h"
#include "foundations/comms/messenger.h"

#include <algorithm>
#include <cmath>

namespace anlan::command {
namespace {

bool is_on_its_way_or_proposed(const bigdata::Record& dispatch) {
    return dispatch.state == "proposed" || dispatch.state == "ordered" ||
           dispatch.state == "accepted" || dispatch.state == "en_route";
}

bool is_open(const bigdata::Record& dispatch) {
    return dispatch.state != "released" && dispatch.state != "refused";
}

void put_edition(json::object& fields, const std::optional<bigdata::Record>& impact) {
    if (impact) fields["edition"] = integer_at(impact->fields, "edition", 0);
}

/// A create takes no nulls: what there is not is left out.
json::object without_nulls(json::object fields) {
    json::object out;
    for (auto& [key, value] : fields) {
        if (!value.is_null()) out.emplace(key, std::move(value));
    }
    return out;
}

}  // namespace

std::shared_ptr<const routing::Graph> Response::streets(std::string_view space) {
    if (const auto it = m_streets.find(space); it != m_streets.end()) return it->second;
    const auto roads = m_context.records.all(whole(m_context, space), "road");
    if (!roads) return nullptr;
    auto graph = streets_from(*roads, m_settings);
    auto out = graph && !(*graph)->segments().empty() ? *graph : nullptr;
    m_streets.emplace(space, out);
    return out;
}

void Response::propose_forces(const bigdata::Record& incident, const Plan& plan) {
    const auto& space = incident.space;
    if (!incident.geometry || plan.forces.empty()) return;
    const auto teams = m_context.records.all(whole(m_context, space), "team");
    if (!teams) return;
    std::map<std::string, int> already;
    std::vector<Uuid> never;
    for (const auto& dispatch : of_incident(m_context, space, "dispatch", incident.id)) {
        const Uuid team = reference(dispatch.fields, "team");
        never.push_back(team);
        const auto it = std::ranges::find(*teams, team, &bigdata::Record::id);
        if (is_open(dispatch) && it != teams->end())
            ++already[std::string(text_at(it->fields, "type"))];
    }
    const auto impact = newest_impact(m_context, space, incident.id);
    const auto blocked = blocked_areas(impact ? &*impact : nullptr, m_settings);
    const auto now = m_context.clock.now();
    const auto proposals =
        propose(plan, text_at(incident.fields, "hazard"), *teams, already, never,
                streets(space).get(), anchor_of(*incident.geometry), blocked, m_settings, now);
    for (const auto& [team, way] : proposals) {
        bigdata::Change create;
        create.kind = "dispatch";
        create.id = stable_id("dispatch", space, incident.id, team->id.text());
        create.scope = incident.scope;
        create.geometry = way.line ? way.line : team->geometry;
        create.fields = without_nulls(way.fields);
        const std::string name(text_at(team->fields, "name"));
        const auto vehicles = vehicles_text(*team);
        create.fields["title"] = name;
        create.fields["title_en"] = text_at(team->fields, "name_en", name);
        create.fields["incident"] = incident.id.text();
        create.fields["team"] = team->id.text();
        if (const auto people = integer_at(team->fields, "people", 0); people > 0)
            create.fields["people"] = people;
        if (!vehicles.zh.empty()) create.fields["vehicles_text"] = vehicles.zh;
        if (!vehicles.en.empty()) create.fields["vehicles_text_en"] = vehicles.en;
        put_edition(create.fields, impact);
        submit(m_context, space, {std::move(create)});
    }
}

void Response::on_impact(const bigdata::Record& impact) {
    const auto incident = incident_of(impact);
    if (!incident || incident->state != "running") return;
    const auto newest = newest_impact(m_context, impact.space, incident->id);
    if (newest && newest->id == impact.id) reroute(*incident, newest);
}

void Response::on_road(const bigdata::Record& road) {
    m_streets.erase(road.space);
    const auto running =
        m_context.records.all(whole(m_context, road.space), "incident",
                              {{"state", bigdata::Compare::equal, json::value("running")}});
    if (!running) return;
    for (const auto& incident : *running)
        reroute(incident, newest_impact(m_context, road.space, incident.id));
}

/// The dispatches of an incident that are not there yet, each with its team.
Response::Unarrived Response::unarrived(const std::string& space, Uuid incident) const {
    Unarrived out;
    for (auto& dispatch : of_incident(m_context, space, "dispatch", incident)) {
        if (!is_on_its_way_or_proposed(dispatch)) continue;
        auto team = follow(m_context, space, "team", dispatch.fields, "team");
        if (!team) continue;
        out.teams.push_back(std::move(*team));
        out.dispatches.push_back(std::move(dispatch));
    }
    return out;
}

/// New ways for all that are not there yet; only a way that changed is written.
void Response::reroute(const bigdata::Record& incident,
                       const std::optional<bigdata::Record>& impact) {
    if (!incident.geometry) return;
    const auto& space = incident.space;
    const auto [dispatches, teams] = unarrived(space, incident.id);
    if (dispatches.empty()) return;
    std::vector<const bigdata::Record*> from;
    for (const auto& team : teams) from.push_back(&team);
    const auto blocked = blocked_areas(impact ? &*impact : nullptr, m_settings);
    const auto now = m_context.clock.now();
    auto ways = ways_to(streets(space).get(), from, anchor_of(*incident.geometry), blocked,
                        m_settings, now);
    for (std::size_t i = 0; i < dispatches.size(); ++i) {
        const auto& dispatch = dispatches[i];
        auto& way = ways[i];
        if (!differs(way, dispatch)) continue;
        const auto ordered_at = parse_iso8601(text_at(dispatch.fields, "ordered_at"));
        if (ordered_at && std::isfinite(way.eta_s))
            way.fields["arrive_by"] = iso8601(*ordered_at + std::llround(way.eta_s * 1000));
        if (ordered_at && !std::isfinite(way.eta_s)) way.fields["arrive_by"] = nullptr;
        put_edition(way.fields, impact);
        auto change = patch(dispatch, std::move(way.fields));
        change.geometry = way.line ? way.line : teams[i].geometry;
        submit(m_context, space, {std::move(change)});
    }
}

json::array Response::routes_round(const std::string& space, Uuid incident_id,
                                   const json::array& zones) {
    json::array out;
    const auto incident = m_context.records.get(whole(m_context, space), "incident", incident_id);
    if (!incident || !incident->geometry) return out;
    const auto [dispatches, teams] = unarrived(space, incident_id);
    bigdata::Record tried;
    tried.kind = "impact";
    tried.fields["zones"] = zones;
    std::vector<const bigdata::Record*> from;
    for (const auto& team : teams) from.push_back(&team);
    auto ways = ways_to(streets(space).get(), from, anchor_of(*incident->geometry),
                        blocked_areas(&tried, m_settings), m_settings, m_context.clock.now());
    for (std::size_t i = 0; i < dispatches.size(); ++i) {
        json::object way = std::move(ways[i].fields);
        way["dispatch"] = dispatches[i].id.text();
        way["team"] = teams[i].id.text();
        way["geometry"] = ways[i].line ? json::value(to_json(*ways[i].line)) : json::value(nullptr);
        out.push_back(std::move(way));
    }
    return out;
}

void Response::on_dispatch(const bigdata::Entry& entry) {
    const auto& dispatch = entry.after;
    if (entry.action != bigdata::Action::move) return;
    settle_dispatch(dispatch, entry.at);
    if (entry.move == "order") order_team(dispatch);
    if (entry.move != "refuse") return;
    const auto incident = incident_of(dispatch);
    if (incident && incident->state == "running")
        carry_out(*incident, std::nullopt);  // somebody else in its place
}

/// The times that a dispatch's state implies and its record lacks, and the team's state.
void Response::settle_dispatch(const bigdata::Record& dispatch, Timestamp at) {
    json::object f;
    const auto put = [&](const char* field, Timestamp t) {
        if (!dispatch.fields.contains(field)) f[field] = iso8601(t);
    };
    if (dispatch.state == "ordered") {
        put("ordered_at", at);
        if (const double eta_s = number_at(dispatch.fields, "eta_s", -1); eta_s >= 0)
            put("arrive_by", at + std::llround(eta_s * 1000));
    }
    if (dispatch.state == "accepted") put("accepted_at", at);
    if (dispatch.state == "arrived") put("arrived_at", at);
    if (!f.empty()) submit(m_context, dispatch.space, {patch(dispatch, std::move(f))});
    if (dispatch.state != "proposed" && dispatch.state != "refused")
        settle_team(dispatch.space, reference(dispatch.fields, "team"));
}

void Response::on_team(const bigdata::Record& team) {
    // Only a team that is out can be behind its dispatch.
    if (team.state == "assigned" || team.state == "on_scene") settle_team(team.space, team.id);
}

/// A team's state follows from its dispatches; one move at a time, the next with the team's entry.
void Response::settle_team(std::string_view space, Uuid id) {
    const auto team = m_context.records.get(whole(m_context, space), "team", id);
    const auto dispatches =
        m_context.records.all(whole(m_context, space), "dispatch",
                              {{"team", bigdata::Compare::equal, json::value(id.text())}});
    if (!team || !dispatches) return;
    bool out = false, there = false, came_back = false;
    for (const auto& dispatch : *dispatches) {
        there |= dispatch.state == "arrived";
        out |= dispatch.state == "ordered" || dispatch.state == "accepted" ||
               dispatch.state == "en_route";
        came_back |= dispatch.state == "released";
    }
    std::string_view name;
    if (out || there) {
        if (team->state == "available")
            name = "assign";
        else if (team->state == "assigned" && there && !out)
            name = "arrive";
        else if (team->state == "on_scene" && out && !there)
            name = "assign";
    } else if (came_back && (team->state == "assigned" || team->state == "on_scene")) {
        name = "release";
    }
    if (!name.empty()) submit(m_context, space, {move("team", id, name)});
}

void Response::order_team(const bigdata::Record& dispatch) {
    const auto team = follow(m_context, dispatch.space, "team", dispatch.fields, "team");
    const auto incident = incident_of(dispatch);
    if (!team || !incident) return;
    const auto leader = m_settings.leaders.find(text_at(team->fields, "type"));
    if (leader == m_settings.leaders.end()) return;
    const auto owner = owner_of(leader->second, *incident, roster(dispatch.space));
    const std::string name(text_at(team->fields, "name")),
        name_en(text_at(team->fields, "name_en", name)), title(text_at(incident->fields, "title")),
        title_en(text_at(incident->fields, "title_en", title));
    comms::Outgoing message;
    message.id = stable_id("order", dispatch.space, incident->id, dispatch.id.text());
    message.incident = incident->id;
    message.to_role = leader->second;
    message.to_person = owner.person;
    message.to_text = {std::string(text_at(team->fields, "leader", owner.name.zh)), owner.name.en};
    message.title = {name + "出动", "Send " + name_en};
    message.text = {"请" + name + "立即出动：" + title + "。",
                    name_en + ", go now: " + title_en + "."};
    if (const double eta_s = number_at(dispatch.fields, "eta_s", -1); eta_s >= 0) {
        const auto minutes = std::to_string(std::lround(std::ceil(eta_s / 60)));
        message.text.zh += "按建议路线，预计 " + minutes + " 分钟到场。";
        message.text.en += " By the route given, expected in " + minutes + " minutes.";
    }
    message.scope = incident->scope;
    submit(m_context, dispatch.space,
           {comms::message_change(message, dispatch.space, m_context.clock.now())});
}

}  // namespace anlan::command
