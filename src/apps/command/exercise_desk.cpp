#include "apps/command/exercise_desk.h"

#include "apps/command/draft.h"
#include "apps/command/errors.h"
#include "apps/command/plan.h"
#include "core/hash.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace anlan::command {
namespace {

using bigdata::Compare;
using bigdata::Record;

struct WhatIf {
    Uuid vessel;
    std::optional<double> speed;
};
BOOST_DESCRIBE_STRUCT(WhatIf, (), (vessel, speed))

constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::string text(const Record& record, std::string_view key) {
    return std::string(text_at(record.fields, key));
}

bool is_in_service(const Record& device) {
    return !device.deleted && boolean_at(device.fields, "in_service", true);
}

/// The script as the record keeps it: whoever reads the record must not be able to speak for a
/// device.
json::object without_tokens(json::object script) {
    for (auto& device : script["devices"].as_array()) device.as_object().erase("token");
    return script;
}

}  // namespace

ExerciseDesk::ExerciseDesk(const apps::Context& context, const Settings& settings,
                           Simulator simulator)
    : m_context(context), m_settings(settings), m_simulator(std::move(simulator)) {
    if (m_simulator.random == nullptr) m_simulator.random = m_system_random.get();
}

RouteRow ExerciseDesk::what_if_route() const {
    auto row = route<WhatIf, Reply>(
        Method::post, "/api/v1/exercises/what-if", "exercise.create",
        {"推演一个储罐泄漏：建立演练，其探测器开始上报",
         "What if this vessel leaks: starts an exercise whose detectors begin to report"},
        [this](const Call& call, const WhatIf& body) -> Result<Reply> {
            TRY_ASSIGN(exercise, what_if(call.who, body.vessel,
                                         body.speed.value_or(m_settings.what_if.speed)));
            return Reply{json::value(bigdata::to_json(exercise)), exercise.revision, {}};
        },
        201);
    row.response = {{"type", "object"}, {"additionalProperties", true}};
    return row;
}

Result<Record> ExerciseDesk::what_if(const Principal& who, Uuid vessel, double speed) const {
    if (!m_simulator.start) return fail(errors::k_no_simulator);
    if (!(speed >= 1 && speed <= 60)) return fail(errors::k_speed_out_of_range);
    TRY(m_context.records.get(m_context.access.view(who, bigdata::k_live, "vessel"), "vessel",
                              vessel));
    TRY_ASSIGN(cast, cast_for(bigdata::k_live, vessel));
    TRY_ASSIGN(wind, wind_from(cast.mast));
    cast.wind = wind;
    give_credentials(cast.players);
    const Uuid id = m_context.ids.next();
    const std::string space = id.text();
    const std::uint64_t seed = m_simulator.random->next_u64();
    TRY_ASSIGN(script, script_for(cast, space, speed, seed));
    // The space first, so that whoever hears of the exercise can enter it.
    TRY_ASSIGN(base, m_context.records.open_space(m_context.zone, space));
    TRY(enter(space, cast.players));
    TRY_ASSIGN(exercise, create_exercise(who, cast, id, base, without_tokens(script), seed));
    if (auto started = m_simulator.start(id, script); !started) {
        submit(m_context, bigdata::k_live, {move("exercise", id, "end")});
        return std::unexpected(std::move(started).error());
    }
    return exercise;
}

