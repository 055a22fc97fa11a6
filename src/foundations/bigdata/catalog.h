// The catalog: what a record is, declared in catalog/ (kinds, code tables, roles, calendar,
// migrations) and checked at start. From one declaration come the SQL table, validation, API
// schema, list, form, import template and map layer. Procedures are declared beside the kind:
// procedure.h.
#pragma once

#include "core/json.h"
#include "core/label.h"
#include "core/result.h"
#include "foundations/bigdata/procedure.h"

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
    json,
    height  // person: a reference to kind person; file: the hash of an attachment; height: m.
};

/// How long the law wants records kept; what is done then is decided by people.
struct Retention {
    int years = 0;  ///< 0 = none declared.
    std::string source;
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
    Label pattern_text;                    ///< What people are told when it does not match.
    std::string earliest, latest;          ///< Of `date`, "2020-01-01"; empty for none.
    std::string datum;                     ///< Of `height`: code of table `vertical_datum`.
    std::optional<json::value> otherwise;  ///< The default.
    std::string clock;  ///< The clock that writes this field; people cannot. Empty for all others.
};

/// One block of a form; fields in no section come last.
struct FormSection {
    Label label;
    std::vector<std::string> fields;
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
    std::vector<KindClock> clocks;
    std::string title_field = "name";  ///< What names a record in lists (and title_field + "_en").
    std::vector<std::string> list_columns;
    std::vector<FormSection> form;           ///< Empty: the fields in their order.
    std::vector<std::string> key_fields;     ///< The natural key, by which an import finds records.
    std::vector<std::string> search_fields;  ///< What full text covers; empty: every text field.
    Retention retention;
    json::object map_style;  ///< Passed through to the web's layer code; `by_state` is checked.

    [[nodiscard]] const Field* field(std::string_view field_name) const;
    [[nodiscard]] const Move* move(std::string_view move_name) const;
    [[nodiscard]] const State* state(std::string_view state_name) const;
    [[nodiscard]] const KindClock* clock(std::string_view clock_name) const;
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
    /// `value` and all that stand below it, in the table's order: a condition on a parent means its
    /// descendants too. Just {value} for a code that has none, or that the table lacks.
    [[nodiscard]] std::vector<std::string> with_descendants(std::string_view value) const;
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

/// One way in which telephone numbers are written (catalog/formats.yaml).
struct PhoneFormat {
    std::string pattern;
    Label label;
};

class WorkingCalendar;
struct Migration;

class Catalog {
  public:
    /// Reads <folder>/kinds/*.yaml, codes/*.yaml, roles.yaml and, where they exist,
    /// formats.yaml, calendar/*.yaml and migrations/*.yaml. Errors name file, line and remedy, all
    /// at once.
    static Result<Catalog> load(const std::filesystem::path& folder);

    [[nodiscard]] const Kind* kind(std::string_view name) const;
    [[nodiscard]] const std::vector<Kind>& kinds() const { return m_kinds; }
    [[nodiscard]] const CodeTable* codes(std::string_view name) const;
    [[nodiscard]] const std::vector<CodeTable>& code_tables() const { return m_codes; }
    [[nodiscard]] const Role* role(std::string_view name) const;
    [[nodiscard]] const std::vector<Role>& roles() const { return m_roles; }
    /// SM3 of the canonical declaration, 16 hex digits: written into every journal entry.
    [[nodiscard]] const std::string& version() const { return m_version; }
    /// Empty: any text of digits and signs is a number.
    [[nodiscard]] const std::vector<PhoneFormat>& phone_formats() const { return m_phone_formats; }
    /// Without a file of its own: weekends only, and no year is published.
    [[nodiscard]] const WorkingCalendar& calendar() const { return *m_calendar; }
    /// In the order of their numbers, which have no gaps.
    [[nodiscard]] const std::vector<Migration>& migrations() const { return *m_migrations; }

  private:
    std::vector<Kind> m_kinds;
    std::vector<CodeTable> m_codes;
    std::vector<Role> m_roles;
    std::vector<PhoneFormat> m_phone_formats;
    std::string m_version;
    std::shared_ptr<const WorkingCalendar> m_calendar;
    std::shared_ptr<const std::vector<Migration>> m_migrations;
};

/// Checks `fields` against the kind: unknown names, types, bounds, codes, patterns, lengths; with
/// `complete`, also required fields. Without it, null stands for "taken away" and is refused only
/// where the field is required. All problems at once, paths "/fields/<name>". References are
/// checked by the register, which knows the records.
Result<void> check_fields(const Catalog& catalog, const Kind& kind, const json::object& fields,
                          bool complete);

/// The one form in which a value is kept: times in UTC with milliseconds, ids in lower case, whole
/// numbers of `integer` as integers, durations in seconds ("PT1H30M" is 5400). For fields that
/// check_fields() has passed.
void normalise_fields(const Kind& kind, json::object& fields);

/// The whole catalog for the web: kinds, code tables, roles' labels, in both languages.
/// {version, kinds[{name,label,plural,geometry,exercise,title,list,form,key,search,retention,map,
///  states,moves,clocks,fields}], tables[{name,label,source,codes}], roles[{name,label}],
///  calendar{published[{year,source}]}}
json::object to_json(const Catalog& catalog);

}  // namespace anlan::bigdata
