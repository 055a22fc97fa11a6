// The applications and the messenger, in the order in which they hear. The only place that knows
// which there are.
#pragma once

#include "apps/context.h"
#include "apps/simulator.h"
#include "center/configuration.h"
#include "center/health_routes.h"
#include "core/route.h"

#include <memory>
#include <span>
#include <vector>

namespace anlan::center {

class Applications {
  public:
    struct Simulator {
        apps::StartSimulator start;
        apps::StopSimulator stop;
    };
    /// Reads their settings (catalog/settings). Errors: those of the settings' files.
    static Result<std::unique_ptr<Applications>> create(const apps::Context& context,
                                                        const Configuration& configuration,
                                                        Simulator simulator);
    /// What is wrong in their settings; empty when they would be created.
    static std::vector<Error> check_settings(const Configuration& configuration);
    virtual ~Applications() = default;
    virtual Result<void> start() = 0;
    virtual void on_entry(const bigdata::Entry& entry) = 0;
    virtual void on_observations(std::span<const sensing::Heard> heard) = 0;
    virtual void tick(Timestamp now) = 0;
    virtual void stop() = 0;
    virtual RouteRows routes() = 0;
    [[nodiscard]] virtual std::vector<Figure> figures()
        const = 0;  ///< For /metrics and the health page.
};

}  // namespace anlan::center
