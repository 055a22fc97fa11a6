#include "foundations/bigdata/procedure_engine.h"

#include "core/describe.h"
#include "foundations/bigdata/calendar.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/guards.h"

#include <algorithm>
#include <cmath>

namespace anlan::bigdata {

namespace {

Error move_not_open(const Kind& kind, std::string_view state, std::string_view wanted) {
    const auto* from = kind.state(state);
    const auto* move = kind.move(wanted);
    std::string open, open_en;
    for (const auto& each : kind.moves) {
        if (std::ranges::find(each.from, state) == each.from.end()) continue;
        open.append(open.empty() ? "" : "、").append(each.label.zh);
        open_en.append(open_en.empty() ? "" : ", ").append(each.label.en);
    }
    return Error(errors::k_move_not_open, {{"state", from ? from->label.zh : std::string(state)},
                                           {"state_en", from ? from->label.en : std::string(state)},
                                           {"move", move ? move->label.zh : std::string(wanted)},
                                           {"move_en", move ? move->label.en : std::string(wanted)},
                                           {"open", open.empty() ? "—" : open},
                                           {"open_en", open_en.empty() ? "—" : open_en}});
}

/// One clock of one record, over the fields that keep it.
class Keeping {
  public:
    Keeping(const Catalog& catalog, const KindClock& clock, Record& record, Timestamp now)
        : m_catalog(catalog), m_clock(clock), m_record(record), m_now(now) {}

    void enter(std::string_view state) {
        const auto in = [&](const std::vector<std::string>& states) {
            return std::ranges::find(states, state) != states.end();
        };
        if (in(m_clock.stops)) end();
        if (!in(m_clock.starts)) return;
        if (!is("met") && !is("late") && !active()) return start();
        if (active()) return;
        // It goes on where it was: what is sent back has no new term. Whether that is over is for
        // the keeper to see, who tells people too.
        clear("_ended_at");
        set("_state", "running");
    }

    void start() {
        for (const char* suffix : {"_ended_at", "_escalated_at", "_due_at", "_calendar_known"})
            clear(suffix);
        set("_started_at", iso8601(m_now));
        set_due(m_now);
        set("_state", "running");
    }

    void stop() {
        if (!active()) return;
        set("_state", "stopped");
        set("_ended_at", iso8601(m_now));
    }

    void follow() {
        if (m_clock.due.unit != Term::Unit::field || !active()) return;
        const auto old = text("_due_at");
        set_due(time("_started_at").value_or(m_now));
        if (text("_due_at") == old) return;
        clear("_escalated_at");
        set("_state", "running");
    }

  private:
    [[nodiscard]] std::string text(const char* suffix) const {
        return std::string(text_at(m_record.fields, m_clock.name + suffix));
    }
    [[nodiscard]] std::optional<Timestamp> time(const char* suffix) const {
        return parse_iso8601(text(suffix));
    }
    [[nodiscard]] bool is(std::string_view state) const { return text("_state") == state; }
    [[nodiscard]] bool active() const { return is("running") || is("overdue"); }
    template <class T>
    void set(const char* suffix, T&& value) {
        m_record.fields[m_clock.name + suffix] = std::forward<T>(value);
    }
    void clear(const char* suffix) { m_record.fields.erase(m_clock.name + suffix); }

    void end() {
        if (!active()) return;
        const auto due = time("_due_at");
        set("_state", due && *due < m_now ? "late" : "met");
        set("_ended_at", iso8601(m_now));
    }

    void set_due(Timestamp from) {
        const auto& calendar = m_catalog.calendar();
        const auto due = end_of_term(calendar, m_clock.due, m_record, from);
        if (!due) return clear("_due_at");
        set("_due_at", iso8601(*due));
        if (m_clock.due.unit == Term::Unit::hours || m_clock.due.unit == Term::Unit::field) return;
        bool known = true;
        for (int year = year_of(day_of(from)); year <= year_of(day_of(*due)); ++year)
            known = known && calendar.published(year);
        set("_calendar_known", known);
    }

