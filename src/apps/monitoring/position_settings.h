// catalog/settings/positions.yaml: when a position or a device is stale, which jumps cannot be.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <map>
#include <string>

namespace anlan::monitoring {

struct PositionSettings {
    std::string source;
    double stale_after_intervals = 6;
    double interval_unknown_s = 60;
    double silent_after_intervals = 10;  ///< Late before that, online before: QualitySettings.
    std::map<std::string, double, std::less<>> jump_speed_m_s;  ///< By device type; `other` else.
    double jump_min_m = 300;
    int jumps_believed = 3;
    double edge_m = 30;  ///< Hysteresis at the edge of a geofence.

    /// Errors: io, bad_position_settings (names the line).
    static Result<PositionSettings> load(const std::filesystem::path& file);

    [[nodiscard]] double jump_speed_of(std::string_view device_type) const;
    [[nodiscard]] double interval_of(double expected_interval_s) const {
        return expected_interval_s > 0 ? expected_interval_s : interval_unknown_s;
    }
};

}  // namespace anlan::monitoring
