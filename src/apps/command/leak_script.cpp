// ExerciseDesk: the script that the simulator plays.
//
//   {"seed","speed","vessel","release":{…},"wind":{"from_deg","speed_m_s"},
//    "devices":[{"protocol","address","token"?,"channel","property","unit","place":[lon,lat],
//                "role":"room"|"detector"|"state"|"unit"|"mast","baseline","plateau","delay_s","rise_s",
//                "interval_s"}],
//    "veer_after_s","veer_deg","elapsed_s"?}
//
// A value starts at `baseline`; from `delay_s` on it goes to `plateau` with time constant `rise_s` (0: at
// once). `state` values are bit fields of GB/T 26875.3. `elapsed_s` is how long the exercise has run
// already. center adds "server".
#include "apps/command/errors.h"
#include "apps/command/exercise_desk.h"

#include <algorithm>
#include <cmath>

namespace anlan::command {
namespace {

constexpr double k_alarm_bit = 2;  ///< Bit 1 of a part's state: alarm.

/// The lowest limit of the enabled threshold rules on a property; nothing when there is none.
std::optional<double> lowest_limit(const std::vector<bigdata::Record>& rules, std::string_view property) {
    std::optional<double> out;
    for (const auto& rule : rules) {
        if (text_at(rule.fields, "type") != "threshold" || text_at(rule.fields, "property") != property) continue;
        if (!boolean_at(rule.fields, "enabled", true)) continue;
        for (const auto& level : array_at(rule.fields, "levels")) {
            const auto* o = level.if_object();
            const double limit = o == nullptr ? NAN : number_at(*o, "value", NAN);
            if (!std::isnan(limit) && (!out || limit < *out)) out = limit;
        }
    }
    return out;
}

/// Time until `rise` towards `plateau` passes `limit`.
double passes_after_s(const Reading& reading, double limit, double rise_s) {
    return reading.delay_s - rise_s * std::log(1 - limit / reading.ppm);
}

}  // namespace

Result<json::object> ExerciseDesk::script_for(const Cast& cast, std::string_view space, double speed, std::uint64_t seed) const {
    const auto substance = follow(m_context, space == cast.vessel.space ? space : bigdata::k_live, "substance", cast.vessel.fields, "substance");
    if (!substance) return fail(errors::k_release_unknown, {{"what", "substance"}});
    TRY_ASSIGN(leak, LeakModel::create(cast.vessel.fields, substance->fields, anchor_of(*cast.vessel.geometry), cast.wind,
                                       m_context.clock.now(), m_settings.what_if));
    TRY_ASSIGN(parts, parts_of(cast, leak, bigdata::k_live));
    json::object script;
    script["seed"] = std::to_string(seed);
    script["speed"] = speed;
    script["vessel"] = cast.vessel.id.text();
    script["release"] = leak.release();
    script["wind"] = json::object{{"from_deg", cast.wind.from_deg}, {"speed_m_s", cast.wind.speed_m_s}};
    script["devices"] = std::move(parts);
    script["veer_after_s"] = m_settings.what_if.veer_after_s;
    script["veer_deg"] = m_settings.what_if.veer_deg;
    return script;
}

Result<json::array> ExerciseDesk::parts_of(const Cast& cast, const LeakModel& leak, std::string_view space) const {
    TRY_ASSIGN(rules, m_context.records.all(whole(m_context, space), "rule"));
    const auto limit = lowest_limit(rules, "nh3_ppm");
    const double rise_s = m_settings.what_if.rise_s;
    json::array out;
    for (const auto& player : cast.players) {
        const LonLat place = player.device.geometry ? anchor_of(*player.device.geometry) : LonLat{};
        const bool mast = player.device.id == cast.mast;
        const bool watches = !reference(player.device.fields, "vessel").is_nil() && player.device.geometry;
        const auto reading = watches ? leak.reading_at(place) : Reading{};
        for (const auto& datastream : player.datastreams) {
            const std::string property(text_at(datastream.fields, "property"));
            json::object part{{"protocol", player.device.fields.at("protocol")}, {"address", player.address},
                              {"channel", datastream.fields.at("channel")}, {"property", property},
                              {"unit", text_at(datastream.fields, "unit")},
                              {"place", json::array{place.longitude_deg, place.latitude_deg}},
                              {"interval_s", m_settings.what_if.report_every_s}};
            if (!player.token.empty()) part["token"] = player.token;
            double baseline = 0, plateau = 0, delay_s = 0, rises_s = 0;
            std::string_view role = "unit";
            if (mast) {
                role = "mast";
                const auto stream = m_context.hub.find(bigdata::k_live, datastream.id);
                const auto last = stream ? m_context.lake.last(stream->number) : std::nullopt;
                if (!last) continue;  // what the mast does not measure it does not measure in the exercise
                baseline = plateau = last->value;
            } else if (property == "nh3_ppm") {
                role = leak.in_room(place) ? "room" : "detector";
                plateau = reading.ppm;
                delay_s = reading.delay_s;
                rises_s = rise_s;
            } else if (property == "fire_state" && watches && limit && reading.ppm > *limit) {
                role = "state";
                plateau = k_alarm_bit;
                delay_s = passes_after_s(reading, *limit, rise_s);
            } else if (property == "fire_state") {
                role = "state";
            }
            part["role"] = role;
            part["baseline"] = baseline;
            part["plateau"] = plateau;
            part["delay_s"] = delay_s;
            part["rise_s"] = rises_s;
            out.push_back(std::move(part));
        }
    }
    return out;
}

}  // namespace anlan::command
