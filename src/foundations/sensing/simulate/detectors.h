// Detectors and units when nothing happens, and by an exercise's script.
#pragma once

#include "foundations/sensing/simulate/behaviour.h"

#include <memory>

namespace anlan::sensing::simulate {

/// A quantity that is never negative, wandering about its mean.
std::unique_ptr<Behaviour> make_background(std::string channel, double mean, Wander wander);
/// A state word that stays as it is (1: normal).
std::unique_ptr<Behaviour> make_state(std::string channel, double word);

/// One channel of an exercise. From `baseline`; at `delay_s` of script time towards `plateau` with
/// time constant `rise_s` (0: at once), which is a well-mixed room's answer to a steady source,
/// dC/dt = Q/V − λC with λ = 1/rise_s, and a detector's own to a step. From `falls_at_s` on it goes
/// back to the baseline the same way.
struct ScriptedChannel {
    enum class Kind { value, state, wind_direction, wind_speed };
    std::string channel;
    Kind kind = Kind::value;
    double baseline = 0, plateau = 0, delay_s = 0, rise_s = 0;
    double falls_at_s = 1e18;
    double veer_after_s = 1e18, veer_deg = 0;  ///< Wind direction only; the veer takes a minute.
    double noise = 0.02;                       ///< Relative; of a value only.
};
double scripted_value(const ScriptedChannel& channel, double script_s);
std::unique_ptr<Behaviour> make_scripted(ScriptedChannel channel);

}  // namespace anlan::sensing::simulate
