#include "apps/affairs/duty.h"

#include "foundations/comms/roster.h"

#include <yaml-cpp/yaml.h>

#include <cmath>
#include <map>

namespace anlan::affairs {
namespace {

/// Below it a wind direction means little.
constexpr double k_calm_m_s = 1.0;

double positive(const YAML::Node& root, const char* key) {
    const double value = root[key].as<double>();
    if (!(value > 0))
        throw YAML::RepresentationException(root[key].Mark(), std::string(key) + " is not above 0");
    return value;
}

}  // namespace

Result<DutySettings> DutySettings::load(const std::filesystem::path& file) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        return DutySettings{positive(root, "stale_after_intervals"),
                            positive(root, "gust_window_s"), positive(root, "tide_trend_window_s")};
    } catch (const YAML::BadFile&) {
        return fail(anlan::errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_duty_settings,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

RouteRows Duty::routes() {
    auto row =
        route<NoBody, Reply>(Method::get, "/api/v1/duty/now", k_signed_in,
                             {"此刻：风、潮位、值班人员、设备在线情况",
                              "Now: wind, tide, who is on duty, devices live and silent"},
                             [this](const Call& call, const NoBody&) -> Result<Reply> {
                                 TRY_ASSIGN(body, now(call.who, call.space));
                                 return Reply{json::value(std::move(body)), std::nullopt, {}};
                             });
    row.response = {{"type", "object"}, {"additionalProperties", true}};
    return {std::move(row)};
}

Result<json::object> Duty::now(const Principal& who, std::string_view space) const {
    json::object out;
    TRY_ASSIGN(people, on_duty(who, space));
    out["wind"] = wind(space);
    out["tide"] = tide(space);
    out["on_duty"] = std::move(people);
    out["devices"] = devices(space);
    out["time"] = iso8601(m_context.clock.now());
    return out;
}

/// Where several measure the same, the one heard last.
std::optional<Duty::Last> Duty::newest(std::string_view space, std::string_view property) const {
    std::optional<Last> out;
    for (const auto& stream : m_context.hub.streams(space)) {
        if (stream->property != property) continue;
        const auto last = m_context.lake.last(stream->number);
        if (last && (!out || last->received > out->observation.received)) out = Last{stream, *last};
    }
    return out;
}

bool Duty::is_stale(const sensing::Stream& stream, Timestamp received) const {
    if (stream.expected_interval_s <= 0) return false;  // nothing is expected of it
    return static_cast<double>(m_context.clock.now() - received) >
           m_settings.stale_after_intervals * stream.expected_interval_s * 1000;
}

void Duty::add_age(json::object& out, const Last& last) const {
    out["at"] = iso8601(last.observation.at);
    out["age_s"] = static_cast<double>(m_context.clock.now() - last.observation.received) / 1000;
    out["stale"] = is_stale(*last.stream, last.observation.received);
    out["name"] = last.stream->name;
    out["name_en"] = last.stream->name_en;
}

json::object Duty::wind(std::string_view space) const {
    const auto speed = newest(space, "wind_speed"), from = newest(space, "wind_direction");
    if (!speed || !from) return {{"mode", "none"}};
    json::object out{{"from_deg", from->observation.value},
                     {"speed_m_s", speed->observation.value},
                     {"height_m", 10}};
    add_age(out, *speed);
    const bool stale = is_stale(*speed->stream, speed->observation.received) ||
                       is_stale(*from->stream, from->observation.received);
    out["stale"] = stale;
    out["mode"] = stale ? "stale" : speed->observation.value < k_calm_m_s ? "calm" : "measured";
    const auto now = m_context.clock.now();
    const auto highest = m_context.lake.series(
        speed->stream->number, now + -std::llround(m_settings.gust_window_s * 1000), now + 1, 1);
    if (highest && !highest->empty()) out["gust_m_s"] = highest->front().max;
    for (const auto& [property, member] : {std::pair{"air_temperature", "air_temperature"},
                                           {"humidity", "humidity"},
                                           {"air_pressure", "air_pressure"}}) {
        if (const auto value = newest(space, property))
            out[member] =
                json::object{{"value", value->observation.value}, {"unit", value->stream->unit}};
    }
    return out;
}

json::value Duty::tide(std::string_view space) const {
    const auto level = newest(space, "tide_level");
    if (!level) return nullptr;
    json::object out{{"level_m", level->observation.value}};
    add_age(out, *level);
    const auto now = m_context.clock.now();
    const auto window_ms = std::llround(m_settings.tide_trend_window_s * 1000);
    const auto halves = m_context.lake.series(level->stream->number, now + -window_ms, now + 1, 2);
    if (halves && halves->size() == 2) {
        const double hours = static_cast<double>((*halves)[1].from - (*halves)[0].from) / 3.6e6;
        const double rate = ((*halves)[1].mean - (*halves)[0].mean) / hours;
        out["rate_m_h"] = rate;
        out["trend"] = rate > 0 ? "rising" : rate < 0 ? "falling" : "steady";
    }
    return out;
}

/// A device is silent when none of its datastreams has spoken within its time. One of which nothing
/// is expected counts once it has spoken.
json::object Duty::devices(std::string_view space) const {
    std::map<Uuid, bool> live;
    for (const auto& stream : m_context.hub.streams(space)) {
        const auto last = m_context.lake.last(stream->number);
        if (!last && stream->expected_interval_s <= 0) continue;
        live[stream->device] |= last && !is_stale(*stream, last->received);
    }
    std::int64_t speaking = 0;
    for (const auto& [device, speaks] : live) speaking += speaks;
    return {{"live", speaking}, {"silent", static_cast<std::int64_t>(live.size()) - speaking}};
}

Result<json::array> Duty::on_duty(const Principal& who, std::string_view space) const {
    json::array out;
    if (m_context.access.view(who, space, "shift").rows.none) return out;
    TRY_ASSIGN(people,
               comms::on_duty(m_context.records, m_context.catalog,
                              {m_context.zone, std::string(space), {}}, m_context.clock.now()));
    for (const auto& each : people) {
        const auto role = comms::role_label(m_context.catalog, each.duty_role);
        out.push_back(json::object{{"duty_role", each.duty_role},
                                   {"role", role.zh},
                                   {"role_en", role.en},
                                   {"person", each.person.text()},
                                   {"name", each.name.zh},
                                   {"name_en", each.name.en},
                                   {"title", each.title.zh},
                                   {"title_en", each.title.en},
                                   {"until", iso8601(each.until)}});
    }
    return out;
}

}  // namespace anlan::affairs
