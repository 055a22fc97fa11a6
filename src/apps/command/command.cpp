#include "apps/command/command.h"

#include "apps/command/board.h"

namespace anlan::command {
namespace {

constexpr std::int64_t k_retry_every_ms = 5'000;

}  // namespace

Command::Command(const apps::Context& context, const Settings& settings,
                 ExerciseDesk::Simulator simulator)
    : m_context(context),
      m_incidents(context),
      m_response(context, settings),
      m_exercises(context, settings, std::move(simulator)) {}

Result<void> Command::start() {
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> spaces{std::string(bigdata::k_live)};
    TRY_ASSIGN(exercises,
               m_context.records.all(whole(m_context, bigdata::k_live), "exercise",
                                     {{"state", bigdata::Compare::equal, json::value("running")}}));
    for (const auto& exercise : exercises) spaces.push_back(exercise.id.text());
    for (const auto& space : spaces) {
        TRY(m_incidents.start(space));
        TRY(m_response.start(space));
    }
    return m_exercises.start(exercises);
}

void Command::on_entry(const bigdata::Entry& entry) {
    const auto& record = entry.after;
    if (record.zone != m_context.zone) return;
    const std::lock_guard lock(m_mutex);
    if (record.kind == "alarm")
        m_incidents.on_alarm(entry);
    else if (record.kind == "task")
        m_response.on_task(entry);
    else if (record.kind == "dispatch")
        m_response.on_dispatch(entry);
    else if (record.kind == "team")
        m_response.on_team(record);
    else if (record.kind == "road")
        m_response.on_road(record);
    else if (record.kind == "impact" && entry.action == bigdata::Action::create)
        m_response.on_impact(record);
    else if (record.kind == "incident") {
        m_incidents.on_incident(record);
        m_response.on_incident(entry);
    } else if (record.kind == "exercise" && entry.move == "end") {
        m_exercises.end(record);
        m_incidents.forget_space(record.id.text());
        m_response.forget_space(record.id.text());
    }
}

void Command::tick(Timestamp now) {
    const std::lock_guard lock(m_mutex);
    if (now - m_ticked < k_retry_every_ms && now >= m_ticked) return;
    m_ticked = now;
    m_incidents.tick();
    m_response.tick();
}

RouteRows Command::routes() {
    RouteRows rows{board_route(m_context)};
    rows.push_back(m_exercises.what_if_route());
    return rows;
}

apps::RoutesRound Command::routes_round() {
    return [this](const std::string& space, Uuid incident, const json::array& zones) {
        const std::lock_guard lock(m_mutex);
        return m_response.routes_round(space, incident, zones);
    };
}

}  // namespace anlan::command
