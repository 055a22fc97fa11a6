// The wind a zone is computed with: the mast's mean over a window, or what a person set.
#pragma once

#include "apps/decision/settings.h"
#include "core/json.h"
#include "core/time.h"
#include "core/units.h"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace anlan::decision {

enum class WindMode {
    measured,
    manual,
    calm,   ///< Measured, and below 1 m/s: a direction means little.
    stale,  ///< The mast has been silent too long; its last values are shown with their age.
    none    ///< Never heard.
};
std::string_view name_of(WindMode mode);

struct Wind {
    WindMode mode = WindMode::none;
    Degrees from;           ///< True, 0–360.
    MetresPerSecond speed;  ///< Vector mean at 10 m.
    MetresPerSecond gust;
    std::optional<Degrees> deviation;  ///< Of direction, when there are enough samples.
    std::optional<Kelvin> temperature;
    std::optional<Pascals> pressure;
    Timestamp at;  ///< Of the newest sample, or when it was set.
};

/// True when a zone drawn with `used` no longer fits `now`.
bool moved(const Wind& used, const Wind& now, const Settings& settings);

/// Reads {"from_deg","speed_m_s"} of a person. Errors: bad_wind.
Result<Wind> manual_wind(const json::object& o, Timestamp at);

/// The masts' recent samples, one set a space. Thread-safe; called on gateways' threads.
class WindWatch {
  public:
    explicit WindWatch(const Settings& settings) : m_settings(settings) {}
    /// `property` of table `property`; others than the weather's are ignored. True when it is wind.
    bool hear(std::string_view space, std::string_view property, double value, Timestamp at);
    /// Vector mean and Yamartino's deviation over the window that ends at the newest sample.
    [[nodiscard]] Wind now(std::string_view space, Timestamp at) const;
    void forget(std::string_view space);

  private:
    struct Sample {
        Timestamp at;
        double value;
    };
    struct Mast {
        std::deque<Sample> speed, direction;
        std::optional<Sample> temperature_k, pressure_pa;
    };
    const Settings& m_settings;
    mutable std::mutex m_mutex;
    std::map<std::string, Mast, std::less<>> m_masts;
};

}  // namespace anlan::decision
