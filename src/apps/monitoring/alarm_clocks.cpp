#include "apps/monitoring/alarm_clocks.h"

#include "apps/monitoring/errors.h"

#include <yaml-cpp/yaml.h>

#include <cmath>

namespace anlan::monitoring {
namespace {

std::unexpected<Error> wrong(const std::filesystem::path& file, const YAML::Node& node,
                             std::string what) {
    const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
    return fail(
        errors::k_bad_alarm_clocks,
        {{"what", file.filename().string() + ":" + std::to_string(line) + ": " + std::move(what)}});
}

}  // namespace

Result<AlarmClocks> AlarmClocks::load(const std::filesystem::path& file) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        AlarmClocks out;
        out.source = root["source"].as<std::string>("");
        if (out.source.empty()) return wrong(file, root, "source is missing");
        for (const auto& row : root["levels"]) {
            const int level = row["level"].as<int>(0);
            if (level < 1 || level > 4) return wrong(file, row, "level is not 1 to 4");
            auto& clock = out.by_level.at(static_cast<std::size_t>(level));
            const double seconds = row["answer_within_s"].as<double>(0);
            if (!(seconds > 0 && seconds <= 86'400))
                return wrong(file, row, "answer_within_s is not 1 to 86400");
            clock.answer_within_ms = std::llround(seconds * 1000);
            for (const auto& role : row["escalate_to"])
                clock.escalate_to.push_back(role.as<std::string>());
        }
        return out;
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_alarm_clocks,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

}  // namespace anlan::monitoring
