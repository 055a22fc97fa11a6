// How zones are computed and advice is given: catalog/settings/decision.yaml.
#pragma once

#include "core/label.h"
#include "core/result.h"
#include "models/dispersion/stability.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::decision {

/// The first rule whose conditions all hold is the advice; an absent condition always holds.
struct AdviceRule {
    std::string zone, kind, type, target_class;
    std::optional<double> arrival_over_s;
    std::string advice;  ///< Code of table `advice`.
    Label reason;
};

struct Settings {
    double wind_window_s = 0;
    double wind_stale_after_s = 0;
    double recompute_step_deg = 0;
    double recompute_step_m_s = 0;
    double recompute_every_s_min = 0;
    dispersion::Terrain terrain = dispersion::Terrain::rural;
    double averaging_s = 0;
    double receptor_height_m = 0;
    int day_from_hour = 0,
        day_to_hour = 0;  ///< Day staff is there from (inclusive) to (exclusive).
    std::vector<AdviceRule> advice;
};

/// Errors: settings_wrong, naming file, line and member.
Result<Settings> load_settings(const std::filesystem::path& file);

}  // namespace anlan::decision
