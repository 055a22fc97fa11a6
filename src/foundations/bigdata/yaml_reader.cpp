#include "foundations/bigdata/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace anlan::bigdata {

namespace {

std::string joined(std::initializer_list<std::string_view> words) {
    std::string out;
    for (const auto word : words) out.append(out.empty() ? "" : ", ").append(word);
    return out;
}

std::optional<double> number_of(std::string_view text) {
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(out))
        return std::nullopt;
    return out;
}

}  // namespace

bool is_catalog_name(std::string_view text) {
    if (text.empty() || text.size() > 48 || text.front() < 'a' || text.front() > 'z') return false;
    return std::ranges::all_of(
        text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::optional<YAML::Node> YamlReader::open(const std::filesystem::path& file) {
    m_file = (m_folder.filename() / file.lexically_relative(m_folder)).generic_string();
    try {
        YAML::Node root = YAML::LoadFile(file.string());
        if (root.IsMap()) return root;
        note_at(m_file + ":1", errors::k_catalog_shape,
                {{"key", m_file}, {"expected", "键值表"}, {"expected_en", "a mapping"}});
    } catch (const YAML::ParserException& problem) {
        note_at(m_file + ":" + std::to_string(problem.mark.line + 1), errors::k_catalog_unreadable,
                {{"what", problem.msg}});
    } catch (const YAML::Exception& problem) {
        note_at(m_file, errors::k_catalog_unreadable, {{"what", problem.msg}});
    }
    return std::nullopt;
}

std::string YamlReader::where(const YAML::Node& node) const {
    const YAML::Mark mark = node.IsDefined() ? node.Mark() : YAML::Mark::null_mark();
    return mark.is_null() ? m_file : m_file + ":" + std::to_string(mark.line + 1);
}

void YamlReader::note(const YAML::Node& node, const ErrorRow& row, ErrorParameters parameters) {
    note_at(where(node), row, std::move(parameters));
}

void YamlReader::note_at(std::string where, const ErrorRow& row, ErrorParameters parameters) {
    m_problems.push_back({std::move(where), &row, std::move(parameters)});
}

bool YamlReader::keys(const YAML::Node& node, std::initializer_list<std::string_view> known) {
    if (!node.IsMap()) {
        note(node, errors::k_catalog_shape,
             {{"key", "…"}, {"expected", "键值表"}, {"expected_en", "a mapping"}});
        return false;
    }
    std::map<std::string, std::string> seen;
    for (const auto& member : node) {
        const auto key = member.first.Scalar();
        if (std::ranges::find(known, key) == known.end()) {
            note(member.first, errors::k_catalog_key_unknown,
                 {{"key", key}, {"known", joined(known)}});
        }
        once(seen, key, member.first);
    }
    return true;
}

std::string YamlReader::text(const YAML::Node& map, const char* key, bool required) {
    const YAML::Node node = map[key];
    if (!node.IsDefined() || node.IsNull() || (node.IsScalar() && node.Scalar().empty())) {
        if (required) note(map, errors::k_catalog_key_missing, {{"key", key}});
        return {};
    }
    if (!node.IsScalar()) {
        note(node, errors::k_catalog_shape,
             {{"key", key}, {"expected", "文字"}, {"expected_en", "a text"}});
        return {};
    }
    return node.Scalar();
}

std::string YamlReader::name(const YAML::Node& map, const char* key) {
    auto out = text(map, key, true);
    if (!out.empty() && !is_catalog_name(out)) {
        note(map[key], errors::k_catalog_shape,
             {{"key", key},
              {"expected", "小写字母、数字和下划线"},
              {"expected_en", "lower-case letters, digits and _"}});
    }
    return out;
}

bool YamlReader::boolean(const YAML::Node& map, const char* key) {
    const auto given = text(map, key);
    if (given == "true") return true;
    if (!given.empty() && given != "false") {
        note(map[key], errors::k_catalog_value,
             {{"key", key}, {"value", given}, {"known", "true, false"}});
    }
    return false;
}

std::optional<double> YamlReader::number(const YAML::Node& map, const char* key) {
    const auto given = text(map, key);
    if (given.empty()) return std::nullopt;
    auto out = number_of(given);
    if (!out)
        note(map[key], errors::k_catalog_shape,
             {{"key", key}, {"expected", "数"}, {"expected_en", "a number"}});
    return out;
}

std::vector<std::string> YamlReader::texts(const YAML::Node& map, const char* key) {
    const YAML::Node node = map[key];
    std::vector<std::string> out;
    if (!node.IsDefined() || node.IsNull()) return out;
    bool fits = node.IsSequence();
    if (fits) {
        for (const auto& each : node) fits = fits && each.IsScalar();
    }
    if (!fits) {
        note(node, errors::k_catalog_shape,
             {{"key", key}, {"expected", "文字的列表"}, {"expected_en", "a list of texts"}});
        return out;
    }
    for (const auto& each : node) out.push_back(each.Scalar());
    return out;
}

Label YamlReader::label(const YAML::Node& map, const char* key, bool required) {
    const YAML::Node node = map[key];
    Label out;
    if (!node.IsDefined() || node.IsNull()) {
        if (required) note(map, errors::k_catalog_key_missing, {{"key", key}});
        return out;
    }
    if (!keys(node, {"zh", "en"})) return out;
    out = {text(node, "zh"), text(node, "en")};
    if (out.zh.empty())
        note(node, errors::k_catalog_label,
             {{"key", key}, {"language", "中文"}, {"language_en", "Chinese"}});
    if (out.en.empty())
        note(node, errors::k_catalog_label,
             {{"key", key}, {"language", "英文"}, {"language_en", "English"}});
    return out;
}

json::value YamlReader::json(const YAML::Node& node) {
    if (node.IsMap()) {
        json::object out;
        for (const auto& member : node) out[member.first.Scalar()] = json(member.second);
        return out;
    }
    if (node.IsSequence()) {
        json::array out;
        for (const auto& each : node) out.push_back(json(each));
        return out;
    }
    if (!node.IsScalar()) return nullptr;
    const auto& text = node.Scalar();
    // A quoted scalar is a text, whatever it looks like.
    if (node.Tag() == "!") return json::value(text);
    if (text == "true" || text == "false") return text == "true";
    if (text == "null" || text == "~") return nullptr;
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error == std::errc{} && end == text.data() + text.size()) return whole;
    if (const auto number = number_of(text)) return *number;
    return json::value(text);
}

bool YamlReader::once(std::map<std::string, std::string>& seen, const std::string& name,
                      const YAML::Node& node) {
    if (name.empty()) return true;
    const auto [entry, fresh] = seen.try_emplace(name, where(node));
    if (!fresh) note(node, errors::k_catalog_twice, {{"name", name}, {"first", entry->second}});
    return fresh;
}

}  // namespace anlan::bigdata
