#include "apps/monitoring/position_settings.h"

#include "apps/monitoring/errors.h"

#include <yaml-cpp/yaml.h>

namespace anlan::monitoring {
namespace {

std::unexpected<Error> wrong(const std::filesystem::path& file, const YAML::Node& node,
                             const std::string& what) {
    const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
    return fail(errors::k_bad_position_settings,
                {{"what", file.filename().string() + ":" + std::to_string(line) + ": " + what}});
}

}  // namespace

Result<PositionSettings> PositionSettings::load(const std::filesystem::path& file) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        PositionSettings out;
        out.source = root["source"].as<std::string>("");
        if (out.source.empty()) return wrong(file, root, "source is missing");
        struct Row {
            const char* key;
            double* into;
            double min, max;
        };
        double believed = out.jumps_believed;
        for (const Row& row : {Row{"stale_after_intervals", &out.stale_after_intervals, 1, 1e4},
                               {"interval_unknown_s", &out.interval_unknown_s, 1, 86'400},
                               {"silent_after_intervals", &out.silent_after_intervals, 1, 1e4},
                               {"jump_min_m", &out.jump_min_m, 0, 1e6},
                               {"jumps_believed", &believed, 1, 100},
                               {"edge_m", &out.edge_m, 0, 10'000}}) {
            const YAML::Node node = root[row.key];
            if (!node.IsDefined()) continue;
            *row.into = node.as<double>();
            if (!(*row.into >= row.min && *row.into <= row.max))
                return wrong(file, node, std::string(row.key) + " is out of range");
        }
        out.jumps_believed = static_cast<int>(believed);
        for (const auto& each : root["jump_speed_m_s"]) {
            const double speed = each.second.as<double>();
            if (!(speed > 0)) return wrong(file, each.second, "jump_speed_m_s is not above 0");
            out.jump_speed_m_s[each.first.as<std::string>()] = speed;
        }
        return out;
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_position_settings,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

double PositionSettings::jump_speed_of(std::string_view device_type) const {
    constexpr double k_unlisted_m_s = 100;
    auto at = jump_speed_m_s.find(device_type);
    if (at == jump_speed_m_s.end()) at = jump_speed_m_s.find("other");
    return at == jump_speed_m_s.end() ? k_unlisted_m_s : at->second;
}

}  // namespace anlan::monitoring
