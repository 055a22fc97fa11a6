#include "apps/affairs/report/words.h"

#include <yaml-cpp/yaml.h>

namespace anlan::affairs {

namespace {

/// Adds every {zh, en} pair under `node`; answers the path of one that lacks a language.
std::string collect(const YAML::Node& node, const std::string& path,
                    std::map<std::string, Label, std::less<>>& out) {
    if (!node.IsMap()) return {};
    if (node["zh"] || node["en"]) {
        if (!node["zh"] || !node["en"]) return path;
        out[path] = {node["zh"].as<std::string>(), node["en"].as<std::string>()};
        return {};
    }
    for (const auto& member : node) {
        const auto name = member.first.as<std::string>();
        auto lacking = collect(member.second, path.empty() ? name : path + "." + name, out);
        if (!lacking.empty()) return lacking;
    }
    return {};
}

}  // namespace

Result<Words> Words::load(const std::filesystem::path& file) {
    try {
        Words out;
        const auto lacking = collect(YAML::LoadFile(file.string()), "", out.m_words);
        if (!lacking.empty()) {
            return fail(errors::k_invalid_input,
                        {{"what", file.string() + ": '" + lacking + "' needs zh and en"}});
        }
        return out;
    } catch (const YAML::Exception& e) {
        return fail(errors::k_invalid_input, {{"what", file.string() + ": " + e.what()}});
    }
}

std::string Words::in(Language language, std::string_view path,
                      const ErrorParameters& parameters) const {
    const auto found = m_words.find(path);
    if (found == m_words.end()) return std::string(path);
    const ErrorRow row{"", 0, LogLevel::debug, found->second.zh, found->second.en};
    return text_of(row, parameters, language);
}

}  // namespace anlan::affairs
