#include "apps/decision/desk.h"

#include "apps/decision/errors.h"
#include "foundations/bigdata/errors.h"

#include <cmath>

namespace anlan::decision {

namespace {

bool is_open(const bigdata::Record& incident) {
    return incident.state == "draft" || incident.state == "running";
}

Uuid impact_id(Uuid incident, std::int64_t edition) {
    return Uuid::from_name(incident.text() + "/impact/" + std::to_string(edition));
}

std::optional<Uuid> uuid_at(const json::object& o, std::string_view key) {
    return Uuid::parse(text_at(o, key));
}

std::optional<double> optional_number(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    if (v == nullptr || !v->is_number()) return std::nullopt;
    return v->to_number<double>();
}

/// The area that stands for the impact on the map: its widest zone.
std::optional<Geometry> widest(const json::object& fields) {
    std::optional<Geometry> out;
    for (const auto& zone : array_at(fields, "zones")) {
        const auto& o = zone.as_object();
        if (integer_at(o, "level", 0) == 0 || !o.at("geometry").is_object()) continue;
        if (auto g = geometry_from_json(o.at("geometry"))) out = std::move(*g);
    }
    return out;
}

}  // namespace

/// Body of POST /incidents/{id}/preview.
struct PreviewBody {
    std::optional<json::object> wind;
    std::optional<double> hole_diameter_m;
};
BOOST_DESCRIBE_STRUCT(PreviewBody, (), (wind, hole_diameter_m))

Desk::Desk(apps::Context context, Settings settings, apps::RoutesRound routes)
    : m_context(std::move(context)),
      m_settings(std::move(settings)),
      m_routes(std::move(routes)),
      m_wind(m_settings) {}

Desk::~Desk() {
    stop();
}

bigdata::View Desk::view(std::string_view space) const {
    return {m_context.zone, std::string(space), bigdata::RowFilter::everything()};
}

Result<void> Desk::start() {
    TRY(remember_open(std::string(bigdata::k_live)));
    TRY_ASSIGN(exercises, m_context.records.all(view(bigdata::k_live), "exercise",
                                                {{"state", bigdata::Compare::equal, "running"}}));
    for (const auto& exercise : exercises) TRY(remember_open(exercise.id.text()));
    m_worker = std::jthread([this](std::stop_token stop) { work(stop); });
    return {};
}

void Desk::stop() {
    if (!m_worker.joinable()) return;
    m_worker.request_stop();
    m_woken.notify_all();
    m_worker.join();
}

Result<void> Desk::remember_open(const std::string& space) {
    TRY_ASSIGN(incidents, m_context.records.all(view(space), "incident"));
    for (auto& incident : incidents) {
        if (!is_open(incident)) continue;
        TRY_ASSIGN(impacts, m_context.records.all(view(space), "impact",
                                                  {{"incident", bigdata::Compare::equal,
                                                    json::value(incident.id.text())}}));
        Case c;
        for (const auto& impact : impacts)
            c.edition = std::max(c.edition, integer_at(impact.fields, "edition", 0));
        // The wind it was drawn with is not carried over a restart: the first mast report redraws.
        if (c.edition == 0) c.wish = "draft";
        c.incident = std::move(incident);
        const std::lock_guard lock(m_mutex);
        const Uuid id = c.incident.id;
        m_cases[{space, id}] = std::move(c);
    }
    return {};
}

void Desk::on_entry(const bigdata::Entry& entry) {
    const bigdata::Record& record = entry.after;
    if (record.kind == "protection_target" || record.kind == "enterprise") {
        const std::lock_guard lock(m_mutex);
        m_targets.clear();
        return;
    }
    if (record.kind == "exercise" && record.state == "ended") {
        m_wind.forget(record.id.text());
        return;
    }
    if (record.kind != "incident") return;
    std::string cause;
    {
        const std::lock_guard lock(m_mutex);
        const auto key = std::pair(record.space, record.id);
        if (!is_open(record) || record.deleted) {
            m_cases.erase(key);
            return;
        }
        const bool known = m_cases.contains(key);
        m_cases[key].incident = record;
        if (!known)
            cause = "draft";
        else if (entry.before.contains("manual_wind"))
            cause = record.fields.contains("manual_wind") ? "manual_wind" : "wind";
        else if (entry.before.contains("hole_diameter_m") ||
                 entry.before.contains("inventory_kg") || entry.before.contains("vessel") ||
                 entry.before.contains("substance"))
            cause = "source";
    }
    if (!cause.empty()) ask(record.space, record.id, cause);
}

void Desk::on_observations(std::span<const sensing::Heard> heard) {
    std::string_view blown;
    for (const auto& h : heard) {
        double value = h.observation.value;
        if (h.stream.property == "air_temperature" && h.stream.unit != "K")
            value += k_zero_celsius_k;
        if (h.stream.property == "air_pressure" && h.stream.unit == "hPa") value *= 100;
        if (h.observation.quality == bigdata::Quality::bad) continue;
        if (m_wind.hear(h.stream.space, h.stream.property, value, h.observation.at))
            blown = h.stream.space;
    }
    if (!blown.empty()) ask_where_wind_moved(blown);
}

/// Once a second: a mast that falls silent or speaks again changes the picture too.
void Desk::tick(Timestamp) {
    std::vector<std::string> spaces;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [key, c] : m_cases) {
            if (spaces.empty() || spaces.back() != key.first) spaces.push_back(key.first);
        }
    }
    for (const auto& space : spaces) ask_where_wind_moved(space);
}

