// The catalog: what a record is, declared in catalog/ (kinds, code tables, roles) and checked at
// start. From one declaration come the SQL table, validation, API schema, list, form and map layer.
#pragma once

#include "core/json.h"
#include "core/label.h"
#include "core/result.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

enum class FieldType {
    text,
    long_text,
    number,
    integer,
    boolean,
    date,
    time,
    duration,  // time: RFC 3339; duration: s
    code,
    reference,
    references,
    person,
    phone,
    file,
    json  // person: a reference to kind person.
};

struct Field {
    std::string name;
    FieldType type = FieldType::text;
    Label label, help;
    std::string unit;  ///< SI symbol of `number`; empty otherwise.
    std::optional<double> min, max;
    std::size_t length_max = 0;  ///< Characters; 0 = the type's default.
    bool required = false;
    bool unique = false;  ///< Among the zone's records of one space.
    bool indexed = false;
    bool sensitive = false;                ///< Masked without the right `<kind>.sensitive`.
    std::string code_table;                ///< For `code`.
    std::string target_kind;               ///< For `reference(s)`.
    std::string pattern;                   ///< Whole-text match; empty for none.
    std::optional<json::value> otherwise;  ///< The default.
};

struct Move {
    std::string name;
    Label label;
    std::vector<std::string> from;  ///< States it starts from.
    std::string to;
    std::vector<std::string> required;  ///< Fields that must have a value after the move.
    std::string right;                  ///< "<kind>.<move>" unless declared.
};

struct State {
    std::string name;
    Label label;
    bool final = false;  ///< No live work left.
};

enum class GeometryUse { none, point, line, area, any };

/// Whether an exercise sees the live rows of a kind under its own (inherit), or starts empty (own).
enum class ExerciseUse { inherit, own };

struct Kind {
    std::string name;
    Label label;
    Label plural;
    GeometryUse geometry = GeometryUse::none;
    ExerciseUse exercise = ExerciseUse::inherit;
    std::vector<Field> fields;
    std::vector<State> states;  ///< The first is where a record starts.
    std::vector<Move> moves;
    std::string title_field = "name";  ///< What names a record in lists (and title_field + "_en").
    std::vector<std::string> list_columns;
    json::object map_style;  ///< Passed through to the web's layer code.

    [[nodiscard]] const Field* field(std::string_view field_name) const;
    [[nodiscard]] const Move* move(std::string_view move_name) const;
    [[nodiscard]] const State* state(std::string_view state_name) const;
};

struct Code {
    std::string value;
    Label label;
    std::string parent;  ///< Hierarchical tables; empty at the top.
    std::string source;
};

struct CodeTable {
    std::string name;
    Label label;
    std::string source;
    std::vector<Code> codes;
    [[nodiscard]] const Code* find(std::string_view value) const;
};

/// A role and its rights: "<kind>.read", "<kind>.create", "<kind>.update", "<kind>.<move>",
/// "<kind>.sensitive", "*.read", "incident.*", or a right of a route ("exercise.start").
/// `scope` says which rows: all, own_grid, own_enterprise, own_organisation.
struct Role {
    std::string name;
    Label label;
    std::string scope = "all";
    std::vector<std::string> rights;
};

class Catalog {
  public:
    /// Reads <folder>/kinds/*.yaml, <folder>/codes/*.yaml, <folder>/roles.yaml. Errors name file,
    /// line and remedy, all of them at once.
    static Result<Catalog> load(const std::filesystem::path& folder);

    [[nodiscard]] const Kind* kind(std::string_view name) const;
    [[nodiscard]] const std::vector<Kind>& kinds() const { return m_kinds; }
    [[nodiscard]] const CodeTable* codes(std::string_view name) const;
    [[nodiscard]] const std::vector<CodeTable>& code_tables() const { return m_codes; }
    [[nodiscard]] const Role* role(std::string_view name) const;
    [[nodiscard]] const std::vector<Role>& roles() const { return m_roles; }
    /// SM3 of the canonical declaration, 16 hex digits: written into every journal entry.
    [[nodiscard]] const std::string& version() const { return m_version; }

  private:
    std::vector<Kind> m_kinds;
    std::vector<CodeTable> m_codes;
    std::vector<Role> m_roles;
    std::string m_version;
};

/// Checks `fields` against the kind: unknown names, types, bounds, codes, patterns, lengths; with
/// `complete`, also required fields. Without it, null stands for "taken away" and is refused only
/// where the field is required. All problems at once, paths "/fields/<name>". References are
/// checked by the register, which knows the records.
Result<void> check_fields(const Catalog& catalog, const Kind& kind, const json::object& fields,
                          bool complete);

/// The one form in which a value is kept: times in UTC with milliseconds, ids in lower case, whole
/// numbers of `integer` as integers. For fields that check_fields() has passed.
void normalise_fields(const Kind& kind, json::object& fields);

/// The whole catalog for the web: kinds, code tables, roles' labels, in both languages.
/// {version, kinds[{name,label,plural,geometry,exercise,title,list,map,states,moves,fields}],
///  tables[{name,label,source,codes}], roles[{name,label}]}
json::object to_json(const Catalog& catalog);

}  // namespace anlan::bigdata
