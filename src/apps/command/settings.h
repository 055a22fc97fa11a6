// How incidents are run: catalog/settings/command.yaml.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace anlan::command {

struct WhatIfSettings {
    double speed = 1;
    double room_reach_m = 0;
    double room_volume_m3 = 0;
    double room_changes_per_hour = 0;
    double room_delay_s = 0;
    double rise_s = 0;
    double report_every_s = 0;
    std::map<std::string, double, std::less<>>
        range_max;  ///< Of detectors, by property, in its unit.
    double veer_after_s = 0;
    double veer_deg = 0;
};

struct Settings {
    std::string source;
    std::vector<std::string> blocked_zones;                   ///< Keys of impact.zones.
    int night_from_hour = 0, night_to_hour = 0;               ///< Beijing; equal: no night.
    std::map<std::string, double, std::less<>> speed_m_s;     ///< By road class.
    std::map<std::string, std::string, std::less<>> leaders;  ///< Team type → duty role.
    WhatIfSettings what_if;

    /// Errors: io, bad_command_settings.
    static Result<Settings> load(const std::filesystem::path& file);
    [[nodiscard]] bool is_night(int beijing_hour) const;
};

}  // namespace anlan::command
