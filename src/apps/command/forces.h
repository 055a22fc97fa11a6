// Which teams to send, and by which streets: pure functions over records and a graph.
#pragma once

#include "apps/command/plan.h"
#include "apps/command/settings.h"
#include "core/json.h"
#include "core/time.h"
#include "models/routing/route.h"

#include <optional>
#include <string>
#include <vector>

namespace anlan::command {

/// What is in the way: an impact's zones that nobody drives through.
std::vector<routing::BlockedArea> blocked_areas(const bigdata::Record* impact,
                                                const Settings& settings);

/// One team's way to an incident; the members of a `dispatch` record that depend on it.
struct Way {
    std::optional<Geometry> line;  ///< Nothing when there is no route.
    json::object
        fields;  ///< length_m, travel_s, turnout_s, eta_s, detour_m, roads, problem; null: none.
    double eta_s = 0;  ///< Infinite without a route.
};

/// Ways of many teams to one place, in the order of `teams`. A team without a place has the problem
/// team_place_unknown. `graph` may be null: then the problem is no_streets.
std::vector<Way> ways_to(const routing::Graph* graph,
                         const std::vector<const bigdata::Record*>& teams, LonLat to,
                         const std::vector<routing::BlockedArea>& blocked, const Settings& settings,
                         Timestamp now);

/// A team fits when it is available, of the type, and its hazards name the hazard.
bool fits(const bigdata::Record& team, const ForceWanted& wanted, std::string_view hazard);

struct Proposal {
    const bigdata::Record* team;
    Way way;
};

/// For each force wanted the quickest fit teams, each team once. `already` counts teams of a type
/// that are on their way; `never` are teams not to be asked (again).
std::vector<Proposal> propose(const Plan& plan, std::string_view hazard,
                              const std::vector<bigdata::Record>& teams,
                              const std::map<std::string, int>& already,
                              const std::vector<Uuid>& never, const routing::Graph* graph,
                              LonLat to, const std::vector<routing::BlockedArea>& blocked,
                              const Settings& settings, Timestamp now);

/// "水罐消防车 2 辆、指挥车 1 辆" and "2 × Water tender, 1 × Command car".
Label vehicles_text(const bigdata::Record& team);

/// True when a way differs from what the dispatch record says, so that it has to be written again.
bool differs(const Way& way, const bigdata::Record& dispatch);

}  // namespace anlan::command
