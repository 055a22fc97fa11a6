// Catalog::load: folders of YAML into kinds, code tables and roles, checked against each other.
#include "foundations/bigdata/catalog_loader.h"
#include "foundations/bigdata/pattern.h"

#include "core/hash.h"
#include "core/time.h"

#include <algorithm>
#include <set>

namespace anlan::bigdata {

namespace {

bool is_day(const std::string& text) {
    return text.size() == 10 && parse_iso8601(text + "T00:00:00Z").has_value();
}

}  // namespace

YAML::Node CatalogLoader::list_of(const YAML::Node& map, const char* key, bool required) {
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

void CatalogLoader::fields_declared(const YAML::Node& map, const char* key, const Kind& kind,
                                    const std::vector<std::string>& names) {
    for (const auto& name : names) {
        if (kind.field(name) != nullptr) continue;
        yaml.note(map[key], errors::k_catalog_undeclared, {{"key", key}, {"name", name}});
    }
}

Field CatalogLoader::read_field(const YAML::Node& node, Seen& seen) {
    Field field;
    if (!yaml.keys(node,
                   {"name",    "type",         "label",     "help",   "table", "kind",   "required",
                    "unique",  "index",        "sensitive", "unit",   "min",   "max",    "length",
                    "pattern", "pattern_text", "earliest",  "latest", "datum", "default"})) {
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
    read_bounds(node, field);
    field.required = yaml.boolean(node, "required");
    field.unique = yaml.boolean(node, "unique");
    field.indexed = yaml.boolean(node, "index");
    field.sensitive = yaml.boolean(node, "sensitive");
    field.code_table = yaml.text(node, "table");
    field.target_kind = yaml.text(node, "kind");
    field.pattern = yaml.text(node, "pattern");
    field.pattern_text = yaml.label(node, "pattern_text", false);
    field.datum = yaml.text(node, "datum");
    if (node["default"].IsDefined()) {
        field.otherwise = yaml.json(node["default"]);
        constants.push_back(
            {yaml.where(node["default"]), kinds.size(), field.name, *field.otherwise});
    }
    check_field(node, field);
    return field;
}

void CatalogLoader::read_bounds(const YAML::Node& node, Field& field) {
    field.unit = yaml.text(node, "unit");
    if (field.type == FieldType::height && field.unit.empty()) field.unit = "m";
    field.min = yaml.number(node, "min");
    field.max = yaml.number(node, "max");
    for (auto [key, day] : {std::pair{"earliest", &field.earliest}, {"latest", &field.latest}}) {
        *day = yaml.text(node, key);
        if (day->empty() || is_day(*day)) continue;
        yaml.note(node[key], errors::k_catalog_shape,
                  {{"key", key},
                   {"expected", "日期，如 2026-01-31"},
                   {"expected_en", "a date like 2026-01-31"}});
    }
    const auto length = yaml.number(node, "length");
    if (length && (*length < 1 || *length > 1e6)) {
        yaml.note(
            node["length"], errors::k_catalog_shape,
            {{"key", "length"}, {"expected", "1 到 1000000"}, {"expected_en", "1 to 1000000"}});
    } else if (length) {
        field.length_max = static_cast<std::size_t>(*length);
    }
}

void CatalogLoader::check_field(const YAML::Node& node, const Field& field) {
    using enum FieldType;
    const auto unfit = [&](bool given, const char* key) {
        if (!given) return;
        yaml.note(node[key], errors::k_catalog_unfit,
                  {{"key", key}, {"type", std::string(name_of(field.type))}});
    };
    const bool numeric = field.type == number || field.type == integer || field.type == duration ||
                         field.type == height;
    const bool textual = field.type == text || field.type == long_text || field.type == phone;
    const bool many = field.type == json || field.type == references;
    unfit(!numeric && field.min, "min");
    unfit(!numeric && field.max, "max");
    unfit(!numeric && !field.unit.empty(), "unit");
    unfit(!textual && field.length_max != 0, "length");
    unfit(!textual && !field.pattern.empty(), "pattern");
    unfit(field.pattern.empty() && !field.pattern_text.zh.empty(), "pattern_text");
    unfit(field.type != date && !field.earliest.empty(), "earliest");
    unfit(field.type != date && !field.latest.empty(), "latest");
    unfit(field.type != height && !field.datum.empty(), "datum");
    unfit(field.type != code && !field.code_table.empty(), "table");
    unfit(field.type != reference && field.type != references && !field.target_kind.empty(),
          "kind");
    unfit(many && field.unique, "unique");
    unfit(many && field.indexed, "index");
    check_numbers(node, field);
    check_uses(node, field);
}

void CatalogLoader::check_numbers(const YAML::Node& node, const Field& field) {
    const auto shape = [&](const char* key, const char* zh, const char* en) {
        yaml.note(node[key], errors::k_catalog_shape,
                  {{"key", key}, {"expected", zh}, {"expected_en", en}});
    };
    if (field.min && field.max && *field.min > *field.max)
        shape("max", "不小于 min 的数", "a number not below min");
    if (!field.earliest.empty() && !field.latest.empty() && field.earliest > field.latest)
        shape("latest", "不早于 earliest 的日期", "a date not before earliest");
    if (!field.pattern.empty() && !is_pattern(field.pattern))
        shape("pattern", "正则表达式", "a regular expression");
}

void CatalogLoader::check_uses(const YAML::Node& node, const Field& field) {
    using enum FieldType;
    const auto use = [&](const char* key, const std::string& name, Use::Of of) {
        if (name.empty())
            yaml.note(node, errors::k_catalog_key_missing, {{"key", key}});
        else
            uses.push_back({yaml.where(node[key]), key, name, of});
    };
    if (field.type == code) use("table", field.code_table, Use::Of::table);
    if (field.type == reference || field.type == references)
        use("kind", field.target_kind, Use::Of::kind);
    if (field.type == person) uses.push_back({yaml.where(node), "type", "person", Use::Of::kind});
    if (field.type == height)
        use("datum", field.datum.empty() ? "" : "vertical_datum/" + field.datum, Use::Of::code);
}

void CatalogLoader::read_columns(const YAML::Node& root, Kind& kind) {
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
    kind.key_fields = yaml.texts(root, "key");
    fields_declared(root, "key", kind, kind.key_fields);
    kind.search_fields = yaml.texts(root, "search");
    fields_declared(root, "search", kind, kind.search_fields);
    for (const auto& name : kind.search_fields) {
        const auto* field = kind.field(name);
        if (field == nullptr || field->type == FieldType::text ||
            field->type == FieldType::long_text)
            continue;
        yaml.note(root["search"], errors::k_catalog_unfit,
                  {{"key", "search"}, {"type", std::string(name_of(field->type))}});
    }
}

void CatalogLoader::read_form(const YAML::Node& root, Kind& kind) {
    Seen placed;
    for (const auto& node : list_of(root, "form", false)) {
        if (!yaml.keys(node, {"section", "fields"})) continue;
        FormSection section{yaml.label(node, "section"), yaml.texts(node, "fields")};
        fields_declared(node, "fields", kind, section.fields);
        for (const auto& name : section.fields) yaml.once(placed, name, node);
        kind.form.push_back(std::move(section));
    }
}

void CatalogLoader::read_map(const YAML::Node& root, Kind& kind) {
    const YAML::Node map = root["map"];
    if (!map.IsDefined()) return;
    if (!map.IsMap()) {
        yaml.note(map, errors::k_catalog_shape,
                  {{"key", "map"}, {"expected", "键值表"}, {"expected_en", "a mapping"}});
        return;
    }
    kind.map_style = yaml.json(map).as_object();
    const YAML::Node states = map["by_state"];
    if (!states.IsDefined()) return;
    if (!states.IsMap()) {
        yaml.note(states, errors::k_catalog_shape,
                  {{"key", "by_state"}, {"expected", "键值表"}, {"expected_en", "a mapping"}});
        return;
    }
    for (const auto& each : states) {
        if (kind.state(each.first.Scalar()) != nullptr) continue;
        yaml.note(each.first, errors::k_catalog_undeclared,
                  {{"key", "by_state"}, {"name", each.first.Scalar()}});
    }
}

Retention CatalogLoader::read_retention(const YAML::Node& root) {
    const YAML::Node node = root["retention"];
    if (!node.IsDefined() || !yaml.keys(node, {"years", "source"})) return {};
    const auto given = yaml.number(node, "years");
    if (!given || *given < 1 || *given > 100 || *given != static_cast<int>(*given)) {
        yaml.note(node, errors::k_catalog_shape,
                  {{"key", "years"}, {"expected", "1 到 100"}, {"expected_en", "1 to 100"}});
        return {};
    }
    return {static_cast<int>(*given), yaml.text(node, "source", true)};
}

void CatalogLoader::read_kind(const std::filesystem::path& file) {
    const auto opened = yaml.open(file);
    if (!opened) return;
    const YAML::Node& root = *opened;
    yaml.keys(root, {"kind", "label", "plural", "geometry", "exercise", "title", "list", "key",
                     "search", "form", "retention", "map", "states", "moves", "clocks", "fields"});
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
    Seen seen;
    for (const auto& node : list_of(root, "fields", true)) {
        kind.fields.push_back(read_field(node, seen));
    }
    kind.retention = read_retention(root);
    read_states(root, kind);
    read_clocks(root, kind);
    read_moves(root, kind);
    read_columns(root, kind);
    read_form(root, kind);
    read_map(root, kind);
    // A second declaration is kept out, but its fields were checked all the same.
    if (fresh) kinds.push_back(std::move(kind));
}

void CatalogLoader::read_table(const YAML::Node& node) {
    if (!yaml.keys(node, {"table", "label", "source", "codes"})) return;
    CodeTable table{
        yaml.name(node, "table"), yaml.label(node, "label"), yaml.text(node, "source", true), {}};
    Seen seen;
    for (const auto& each : list_of(node, "codes", true)) {
        if (!yaml.keys(each, {"value", "label", "parent", "source"})) continue;
        Code code{yaml.text(each, "value", true), yaml.label(each, "label"),
                  yaml.text(each, "parent"), yaml.text(each, "source")};
        if (yaml.once(seen, code.value, each)) table.codes.push_back(std::move(code));
    }
    check_parents(node, table);
    if (yaml.once(tables_seen, table.name, node)) tables.push_back(std::move(table));
}

void CatalogLoader::check_parents(const YAML::Node& node, const CodeTable& table) {
    for (const auto& code : list_of(node, "codes", false)) {
        const auto parent = code.IsMap() ? yaml.text(code, "parent") : std::string();
        if (parent.empty()) continue;
        if (table.find(parent) == nullptr) {
            yaml.note(code["parent"], errors::k_catalog_undeclared,
                      {{"key", "parent"}, {"name", parent}});
            continue;
        }
        std::set<std::string> above;
        for (const auto* at = table.find(parent); at != nullptr; at = table.find(at->parent)) {
            if (above.insert(at->value).second) continue;
            yaml.note(code["parent"], errors::k_catalog_circle, {{"name", parent}});
            break;
        }
    }
}

void CatalogLoader::read_codes(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"tables"})) return;
    for (const auto& node : list_of(*root, "tables", true)) read_table(node);
}

