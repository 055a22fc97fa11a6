// Application "monitoring": rules over readings, alarms, and what happens when nobody answers.
//
// Rules are per space (an exercise has those it began with, and its own changes). Readings come on
// the gateways' threads, entries on the journal's, ticks on center's: one mutex keeps the engine's
// state; nothing is written, read or sent while it is held, apart from one look-up of a device the
// first time its stream speaks. A rule that is wrong is switched off, logged in the space it
// belongs to and listed by faults(); the others go on.
#pragma once

#include "apps/context.h"
#include "apps/monitoring/position_settings.h"
#include "apps/monitoring/positions.h"
#include "apps/monitoring/quality.h"
#include "apps/monitoring/rule_engine.h"
#include "foundations/comms/messenger.h"

#include <memory>
#include <mutex>

namespace anlan::monitoring {

struct RuleFault {
    std::string space;
    Uuid rule;
    Label text;
};

class Monitoring final : public apps::Application {
  public:
    struct Options {
        AlarmClocks clocks;  ///< AlarmClocks::load(); empty: not configured.
        std::int64_t value_every_ms = 10'000;
        AlarmSettings alarms = {};        ///< AlarmSettings::load().
        PositionSettings positions = {};  ///< PositionSettings::load().
        QualitySettings quality{};        ///< QualitySettings::load(); empty: nothing is judged.
    };
    Monitoring(const apps::Context& context, comms::Messenger& messenger, Options options);

    /// Rebuilds rules and live alarms of the live space and of every exercise that runs.
    Result<void> start() override;
    void on_entry(const bigdata::Entry& entry) override;
    void on_observations(std::span<const sensing::Heard> heard) override;
    void tick(Timestamp now) override;
    [[nodiscard]] RouteRows routes() override;

    [[nodiscard]] std::vector<RuleFault> faults() const;
    [[nodiscard]] std::size_t live_alarms() const;
    /// Rules that are switched off because they failed or were too slow.
    [[nodiscard]] std::size_t isolated_rules() const;

  private:
    struct Shared {
        explicit Shared(RuleEngine::Options options) : engine(std::move(options)) {}
        std::mutex mutex;
        RuleEngine engine;
        std::vector<RuleFault> faults;
    };
    Result<void> load_rules(const std::string& space);
    Result<void> load_alarms(const std::string& space);
    void load_positions(const std::string& space);
    void report(const RuleFault& fault, std::int64_t revision);
    void stamp_acknowledgement(const bigdata::Entry& entry);
    void submit(std::vector<AlarmWrite> writes);
    void tell(const std::vector<Isolation>& isolations);
    [[nodiscard]] std::vector<RuleState> rule_states(std::string_view space) const;
    void escalate(const Escalation& escalation);
    [[nodiscard]] sensing::Stream stream_of(const bigdata::Record& alarm) const;

    apps::Context m_context;
    comms::Messenger& m_messenger;
    QualitySettings m_quality;
    Positions m_positions;
    std::shared_ptr<Shared> m_shared;  ///< Outlives the application in callbacks that still wait.
};

}  // namespace anlan::monitoring
