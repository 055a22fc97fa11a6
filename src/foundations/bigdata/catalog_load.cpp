// Catalog::load: three folders of YAML into kinds, code tables and roles, checked against each
// other.
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/pattern.h"
#include "foundations/bigdata/yaml_reader.h"

#include "core/hash.h"

#include <algorithm>
#include <set>

namespace anlan::bigdata {

namespace {

using Seen = std::map<std::string, std::string>;

/// A name whose declaration may stand in a file not read yet: looked up at the end.
struct Use {
    std::string where, key, name;
    enum class Of { kind, table } of;
};

struct Loader {
    YamlReader yaml;
    std::vector<Kind> kinds;
    std::vector<CodeTable> tables;
    std::vector<Role> roles;
    Seen kinds_seen, tables_seen, roles_seen;
    std::vector<Use> uses;
    std::vector<std::pair<std::string, std::pair<std::size_t, std::string>>>
        defaults;  // where, kind, field

    Field read_field(const YAML::Node& node, Seen& seen, std::size_t kind_index);
    void check_field(const YAML::Node& node, const Field& field);
    void read_states(const YAML::Node& root, Kind& kind);
    void read_moves(const YAML::Node& root, Kind& kind);
    void check_columns(const YAML::Node& root, Kind& kind);
    void read_kind(const std::filesystem::path& file);
    void read_codes(const std::filesystem::path& file);
    void read_table(const YAML::Node& node);
    void read_roles(const std::filesystem::path& file);
    void read_rights(const YAML::Node& node, const Role& role);
    void resolve();
};

const YAML::Node list_of(YamlReader& yaml, const YAML::Node& map, const char* key, bool required) {
    const YAML::Node node = map[key];
    if (!node.IsDefined() || node.IsNull()) {
        if (required) yaml.note(map, errors::k_catalog_key_missing, {{"key", key}});
        return YAML::Node(YAML::NodeType::Sequence);
    }
    if (!node.IsSequence()) {
        yaml.note(node, errors::k_catalog_shape,
                  {{"key", key}, {"expected", "列表"}, {"expected_en", "a list"}});
        return YAML::Node(YAML::NodeType::Sequence);
    }
    return node;
}

Field Loader::read_field(const YAML::Node& node, Seen& seen, std::size_t kind_index) {
    Field field;
    if (!yaml.keys(node,
                   {"name", "type", "label", "help", "table", "kind", "required", "unique", "index",
                    "sensitive", "unit", "min", "max", "length", "pattern", "default"})) {
        return field;
    }
    field.name = yaml.name(node, "name");
    yaml.once(seen, field.name, node);
    // What every record has; journal entries and queries use these names beside the fields'.
    static const std::set<std::string_view> k_taken{
        "id", "state", "scope", "geometry", "deleted", "created_at", "updated_at"};
    if (k_taken.contains(field.name)) {
        yaml.note(node["name"], errors::k_catalog_twice,
                  {{"name", field.name}, {"first", "record.h"}});
    }
    field.type = yaml.choice<FieldType>(node, "type", k_field_types, std::nullopt);
    field.label = yaml.label(node, "label");
    field.help = yaml.label(node, "help", false);
    field.unit = yaml.text(node, "unit");
    field.min = yaml.number(node, "min");
    field.max = yaml.number(node, "max");
    const auto length = yaml.number(node, "length");
    if (length && (*length < 1 || *length > 1e6)) {
        yaml.note(
            node["length"], errors::k_catalog_shape,
            {{"key", "length"}, {"expected", "1 到 1000000"}, {"expected_en", "1 to 1000000"}});
    } else if (length) {
        field.length_max = static_cast<std::size_t>(*length);
    }
    field.required = yaml.boolean(node, "required");
    field.unique = yaml.boolean(node, "unique");
    field.indexed = yaml.boolean(node, "index");
    field.sensitive = yaml.boolean(node, "sensitive");
    field.code_table = yaml.text(node, "table");
    field.target_kind = yaml.text(node, "kind");
    field.pattern = yaml.text(node, "pattern");
    if (node["default"].IsDefined()) {
        field.otherwise = yaml.json(node["default"]);
        defaults.push_back({yaml.where(node["default"]), {kind_index, field.name}});
    }
    check_field(node, field);
    return field;
}

void Loader::check_field(const YAML::Node& node, const Field& field) {
    using enum FieldType;
    const auto unfit = [&](const char* key) {
        yaml.note(node[key], errors::k_catalog_unfit,
                  {{"key", key}, {"type", std::string(name_of(field.type))}});
    };
    const bool numeric = field.type == number || field.type == integer || field.type == duration;
    const bool textual = field.type == text || field.type == long_text || field.type == phone;
    if (!numeric && field.min) unfit("min");
    if (!numeric && field.max) unfit("max");
    if (!numeric && !field.unit.empty()) unfit("unit");
    if (!textual && field.length_max != 0) unfit("length");
    if (!textual && !field.pattern.empty()) unfit("pattern");
    if (field.unique && (field.type == json || field.type == references)) unfit("unique");
    if (field.indexed && (field.type == json || field.type == references)) unfit("index");
    if (field.min && field.max && *field.min > *field.max) {
        yaml.note(node["max"], errors::k_catalog_shape,
                  {{"key", "max"},
                   {"expected", "不小于 min 的数"},
                   {"expected_en", "a number not below min"}});
    }
    if (!field.pattern.empty() && !is_pattern(field.pattern)) {
        yaml.note(node["pattern"], errors::k_catalog_shape,
                  {{"key", "pattern"},
                   {"expected", "正则表达式"},
                   {"expected_en", "a regular expression"}});
    }
    if (field.type == code) {
        if (field.code_table.empty())
            yaml.note(node, errors::k_catalog_key_missing, {{"key", "table"}});
        else
            uses.push_back({yaml.where(node["table"]), "table", field.code_table, Use::Of::table});
    } else if (!field.code_table.empty()) {
        unfit("table");
    }
    if (field.type == reference || field.type == references) {
        if (field.target_kind.empty())
            yaml.note(node, errors::k_catalog_key_missing, {{"key", "kind"}});
        else
            uses.push_back({yaml.where(node["kind"]), "kind", field.target_kind, Use::Of::kind});
    } else if (!field.target_kind.empty()) {
        unfit("kind");
    }
    if (field.type == person) uses.push_back({yaml.where(node), "type", "person", Use::Of::kind});
}

void Loader::read_states(const YAML::Node& root, Kind& kind) {
    Seen seen;
    for (const auto& node : list_of(yaml, root, "states", false)) {
        if (!yaml.keys(node, {"name", "label", "final"})) continue;
        State state{yaml.name(node, "name"), yaml.label(node, "label"),
                    yaml.boolean(node, "final")};
        if (yaml.once(seen, state.name, node)) kind.states.push_back(std::move(state));
    }
}

void Loader::read_moves(const YAML::Node& root, Kind& kind) {
    Seen seen;
    const auto declared = [&](const YAML::Node& at, const char* key, const std::string& state) {
        if (state.empty() || kind.state(state) != nullptr) return;
        yaml.note(at[key], errors::k_catalog_undeclared, {{"key", key}, {"name", state}});
    };
    for (const auto& node : list_of(yaml, root, "moves", false)) {
        if (!yaml.keys(node, {"name", "label", "from", "to", "required", "right"})) continue;
        Move move;
        move.name = yaml.name(node, "name");
        move.label = yaml.label(node, "label");
        move.from = yaml.texts(node, "from");
        move.to = yaml.text(node, "to", true);
        move.required = yaml.texts(node, "required");
        move.right = yaml.text(node, "right");
        if (move.right.empty()) move.right = kind.name + "." + move.name;
        if (move.from.empty()) yaml.note(node, errors::k_catalog_key_missing, {{"key", "from"}});
        for (const auto& state : move.from) declared(node, "from", state);
        declared(node, "to", move.to);
        for (const auto& field : move.required) {
            if (kind.field(field) != nullptr) continue;
            yaml.note(node["required"], errors::k_catalog_undeclared,
                      {{"key", "required"}, {"name", field}});
        }
        if (yaml.once(seen, move.name, node)) kind.moves.push_back(std::move(move));
    }
}

void Loader::check_columns(const YAML::Node& root, Kind& kind) {
    if (auto title = yaml.text(root, "title"); !title.empty()) kind.title_field = std::move(title);
    if (kind.field(kind.title_field) == nullptr) {
        yaml.note(root["title"].IsDefined() ? root["title"] : root, errors::k_catalog_undeclared,
                  {{"key", "title"}, {"name", kind.title_field}});
    }
    kind.list_columns = yaml.texts(root, "list");
    static const std::set<std::string_view> k_common{"state", "updated_at", "created_at"};
    for (const auto& column : kind.list_columns) {
        if (kind.field(column) != nullptr || k_common.contains(column)) continue;
        yaml.note(root["list"], errors::k_catalog_undeclared, {{"key", "list"}, {"name", column}});
    }
}

void Loader::read_kind(const std::filesystem::path& file) {
    const auto opened = yaml.open(file);
    if (!opened) return;
    const YAML::Node& root = *opened;
    yaml.keys(root, {"kind", "label", "plural", "geometry", "exercise", "title", "list", "map",
                     "states", "moves", "fields"});
    Kind kind;
    kind.name = yaml.name(root, "kind");
    const bool fresh = yaml.once(kinds_seen, kind.name, root);
    if (!kind.name.empty() && kind.name != file.stem()) {
        yaml.note(root["kind"], errors::k_catalog_value,
                  {{"key", "kind"}, {"value", kind.name}, {"known", file.stem().string()}});
    }
    kind.label = yaml.label(root, "label");
    kind.plural = yaml.label(root, "plural");
    kind.geometry = yaml.choice<GeometryUse>(root, "geometry", k_geometry_uses, std::nullopt);
    kind.exercise = yaml.choice<ExerciseUse>(root, "exercise", k_exercise_uses, std::nullopt);
    if (const YAML::Node map = root["map"]; map.IsDefined()) {
        if (map.IsMap())
            kind.map_style = yaml.json(map).as_object();
        else
            yaml.note(map, errors::k_catalog_shape,
                      {{"key", "map"}, {"expected", "键值表"}, {"expected_en", "a mapping"}});
    }
    Seen seen;
    for (const auto& node : list_of(yaml, root, "fields", true)) {
        kind.fields.push_back(read_field(node, seen, kinds.size()));
    }
    read_states(root, kind);
    read_moves(root, kind);
    check_columns(root, kind);
    // A second declaration is kept out, but its fields were checked all the same.
    if (fresh) kinds.push_back(std::move(kind));
}

void Loader::read_table(const YAML::Node& node) {
    if (!yaml.keys(node, {"table", "label", "source", "codes"})) return;
    CodeTable table{
        yaml.name(node, "table"), yaml.label(node, "label"), yaml.text(node, "source", true), {}};
    Seen seen;
    for (const auto& each : list_of(yaml, node, "codes", true)) {
        if (!yaml.keys(each, {"value", "label", "parent", "source"})) continue;
        Code code{yaml.text(each, "value", true), yaml.label(each, "label"),
                  yaml.text(each, "parent"), yaml.text(each, "source")};
        if (yaml.once(seen, code.value, each)) table.codes.push_back(std::move(code));
    }
    for (const auto& code : list_of(yaml, node, "codes", false)) {
        const auto parent = code.IsMap() ? yaml.text(code, "parent") : std::string();
        if (parent.empty() || table.find(parent) != nullptr) continue;
        yaml.note(code["parent"], errors::k_catalog_undeclared,
                  {{"key", "parent"}, {"name", parent}});
    }
    if (yaml.once(tables_seen, table.name, node)) tables.push_back(std::move(table));
}

void Loader::read_codes(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"tables"})) return;
    for (const auto& node : list_of(yaml, *root, "tables", true)) read_table(node);
}

