#include "apps/decision/settings.h"

#include "apps/decision/errors.h"

#include <yaml-cpp/yaml.h>

namespace anlan::decision {

namespace {

/// Thrown inside the reader and turned into a Result at its door.
struct Wrong {
    std::string what;
};

YAML::Node member(const YAML::Node& node, const char* name) {
    const YAML::Node found = node[name];
    if (!found)
        throw Wrong{"line " + std::to_string(node.Mark().line + 1) + ": '" + name + "' is missing"};
    return found;
}

/// A {value, source} pair: a value without a source is not accepted.
YAML::Node sourced(const YAML::Node& node, const char* name) {
    const YAML::Node pair = member(node, name);
    if (!pair["source"])
        throw Wrong{"line " + std::to_string(pair.Mark().line + 1) + ": '" + name +
                    "' has no source"};
    return member(pair, "value");
}

double positive(const YAML::Node& node, const char* name) {
    const YAML::Node value = sourced(node, name);
    const auto number = value.as<double>();
    if (!(number > 0))
        throw Wrong{"line " + std::to_string(value.Mark().line + 1) + ": '" + name +
                    "' must be above 0"};
    return number;
}

std::string text(const YAML::Node& node, const char* name) {
    return node[name] ? node[name].as<std::string>() : std::string();
}

AdviceRule advice_rule(const YAML::Node& node) {
    AdviceRule rule{text(node, "zone"),
                    text(node, "kind"),
                    text(node, "type"),
                    text(node, "class"),
                    {},
                    {},
                    {}};
    if (node["arrival_over_s"]) rule.arrival_over_s = node["arrival_over_s"].as<double>();
    rule.advice = member(node, "advice").as<std::string>();
    const YAML::Node reason = member(node, "reason");
    rule.reason = {member(reason, "zh").as<std::string>(), member(reason, "en").as<std::string>()};
    return rule;
}

Settings read(const YAML::Node& root) {
    Settings out;
    const YAML::Node wind = member(root, "wind");
    out.wind_window_s = positive(wind, "window_s");
    out.wind_stale_after_s = positive(wind, "stale_after_s");
    out.recompute_step_deg = positive(wind, "recompute_step_deg");
    out.recompute_step_m_s = positive(wind, "recompute_step_m_s");
    out.recompute_every_s_min = positive(wind, "recompute_every_s_min");
    const auto terrain = sourced(root, "terrain").as<std::string>();
    if (terrain != "rural" && terrain != "urban") throw Wrong{"'terrain' is rural or urban"};
    out.terrain = terrain == "urban" ? dispersion::Terrain::urban : dispersion::Terrain::rural;
    out.averaging_s = positive(root, "averaging_s");
    out.receptor_height_m = positive(root, "receptor_height_m");
    const YAML::Node hours = sourced(root, "staff_day_hours");
    out.day_from_hour = hours[0].as<int>();
    out.day_to_hour = hours[1].as<int>();
    const YAML::Node advice = member(root, "advice");
    member(advice, "source");
    for (const auto& rule : member(advice, "rules")) out.advice.push_back(advice_rule(rule));
    const bool fallback = !out.advice.empty() && out.advice.back().zone.empty() &&
                          out.advice.back().kind.empty() && out.advice.back().type.empty() &&
                          out.advice.back().target_class.empty() &&
                          !out.advice.back().arrival_over_s;
    if (!fallback) throw Wrong{"the last advice rule must fit everybody"};
    return out;
}

}  // namespace

Result<Settings> load_settings(const std::filesystem::path& file) {
    const auto wrong = [&](const std::string& what) {
        return fail(errors::k_settings_wrong, {{"what", file.string() + ": " + what}});
    };
    try {
        return read(YAML::LoadFile(file.string()));
    } catch (const Wrong& e) {
        return wrong(e.what);
    } catch (const YAML::Exception& e) {
        return wrong(e.what());
    }
}

}  // namespace anlan::decision
