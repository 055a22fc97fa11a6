#include "apps/monitoring/alarm_settings.h"

#include "apps/monitoring/errors.h"

#include <yaml-cpp/yaml.h>

#include <cmath>

namespace anlan::monitoring {

Result<AlarmSettings> AlarmSettings::load(const std::filesystem::path& file) {
    const auto wrong = [&](const YAML::Node& node, const std::string& what) {
        const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
        return fail(
            errors::k_bad_alarm_settings,
            {{"what", file.filename().string() + ":" + std::to_string(line) + ": " + what}});
    };
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        AlarmSettings out;
        out.source = root["source"].as<std::string>("");
        if (out.source.empty()) return wrong(root, "source is missing");
        double slow_max = out.rule_slow_max;
        double off_s = static_cast<double>(out.rule_off_ms) / 1000;
        struct Row {
            const char* key;
            double* into;
            double min, max;
        };
        for (const Row& row : {Row{"group_m", &out.group_m, 0, 100'000},
                               {"rule_budget_ms", &out.rule_budget_ms, 0.01, 60'000},
                               {"rule_slow_max", &slow_max, 1, 1000},
                               {"rule_off_s", &off_s, 1, 86'400}}) {
            const YAML::Node node = root[row.key];
            if (!node.IsDefined()) continue;
            *row.into = node.as<double>();
            if (!(*row.into >= row.min && *row.into <= row.max))
                return wrong(node, std::string(row.key) + " is out of range");
        }
        out.rule_slow_max = static_cast<int>(slow_max);
        out.rule_off_ms = std::llround(off_s * 1000);
        return out;
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_alarm_settings,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

}  // namespace anlan::monitoring