void Loader::read_rights(const YAML::Node& node, const Role& role) {
    static const std::set<std::string_view> k_general{"read",   "create",    "update",
                                                      "remove", "sensitive", "*"};
    for (const auto& right : role.rights) {
        const auto dot = right.find('.');
        const bool shaped = dot != right.npos && dot > 0 && dot + 1 < right.size() &&
                            right.find('.', dot + 1) == right.npos;
        if (shaped && (right.substr(0, dot) != "*" ||
                       k_general.contains(std::string_view(right).substr(dot + 1))))
            continue;
        yaml.note(
            node["rights"], errors::k_catalog_value,
            {{"key", "rights"},
             {"value", right},
             {"known",
              "<kind>.<action>, <kind>.*, *.read, *.create, *.update, *.remove, *.sensitive"}});
    }
}

void Loader::read_roles(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"roles"})) return;
    static const std::set<std::string_view> k_scopes{"all", "own_grid", "own_enterprise",
                                                     "own_organisation"};
    for (const auto& node : list_of(yaml, *root, "roles", true)) {
        if (!yaml.keys(node, {"role", "label", "scope", "rights"})) continue;
        Role role{yaml.name(node, "role"), yaml.label(node, "label"),
                  yaml.text(node, "scope", true), yaml.texts(node, "rights")};
        if (!role.scope.empty() && !k_scopes.contains(role.scope)) {
            yaml.note(node["scope"], errors::k_catalog_value,
                      {{"key", "scope"},
                       {"value", role.scope},
                       {"known", "all, own_grid, own_enterprise, own_organisation"}});
        }
        read_rights(node, role);
        if (yaml.once(roles_seen, role.name, node)) roles.push_back(std::move(role));
    }
}

