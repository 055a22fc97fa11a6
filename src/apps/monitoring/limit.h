// A limit with hysteresis, as threshold, rate and combined rules use it; and bits of a state.
#pragma once

#include "core/json.h"

#include <string>

namespace anlan::monitoring {

enum class Comparison { greater_or_equal, greater, less_or_equal, less };

struct Limit {
    Comparison comparison = Comparison::greater_or_equal;
    double value = 0;  ///< In the datastream's unit; of rate rules in that unit per minute.
    double clear = 0;  ///< Back to normal on the other side of it; equals `value` when not given.

    [[nodiscard]] bool passes(double measured) const;
    /// Strictly on the good side of `clear`; with no hysteresis simply "no longer passing".
    [[nodiscard]] bool is_clear(double measured) const;
    /// Whether it holds now, when it did or did not before.
    [[nodiscard]] bool holds(double measured, bool before) const {
        return before ? !is_clear(measured) : passes(measured);
    }
};

/// Reads {"op": ">=", "value": 84, "clear": 76}. Empty, or what is wrong.
std::string read_limit(const json::object& o, Limit& out);

/// Bit 0 is the lowest; no bit of a negative or too large value is set.
bool bit_is_set(double value, int bit);

}  // namespace anlan::monitoring
