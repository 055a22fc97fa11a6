// Reads the catalog's YAML strictly: every key is known, every label has both languages, and each
// thing wrong is kept with file and line, so that a keeper of the catalog sees all of it at once.
#pragma once

#include "core/json.h"
#include "core/label.h"
#include "core/result.h"
#include "foundations/bigdata/catalog_names.h"
#include "foundations/bigdata/errors.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace anlan::bigdata {

/// snake_case, at most 48 characters: it becomes a column, a path and a right.
bool is_catalog_name(std::string_view text);

class YamlReader {
  public:
    explicit YamlReader(const std::filesystem::path& folder) : m_folder(folder) {}

    /// The file's root mapping; nothing, and a problem noted, when it is none.
    std::optional<YAML::Node> open(const std::filesystem::path& file);
    /// "catalog/kinds/team.yaml:12"
    [[nodiscard]] std::string where(const YAML::Node& node) const;
    void note(const YAML::Node& node, const ErrorRow& row, ErrorParameters parameters);
    void note_at(std::string where, const ErrorRow& row, ErrorParameters parameters);
    [[nodiscard]] std::vector<FieldProblem>& problems() { return m_problems; }

    /// Notes keys outside `known`, and keys given twice. False when `node` is no mapping.
    bool keys(const YAML::Node& node, std::initializer_list<std::string_view> known);

    /// Scalars of a mapping. Absent keys give the default; `required` ones are noted.
    std::string text(const YAML::Node& map, const char* key, bool required = false);
    /// A text that is_catalog_name().
    std::string name(const YAML::Node& map, const char* key);
    bool boolean(const YAML::Node& map, const char* key);
    std::optional<double> number(const YAML::Node& map, const char* key);
    std::vector<std::string> texts(const YAML::Node& map, const char* key);
    Label label(const YAML::Node& map, const char* key, bool required = true);
    json::value json(const YAML::Node& node);

    template <class E, std::size_t N>
    E choice(const YAML::Node& map, const char* key, const NameTable<E, N>& table,
             std::optional<E> otherwise) {
        const auto given = text(map, key, !otherwise);
        if (given.empty()) return otherwise.value_or(table.front().second);
        std::string known;
        for (const auto& [each, value] : table) {
            if (each == given) return value;
            known.append(known.empty() ? "" : ", ").append(each);
        }
        note(map[key], errors::k_catalog_value, {{"key", key}, {"value", given}, {"known", known}});
        return table.front().second;
    }

    /// Notes `name` when `seen` has it already; remembers it otherwise. False for the former.
    bool once(std::map<std::string, std::string>& seen, const std::string& name,
              const YAML::Node& node);

  private:
    std::filesystem::path m_folder;
    std::string m_file;
    std::vector<FieldProblem> m_problems;
};

}  // namespace anlan::bigdata