void Desk::ask(const std::string& space, Uuid incident, std::string_view cause) {
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_cases.find({space, incident});
        if (found == m_cases.end()) return;
        found->second.wish = cause;
    }
    m_woken.notify_one();
}

void Desk::ask_where_wind_moved(std::string_view space) {
    const Wind now = m_wind.now(space, m_context.clock.now());
    const SteadyTime steady = m_context.clock.steady();
    bool any = false;
    {
        const std::lock_guard lock(m_mutex);
        for (auto& [key, c] : m_cases) {
            if (key.first != space || !c.wish.empty() || c.edition == 0) continue;
            if (static_cast<double>(steady - c.computed) < m_settings.recompute_every_s_min * 1e6)
                continue;
            if (!moved(c.used, now, m_settings)) continue;
            c.wish = "wind";
            any = true;
        }
    }
    if (any) m_woken.notify_one();
}

void Desk::work(std::stop_token stop) {
    while (!stop.stop_requested()) {
        std::pair<std::string, Uuid> next;
        {
            std::unique_lock lock(m_mutex);
            const auto waiting = [this] {
                return std::ranges::find_if(m_cases,
                                            [](const auto& c) { return !c.second.wish.empty(); });
            };
            if (!m_woken.wait(lock, stop, [&] { return waiting() != m_cases.end(); })) return;
            next = waiting()->first;
        }
        compute(next.first, next.second);
    }
}

Wind Desk::wind_of(const bigdata::Record& incident) const {
    const Timestamp now = m_context.clock.now();
    if (const auto& manual = object_at(incident.fields, "manual_wind"); !manual.empty()) {
        if (auto wind = manual_wind(manual, parse_iso8601(text_at(manual, "at")).value_or(now))) {
            // A hand sets direction and speed; the air's temperature and pressure stay measured.
            const Wind measured = m_wind.now(incident.space, now);
            wind->temperature = measured.temperature;
            wind->pressure = measured.pressure;
            return *wind;
        }
    }
    return m_wind.now(incident.space, now);
}

Result<Situation> Desk::situation_of(const bigdata::Record& incident, const Wind& wind) const {
    Situation s;
    if (incident.geometry) s.place = anchor_of(*incident.geometry);
    s.wind = wind;
    s.at = m_context.clock.now();
    s.inventory_kg = optional_number(incident.fields, "inventory_kg");
    s.hole_diameter_m = optional_number(incident.fields, "hole_diameter_m");
    if (const auto id = uuid_at(incident.fields, "vessel")) {
        TRY_ASSIGN(vessel, m_context.records.get(view(incident.space), "vessel", *id));
        if (vessel.geometry) s.place = anchor_of(*vessel.geometry);
        s.vessel = std::move(vessel.fields);
    }
    if (const auto id = uuid_at(incident.fields, "substance")) {
        TRY_ASSIGN(substance, m_context.records.get(view(incident.space), "substance", *id));
        s.substance = std::move(substance.fields);
    }
    return s;
}

