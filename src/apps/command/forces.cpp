#include "apps/command/forces.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anlan::command {
namespace {

json::object problem(std::string_view id, const Label& text) {
    return {{"id", id}, {"zh", text.zh}, {"en", text.en}};
}

/// A problem takes the place of everything a route would say.
Way without_route(json::object why) {
    Way way;
    way.eta_s = std::numeric_limits<double>::infinity();
    for (const auto* key : {"length_m", "travel_s", "eta_s", "detour_m", "roads"})
        way.fields[key] = nullptr;
    way.fields["problem"] = std::move(why);
    return way;
}

Way no_route(const Error& error) {
    // The row's own text, then road by road what is in the way.
    return without_route(
        problem(error.row->id, {text_of(error, Language::zh), text_of(error, Language::en)}));
}

std::optional<double> turnout_s(const bigdata::Record& team, const Settings& settings,
                                Timestamp now) {
    const bool night = settings.is_night(civil(now, k_beijing_offset_ms).hour);
    const double s =
        number_at(team.fields, night ? "turnout_night_seconds" : "turnout_day_seconds", -1);
    return s >= 0 ? std::optional(s) : std::nullopt;
}

Way way_of(const routing::Route& route, const Result<routing::Route>& free) {
    Way way;
    way.line = Geometry::line(route.line);
    auto& f = way.fields;
    f["length_m"] = std::round(route.length_m);
    f["travel_s"] = std::round(route.seconds);
    f["detour_m"] = free ? json::value(std::max(0.0, std::round(route.length_m - free->length_m)))
                         : json::value(nullptr);
    json::array roads;
    for (const auto& taken : route.roads) {
        roads.push_back(json::object{{"name", taken.name.zh},
                                     {"name_en", taken.name.en},
                                     {"length_m", std::round(taken.length_m)}});
    }
    f["roads"] = std::move(roads);
    f["problem"] = nullptr;
    way.eta_s = std::round(route.seconds);
    return way;
}

}  // namespace

std::vector<routing::BlockedArea> blocked_areas(const bigdata::Record* impact,
                                                const Settings& settings) {
    std::vector<routing::BlockedArea> out;
    if (impact == nullptr) return out;
    for (const auto& value : array_at(impact->fields, "zones")) {
        const auto* zone = value.if_object();
        if (zone == nullptr || std::ranges::find(settings.blocked_zones, text_at(*zone, "key")) ==
                                   settings.blocked_zones.end())
            continue;
        const auto* geometry = zone->if_contains("geometry");
        auto area = geometry == nullptr ? Result<Geometry>(fail(errors::k_bad_geometry))
                                        : geometry_from_json(*geometry);
        if (!area) continue;  // a threshold that is nowhere reached has no outline
        const std::string name(text_at(*zone, "name"));
        out.push_back({{name + " 区", "the " + name + " zone"}, std::move(*area)});
    }
    return out;
}

std::vector<Way> ways_to(const routing::Graph* graph,
                         const std::vector<const bigdata::Record*>& teams, LonLat to,
                         const std::vector<routing::BlockedArea>& blocked, const Settings& settings,
                         Timestamp now) {
    std::vector<LonLat> from;
    for (const auto* team : teams) from.push_back(team->geometry ? anchor_of(*team->geometry) : to);
    std::vector<Result<routing::Route>> routes, free_routes;
    if (graph != nullptr) {
        const routing::RouteOptions options{.inside = routing::Inside::stop_at_edge};
        routes =
            routing::find_routes(*graph, from, to, routing::Closures(*graph, blocked), options);
        free_routes = routing::find_routes(*graph, from, to, routing::Closures(*graph), options);
    }
    std::vector<Way> out;
    for (std::size_t i = 0; i < teams.size(); ++i) {
        Way way;
        if (!teams[i]->geometry) {
            way = without_route(problem("team_place_unknown",
                                        {"队伍位置未登记", "The team's place is not on record"}));
        } else if (graph == nullptr) {
            way = without_route(problem("no_streets", {"路网未登记，无法规划路线",
                                                       "No streets on record to plan a route on"}));
        } else if (!routes[i]) {
            way = no_route(routes[i].error());
        } else {
            way = way_of(*routes[i], free_routes[i]);
        }
        const auto turnout = turnout_s(*teams[i], settings, now);
        way.fields["turnout_s"] = turnout ? json::value(*turnout) : json::value(nullptr);
        way.eta_s += turnout.value_or(0);
        if (std::isfinite(way.eta_s)) way.fields["eta_s"] = way.eta_s;
        out.push_back(std::move(way));
    }
    return out;
}

