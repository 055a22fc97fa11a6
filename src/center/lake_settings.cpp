#include "center/lake_settings.h"

#include "center/errors.h"
#include "foundations/bigdata/errors.h"

#include <yaml-cpp/yaml.h>

namespace anlan::center {
namespace {

std::unexpected<Error> wrong(const std::filesystem::path& file, const YAML::Node& node,
                             const std::string& what) {
    const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
    return fail(errors::k_bad_lake_settings,
                {{"what", file.filename().string() + ":" + std::to_string(line) + ": " + what}});
}

}  // namespace

Result<bigdata::LakeRetention> read_lake_settings(const std::filesystem::path& file,
                                                  const std::filesystem::path& archive) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        bigdata::LakeRetention out;
        const YAML::Node keep = root["keep_days"];
        if (!keep.IsMap()) return wrong(file, root, "keep_days is missing");
        for (const auto& each : keep) {
            const auto name = each.first.as<std::string>();
            if (name != "readings" && name != "hours")
                return wrong(file, each.first, name + " is not a class (readings, hours)");
            if (each.second.IsNull()) continue;
            const int days = each.second.as<int>(0);
            if (days < 1 || days > 36'500)
                return wrong(file, each.second, name + " is not 1 to 36500 days");
            (name == "readings" ? out.raw_days : out.hour_days) = days;
        }
        if ((out.raw_days || out.hour_days) && root["source"].as<std::string>("").empty())
            return wrong(file, root, "source is missing: which rule allows it");
        if (out.raw_days && out.hour_days && *out.hour_days < *out.raw_days)
            return wrong(file, keep, "hours go before their readings");
        if (root["archive"].as<bool>(true)) out.archive = archive;
        return out;
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_lake_settings,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

}  // namespace anlan::center
