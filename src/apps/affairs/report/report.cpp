#include "apps/affairs/report/report.h"

#include "apps/affairs/report/page.h"
#include "foundations/bigdata/errors.h"

#include <fmt/format.h>

#include <cmath>

namespace anlan::affairs {

namespace {

using bigdata::Record;

/// Writes one story in one language. Every section is a function; print() is their order.
class Writer {
  public:
    Writer(const apps::Context& context, const Words& words, const BaseMap& base,
           const Story& story, Language language, Document& out)
        : m_context(context),
          m_words(words),
          m_base(base),
          m_story(story),
          m_language(language),
          m_out(out) {}

    void write() {
        summary();
        steps();
        map();
        editions();
        affected();
        tasks();
        forces();
        messages();
        timeline();
        basis();
    }

  private:
    [[nodiscard]] std::string word(std::string_view path,
                                   const ErrorParameters& parameters = {}) const {
        return m_words.in(m_language, path, parameters);
    }
    [[nodiscard]] std::string label(std::string_view name) const {
        return word("labels." + std::string(name));
    }
    [[nodiscard]] std::string none() const { return word("none"); }
    /// `field`, or `field_en` where it exists and English is asked for.
    [[nodiscard]] std::string text(const json::object& f, std::string_view field) const {
        if (m_language == Language::en) {
            const auto english = text_at(f, std::string(field) + "_en");
            if (!english.empty()) return std::string(english);
        }
        const auto found = text_at(f, field);
        return found.empty() ? none() : std::string(found);
    }
    [[nodiscard]] std::string either(const std::string& zh, const std::string& en) const {
        const auto& chosen = m_language == Language::zh || en.empty() ? zh : en;
        return chosen.empty() ? none() : chosen;
    }
    [[nodiscard]] std::string code(std::string_view table, std::string_view value) const {
        const auto* codes = m_context.catalog.codes(table);
        const auto* found = codes == nullptr ? nullptr : codes->find(value);
        return found == nullptr ? std::string(value) : found->label.in(m_language);
    }
    [[nodiscard]] std::string state(const Record& r) const {
        const auto* kind = m_context.catalog.kind(r.kind);
        if (kind != nullptr) {
            for (const auto& s : kind->states) {
                if (s.name == r.state) return s.label.in(m_language);
            }
        }
        return r.state.empty() ? none() : r.state;
    }
    [[nodiscard]] std::string time(const json::object& f, std::string_view field,
                                   bool date = false) const {
        const auto at = parse_iso8601(text_at(f, field));
        if (!at) return "–";
        const std::string whole = beijing_text(*at);
        return date ? whole : whole.substr(11);
    }
    static std::string span(std::int64_t ms) {
        if (ms < 1'000) return fmt::format("{} ms", ms);
        if (ms < 60'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000);
        const auto s = ms / 1000;
        return s < 3600 ? fmt::format("{} min {:02} s", s / 60, s % 60)
                        : fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
    }
    static std::string distance(double metres) {
        return metres < 1000 ? fmt::format("{:.0f} m", metres)
                             : fmt::format("{:.2f} km", metres / 1000);
    }
    void heading(std::string_view section, double with_pt = 0) {
        m_out.heading(word("sections." + std::string(section)), with_pt);
    }

    void summary() {
        const auto& f = m_story.incident.fields;
        heading("summary");
        std::vector<std::pair<std::string, std::string>> rows{
            {label("number"), std::string(text_at(f, "number"))},
            {label("state"), state(m_story.incident)},
            {label("enterprise"), either(m_story.enterprise_name, m_story.enterprise_name_en)},
            {label("vessel"), either(m_story.vessel_name, m_story.vessel_name_en)},
            {label("substance"),
             either(m_story.substance_name, m_story.substance_name_en) +
                 (f.contains("inventory_kg")
                      ? fmt::format(" · {:.1f} t", number_at(f, "inventory_kg", 0) / 1000)
                      : "")},
            {label("levels"), fmt::format("{} / {}", integer_at(f, "level", 0),
                                          f.contains("response_level")
                                              ? std::to_string(integer_at(f, "response_level", 0))
                                              : none())},
            {label("plan"), either(m_story.plan_name, m_story.plan_name_en)},
            {label("commander"), text(f, "commander")},
            {label("started"), time(f, "frame_at", true)},
            {label("confirmed"), time(f, "confirmed_at", true)},
            {label("stand_down"), time(f, "stand_down_at", true)},
            {label("closed"), time(f, "closed_at", true)}};
        const auto began = parse_iso8601(text_at(f, "frame_at", text_at(f, "started_at")));
        auto ended = parse_iso8601(text_at(f, "stand_down_at"));
        if (!ended) ended = m_context.clock.now();
        if (began) rows.emplace_back(label("duration"), span(*ended - *began));
        if (f.contains("summary")) rows.emplace_back(label("summary"), text(f, "summary"));
        m_out.facts(rows);
        m_out.paragraph(word("times_note"));
    }

    void steps() {
        const auto moments = stopwatch(m_story);
        if (moments.empty()) return;
        heading("steps");
        std::vector<std::vector<std::string>> rows;
        for (const auto& step : moments) {
            const CivilTime c = civil(step.at, k_beijing_offset_ms);
            rows.push_back(
                {word("steps." + step.key),
                 fmt::format("{:02}:{:02}:{:02}.{:03}", c.hour, c.minute, c.second, c.millisecond),
                 span(step.at - moments.front().at)});
        }
        m_out.table({{label("step"), 3}, {label("at"), 2}, {label("since_frame"), 2, true}}, rows);
    }

    void map() {
        const Record* impact = m_story.newest_impact();
        if (impact == nullptr) return;
        constexpr double k_map_pt = 330;
        heading("map", k_map_pt);
        if (const auto& problem = object_at(impact->fields, "problem"); !problem.empty()) {
            m_out.paragraph(
                word("counts.problem",
                     {{"why",
                       std::string(text_at(problem, m_language == Language::zh ? "zh" : "en"))}}));
        }
        MapContent content;
        if (m_story.incident.geometry) content.source = anchor_of(*m_story.incident.geometry);
        content.impact = impact->fields;
        for (const auto& road : m_story.roads) {
            if (road.geometry) content.roads.push_back(*road.geometry);
        }
        for (const auto& dispatch : m_story.dispatches) {
            if (dispatch.geometry && dispatch.state != "refused" && dispatch.state != "proposed")
                content.routes.push_back(*dispatch.geometry);
        }
        m_out.picture(k_map_pt, [&](_cairo* on, double width, double height) {
            draw_map(on, width, height, m_base, content, m_words, m_language);
        });
    }

    void editions() {
        if (m_story.impacts.empty()) return;
        heading("editions");
        std::vector<std::vector<std::string>> rows;
        for (const auto& impact : m_story.impacts) {
            const auto& f = impact.fields;
            const auto& wind = object_at(f, "wind");
            std::vector<std::string> row{
                std::to_string(integer_at(f, "edition", 0)), time(f, "computed_at"),
                code("impact_cause", text_at(f, "cause")),
                wind.contains("from_deg")
                    ? fmt::format("{:.0f}° {:.1f} m/s {}", number_at(wind, "from_deg", 0),
                                  number_at(wind, "speed_m_s", 0), text_at(wind, "stability"))
                    : none(),
                fmt::format("{:.2f} kg/s", number_at(object_at(f, "source_term"), "rate_kg_s", 0))};
            for (const auto* key : {"aegl3", "aegl2", "aegl1"}) {
                std::string reach = "–";
                for (const auto& zone : array_at(f, "zones")) {
                    if (text_at(zone.as_object(), "key") == key)
                        reach = distance(number_at(zone.as_object(), "distance_m", 0));
                }
                row.push_back(std::move(reach));
            }
            row.push_back(std::to_string(integer_at(object_at(f, "totals"), "people", 0)));
            rows.push_back(std::move(row));
        }
        m_out.table({{label("edition"), 1},
                     {label("at"), 2},
                     {label("cause"), 2.4},
                     {label("wind"), 3},
                     {label("rate"), 2, true},
                     {"AEGL-3", 1.8, true},
                     {"AEGL-2", 1.8, true},
                     {"AEGL-1", 1.8, true},
                     {label("people"), 1.6, true}},
                    rows);
    }

    void affected() {
        const Record* impact = m_story.newest_impact();
        if (impact == nullptr) return;
        heading("affected");
        const auto& totals = object_at(impact->fields, "totals");
        m_out.paragraph(word("counts.affected",
                             {{"edition", std::to_string(integer_at(impact->fields, "edition", 0))},
                              {"time", time(impact->fields, "computed_at")},
                              {"people", std::to_string(integer_at(totals, "people", 0))},
                              {"extra", std::to_string(integer_at(totals, "fan_extra", 0))}}));
        std::vector<std::vector<std::string>> rows;
        for (const auto& each : array_at(impact->fields, "affected")) {
            const auto& o = each.as_object();
            std::string zone(text_at(o, "zone"));
            for (const auto& z : array_at(impact->fields, "zones")) {
                if (text_at(z.as_object(), "key") == zone) zone = text_at(z.as_object(), "name");
            }
            if (zone.empty()) zone = word("map.fan_short");
            const auto& reason = object_at(o, "reason");
            rows.push_back(
                {zone, text(o, "name"), std::to_string(integer_at(o, "people", 0)),
                 distance(number_at(o, "distance_m", 0)),
                 code("advice", text_at(o, "advice")) + " · " +
                     std::string(text_at(reason, m_language == Language::zh ? "zh" : "en"))});
        }
        if (!rows.empty()) {
            m_out.table({{label("zone"), 1.8},
                         {label("who"), 3.2},
                         {label("people"), 1, true},
                         {label("distance"), 1.4, true},
                         {label("advice"), 5}},
                        rows);
        }
    }

    void tasks() {
        heading("tasks");
        int done = 0, late = 0, open = 0;
        std::vector<std::vector<std::string>> rows;
        for (const auto& task : m_story.tasks) {
            const auto& f = task.fields;
            const auto due = parse_iso8601(text_at(f, "due_at")),
                       at = parse_iso8601(text_at(f, "done_at"));
            if (task.state == "done") {
                ++done;
                late += due && at && *due < *at;
            } else if (task.state != "cancelled") {
                ++open;
            }
            rows.push_back({text(f, "section"), text(f, "title"), text(f, "owner_text"),
                            time(f, "due_at"), time(f, "done_at"), state(task)});
        }
        m_out.paragraph(word("counts.tasks", {{"all", std::to_string(rows.size())},
                                              {"done", std::to_string(done)},
                                              {"late", std::to_string(late)},
                                              {"open", std::to_string(open)}}));
        if (rows.empty()) return;
        m_out.table({{word("labels.step"), 2},
                     {label("task"), 4.6},
                     {label("owner"), 2},
                     {label("due"), 1.6},
                     {label("done"), 1.6},
                     {label("state"), 1.6}},
                    rows);
    }

    void forces() {
        heading("forces");
        std::vector<std::vector<std::string>> rows;
        for (const auto& d : m_story.dispatches) {
            const auto& f = d.fields;
            const auto& problem = object_at(f, "problem");
            const std::string way =
                !problem.empty()
                    ? std::string(text_at(problem, m_language == Language::zh ? "zh" : "en"))
                    : distance(number_at(f, "length_m", 0)) + " (+" +
                          distance(number_at(f, "detour_m", 0)) + ")";
            rows.push_back({text(f, "title"), std::to_string(integer_at(f, "people", 0)), way,
                            f.contains("eta_s")
                                ? span(static_cast<std::int64_t>(number_at(f, "eta_s", 0) * 1000))
                                : "–",
                            time(f, "arrived_at"), state(d)});
        }
        if (rows.empty()) return m_out.paragraph(none());
        m_out.table({{label("team"), 3},
                     {label("people"), 1, true},
                     {label("route"), 3},
                     {label("eta"), 2},
                     {label("arrived"), 1.6},
                     {label("state"), 1.6}},
                    rows);
    }

    void messages() {
        heading("messages");
        int answered = 0, lost = 0;
        std::vector<std::vector<std::string>> rows;
        for (const auto& m : m_story.messages) {
            answered += m.state == "answered";
            lost += m.state == "uncertain" || m.state == "failed";
            rows.push_back({text(m.fields, "title"), text(m.fields, "to_text"),
                            time(m.fields, "sent_at"), time(m.fields, "answered_at"), state(m)});
        }
        m_out.paragraph(word("counts.messages", {{"all", std::to_string(rows.size())},
                                                 {"answered", std::to_string(answered)},
                                                 {"lost", std::to_string(lost)}}));
        if (rows.empty()) return;
        m_out.table({{label("message"), 4.5},
                     {label("addressee"), 2.4},
                     {label("sent"), 1.6},
                     {label("receipt"), 1.6},
                     {label("state"), 2}},
                    rows);
    }

    [[nodiscard]] std::string deed(const bigdata::Entry& entry) const {
        const auto* kind = m_context.catalog.kind(entry.after.kind);
        std::string name = kind == nullptr ? entry.after.kind : kind->label.in(m_language);
        std::string what = word("actions." + std::string(bigdata::name_of(entry.action)));
        if (entry.action == bigdata::Action::move && kind != nullptr) {
            const auto* move = kind->move(entry.move);
            what = move == nullptr ? entry.move : move->label.in(m_language);
        }
        if (entry.action == bigdata::Action::update && kind != nullptr) {
            std::string fields;
            for (const auto& member : entry.before) {
                const auto* field = kind->field(member.key());
                if (field != nullptr)
                    fields += (fields.empty() ? "" : ", ") + field->label.in(m_language);
            }
            if (!fields.empty()) what += " (" + fields + ")";
        }
        const auto& f = entry.after.fields;
        const std::string subject = text(f, kind == nullptr ? "title" : kind->title_field);
        return name + " · " + what + ": " + subject +
               (entry.reason.empty() ? "" : " — " + entry.reason);
    }

    /// A person's name; for the program itself, which part of it.
    [[nodiscard]] std::string actor(const bigdata::Author& author) const {
        if (!author.user.is_nil()) return author.name;
        const std::string path = "actors." + author.origin;
        const std::string said = word(path);
        return said == path ? word("actors.system") : said;
    }

    void timeline() {
        heading("timeline");
        std::vector<std::vector<std::string>> rows;
        for (const auto& entry : m_story.timeline) {
            rows.push_back({std::to_string(entry.sequence), beijing_text(entry.at).substr(11),
                            actor(entry.author), deed(entry)});
        }
        m_out.table({{label("sequence"), 1, true},
                     {label("at"), 1.3},
                     {label("actor"), 1.8},
                     {label("what"), 7}},
                    rows);
    }

    void basis() {
        heading("basis");
        if (const Record* impact = m_story.newest_impact()) {
            m_out.paragraph(
                text(object_at(impact->fields, "model"), m_language == Language::zh ? "zh" : "en"));
            for (const auto* list : {&array_at(object_at(impact->fields, "source_term"), "steps"),
                                     &array_at(impact->fields, "notes")}) {
                for (const auto& note : *list)
                    m_out.paragraph(
                        "· " + text(note.as_object(), m_language == Language::zh ? "zh" : "en"));
            }
        }
        if (!m_story.timeline.empty()) {
            m_out.paragraph(
                word("basis.journal", {{"first", std::to_string(m_story.timeline.front().sequence)},
                                       {"last", std::to_string(m_story.timeline.back().sequence)},
                                       {"head_at", std::to_string(m_story.head_sequence)},
                                       {"head", m_story.head}}));
        }
    }

    const apps::Context& m_context;
    const Words& m_words;
    const BaseMap& m_base;
    const Story& m_story;
    const Language m_language;
    Document& m_out;
};

}  // namespace

Result<std::string> Report::print(const Principal& who, std::string_view space, Uuid incident,
                                  Language language) const {
    TRY_ASSIGN(story, gather(m_context, who, space, incident));
    const auto& f = story.incident.fields;
    const std::string title(
        text_at(f, language == Language::en ? "title_en" : "title", text_at(f, "title")));
    Document out(
        {.language = language,
         .title = m_words.in(language, "title") + " · " + std::string(text_at(f, "number")),
         .banner = space == bigdata::k_live ? std::string() : m_words.in(language, "exercise"),
         .footer = [&](int page, int pages) {
             return m_words.in(language, "footer",
                               {{"page", std::to_string(page)}, {"pages", std::to_string(pages)}});
         }});
    out.title(title,
              m_words.in(language, "printed",
                         {{"time", beijing_text(m_context.clock.now())}, {"name", who.name}}));
    Writer(m_context, m_words, m_base, story, language, out).write();
    return out.finish();
}

RouteRows Report::routes() {
    RouteRows rows;
    rows.push_back(
        route<NoBody, Content>(Method::get, "/api/v1/incidents/{id}/report", "report.make",
                               {"应急事件处置报告（PDF）", "After-action report (PDF)"},
                               [this](const Call& call, const NoBody&) -> Result<Content> {
                                   const auto id = Uuid::parse(call.parameter("id"));
                                   if (!id) return fail(anlan::errors::k_no_such_record);
                                   const auto asked = call.asked("language");
                                   const Language language = asked == "en"   ? Language::en
                                                             : asked == "zh" ? Language::zh
                                                                             : call.language;
                                   TRY_ASSIGN(pdf, print(call.who, call.space, *id, language));
                                   return Content{.content_type = "application/pdf",
                                                  .bytes = std::move(pdf),
                                                  .etag = {},
                                                  .file_name = "report-" + id->text() + ".pdf"};
                               },
                               200, {{"language", {"zh 或 en", "zh or en"}}}));
    return rows;
}

}  // namespace anlan::affairs