bool fits(const bigdata::Record& team, const ForceWanted& wanted, std::string_view hazard) {
    if (team.state != "available" || text_at(team.fields, "type") != wanted.type) return false;
    const std::string_view against =
        wanted.hazard.empty() ? hazard : std::string_view(wanted.hazard);
    return std::ranges::any_of(array_at(team.fields, "hazards"), [&](const json::value& v) {
        const auto* s = v.if_string();
        return s != nullptr && std::string_view(*s) == against;
    });
}

std::vector<Proposal> propose(const Plan& plan, std::string_view hazard,
                              const std::vector<bigdata::Record>& teams,
                              const std::map<std::string, int>& already,
                              const std::vector<Uuid>& never, const routing::Graph* graph,
                              LonLat to, const std::vector<routing::BlockedArea>& blocked,
                              const Settings& settings, Timestamp now) {
    std::vector<const bigdata::Record*> candidates;
    for (const auto& team : teams) {
        const bool wanted = std::ranges::any_of(
            plan.forces, [&](const auto& force) { return fits(team, force, hazard); });
        if (wanted && std::ranges::find(never, team.id) == never.end()) candidates.push_back(&team);
    }
    auto ways = ways_to(graph, candidates, to, blocked, settings, now);
    std::vector<std::size_t> by_eta(candidates.size());
    for (std::size_t i = 0; i < by_eta.size(); ++i) by_eta[i] = i;
    std::ranges::stable_sort(by_eta, {}, [&](std::size_t i) { return ways[i].eta_s; });

    std::vector<Proposal> out;
    auto there = already;
    std::vector<bool> taken(candidates.size(), false);
    for (const auto& force : plan.forces) {
        int missing = force.count;
        const int have = std::min(missing, there[force.type]);
        there[force.type] -= have;
        missing -= have;
        for (const auto i : by_eta) {
            if (missing == 0) break;
            if (taken[i] || !fits(*candidates[i], force, hazard)) continue;
            taken[i] = true;
            --missing;
            out.push_back({candidates[i], std::move(ways[i])});
        }
    }
    return out;
}

Label vehicles_text(const bigdata::Record& team) {
    Label out;
    for (const auto& value : array_at(team.fields, "vehicles")) {
        const auto* o = value.if_object();
        if (o == nullptr) continue;
        const std::string zh(text_at(*o, "type")), en(text_at(*o, "type_en", zh));
        const std::string count = std::to_string(integer_at(*o, "count", 1));
        out.zh += (out.zh.empty() ? "" : "、") + zh + " " + count + " 辆";
        out.en += (out.en.empty() ? "" : ", ") + count + " × " + en;
    }
    return out;
}

bool differs(const Way& way, const bigdata::Record& dispatch) {
    if (way.line && (!dispatch.geometry || to_json(*way.line) != to_json(*dispatch.geometry)))
        return true;
    for (const auto* key : {"length_m", "travel_s", "problem"}) {
        const auto* now = way.fields.if_contains(key);
        const auto* was = dispatch.fields.if_contains(key);
        const bool none_now = now == nullptr || now->is_null(),
                   none_was = was == nullptr || was->is_null();
        if (none_now != none_was || (!none_now && *now != *was)) return true;
    }
    return false;
}

}  // namespace anlan::command
