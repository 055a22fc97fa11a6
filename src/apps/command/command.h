// Application "command": incidents, plans, tasks, forces, and exercises.
#pragma once

#include "apps/command/exercise_desk.h"
#include "apps/command/incident_desk.h"
#include "apps/command/response.h"
#include "apps/context.h"
#include "apps/routes_round.h"
#include "apps/simulator.h"

namespace anlan::command {

class Command final : public apps::Application {
  public:
    Command(const apps::Context& context, const Settings& settings,
            ExerciseDesk::Simulator simulator);

    /// Finishes what a crash interrupted, in the live space and every exercise that runs.
    Result<void> start() override;
    void on_entry(const bigdata::Entry& entry) override;
    void tick(Timestamp now) override;
    [[nodiscard]] RouteRows routes() override;
    /// For previews; lives as long as this.
    [[nodiscard]] apps::RoutesRound routes_round();

  private:
    apps::Context m_context;
    IncidentDesk m_incidents;
    Response m_response;
    ExerciseDesk m_exercises;
    std::mutex m_mutex;  ///< Entries and ticks come on two threads; the parts take one at a time.
    Timestamp m_ticked;
};

}  // namespace anlan::command
