#include "center/applications.h"

#include "apps/affairs/duty.h"
#include "apps/affairs/report/report.h"
#include "apps/command/command.h"
#include "apps/decision/desk.h"
#include "apps/monitoring/monitoring.h"
#include "center/clock_messages.h"
#include "center/log.h"
#include "foundations/comms/channels/in_program/in_program.h"
#include "foundations/comms/channels/simulated/simulated.h"
#include "foundations/comms/messenger.h"

namespace anlan::center {
namespace {

/// How often clocks of procedures are looked at; their terms are hours and days.
constexpr std::int64_t k_clocks_every_ms = 2000;

class AllApplications final : public Applications {
  public:
    explicit AllApplications(const apps::Context& context)
        : m_messenger({&context.records, &context.clock, context.zone}, channels()),
          m_clocks({.records = &context.records,
                    .catalog = &context.catalog,
                    .clock = &context.clock,
                    .zone = context.zone,
                    .tell = [&records = context.records, &catalog = context.catalog,
                             &clock = context.clock](const bigdata::ClockEvent& event,
                                                     std::string_view space) {
                        return clock_messages(records, catalog, event, space, clock.now());
                    }}) {}

    Result<void> add_all(const apps::Context& context, const Configuration& configuration,
                         Simulator simulator) {
        const auto settings = configuration.catalog / "settings";
        TRY_ASSIGN(clocks, monitoring::AlarmClocks::load(settings / "alarm_clocks.yaml"));
        TRY_ASSIGN(alarms, monitoring::AlarmSettings::load(settings / "alarms.yaml"));
        TRY_ASSIGN(positions, monitoring::PositionSettings::load(settings / "positions.yaml"));
        TRY_ASSIGN(quality, monitoring::QualitySettings::load(settings / "quality.yaml"));
        auto watch = std::make_unique<monitoring::Monitoring>(
            context, m_messenger,
            monitoring::Monitoring::Options{.clocks = clocks,
                                            .alarms = alarms,
                                            .positions = positions,
                                            .quality = std::move(quality)});
        m_monitoring = watch.get();
        m_all.push_back(std::move(watch));
        TRY_ASSIGN(command_settings, command::Settings::load(settings / "command.yaml"));
        auto command = std::make_unique<command::Command>(
            context, command_settings,
            command::ExerciseDesk::Simulator{std::move(simulator.start),
                                             std::move(simulator.stop)});
        auto routes_round = command->routes_round();
        m_all.push_back(std::move(command));
        TRY_ASSIGN(decision_settings, decision::load_settings(settings / "decision.yaml"));
        m_all.push_back(std::make_unique<decision::Desk>(context, std::move(decision_settings),
                                                         std::move(routes_round)));
        TRY_ASSIGN(words,
                   affairs::Words::load(configuration.catalog / "documents/after_action.yaml"));
        m_all.push_back(std::make_unique<affairs::Report>(
            context, std::move(words), affairs::BaseMap::load(configuration.zone_data)));
        TRY_ASSIGN(duty_settings, affairs::DutySettings::load(settings / "duty.yaml"));
        m_all.push_back(std::make_unique<affairs::Duty>(context, duty_settings));
        return {};
    }

    Result<void> start() override {
        TRY(m_messenger.start());
        for (const auto& each : m_all) TRY(each->start());
        return {};
    }

    void on_entry(const bigdata::Entry& entry) override {
        guarded("entry", [&] { m_messenger.on_entry(entry); });
        for (const auto& each : m_all) guarded("entry", [&] { each->on_entry(entry); });
    }

    void on_observations(std::span<const sensing::Heard> heard) override {
        for (const auto& each : m_all)
            guarded("observations", [&] { each->on_observations(heard); });
    }

    void tick(Timestamp now) override {
        for (const auto& each : m_all) guarded("tick", [&] { each->tick(now); });
        // When the wall clock has stepped back it is time again too.
        if (now - m_clocks_at < k_clocks_every_ms && now >= m_clocks_at) return;
        m_clocks_at = now;
        guarded("clocks", [&] { m_clocks.tick(); });
    }

    void stop() override {
        for (auto each = m_all.rbegin(); each != m_all.rend(); ++each) (*each)->stop();
    }

    RouteRows routes() override {
        RouteRows out;
        for (const auto& each : m_all) {
            for (auto& row : each->routes()) out.push_back(std::move(row));
        }
        return out;
    }

    std::vector<Figure> figures() const override {
        const auto number = [](std::size_t count) { return static_cast<double>(count); };
        return {{"anlan_alarms_live", "", number(m_monitoring->live_alarms()), "gauge",
                 "Alarms not yet closed"},
                {"anlan_rules_wrong", "", number(m_monitoring->faults().size()), "gauge",
                 "Alarm rules that cannot be read"},
                {"anlan_rules_isolated", "", number(m_monitoring->isolated_rules()), "gauge",
                 "Alarm rules switched off for a while: failed or too slow"}};
    }

  private:
    static std::vector<std::unique_ptr<comms::Channel>> channels() {
        std::vector<std::unique_ptr<comms::Channel>> out;
        out.push_back(std::make_unique<comms::InProgramChannel>());
        out.push_back(std::make_unique<comms::SimulatedChannel>());
        return out;
    }

    /// The door of a job: one application's exception is logged and does not stop the others.
    template <class F>
    static void guarded(const char* what, F&& job) {
        try {
            job();
        } catch (const std::exception& exception) {
            log(LogLevel::error,
                std::string("application failed on ") + what + ": " + exception.what());
        }
    }

    comms::Messenger m_messenger;
    bigdata::ClockKeeper m_clocks;
    Timestamp m_clocks_at;
    monitoring::Monitoring* m_monitoring = nullptr;  ///< One of them.
    std::vector<std::unique_ptr<apps::Application>> m_all;
};

}  // namespace

Result<std::unique_ptr<Applications>> Applications::create(const apps::Context& context,
                                                           const Configuration& configuration,
                                                           Simulator simulator) {
    auto out = std::make_unique<AllApplications>(context);
    TRY(out->add_all(context, configuration, std::move(simulator)));
    return std::unique_ptr<Applications>(std::move(out));
}

std::vector<Error> Applications::check_settings(const Configuration& configuration) {
    std::vector<Error> out;
    const auto settings = configuration.catalog / "settings";
    const auto note = [&out](const auto& read) {
        if (!read) out.push_back(read.error());
    };
    note(monitoring::AlarmClocks::load(settings / "alarm_clocks.yaml"));
    note(monitoring::QualitySettings::load(settings / "quality.yaml"));
    note(monitoring::AlarmSettings::load(settings / "alarms.yaml"));
    note(monitoring::PositionSettings::load(settings / "positions.yaml"));
    note(command::Settings::load(settings / "command.yaml"));
    note(decision::load_settings(settings / "decision.yaml"));
    note(affairs::DutySettings::load(settings / "duty.yaml"));
    note(affairs::Words::load(configuration.catalog / "documents/after_action.yaml"));
    return out;
}

}  // namespace anlan::center
