// Runs a confirmed incident: the plan's steps as tasks and messages, forces and their routes, the
// times of every move, stand-down and close.
//
// Everything is derived from the records and written under stable ids: doing it again after a
// crash, or because two entries came close together, changes nothing. One batch starts the plan, so
// there is no half a plan. Runs on one thread at a time.
#pragma once

#include "apps/command/forces.h"
#include "apps/command/records.h"
#include "apps/command/settings.h"
#include "foundations/comms/roster.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace anlan::command {

class Response {
  public:
    Response(const apps::Context& context, Settings settings)
        : m_context(context), m_settings(std::move(settings)) {}

    /// Finishes what was begun in a space when the program died. Errors: those of the register.
    Result<void> start(const std::string& space);
    void on_incident(const bigdata::Entry& entry);
    void on_impact(const bigdata::Record& impact);
    void on_task(const bigdata::Entry& entry);
    void on_dispatch(const bigdata::Entry& entry);
    void on_team(const bigdata::Record& team);
    void on_road(const bigdata::Record& road);
    /// As apps::RoutesRound says.
    json::array routes_round(const std::string& space, Uuid incident, const json::array& zones);
    void forget_space(std::string_view space);
    /// Tries again what was refused.
    void tick();

  private:
    struct Owner {
        Uuid person;
        Label name;
    };
    using Roster = std::vector<comms::OnDuty>;
    struct Shared {
        std::mutex mutex;
        std::set<std::pair<std::string, Uuid>> retry;  ///< Incidents whose start was refused.
    };

    void carry_out(const bigdata::Record& incident, std::optional<Timestamp> confirmed_at);
    void propose_forces(const bigdata::Record& incident, const Plan& plan);
    struct Unarrived {
        std::vector<bigdata::Record> dispatches, teams;  ///< Pairwise.
    };
    Unarrived unarrived(const std::string& space, Uuid incident) const;
    void reroute(const bigdata::Record& incident, const std::optional<bigdata::Record>& impact);
    void stand_down(const bigdata::Record& incident, Timestamp at);
    void close(const bigdata::Record& incident, Timestamp at);
    void settle_task(const bigdata::Record& task, Timestamp at);
    void settle_dispatch(const bigdata::Record& dispatch, Timestamp at);
    void settle_team(std::string_view space, Uuid team);
    void order_team(const bigdata::Record& dispatch);
    void note(const bigdata::Record& incident, std::string_view what, const Label& text);

    std::optional<bigdata::Record> plan_record(const bigdata::Record& incident) const;
    std::vector<bigdata::Change> changes_for(const NextStep& next, const bigdata::Record& incident,
                                             const Roster& roster) const;
    bigdata::Change message_for(const PlanStep& step, const bigdata::Record& incident,
                                const Roster& roster, Uuid task) const;
    Owner owner_of(std::string_view role, const bigdata::Record& incident,
                   const Roster& roster) const;
    Roster roster(std::string_view space) const;
    std::shared_ptr<const routing::Graph> streets(std::string_view space);
    std::optional<bigdata::Record> incident_of(const bigdata::Record& record) const;

    apps::Context m_context;
    Settings m_settings;
    std::map<std::string, std::shared_ptr<const routing::Graph>, std::less<>> m_streets;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
};

}  // namespace anlan::command
