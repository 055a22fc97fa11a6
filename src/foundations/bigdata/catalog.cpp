#include "foundations/bigdata/catalog.h"

#include "foundations/bigdata/catalog_names.h"

#include <algorithm>

namespace anlan::bigdata {

namespace {

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &T::name);
    return found == all.end() ? nullptr : &*found;
}

json::object json_of(const Label& label) {
    return {{"zh", label.zh}, {"en", label.en}};
}

json::array json_of(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& each : texts) out.emplace_back(each);
    return out;
}

json::object json_of(const Field& field) {
    json::object out{{"name", field.name},
                     {"type", name_of(field.type)},
                     {"label", json_of(field.label)},
                     {"required", field.required},
                     {"unique", field.unique},
                     {"index", field.indexed},
                     {"sensitive", field.sensitive}};
    if (!field.help.zh.empty()) out["help"] = json_of(field.help);
    if (!field.unit.empty()) out["unit"] = field.unit;
    if (field.min) out["min"] = *field.min;
    if (field.max) out["max"] = *field.max;
    if (field.length_max != 0) out["length"] = field.length_max;
    if (!field.code_table.empty()) out["table"] = field.code_table;
    if (!field.target_kind.empty()) out["kind"] = field.target_kind;
    if (!field.pattern.empty()) out["pattern"] = field.pattern;
    if (field.otherwise) out["default"] = *field.otherwise;
    return out;
}

json::object json_of(const Kind& kind) {
    json::array fields, states, moves;
    for (const auto& field : kind.fields) fields.push_back(json_of(field));
    for (const auto& state : kind.states) {
        states.push_back(json::object{
            {"name", state.name}, {"label", json_of(state.label)}, {"final", state.final}});
    }
    for (const auto& move : kind.moves) {
        moves.push_back(json::object{{"name", move.name},
                                     {"label", json_of(move.label)},
                                     {"from", json_of(move.from)},
                                     {"to", move.to},
                                     {"required", json_of(move.required)},
                                     {"right", move.right}});
    }
    return {{"name", kind.name},
            {"label", json_of(kind.label)},
            {"plural", json_of(kind.plural)},
            {"geometry", name_of(kind.geometry)},
            {"exercise", kind.exercise == ExerciseUse::own ? "own" : "inherit"},
            {"title", kind.title_field},
            {"list", json_of(kind.list_columns)},
            {"map", kind.map_style},
            {"states", std::move(states)},
            {"moves", std::move(moves)},
            {"fields", std::move(fields)}};
}

json::object json_of(const CodeTable& table) {
    json::array codes;
    for (const auto& code : table.codes) {
        json::object each{{"value", code.value}, {"label", json_of(code.label)}};
        if (!code.parent.empty()) each["parent"] = code.parent;
        if (!code.source.empty()) each["source"] = code.source;
        codes.push_back(std::move(each));
    }
    return {{"name", table.name},
            {"label", json_of(table.label)},
            {"source", table.source},
            {"codes", std::move(codes)}};
}

}  // namespace

const Field* Kind::field(std::string_view field_name) const {
    return named(fields, field_name);
}
const Move* Kind::move(std::string_view move_name) const {
    return named(moves, move_name);
}
const State* Kind::state(std::string_view state_name) const {
    return named(states, state_name);
}

const Code* CodeTable::find(std::string_view value) const {
    const auto found = std::ranges::find(codes, value, &Code::value);
    return found == codes.end() ? nullptr : &*found;
}

const Kind* Catalog::kind(std::string_view name) const {
    return named(m_kinds, name);
}
const CodeTable* Catalog::codes(std::string_view name) const {
    return named(m_codes, name);
}
const Role* Catalog::role(std::string_view name) const {
    return named(m_roles, name);
}

json::object to_json(const Catalog& catalog) {
    json::array kinds, tables, roles;
    for (const auto& kind : catalog.kinds()) kinds.push_back(json_of(kind));
    for (const auto& table : catalog.code_tables()) tables.push_back(json_of(table));
    for (const auto& role : catalog.roles()) {
        roles.push_back(json::object{{"name", role.name}, {"label", json_of(role.label)}});
    }
    return {{"version", catalog.version()},
            {"kinds", std::move(kinds)},
            {"tables", std::move(tables)},
            {"roles", std::move(roles)}};
}

}  // namespace anlan::bigdata