/// Who plays: the detectors that watch the vessel, the units they hang on, and the nearest mast.
Result<ExerciseDesk::Cast> ExerciseDesk::cast_for(std::string_view space, Uuid vessel) const {
    const auto view = whole(m_context, space);
    Cast cast;
    TRY_ASSIGN(vessel_record, m_context.records.get(view, "vessel", vessel));
    cast.vessel = std::move(vessel_record);
    if (!cast.vessel.geometry) return fail(errors::k_release_unknown, {{"what", "geometry"}});
    const LonLat place = anchor_of(*cast.vessel.geometry);
    TRY_ASSIGN(devices, m_context.records.all(view, "device"));
    std::set<Uuid> chosen, parents;
    const Record* mast = nullptr;
    double nearest_m = std::numeric_limits<double>::infinity();
    for (const auto& device : devices) {
        if (!is_in_service(device)) continue;
        if (reference(device.fields, "vessel") == vessel) {
            chosen.insert(device.id);
            parents.insert(reference(device.fields, "parent"));
        }
        if (text_at(device.fields, "type") != "weather_mast" || !device.geometry) continue;
        const double away_m = distance_m(anchor_of(*device.geometry), place);
        if (away_m < nearest_m) {
            nearest_m = away_m;
            mast = &device;
        }
    }
    if (chosen.empty()) return fail(errors::k_no_detectors);
    if (mast == nullptr) return fail(errors::k_release_unknown, {{"what", "weather_mast"}});
    chosen.insert(parents.begin(), parents.end());
    chosen.insert(mast->id);
    cast.mast = mast->id;
    for (const auto& device : devices) {
        if (!chosen.contains(device.id)) continue;
        TRY_ASSIGN(datastreams, m_context.records.all(
                                    view, "datastream",
                                    {{"device", Compare::equal, json::value(device.id.text())}}));
        cast.players.push_back({device, datastreams, {}, {}});
    }
    return cast;
}

/// The wind as it is now, of the live mast.
Result<Wind> ExerciseDesk::wind_from(Uuid mast) const {
    Wind wind;
    bool direction = false, speed = false;
    for (const auto& stream : m_context.hub.streams(bigdata::k_live)) {
        if (stream->device != mast) continue;
        const auto last = m_context.lake.last(stream->number);
        if (!last) continue;
        if (stream->property == "wind_direction") direction = true, wind.from_deg = last->value;
        if (stream->property == "wind_speed") speed = true, wind.speed_m_s = last->value;
        if (stream->property == "air_temperature") {
            wind.temperature_k = stream->unit == "K" ? last->value : last->value + k_zero_celsius_k;
        }
    }
    if (!direction || !speed) return fail(errors::k_release_unknown, {{"what", "wind"}});
    return wind;
}

/// Addresses and tokens nobody else has. Devices behind one address stay behind one address.
void ExerciseDesk::give_credentials(std::vector<Player>& players) const {
    std::map<std::string, std::string> addresses;
    for (auto& player : players) {
        const bool gb26875 = text_at(player.device.fields, "protocol") == "gb26875";
        auto& address = addresses[text(player.device, "address")];
        // Six bytes, written as twelve digits; real units of the zone begin with 0.
        if (address.empty())
            address =
                gb26875 ? "9" + random_text(11, k_digits) : "EX-" + random_text(16, k_letters);
        player.address = address;
        if (!gb26875) player.token = random_text(40, k_letters);
    }
}

std::string ExerciseDesk::random_text(std::size_t length, std::string_view alphabet) const {
    std::string out;
    while (out.size() < length) out += alphabet[m_simulator.random->next_u64() % alphabet.size()];
    return out;
}

/// The exercise's own rows over the live ones.
Result<void> ExerciseDesk::enter(const std::string& space,
                                 const std::vector<Player>& players) const {
    bigdata::Batch batch;
    batch.zone = m_context.zone;
    batch.space = space;
    batch.author = {Uuid{}, "system", "exercise"};
    for (const auto& player : players) {
        json::object f{{"address", player.address},
                       {"expected_interval_s", m_settings.what_if.report_every_s}};
        f["credential_hash"] =
            player.token.empty() ? json::value(nullptr) : json::value(hex(sm3(player.token)));
        batch.changes.push_back(patch(player.device, std::move(f)));
        for (const auto& datastream : player.datastreams) {
            batch.changes.push_back(
                patch(datastream, {{"expected_interval_s", m_settings.what_if.report_every_s}}));
        }
    }
    TRY(m_context.records.write(std::move(batch)));
    return {};
}

