// The decision desk: keeps the threat zone of every open incident right.
//
// It hears incidents (drafted, or with another hole, inventory, vessel or manual wind) and the
// masts, and writes a new edition of the incident's `impact` whenever the picture has changed.
// Editions are computed on one worker thread, newest wish first merged: an incident waits at most
// once in line. Invariant: an impact's id follows from incident and edition, so a repeat after a
// crash is the same write.
#pragma once

#include "apps/context.h"
#include "apps/decision/assessment.h"
#include "apps/decision/settings.h"
#include "apps/decision/wind.h"
#include "apps/routes_round.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace anlan::decision {

class Desk final : public apps::Application {
  public:
    /// `routes` may be empty: then a preview shows none.
    Desk(apps::Context context, Settings settings, apps::RoutesRound routes = {});
    ~Desk() override;

    Result<void> start() override;
    void on_entry(const bigdata::Entry& entry) override;
    void on_observations(std::span<const sensing::Heard> heard) override;
    void tick(Timestamp now) override;
    void stop() override;
    [[nodiscard]] RouteRows routes() override;

  private:
    /// What the desk remembers of an open incident.
    struct Case {
        bigdata::Record incident;
        std::int64_t edition = 0;
        Wind used;              ///< Of the newest edition.
        SteadyTime computed{};  ///< When.
        std::string wish;       ///< Cause of a waiting recomputation; empty for none.
    };
    struct Preview {
        std::optional<json::object> wind;
        std::optional<double> hole_diameter_m;
    };
    friend struct PreviewBody;

    Result<void> remember_open(const std::string& space);
    void ask(const std::string& space, Uuid incident, std::string_view cause);
    void ask_where_wind_moved(std::string_view space);
    void work(std::stop_token stop);
    void compute(const std::string& space, Uuid incident);
    [[nodiscard]] Result<Situation> situation_of(const bigdata::Record& incident,
                                                 const Wind& wind) const;
    [[nodiscard]] Wind wind_of(const bigdata::Record& incident) const;
    using Targets = std::shared_ptr<const std::vector<Target>>;
    [[nodiscard]] Result<Targets> targets(const std::string& space) const;
    [[nodiscard]] bigdata::View view(std::string_view space) const;

    apps::Context m_context;
    Settings m_settings;
    apps::RoutesRound m_routes;
    WindWatch m_wind;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_woken;
    std::map<std::pair<std::string, Uuid>, Case> m_cases;  ///< By space and incident.
    mutable std::map<std::string, Targets, std::less<>>
        m_targets;  ///< By space; erased when they change.
    std::jthread m_worker;
};

}  // namespace anlan::decision
