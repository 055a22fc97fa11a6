#include "apps/decision/assessment.h"

#include "apps/decision/errors.h"
#include "models/dispersion/cloud.h"
#include "models/dispersion/placement.h"
#include "models/dispersion/source_term.h"
#include "models/dispersion/stability.h"
#include "models/dispersion/threat_zone.h"

#include <cmath>

namespace anlan::decision {

namespace {

namespace model = anlan::dispersion;

json::object text_json(const Label& label) {
    return {{"zh", label.zh}, {"en", label.en}};
}

json::array texts_json(const std::vector<Label>& labels) {
    json::array out;
    for (const auto& label : labels) out.push_back(text_json(label));
    return out;
}

std::optional<double> number(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    if (v == nullptr || !v->is_number()) return std::nullopt;
    return v->to_number<double>();
}

struct Limit {
    const char *key, *field, *name;
    int level;
};
// Worst first. IDLH is drawn as a line only: it is a limit for workers with a way out, not a level.
constexpr Limit k_limits[] = {{"aegl3", "aegl3_ppm", "AEGL-3", 1},
                              {"aegl2", "aegl2_ppm", "AEGL-2", 2},
                              {"aegl1", "aegl1_ppm", "AEGL-1", 3},
                              {"idlh", "idlh_ppm", "IDLH", 0}};

const Label k_port_note{
    "GB/T 37243-2019 不适用于港区内，本结果仅供应急处置参考，不作为外部安全防护距离的依据",
    "GB/T 37243-2019 does not apply inside a port: this result is for the response only, not a "
    "basis "
    "for external safety distances"};
const Label k_open_note{
    "按平坦开阔地面计算，未计建筑物、堆场和机房围护的阻挡与滞留",
    "Computed for flat, open ground: buildings, stacks and the machine room's walls are left out"};

Label stale_note(const Wind& wind, Timestamp at) {
    const auto minutes = std::to_string((at - wind.at) / 60'000);
    return {"气象桅杆已 " + minutes + " 分钟无数据，沿用最后的风；请核对或人工给定",
            "The mast has been silent for " + minutes +
                " minutes; its last wind is used. Check it or set it by hand"};
}

/// Fills the report as far as it gets; the error says why it got no further.
class Assessor {
  public:
    Assessor(const Situation& situation, const std::vector<Target>& targets,
             const Settings& settings)
        : m_s(situation), m_targets(targets), m_settings(settings) {
        m_out = {{"wind", wind_json()},
                 {"source_term", json::object{}},
                 {"model", json::object{}},
                 {"zones", json::array{}},
                 {"affected", json::array{}},
                 {"totals", json::object{{"people", 0},
                                         {"by_zone", json::object{}},
                                         {"by_hour", json::object{}},
                                         {"fan_extra", 0}}},
                 {"notes", json::array{}}};
        m_notes.push_back(k_port_note);
    }

    json::object run() {
        if (const auto done = compute(); !done) {
            const Error& e = done.error();
            m_out["problem"] = json::object{{"id", e.row->id},
                                            {"zh", text_of(e, Language::zh)},
                                            {"en", text_of(e, Language::en)}};
        }
        m_out["notes"] = texts_json(m_notes);
        return std::move(m_out);
    }

  private:
    Result<void> compute() {
        if (m_s.vessel.empty()) return fail(errors::k_no_vessel);
        if (!m_s.inventory_kg || !(*m_s.inventory_kg > 0)) return fail(errors::k_no_inventory);
        const auto hole =
            m_s.hole_diameter_m ? m_s.hole_diameter_m : number(m_s.vessel, "hole_diameter_m");
        if (!hole || !(*hole > 0)) return fail(errors::k_no_hole);
        if (m_s.wind.mode == WindMode::none) return fail(errors::k_no_wind);
        const std::vector<model::Threshold> thresholds = thresholds_of();
        if (thresholds.empty()) return fail(errors::k_no_thresholds);
        if (m_s.wind.mode == WindMode::stale) m_notes.push_back(stale_note(m_s.wind, m_s.at));

        const model::Weather weather = weather_of();
        const model::Surroundings air{weather.temperature, weather.pressure, weather.wind_10m};
        TRY_ASSIGN(source, source_of(*hole, air));
        TRY_ASSIGN(cloud,
                   model::Cloud::create(source, weather,
                                        {.averaging = Seconds(m_settings.averaging_s),
                                         .receptor_height = Metres(m_settings.receptor_height_m)}));
        TRY_ASSIGN(zones, model::threat_zones(cloud, thresholds));
        draw(zones);
        return {};
    }

    std::vector<model::Threshold> thresholds_of() const {
        std::vector<model::Threshold> out;
        for (const auto& limit : k_limits) {
            if (const auto ppm = number(m_s.substance, limit.field); ppm && *ppm > 0) {
                out.push_back({limit.key, PartsPerMillion(*ppm)});
            }
        }
        return out;
    }

    model::Weather weather_of() {
        model::Weather weather;
        weather.wind_from = m_s.wind.from;
        weather.wind_10m = m_s.wind.speed;
        weather.terrain = m_settings.terrain;
        if (m_s.wind.temperature) weather.temperature = *m_s.wind.temperature;
        if (m_s.wind.pressure) weather.pressure = *m_s.wind.pressure;
        weather.direction_deviation = m_s.wind.deviation;
        const auto stability = model::estimate_stability(
            {.wind_10m = m_s.wind.speed,
             .sun_elevation_deg = model::sun_elevation_deg(m_s.place, m_s.at)});
        weather.stability = stability.stability;
        auto& wind = m_out.at("wind").as_object();
        wind["stability"] = model::name_of(stability.stability);
        wind["stability_reason"] = stability.why.zh;
        wind["stability_reason_en"] = stability.why.en;
        return weather;
    }

    Result<model::SourceTerm> source_of(double hole_m, const model::Surroundings& air) {
        model::Vessel vessel;
        vessel.inventory = Kilograms(*m_s.inventory_kg);
        if (const auto t = number(m_s.vessel, "temperature_k")) vessel.temperature = Kelvin(*t);
        if (const auto p = number(m_s.vessel, "pressure_pa")) vessel.pressure = Pascals(*p);
        vessel.liquid_head = Metres(number_at(m_s.vessel, "liquid_height_m", 0));
        model::Leak leak;
        leak.hole_diameter = Metres(hole_m);
        leak.height = Metres(number_at(m_s.vessel, "release_height_m", 0));
        TRY_ASSIGN(source,
                   model::source_term(model::substance_from(m_s.substance), vessel, leak, air));
        m_out["source_term"] = json::object{{"substance", text_at(m_s.substance, "name")},
                                            {"substance_en", text_at(m_s.substance, "name_en")},
                                            {"inventory_kg", *m_s.inventory_kg},
                                            {"hole_diameter_m", hole_m},
                                            {"discharge_kg_s", source.discharge.value},
                                            {"rate_kg_s", source.rate.value},
                                            {"duration_s", source.duration.value},
                                            {"flash", source.flash},
                                            {"airborne", source.airborne},
                                            {"steps", texts_json(source.steps)}};
        return std::move(source);
    }

    void draw(const model::ThreatZones& result) {
        const bool dense = result.model == model::CloudModel::britter_mcquaid;
        m_out.at("source_term").as_object()["dense"] = dense;
        const std::string_view name = dense ? "britter_mcquaid"
                                      : result.model == model::CloudModel::calm_circle
                                          ? "calm_circle"
                                          : "gaussian_plume";
        m_out["model"] = json::object{{"name", name}, {"zh", result.why.zh}, {"en", result.why.en}};
        m_out.at("wind").as_object()["spread_deg"] = result.half_angle.value;
        for (const auto& note : result.notes) m_notes.push_back(note);
        m_notes.push_back(k_open_note);

        const model::Placement placement(m_s.place, result.wind_from);
        AffectedInput input{m_s.place, result.transport_wind.value, m_s.at, {}, {}};
        json::array zones;
        for (const auto& zone : result.zones) {
            const auto* limit = std::ranges::find(k_limits, zone.threshold, &Limit::key);
            json::object o{{"key", limit->key},
                           {"name", limit->name},
                           {"level", limit->level},
                           {"ppm", zone.value.value},
                           {"distance_m", std::round(zone.reach.value)},
                           {"half_width_m", std::round(zone.half_width.value)},
                           {"area_m2", std::round(zone.area.value)},
                           {"beyond_limit", zone.beyond_limit},
                           {"notes", texts_json(zone.notes)},
                           {"geometry", nullptr}};
            if (zone.outline.size() >= 4) {
                Geometry area = placement.polygon_of(zone.outline);
                o["geometry"] = to_json(area);
                if (limit->level > 0) {
                    input.zones.push_back({limit->key, std::move(area)});
                    // The widest zone comes last among the levels: its fan covers the others'.
                    if (zone.fan.size() >= 4) input.fan = placement.polygon_of(zone.fan);
                }
            }
            zones.push_back(std::move(o));
        }
        if (input.fan)
            m_out["fan"] = json::object{{"geometry", to_json(*input.fan)},
                                        {"half_angle_deg", result.half_angle.value}};
        m_out["zones"] = std::move(zones);
        Affected affected = who_is_inside(input, m_targets, m_settings);
        m_out["affected"] = std::move(affected.list);
        m_out["totals"] = std::move(affected.totals);
    }

    json::object wind_json() const {
        const Wind& w = m_s.wind;
        json::object out{{"mode", name_of(w.mode)}, {"height_m", 10}};
        if (w.mode == WindMode::none) return out;
        out["from_deg"] = std::round(w.from.value * 10) / 10;
        out["speed_m_s"] = std::round(w.speed.value * 100) / 100;
        out["gust_m_s"] = std::round(w.gust.value * 100) / 100;
        out["at"] = iso8601(w.at);
        return out;
    }

    const Situation& m_s;
    const std::vector<Target>& m_targets;
    const Settings& m_settings;
    json::object m_out;
    std::vector<Label> m_notes;
};

}  // namespace

json::object assess(const Situation& situation, const std::vector<Target>& targets,
                    const Settings& settings) {
    return Assessor(situation, targets, settings).run();
}

}  // namespace anlan::decision
