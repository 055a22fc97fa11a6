// ExerciseDesk: the script that the simulator plays.
//
//   {"seed","speed","vessel","release":{…},"wind":{"from_deg","speed_m_s"},
//    "devices":[{"protocol","address","token"?,"channel","property","unit","place":[lon,lat],
//                "role":"room"|"detector"|"state"|"unit"|"mast","baseline","plateau","delay_s","rise_s",
//                "interval_s"}],
//    "veer_after_s","veer_deg","elapsed_s"?}
//
// A value starts at `baseline`; from `delay_s` on it goes to `plateau` with time constant `rise_s`
// (0: at once). `state` values are bit fields of GB/T 26875.3. `elapsed_s` is how long the exercise
// has run already. center adds "server":{"host","http_port","gb26875_port"}.
#include "apps/command/errors.h"
#include "apps/command/exercise_desk.h"

#include <cmath>

namespace anlan::command {
namespace {

// State words of GB/T 26875.3: bit 0 normal operation, bit 1 alarm.
constexpr double k_normal = 1, k_in_alarm = 3;

/// The lowest limit of the enabled threshold rules on a property; nothing when there is none.
std::optional<double> lowest_limit(const std::vector<bigdata::Record>& rules,
                                   std::string_view property) {
    std::optional<double> out;
    for (const auto& rule : rules) {
        if (text_at(rule.fields, "type") != "threshold" ||
            text_at(rule.fields, "property") != property)
            continue;
        if (!boolean_at(rule.fields, "enabled", true)) continue;
        for (const auto& level : array_at(rule.fields, "levels")) {
            const auto* o = level.if_object();
            const double limit = o == nullptr ? NAN : number_at(*o, "value", NAN);
            if (!std::isnan(limit) && (!out || limit < *out)) out = limit;
        }
    }
    return out;
}

}  // namespace

Result<json::object> ExerciseDesk::script_for(const Cast& cast, std::string_view space,
                                              double speed, std::uint64_t seed) const {
    const auto substance = follow(m_context, space == cast.vessel.space ? space : bigdata::k_live,
                                  "substance", cast.vessel.fields, "substance");
    if (!substance) return fail(errors::k_release_unknown, {{"what", "substance"}});
    TRY_ASSIGN(leak, LeakModel::create(cast.vessel.fields, substance->fields,
                                       anchor_of(*cast.vessel.geometry), cast.wind,
                                       m_context.clock.now(), m_settings.what_if));
    TRY_ASSIGN(parts, parts_of(cast, leak));
    json::object script;
    script["seed"] = std::to_string(seed);
    script["speed"] = speed;
    script["vessel"] = cast.vessel.id.text();
    script["release"] = leak.release();
    json::object wind{{"from_deg", cast.wind.from_deg}, {"speed_m_s", cast.wind.speed_m_s}};
    if (cast.wind.temperature_k) wind["temperature_k"] = *cast.wind.temperature_k;
    script["wind"] = std::move(wind);
    script["devices"] = std::move(parts);
    script["veer_after_s"] = m_settings.what_if.veer_after_s;
    script["veer_deg"] = m_settings.what_if.veer_deg;
    return script;
}

Result<json::array> ExerciseDesk::parts_of(const Cast& cast, const LeakModel& leak) const {
    TRY_ASSIGN(rules, m_context.records.all(whole(m_context, bigdata::k_live), "rule"));
    json::array out;
    for (const auto& player : cast.players) {
        for (const auto& datastream : player.datastreams) {
            auto played = player.device.id == cast.mast
                              ? as_it_blows(cast, datastream)
                              : as_it_leaks(player, datastream, leak, rules);
            if (played.role.empty()) continue;
            const LonLat place =
                player.device.geometry ? anchor_of(*player.device.geometry) : LonLat{};
            json::object part{{"protocol", player.device.fields.at("protocol")},
                              {"address", player.address},
                              {"channel", datastream.fields.at("channel")},
                              {"property", text_at(datastream.fields, "property")},
                              {"unit", text_at(datastream.fields, "unit")},
                              {"place", json::array{place.longitude_deg, place.latitude_deg}},
                              {"role", played.role},
                              {"baseline", played.baseline},
                              {"plateau", played.plateau},
                              {"delay_s", played.delay_s},
                              {"rise_s", played.rise_s},
                              {"interval_s", m_settings.what_if.report_every_s}};
            if (!player.token.empty()) part["token"] = player.token;
            out.push_back(std::move(part));
        }
    }
    return out;
}

/// The mast goes on as it measures now; what it does not measure it does not measure in the
/// exercise.
ExerciseDesk::Played ExerciseDesk::as_it_blows(const Cast& cast,
                                               const bigdata::Record& datastream) const {
    const auto property = text_at(datastream.fields, "property");
    const auto as_is = [](double value) { return Played{"mast", value, value, 0, 0}; };
    // The wind is the exercise's own: after a restart it is no longer the live one.
    if (property == "wind_direction") return as_is(cast.wind.from_deg);
    if (property == "wind_speed") return as_is(cast.wind.speed_m_s);
    const auto stream = m_context.hub.find(bigdata::k_live, datastream.id);
    const auto last = stream ? m_context.lake.last(stream->number) : std::nullopt;
    return last ? as_is(last->value) : Played{};
}

ExerciseDesk::Played ExerciseDesk::as_it_leaks(const Player& player,
                                               const bigdata::Record& datastream,
                                               const LeakModel& leak,
                                               const std::vector<bigdata::Record>& rules) const {
    const auto property = text_at(datastream.fields, "property");
    const bool watches =
        !reference(player.device.fields, "vessel").is_nil() && player.device.geometry;
    const LonLat place = watches ? anchor_of(*player.device.geometry) : LonLat{};
    if (property == "unit_state") return {"unit", k_normal, k_normal, 0, 0};
    if (property == "fire_state") {
        Played state{"state", k_normal, k_normal, 0, 0};
        // The detector itself sets its alarm bit when its gas passes the lowest limit there is for
        // it.
        for (const auto& other : player.datastreams) {
            const auto gas = text_at(other.fields, "property");
            const auto limit = lowest_limit(rules, gas);
            const auto response = watches && limit ? leak.response_at(place, gas) : std::nullopt;
            const auto at = response ? response->passes_after_s(*limit) : std::nullopt;
            if (at) state = {"state", k_normal, k_in_alarm, *at, 0};
        }
        return state;
    }
    const auto response = watches ? leak.response_at(place, property) : std::nullopt;
    if (!response) return {};
    return {leak.in_room(place) ? "room" : "detector", 0, response->value, response->delay_s,
            response->rise_s};
}

}  // namespace anlan::command