void Loader::resolve() {
    for (const auto& use : uses) {
        const bool there = use.of == Use::Of::kind ? kinds_seen.contains(use.name)
                                                   : tables_seen.contains(use.name);
        if (!there)
            yaml.note_at(use.where, errors::k_catalog_undeclared,
                         {{"key", use.key}, {"name", use.name}});
    }
}

std::vector<std::filesystem::path> files_in(YamlReader& yaml, const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".yaml") out.push_back(entry.path());
    }
    if (error || out.empty()) {
        yaml.note_at(folder.generic_string(), errors::k_catalog_unreadable,
                     {{"what", error ? error.message() : "no *.yaml"}});
    }
    std::ranges::sort(out);
    return out;
}

json::object declaration_of(const Catalog& catalog) {
    auto out = to_json(catalog);
    out.erase("version");
    json::array rights;
    for (const auto& role : catalog.roles()) {
        json::array of_role;
        for (const auto& right : role.rights) of_role.emplace_back(right);
        rights.push_back(json::object{
            {"role", role.name}, {"scope", role.scope}, {"rights", std::move(of_role)}});
    }
    out["rights"] = std::move(rights);
    return out;
}

}  // namespace

Result<Catalog> Catalog::load(const std::filesystem::path& folder_given) {
    // "catalog/" has an empty file name; problems are to say "catalog/kinds/…" all the same.
    const auto folder = folder_given.has_filename() ? folder_given : folder_given.parent_path();
    Loader loader{YamlReader(folder), {}, {}, {}, {}, {}, {}, {}, {}};
    try {
        for (const auto& file : files_in(loader.yaml, folder / "kinds")) loader.read_kind(file);
        for (const auto& file : files_in(loader.yaml, folder / "codes")) loader.read_codes(file);
        loader.read_roles(folder / "roles.yaml");
        loader.resolve();
    } catch (const YAML::Exception& problem) {
        loader.yaml.note_at(folder.generic_string(), errors::k_catalog_unreadable,
                            {{"what", problem.what()}});
    }
    auto& problems = loader.yaml.problems();
    if (!problems.empty()) return fail(errors::k_catalog_wrong, {}, std::move(problems));

    Catalog out;
    out.m_kinds = std::move(loader.kinds);
    out.m_codes = std::move(loader.tables);
    out.m_roles = std::move(loader.roles);
    for (const auto& [where, at] : loader.defaults) {
        const auto& kind = out.m_kinds[at.first];
        const auto& field = *kind.field(at.second);
        const auto checked = check_fields(out, kind, {{field.name, *field.otherwise}}, false);
        if (checked) continue;
        for (auto problem : checked.error().fields) {
            problem.where = where;
            problems.push_back(std::move(problem));
        }
    }
    if (!problems.empty()) return fail(errors::k_catalog_wrong, {}, std::move(problems));
    out.m_version = hex(sm3(canonical_text(declaration_of(out)))).substr(0, 16);
    return out;
}

}  // namespace anlan::bigdata
