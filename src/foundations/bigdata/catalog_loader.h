// The reading of one catalog folder, before it is known to be good. Parts: kinds, tables and roles
// (catalog_load.cpp), procedures (catalog_procedure.cpp), calendar and migrations
// (catalog_extras.cpp).
#pragma once

#include "foundations/bigdata/calendar.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/migration.h"
#include "foundations/bigdata/yaml_reader.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace anlan::bigdata {

struct CatalogLoader {
    using Seen = std::map<std::string, std::string>;
    /// A name whose declaration may stand in a file not read yet: looked up at the end.
    struct Use {
        std::string where, key, name;
        enum class Of { kind, table, role, code } of;  ///< code: "table/value".
    };
    /// A constant that must fit its field: a default, or an effect's value.
    struct Constant {
        std::string where;
        std::size_t kind;
        std::string field;
        json::value value;
    };

    YamlReader yaml;
    std::vector<Kind> kinds{};
    std::vector<CodeTable> tables{};
    std::vector<Role> roles{};
    Seen kinds_seen{}, tables_seen{}, roles_seen{};
    std::vector<Use> uses{};
    std::vector<Constant> constants{};
    std::vector<WorkingCalendar::Year> years{};
    std::vector<WorkingSpan> spans{};
    std::vector<Migration> migrations{};
    std::vector<PhoneFormat> phone_formats{};

    void read_folder(const std::filesystem::path& folder);
    void resolve();

    /// The list under `key`; an empty one, and a problem noted when it is required, where none is.
    YAML::Node list_of(const YAML::Node& map, const char* key, bool required);
    /// Each of `names` is a field of the kind, or noted.
    void fields_declared(const YAML::Node& map, const char* key, const Kind& kind,
                         const std::vector<std::string>& names);

    void read_states(const YAML::Node& root, Kind& kind);
    void read_clocks(const YAML::Node& root, Kind& kind);
    void read_moves(const YAML::Node& root, Kind& kind);

    void read_formats(const std::filesystem::path& file);
    void read_calendar(const std::filesystem::path& file);
    void read_migration(const std::filesystem::path& file);

  private:
    void read_kind(const std::filesystem::path& file);
    Field read_field(const YAML::Node& node, Seen& seen);
    void read_bounds(const YAML::Node& node, Field& field);
    void check_field(const YAML::Node& node, const Field& field);
    void check_numbers(const YAML::Node& node, const Field& field);
    void check_uses(const YAML::Node& node, const Field& field);
    void read_columns(const YAML::Node& root, Kind& kind);
    void read_form(const YAML::Node& root, Kind& kind);
    void read_map(const YAML::Node& root, Kind& kind);
    Retention read_retention(const YAML::Node& root);
    void read_codes(const std::filesystem::path& file);
    void read_table(const YAML::Node& node);
    void check_parents(const YAML::Node& node, const CodeTable& table);
    void read_roles(const std::filesystem::path& file);
    void read_rights(const YAML::Node& node, const Role& role);

    void states_declared(const YAML::Node& map, const char* key, const Kind& kind,
                         const std::vector<std::string>& names);
    Term read_term(const YAML::Node& node, const Kind& kind);
    void declare_clock_fields(Kind& kind, const KindClock& clock);
    void read_guards(const YAML::Node& node, const Kind& kind, Move& move);
    void read_effects(const YAML::Node& node, const Kind& kind, Move& move);
    Effect read_setting(const YAML::Node& node, const Kind& kind);

    [[nodiscard]] bool known(const Use& use) const;
    MigrationStep read_step(const YAML::Node& node);
};

}  // namespace anlan::bigdata