    const Catalog& m_catalog;
    const KindClock& m_clock;
    Record& m_record;
    const Timestamp m_now;
};

Timestamp end_of_day(DayNumber day) {
    return start_of(day + 1) + -1000;
}

void apply_effect(const Catalog& catalog, const Kind& kind, const Effect& effect, Record& record,
                  const Author& author, Timestamp now) {
    using enum Effect::Do;
    auto& fields = record.fields;
    switch (effect.what) {
        case set_now:
            fields[effect.target] = iso8601(now);
            return;
        case set_today:
            fields[effect.target] = beijing_text(now).substr(0, 10);
            return;
        case set_actor:
            fields[effect.target] = author.name;
            return;
        case set_actor_id:
            if (author.user.is_nil())
                fields.erase(effect.target);
            else
                fields[effect.target] = author.user.text();
            return;
        case set_value: {
            json::object one{{effect.target, effect.value}};
            normalise_fields(kind, one);
            fields[effect.target] = one.at(effect.target);
            return;
        }
        case clear:
            fields.erase(effect.target);
            return;
        case start:
        case stop:
            break;
    }
    const auto* clock = kind.clock(effect.target);
    ASSERT(clock != nullptr);  // The catalog is checked.
    Keeping keeping(catalog, *clock, record, now);
    effect.what == start ? keeping.start() : keeping.stop();
}

}  // namespace

std::optional<Timestamp> end_of_term(const WorkingCalendar& calendar, const Term& term,
                                     const Record& record, Timestamp from) {
    switch (term.unit) {
        case Term::Unit::hours:
            return from + static_cast<std::int64_t>(std::llround(term.amount * 3.6e6));
        case Term::Unit::working_hours:
            return calendar.add_working_hours(from, term.amount);
        case Term::Unit::working_days: {
            const auto end = calendar.add_working_days(from, term.amount);
            return term.amount == std::floor(term.amount) ? end_of_day(day_of(end)) : end;
        }
        case Term::Unit::days: {
            DayNumber day = day_of(from) + static_cast<DayNumber>(std::ceil(term.amount));
            for (int tries = 0; tries < 60 && !calendar.is_working_day(day); ++tries) ++day;
            return end_of_day(day);
        }
        case Term::Unit::field:
            break;
    }
    const auto text = std::string(text_at(record.fields, term.field));
    if (const auto at = parse_iso8601(text)) return at;
    const auto day = parse_iso8601(text + "T00:00:00+08:00");
    return day ? std::optional(end_of_day(day_of(*day))) : std::nullopt;
}

bool is_blank(const Record& record, std::string_view field) {
    const auto* value = record.fields.if_contains(field);
    return value == nullptr || value->is_null() ||
           (value->is_string() && value->get_string().empty());
}

Result<void> check_guards(const Kind& kind, const Move& move, const Record& record,
                          const Author& author, Timestamp now) {
    for (const auto& guard : move.guards) {
        const auto* row = find_guard(guard.name);
        ASSERT(row != nullptr);  // The catalog is checked.
        if (row->passes({kind, record, author, now, guard.fields})) continue;
        ErrorParameters parameters;
        const char* names[] = {"first", "second"};
        for (std::size_t i = 0; i < std::min<std::size_t>(guard.fields.size(), 2); ++i) {
            const auto& label = kind.field(guard.fields[i])->label;
            parameters.emplace_back(names[i], label.zh);
            parameters.emplace_back(std::string(names[i]) + "_en", label.en);
        }
        return fail(*row->refusal, std::move(parameters));
    }
    return {};
}

Result<void> check_move(const Kind& kind, std::string_view name, const Record& record,
                        const Author& author, Timestamp now) {
    const Move* move = kind.move(name);
    if (move == nullptr || std::ranges::find(move->from, record.state) == move->from.end())
        return std::unexpected(move_not_open(kind, record.state, name));
    std::vector<FieldProblem> missing;
    for (const auto& field : move->required) {
        if (is_blank(record, field))
            missing.push_back({"/fields/" + field, &errors::k_field_missing, {}});
    }
    if (!missing.empty()) return fail(errors::k_bad_request, {}, std::move(missing));
    return check_guards(kind, *move, record, author, now);
}

Result<void> check_move_roles(const Catalog& catalog, const Move& move, const Principal& who) {
    if (move.roles.empty() || who.user.is_nil()) return {};
    for (const auto& role : move.roles) {
        if (std::ranges::find(who.roles, role) != who.roles.end()) return {};
    }
    std::string roles, roles_en;
    for (const auto& name : move.roles) {
        const auto* role = catalog.role(name);
        roles.append(roles.empty() ? "" : "、").append(role->label.zh);
        roles_en.append(roles_en.empty() ? "" : ", ").append(role->label.en);
    }
    return fail(errors::k_move_not_yours, {{"move", move.label.zh},
                                           {"move_en", move.label.en},
                                           {"roles", roles},
                                           {"roles_en", roles_en}});
}

void make_move(const Catalog& catalog, const Kind& kind, const Move& move, Record& record,
               const Author& author, Timestamp now) {
    const bool enters = !move.to.empty() && record.state != move.to;
    if (enters) record.state = move.to;
    for (const auto& effect : move.effects)
        apply_effect(catalog, kind, effect, record, author, now);
    follow_terms(catalog, kind, record, now);
    if (enters) enter_state(catalog, kind, record, now);
}

void enter_state(const Catalog& catalog, const Kind& kind, Record& record, Timestamp now) {
    for (const auto& clock : kind.clocks) Keeping(catalog, clock, record, now).enter(record.state);
}

void follow_terms(const Catalog& catalog, const Kind& kind, Record& record, Timestamp now) {
    for (const auto& clock : kind.clocks) Keeping(catalog, clock, record, now).follow();
}

Result<void> check_clock_fields(const Kind& kind, const json::object& given,
                                const json::object& present, const Author& author) {
    if (kind.clocks.empty() || (author.user.is_nil() && author.origin == k_clock_origin)) return {};
    std::vector<FieldProblem> problems;
    for (const auto& [name, value] : given) {
        const auto* field = kind.field(name);
        if (field == nullptr || field->clock.empty()) continue;
        const auto* old = present.if_contains(name);
        if (old == nullptr ? value.is_null() : *old == value) continue;
        problems.push_back({"/fields/" + std::string(name), &errors::k_field_read_only, {}});
    }
    if (problems.empty()) return {};
    return fail(errors::k_bad_request, {}, std::move(problems));
}

}  // namespace anlan::bigdata