void CatalogLoader::read_rights(const YAML::Node& node, const Role& role) {
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

void CatalogLoader::read_roles(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"roles"})) return;
    static const std::set<std::string_view> k_scopes{"all", "own_grid", "own_enterprise",
                                                     "own_organisation"};
    for (const auto& node : list_of(*root, "roles", true)) {
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

bool CatalogLoader::known(const Use& use) const {
    switch (use.of) {
        case Use::Of::kind:
            return kinds_seen.contains(use.name);
        case Use::Of::table:
            return tables_seen.contains(use.name);
        case Use::Of::role:
            return roles_seen.contains(use.name);
        case Use::Of::code:
            break;
    }
    const auto slash = use.name.find('/');
    const auto table = std::ranges::find(tables, use.name.substr(0, slash), &CodeTable::name);
    return table != tables.end() && table->find(use.name.substr(slash + 1)) != nullptr;
}

void CatalogLoader::resolve() {
    for (const auto& use : uses) {
        if (!known(use))
            yaml.note_at(use.where, errors::k_catalog_undeclared,
                         {{"key", use.key}, {"name", use.name}});
    }
}

namespace {

std::vector<std::filesystem::path> files_in(YamlReader& yaml, const std::filesystem::path& folder,
                                            bool required) {
    std::vector<std::filesystem::path> out;
    std::error_code error;
    if (!required && !std::filesystem::exists(folder, error)) return out;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".yaml") out.push_back(entry.path());
    }
    if (error || (required && out.empty())) {
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

void CatalogLoader::read_folder(const std::filesystem::path& folder) {
    try {
        for (const auto& file : files_in(yaml, folder / "kinds", true)) read_kind(file);
        for (const auto& file : files_in(yaml, folder / "codes", true)) read_codes(file);
        read_roles(folder / "roles.yaml");
        if (std::error_code error; std::filesystem::exists(folder / "formats.yaml", error))
            read_formats(folder / "formats.yaml");
        for (const auto& file : files_in(yaml, folder / "calendar", false)) read_calendar(file);
        for (const auto& file : files_in(yaml, folder / "migrations", false)) read_migration(file);
        resolve();
    } catch (const YAML::Exception& problem) {
        yaml.note_at(folder.generic_string(), errors::k_catalog_unreadable,
                     {{"what", problem.what()}});
    }
}

Result<Catalog> Catalog::load(const std::filesystem::path& folder_given) {
    // "catalog/" has an empty file name; problems are to say "catalog/kinds/…" all the same.
    const auto folder = folder_given.has_filename() ? folder_given : folder_given.parent_path();
    CatalogLoader loader{YamlReader(folder)};
    loader.read_folder(folder);
    auto& problems = loader.yaml.problems();
    if (!problems.empty()) return fail(errors::k_catalog_wrong, {}, std::move(problems));

    Catalog out;
    out.m_kinds = std::move(loader.kinds);
    out.m_codes = std::move(loader.tables);
    out.m_roles = std::move(loader.roles);
    out.m_phone_formats = std::move(loader.phone_formats);
    out.m_calendar = loader.spans.empty() ? std::make_shared<const WorkingCalendar>()
                                          : std::make_shared<const WorkingCalendar>(
                                                std::move(loader.years), loader.spans);
    out.m_migrations = std::make_shared<const std::vector<Migration>>(std::move(loader.migrations));
    for (const auto& constant : loader.constants) {
        const auto& kind = out.m_kinds[constant.kind];
        const auto checked = check_fields(out, kind, {{constant.field, constant.value}}, false);
        if (checked) continue;
        for (auto problem : checked.error().fields) {
            problem.where = constant.where;
            problems.push_back(std::move(problem));
        }
    }
    if (!problems.empty()) return fail(errors::k_catalog_wrong, {}, std::move(problems));
    out.m_version = hex(sm3(canonical_text(declaration_of(out)))).substr(0, 16);
    return out;
}

}  // namespace anlan::bigdata
