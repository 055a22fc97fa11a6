// The procedure of a kind: states, clocks, moves with their guards and effects.
#include "foundations/bigdata/catalog_loader.h"
#include "foundations/bigdata/guards.h"

#include <algorithm>
#include <array>

namespace anlan::bigdata {

void CatalogLoader::states_declared(const YAML::Node& map, const char* key, const Kind& kind,
                                    const std::vector<std::string>& names) {
    for (const auto& name : names) {
        if (name.empty() || kind.state(name) != nullptr) continue;
        yaml.note(map[key], errors::k_catalog_undeclared, {{"key", key}, {"name", name}});
    }
}

void CatalogLoader::read_states(const YAML::Node& root, Kind& kind) {
    Seen seen;
    for (const auto& node : list_of(root, "states", false)) {
        if (!yaml.keys(node, {"name", "label", "final"})) continue;
        State state{yaml.name(node, "name"), yaml.label(node, "label"),
                    yaml.boolean(node, "final")};
        if (yaml.once(seen, state.name, node)) kind.states.push_back(std::move(state));
    }
}

Term CatalogLoader::read_term(const YAML::Node& node, const Kind& kind) {
    Term term;
    if (!yaml.keys(node, {"hours", "days", "working_hours", "working_days", "field"})) return term;
    if (node.size() != 1) {
        yaml.note(node, errors::k_catalog_shape,
                  {{"key", "due"},
                   {"expected", "一个期限，如 working_days: 5"},
                   {"expected_en", "one term, like working_days: 5"}});
        return term;
    }
    const auto key = node.begin()->first.Scalar();
    for (const auto& [name, unit] : k_term_units) {
        if (name == key) term.unit = unit;
    }
    if (term.unit == Term::Unit::field) {
        term.field = yaml.text(node, "field", true);
        const auto* field = kind.field(term.field);
        if (field == nullptr)
            yaml.note(node["field"], errors::k_catalog_undeclared,
                      {{"key", "field"}, {"name", term.field}});
        else if (field->type != FieldType::date && field->type != FieldType::time)
            yaml.note(node["field"], errors::k_catalog_unfit,
                      {{"key", "due"}, {"type", std::string(name_of(field->type))}});
        return term;
    }
    const auto amount = yaml.number(node, key.c_str());
    if (!amount || *amount <= 0 || *amount > 10'000) {
        yaml.note(node, errors::k_catalog_shape,
                  {{"key", key},
                   {"expected", "大于 0 且不超过 10000 的数"},
                   {"expected_en", "a number above 0, at most 10000"}});
        return term;
    }
    term.amount = *amount;
    return term;
}

void CatalogLoader::declare_clock_fields(Kind& kind, const KindClock& clock) {
    struct Row {
        const char* suffix;
        FieldType type;
        const char *zh, *en;
        bool indexed;
    };
    static constexpr std::array k_rows{
        Row{"_state", FieldType::code, "计时状态", "clock", true},
        Row{"_started_at", FieldType::time, "计时开始", "started at", false},
        Row{"_due_at", FieldType::time, "到期时间", "due at", true},
        Row{"_ended_at", FieldType::time, "计时结束", "ended at", false},
        Row{"_escalated_at", FieldType::time, "升级时间", "escalated at", false},
        Row{"_calendar_known", FieldType::boolean, "节假日安排已公布", "holidays are published",
            false}};
    for (const auto& row : k_rows) {
        Field field;
        field.name = clock.name + row.suffix;
        field.type = row.type;
        field.label = {clock.label.zh + row.zh, clock.label.en + ": " + row.en};
        field.indexed = row.indexed;
        if (row.type == FieldType::code) field.code_table = "clock_state";
        field.clock = clock.name;
        if (kind.field(field.name) == nullptr) kind.fields.push_back(std::move(field));
    }
}

void CatalogLoader::read_clocks(const YAML::Node& root, Kind& kind) {
    Seen seen;
    for (const auto& node : list_of(root, "clocks", false)) {
        if (!yaml.keys(node,
                       {"name", "label", "starts", "stops", "due", "tell", "escalate", "source"}))
            continue;
        KindClock clock;
        clock.name = yaml.name(node, "name");
        clock.label = yaml.label(node, "label");
        clock.starts = yaml.texts(node, "starts");
        clock.stops = yaml.texts(node, "stops");
        states_declared(node, "starts", kind, clock.starts);
        states_declared(node, "stops", kind, clock.stops);
        clock.source = yaml.text(node, "source", true);
        if (node["due"].IsDefined())
            clock.due = read_term(node["due"], kind);
        else
            yaml.note(node, errors::k_catalog_key_missing, {{"key", "due"}});
        if (const YAML::Node up = node["escalate"];
            up.IsDefined() && yaml.keys(up, {"after", "to_role"})) {
            if (up["after"].IsDefined()) clock.escalate_after = read_term(up["after"], kind);
            clock.escalate_to = yaml.text(up, "to_role", true);
            if (!clock.escalate_to.empty())
                uses.push_back(
                    {yaml.where(up), "to_role", "duty_role/" + clock.escalate_to, Use::Of::code});
        }
        clock.tell = yaml.text(node, "tell");
        if (const auto* field = kind.field(clock.tell); field == nullptr && !clock.tell.empty())
            fields_declared(node, "tell", kind, {clock.tell});
        else if (field != nullptr && field->type != FieldType::person &&
                 field->target_kind != "person")
            yaml.note(node["tell"], errors::k_catalog_unfit,
                      {{"key", "tell"}, {"type", std::string(name_of(field->type))}});
        if (!yaml.once(seen, clock.name, node)) continue;
        uses.push_back({yaml.where(node), "table", "clock_state", Use::Of::table});
        for (const char* suffix : {"_state", "_due_at"}) {
            if (kind.field(clock.name + suffix) == nullptr) continue;
            yaml.note(node["name"], errors::k_catalog_twice,
                      {{"name", clock.name + suffix}, {"first", "procedure.h"}});
        }
        declare_clock_fields(kind, clock);
        kind.clocks.push_back(std::move(clock));
    }
}

void CatalogLoader::read_guards(const YAML::Node& node, const Kind& kind, Move& move) {
    for (const auto& each : list_of(node, "guards", false)) {
        if (!yaml.keys(each, {"name", "fields"})) continue;
        Guard guard{yaml.text(each, "name", true), yaml.texts(each, "fields")};
        fields_declared(each, "fields", kind, guard.fields);
        const auto* row = find_guard(guard.name);
        if (row == nullptr) {
            std::string known;
            for (const auto& one : guards())
                known.append(known.empty() ? "" : ", ").append(one.name);
            yaml.note(each, errors::k_catalog_value,
                      {{"key", "name"}, {"value", guard.name}, {"known", known}});
        } else if (guard.fields.size() < row->fields_min || guard.fields.size() > row->fields_max) {
            yaml.note(each, errors::k_catalog_guard,
                      {{"name", guard.name},
                       {"min", std::to_string(row->fields_min)},
                       {"max", std::to_string(row->fields_max)},
                       {"given", std::to_string(guard.fields.size())}});
        }
        move.guards.push_back(std::move(guard));
    }
}

/// {set: <field>, to: now | today | actor | actor_id} or {set: <field>, value: <constant>}
Effect CatalogLoader::read_setting(const YAML::Node& node, const Kind& kind) {
    using enum Effect::Do;
    Effect effect{set_value, yaml.text(node, "set"), nullptr};
    const auto* field = kind.field(effect.target);
    if (node["value"].IsDefined()) {
        effect.value = yaml.json(node["value"]);
        if (field != nullptr)
            constants.push_back(
                {yaml.where(node["value"]), kinds.size(), effect.target, effect.value});
        return effect;
    }
    struct Source {
        std::string_view name;
        Effect::Do what;
        FieldType type;
    };
    static constexpr std::array k_sources{Source{"now", set_now, FieldType::time},
                                          Source{"today", set_today, FieldType::date},
                                          Source{"actor", set_actor, FieldType::text},
                                          Source{"actor_id", set_actor_id, FieldType::text}};
    const auto given = yaml.text(node, "to", true);
    const auto found = std::ranges::find(k_sources, given, &Source::name);
    if (found == k_sources.end()) {
        if (!given.empty())
            yaml.note(node["to"], errors::k_catalog_value,
                      {{"key", "to"}, {"value", given}, {"known", "now, today, actor, actor_id"}});
        return effect;
    }
    effect.what = found->what;
    if (field != nullptr && field->type != found->type)
        yaml.note(node["set"], errors::k_catalog_unfit,
                  {{"key", "to: " + given}, {"type", std::string(name_of(field->type))}});
    return effect;
}

void CatalogLoader::read_effects(const YAML::Node& node, const Kind& kind, Move& move) {
    using enum Effect::Do;
    for (const auto& each : list_of(node, "effects", false)) {
        if (!yaml.keys(each, {"set", "to", "value", "clear", "start", "stop"})) continue;
        Effect effect;
        if (each["set"].IsDefined()) {
            effect = read_setting(each, kind);
            fields_declared(each, "set", kind, {effect.target});
        } else if (each["clear"].IsDefined()) {
            effect = {clear, yaml.text(each, "clear"), nullptr};
            fields_declared(each, "clear", kind, {effect.target});
        } else {
            const char* key = each["stop"].IsDefined() ? "stop" : "start";
            effect = {each["stop"].IsDefined() ? stop : start, yaml.text(each, key, true), nullptr};
            if (!effect.target.empty() && kind.clock(effect.target) == nullptr)
                yaml.note(each[key], errors::k_catalog_undeclared,
                          {{"key", key}, {"name", effect.target}});
        }
        move.effects.push_back(std::move(effect));
    }
}

void CatalogLoader::read_moves(const YAML::Node& root, Kind& kind) {
    Seen seen;
    for (const auto& node : list_of(root, "moves", false)) {
        if (!yaml.keys(node, {"name", "label", "from", "to", "required", "right", "roles", "guards",
                              "effects"}))
            continue;
        Move move;
        move.name = yaml.name(node, "name");
        move.label = yaml.label(node, "label");
        move.from = yaml.texts(node, "from");
        move.to = yaml.text(node, "to", true);
        move.required = yaml.texts(node, "required");
        move.right = yaml.text(node, "right");
        move.roles = yaml.texts(node, "roles");
        if (move.right.empty()) move.right = kind.name + "." + move.name;
        if (move.from.empty()) yaml.note(node, errors::k_catalog_key_missing, {{"key", "from"}});
        states_declared(node, "from", kind, move.from);
        // A move that changes fields only, from wherever it is.
        if (move.to == k_same_state) move.to.clear();
        states_declared(node, "to", kind, {move.to});
        fields_declared(node, "required", kind, move.required);
        for (const auto& role : move.roles)
            uses.push_back({yaml.where(node["roles"]), "roles", role, Use::Of::role});
        read_guards(node, kind, move);
        read_effects(node, kind, move);
        if (yaml.once(seen, move.name, node)) kind.moves.push_back(std::move(move));
    }
}

}  // namespace anlan::bigdata
