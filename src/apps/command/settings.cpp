#include "apps/command/settings.h"

#include "apps/command/errors.h"

#include <yaml-cpp/yaml.h>

namespace anlan::command {
namespace {

/// Throws YAML::Exception with the line when the value is absent or out of range.
double number(const YAML::Node& node, const char* key, double min, double max) {
    const auto value = node[key];
    const double out = value ? value.as<double>() : min - 1;
    if (!(out >= min && out <= max))
        throw YAML::RepresentationException(node.Mark(),
                                            std::string(key) + " is absent or out of range");
    return out;
}

Settings read(const YAML::Node& root) {
    Settings out;
    out.source = root["source"].as<std::string>();
    for (const auto& zone : root["blocked_zones"])
        out.blocked_zones.push_back(zone.as<std::string>());
    out.night_from_hour = static_cast<int>(number(root["night"], "from_hour", 0, 23));
    out.night_to_hour = static_cast<int>(number(root["night"], "to_hour", 0, 23));
    for (const auto& row : root["speed_km_h"])
        out.speed_m_s[row.first.as<std::string>()] = row.second.as<double>() / 3.6;
    for (const auto& row : root["leaders"])
        out.leaders[row.first.as<std::string>()] = row.second.as<std::string>();
    const auto what_if = root["what_if"];
    out.what_if.speed = number(what_if, "speed", 1, 60);
    out.what_if.room_reach_m = number(what_if, "room_reach_m", 0, 1000);
    out.what_if.room_delay_s = number(what_if, "room_delay_s", 0, 3600);
    out.what_if.rise_s = number(what_if, "rise_s", 0.1, 3600);
    out.what_if.report_every_s = number(what_if, "report_every_s", 0.1, 3600);
    out.what_if.room_volume_m3 = number(what_if, "room_volume_m3", 1, 1e7);
    out.what_if.room_changes_per_hour = number(what_if, "room_changes_per_hour", 0.01, 1000);
    for (const auto& row : what_if["range_max"])
        out.what_if.range_max[row.first.as<std::string>()] = row.second.as<double>();
    out.what_if.veer_after_s = number(what_if, "veer_after_s", 0, 86'400);
    out.what_if.veer_deg = number(what_if, "veer_deg", -180, 180);
    return out;
}

}  // namespace

Result<Settings> Settings::load(const std::filesystem::path& file) {
    try {
        return read(YAML::LoadFile(file.string()));
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_command_settings,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

bool Settings::is_night(int beijing_hour) const {
    if (night_from_hour <= night_to_hour)
        return beijing_hour >= night_from_hour && beijing_hour < night_to_hour;
    return beijing_hour >= night_from_hour || beijing_hour < night_to_hour;
}

}  // namespace anlan::command