Result<Desk::Targets> Desk::targets(const std::string& space) const {
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_targets.find(space); found != m_targets.end())
            return found->second;
    }
    auto out = std::make_shared<std::vector<Target>>();
    for (const auto* kind : {"protection_target", "enterprise"}) {
        TRY_ASSIGN(records, m_context.records.all(view(space), kind));
        for (const auto& record : records) {
            if (auto target = target_of(record, m_settings)) out->push_back(std::move(*target));
        }
    }
    const std::lock_guard lock(m_mutex);
    m_targets[space] = out;
    return out;
}

void Desk::compute(const std::string& space, Uuid incident_id) {
    bigdata::Record incident;
    std::string cause;
    std::int64_t edition = 0;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_cases.find({space, incident_id});
        if (found == m_cases.end()) return;
        cause = std::exchange(found->second.wish, {});
        incident = found->second.incident;
        edition = found->second.edition + 1;
    }
    const SteadyTime began = m_context.clock.steady();
    const Wind wind = wind_of(incident);
    const auto situation = situation_of(incident, wind);
    const auto around = targets(space);
    if (!situation || !around)
        return;  // the register is closing or the incident's references are gone

    bigdata::Change change{.kind = "impact", .id = impact_id(incident_id, edition)};
    change.fields = assess(*situation, **around, m_settings);
    change.geometry = widest(change.fields);
    change.scope = incident.scope;
    for (const char* title : {"title", "title_en"}) {
        const std::string of(text_at(incident.fields, title));
        if (!of.empty()) change.fields[title] = of + " #" + std::to_string(edition);
    }
    change.fields["incident"] = incident_id.text();
    change.fields["edition"] = edition;
    change.fields["cause"] = cause;
    change.fields["computed_at"] = iso8601(m_context.clock.now());
    const double took_ms = static_cast<double>(m_context.clock.steady() - began) / 1000;
    change.fields["computed_ms"] = std::round(took_ms * 100) / 100;
    bigdata::Batch batch{.zone = m_context.zone,
                         .space = space,
                         .author = {Uuid{}, "decision", "model"},
                         .priority = bigdata::Priority::urgent};
    batch.changes.push_back(std::move(change));
    const auto written = m_context.records.write(std::move(batch));
    const std::lock_guard lock(m_mutex);
    const auto found = m_cases.find({space, incident_id});
    if (found == m_cases.end()) return;
    if (!written && !written.error().is(anlan::errors::k_id_taken)) return;
    found->second.edition = edition;
    found->second.used = wind;
    found->second.computed = m_context.clock.steady();
}

RouteRows Desk::routes() {
    RouteRows rows;
    rows.push_back(route<PreviewBody, json::object>(
        Method::post, "/api/v1/incidents/{id}/preview", "model.run",
        {"试算威胁区（不保存）", "Compute a threat zone without keeping it"},
        [this](const Call& call, const PreviewBody& body) -> Result<json::object> {
            const auto id = Uuid::parse(call.parameter("id"));
            if (!id) return fail(anlan::errors::k_no_such_record);
            TRY_ASSIGN(incident, m_context.records.get(
                                     m_context.access.view(call.who, call.space, "incident"),
                                     "incident", *id));
            if (body.hole_diameter_m) incident.fields["hole_diameter_m"] = *body.hole_diameter_m;
            const SteadyTime began = m_context.clock.steady();
            Wind wind = wind_of(incident);
            if (body.wind) {
                TRY_ASSIGN(given, manual_wind(*body.wind, m_context.clock.now()));
                given.temperature = wind.temperature;
                given.pressure = wind.pressure;
                wind = given;
            }
            TRY_ASSIGN(situation, situation_of(incident, wind));
            TRY_ASSIGN(around, targets(incident.space));
            json::object out = assess(situation, *around, m_settings);
            if (m_routes) out["routes"] = m_routes(incident.space, *id, array_at(out, "zones"));
            out["computed_ms"] = static_cast<double>(m_context.clock.steady() - began) / 1000;
            return out;
        }));
    return rows;
}

}  // namespace anlan::decision