Result<Record> ExerciseDesk::create_exercise(const Principal& who, const Cast& cast, Uuid id,
                                             std::int64_t base, json::object script,
                                             std::uint64_t seed) const {
    const auto now = m_context.clock.now();
    const std::string day = "YL-" + day_text(now) + "-";
    int count = 0;
    TRY_ASSIGN(earlier, m_context.records.all(whole(m_context, bigdata::k_live), "exercise"));
    for (const auto& exercise : earlier) {
        const auto number = text(exercise, "number");
        int its = 0;
        if (number.starts_with(day))
            std::from_chars(number.data() + day.size(), number.data() + number.size(), its);
        count = std::max(count, its);
    }
    const auto plans = m_context.records.all(whole(m_context, bigdata::k_live), "plan");
    bigdata::Change change;
    change.kind = "exercise";
    change.id = id;
    change.fields = {{"name", "推演：" + text(cast.vessel, "name") + " 泄漏"},
                     {"name_en", "What if: " + text(cast.vessel, "name_en") + " leaks"},
                     {"vessel", cast.vessel.id.text()},
                     {"started_at", iso8601(now)},
                     {"base_sequence", base},
                     {"started_by", who.name},
                     {"seed", std::to_string(seed)},
                     {"script", std::move(script)}};
    for (const auto& plan : plans ? *plans : std::vector<Record>{}) {
        if (reference(plan.fields, "substance") == reference(cast.vessel.fields, "substance"))
            change.fields["hazard"] = text(plan, "hazard");
    }
    for (int attempt = 1; attempt <= 20; ++attempt) {
        change.fields["number"] = incident_number(id.text(), now, count + attempt);
        bigdata::Batch batch;
        batch.zone = m_context.zone;
        batch.author = {who.user, who.name, "api"};
        batch.changes = {change};
        auto applied = m_context.records.write(std::move(batch));
        if (applied) return std::move(applied->records.front());
        const bool taken = applied.error().is(errors::k_unique_taken) ||
                           std::ranges::any_of(applied.error().fields, [](const auto& f) {
                               return f.row->id == errors::k_unique_taken.id;
                           });
        if (!taken || attempt == 20) return std::unexpected(std::move(applied).error());
    }
    return fail(errors::k_busy);
}

Result<void> ExerciseDesk::start(const std::vector<Record>& running) {
    if (!m_simulator.start) return {};
    for (const auto& exercise : running) static_cast<void>(go_on(exercise));
    return {};
}

Result<void> ExerciseDesk::go_on(const Record& exercise) const {
    const std::string space = exercise.id.text();
    const auto& kept = object_at(exercise.fields, "script");
    const auto& blew = object_at(kept, "wind");
    if (kept.empty()) return {};  // not one of ours
    Wind wind{number_at(blew, "from_deg", 0), number_at(blew, "speed_m_s", 0), {}};
    if (blew.contains("temperature_k")) wind.temperature_k = number_at(blew, "temperature_k", 0);
    TRY_ASSIGN(cast, cast_for(space, reference(exercise.fields, "vessel")));
    cast.wind = wind;
    give_credentials(cast.players);
    std::uint64_t seed = 0;
    const auto seed_text = text(exercise, "seed");
    std::from_chars(seed_text.data(), seed_text.data() + seed_text.size(), seed);
    TRY_ASSIGN(script, script_for(cast, space, number_at(kept, "speed", 1), seed));
    const auto now = m_context.clock.now();
    const auto started = parse_iso8601(text_at(exercise.fields, "started_at")).value_or(now);
    script["elapsed_s"] = static_cast<double>(now - started) / 1000;
    TRY(enter(space, cast.players));
    return m_simulator.start(exercise.id, script);
}

void ExerciseDesk::end(const Record& exercise) {
    if (m_simulator.stop) m_simulator.stop(exercise.id);
    // A space that is closed already, or was never opened, is no matter here.
    static_cast<void>(m_context.records.close_space(m_context.zone, exercise.id.text()));
    if (!exercise.fields.contains("ended_at")) {
        submit(m_context, bigdata::k_live,
               {patch(exercise, {{"ended_at", iso8601(m_context.clock.now())}})});
    }
}

}  // namespace anlan::command
