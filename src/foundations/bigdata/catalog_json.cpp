// The catalog as the web reads it.
#include "foundations/bigdata/calendar.h"
#include "foundations/bigdata/catalog_names.h"

namespace anlan::bigdata {

namespace {

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
    if (!field.pattern_text.zh.empty()) out["pattern_text"] = json_of(field.pattern_text);
    if (!field.earliest.empty()) out["earliest"] = field.earliest;
    if (!field.latest.empty()) out["latest"] = field.latest;
    if (!field.datum.empty()) out["datum"] = field.datum;
    if (!field.clock.empty()) out["clock"] = field.clock;
    if (field.otherwise) out["default"] = *field.otherwise;
    return out;
}

json::object json_of(const Term& term) {
    if (term.unit == Term::Unit::field) return {{"field", term.field}};
    return {{name_in(k_term_units, term.unit), term.amount}};
}

json::object json_of(const KindClock& clock) {
    json::object out{{"name", clock.name},
                     {"label", json_of(clock.label)},
                     {"starts", json_of(clock.starts)},
                     {"stops", json_of(clock.stops)},
                     {"due", json_of(clock.due)},
                     {"source", clock.source}};
    if (!clock.tell.empty()) out["tell"] = clock.tell;
    if (clock.escalate_to.empty()) return out;
    json::object up{{"to_role", clock.escalate_to}};
    if (clock.escalate_after) up["after"] = json_of(*clock.escalate_after);
    out["escalate"] = std::move(up);
    return out;
}

json::object json_of(const Effect& effect) {
    using enum Effect::Do;
    switch (effect.what) {
        case set_now:
            return {{"set", effect.target}, {"to", "now"}};
        case set_today:
            return {{"set", effect.target}, {"to", "today"}};
        case set_actor:
            return {{"set", effect.target}, {"to", "actor"}};
        case set_actor_id:
            return {{"set", effect.target}, {"to", "actor_id"}};
        case set_value:
            return {{"set", effect.target}, {"value", effect.value}};
        case clear:
            return {{"clear", effect.target}};
        case start:
            return {{"start", effect.target}};
        case stop:
            break;
    }
    return {{"stop", effect.target}};
}

json::object json_of(const Move& move) {
    json::object out{{"name", move.name},
                     {"label", json_of(move.label)},
                     {"from", json_of(move.from)},
                     {"to", move.to.empty() ? std::string(k_same_state) : move.to},
                     {"required", json_of(move.required)},
                     {"right", move.right}};
    if (!move.roles.empty()) out["roles"] = json_of(move.roles);
    json::array guards, effects;
    for (const auto& guard : move.guards)
        guards.push_back(json::object{{"name", guard.name}, {"fields", json_of(guard.fields)}});
    for (const auto& effect : move.effects) effects.push_back(json_of(effect));
    if (!guards.empty()) out["guards"] = std::move(guards);
    if (!effects.empty()) out["effects"] = std::move(effects);
    return out;
}

json::object json_of(const Kind& kind) {
    json::array fields, states, moves, clocks, form;
    for (const auto& field : kind.fields) fields.push_back(json_of(field));
    for (const auto& move : kind.moves) moves.push_back(json_of(move));
    for (const auto& clock : kind.clocks) clocks.push_back(json_of(clock));
    for (const auto& section : kind.form) {
        form.push_back(
            json::object{{"label", json_of(section.label)}, {"fields", json_of(section.fields)}});
    }
    for (const auto& state : kind.states) {
        states.push_back(json::object{
            {"name", state.name}, {"label", json_of(state.label)}, {"final", state.final}});
    }
    json::object retention;
    if (kind.retention.years > 0)
        retention = {{"years", kind.retention.years}, {"source", kind.retention.source}};
    return {{"name", kind.name},
            {"label", json_of(kind.label)},
            {"plural", json_of(kind.plural)},
            {"geometry", name_of(kind.geometry)},
            {"exercise", kind.exercise == ExerciseUse::own ? "own" : "inherit"},
            {"title", kind.title_field},
            {"list", json_of(kind.list_columns)},
            {"form", std::move(form)},
            {"key", json_of(kind.key_fields)},
            {"search", json_of(kind.search_fields)},
            {"retention", std::move(retention)},
            {"map", kind.map_style},
            {"states", std::move(states)},
            {"moves", std::move(moves)},
            {"clocks", std::move(clocks)},
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

json::object to_json(const Catalog& catalog) {
    json::array kinds, tables, roles;
    for (const auto& kind : catalog.kinds()) kinds.push_back(json_of(kind));
    for (const auto& table : catalog.code_tables()) tables.push_back(json_of(table));
    for (const auto& role : catalog.roles()) {
        roles.push_back(json::object{{"name", role.name}, {"label", json_of(role.label)}});
    }
    json::array published, phones;
    for (const auto& format : catalog.phone_formats())
        phones.push_back(
            json::object{{"pattern", format.pattern}, {"label", json_of(format.label)}});
    for (const auto& [year, row] : catalog.calendar().years())
        published.push_back(json::object{{"year", year}, {"source", row.source}});
    return {{"version", catalog.version()},
            {"kinds", std::move(kinds)},
            {"tables", std::move(tables)},
            {"roles", std::move(roles)},
            {"formats", json::object{{"phone", std::move(phones)}}},
            {"calendar", json::object{{"published", std::move(published)}}}};
}

}  // namespace anlan::bigdata
