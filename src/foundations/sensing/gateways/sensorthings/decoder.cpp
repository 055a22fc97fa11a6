#include "foundations/sensing/gateways/sensorthings/decoder.h"

#include "core/describe.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace anlan::sensing::sensorthings {
namespace {

constexpr JsonLimits k_limits{k_unpacked_bytes_max, 12};

std::unexpected<Error> wrong(std::string where, std::string_view expected) {
    return fail(errors::k_bad_request, {},
                {{std::move(where), &errors::k_field_type, {{"expected", std::string(expected)}}}});
}

Result<double> result_of(const json::value& value, const std::string& where) {
    if (const auto* yes = value.if_bool()) return *yes ? 1.0 : 0.0;
    if (value.is_number() && std::isfinite(value.to_number<double>()))
        return value.to_number<double>();
    return wrong(where, "a finite number or a boolean");
}

/// An instant, or of an interval "a/b" its start; nothing for null.
Result<std::optional<Timestamp>> time_of(const json::value& value, const std::string& where) {
    if (value.is_null()) return std::optional<Timestamp>();
    if (const auto* text = value.if_string()) {
        const std::string_view whole(*text);
        const auto at = parse_iso8601(whole.substr(0, whole.find('/')));
        if (at) return std::optional(*at);
    }
    return wrong(where, "an ISO 8601 time");
}

/// "good", "uncertain", "bad"; whatever else a device means by it is uncertain.
bigdata::Quality quality_of(const json::value& value) {
    if (value.is_null()) return bigdata::Quality::good;
    const auto* text = value.if_string();
    if (text == nullptr || *text == "uncertain") return bigdata::Quality::uncertain;
    if (*text == "bad") return bigdata::Quality::bad;
    return *text == "good" ? bigdata::Quality::good : bigdata::Quality::uncertain;
}

Result<Uuid> datastream_of(const json::object& o, const std::string& where) {
    const json::object& datastream = object_at(o, "Datastream");
    const auto id = Uuid::parse(text_at(datastream, "@iot.id", text_at(datastream, "id")));
    if (!id) return wrong(where + "/Datastream/@iot.id", "a datastream's id");
    return *id;
}

const json::value& member(const json::object& o, std::string_view name) {
    static const json::value k_null;
    const auto* found = o.if_contains(name);
    return found == nullptr ? k_null : *found;
}

enum class Component { phenomenon_time, result_time, result, quality, ignored };

Result<std::vector<Component>> components_of(const json::array& names, const std::string& where) {
    constexpr std::array<std::pair<std::string_view, Component>, 8> k_names{
        {{"phenomenonTime", Component::phenomenon_time},
         {"resultTime", Component::result_time},
         {"result", Component::result},
         {"resultQuality", Component::quality},
         {"parameters", Component::ignored},
         {"validTime", Component::ignored},
         {"FeatureOfInterest/id", Component::ignored},
         {"FeatureOfInterest/@iot.id", Component::ignored}}};
    std::vector<Component> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto* text = names[i].if_string();
        const auto at = std::ranges::find(
            k_names, text == nullptr ? std::string_view() : std::string_view(*text),
            &std::pair<std::string_view, Component>::first);
        if (at == k_names.end())
            return wrong(where + "/components/" + std::to_string(i), "a known component");
        out.push_back(at->second);
    }
    if (std::ranges::find(out, Component::result) == out.end())
        return wrong(where + "/components", "components with 'result' among them");
    return out;
}

Result<Posted> posted_of(const json::value& row, const std::vector<Component>& components,
                         const Uuid& datastream, const std::string& where) {
    const auto* values = row.if_array();
    if (values == nullptr || values->size() != components.size())
        return wrong(where, "an array of " + std::to_string(components.size()) + " values");
    Posted out{datastream, 0, {}, {}};
    std::optional<Timestamp> result_time;
    for (std::size_t i = 0; i < components.size(); ++i) {
        const json::value& value = (*values)[i];
        const std::string at = where + '/' + std::to_string(i);
        if (components[i] == Component::result) {
            TRY_ASSIGN(result, result_of(value, at));
            out.value = result;
        } else if (components[i] == Component::quality) {
            out.quality = quality_of(value);
        } else if (components[i] != Component::ignored) {
            TRY_ASSIGN(time, time_of(value, at));
            (components[i] == Component::phenomenon_time ? out.at : result_time) = time;
        }
    }
    if (!out.at) out.at = result_time;
    return out;
}

json::object reading_of(const Posted& posted) {
    return {{"datastream",
             {{"zh", "数据流"}, {"en", "Datastream"}, {"value", posted.datastream.text()}}},
            {"result",
             {{"zh", "结果（单位见数据流）"},
              {"en", "Result, in the datastream's unit"},
              {"value", posted.value}}},
            {"phenomenon_time",
             {{"zh", "现象时间"},
              {"en", "Time of the phenomenon"},
              {"value", posted.at ? json::value(iso8601(*posted.at)) : json::value(nullptr)}}}};
}

}  // namespace

std::string observation_id(const Uuid& datastream, Timestamp at) {
    return datastream.text() + ':' + std::to_string(at.ms);
}

std::optional<ObservationId> parse_observation_id(std::string_view text) {
    constexpr std::size_t k_uuid = 36;
    if (text.size() < k_uuid + 2 || text[k_uuid] != ':') return std::nullopt;
    const auto datastream = Uuid::parse(text.substr(0, k_uuid));
    const auto digits = text.substr(k_uuid + 1);
    ObservationId out;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), out.at.ms);
    if (!datastream || error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    out.datastream = *datastream;
    return out;
}

Result<Posted> decode_observation(const json::value& body, std::optional<Uuid> datastream) {
    const auto* o = body.if_object();
    if (o == nullptr) return wrong("", "an Observation");
    Posted out;
    if (datastream) {
        out.datastream = *datastream;
    } else {
        TRY_ASSIGN(id, datastream_of(*o, ""));
        out.datastream = id;
    }
    TRY_ASSIGN(value, result_of(member(*o, "result"), "/result"));
    TRY_ASSIGN(phenomenon, time_of(member(*o, "phenomenonTime"), "/phenomenonTime"));
    TRY_ASSIGN(result_time, time_of(member(*o, "resultTime"), "/resultTime"));
    out.value = value;
    out.at = phenomenon ? phenomenon : result_time;
    out.quality = quality_of(member(*o, "resultQuality"));
    return out;
}

Result<std::vector<Result<Posted>>> decode_arrays(const json::value& body) {
    const auto* arrays = body.if_array();
    if (arrays == nullptr) return wrong("", "an array of data arrays");
    std::vector<Result<Posted>> out;
    for (std::size_t i = 0; i < arrays->size(); ++i) {
        const std::string where = '/' + std::to_string(i);
        const auto* o = (*arrays)[i].if_object();
        if (o == nullptr) return wrong(where, "an object with a dataArray");
        TRY_ASSIGN(datastream, datastream_of(*o, where));
        TRY_ASSIGN(components, components_of(array_at(*o, "components"), where));
        const json::array& rows = array_at(*o, "dataArray");
        if (out.size() + rows.size() > k_readings_max)
            return fail(errors::k_too_many_readings, {{"max", std::to_string(k_readings_max)}});
        for (std::size_t k = 0; k < rows.size(); ++k) {
            out.push_back(posted_of(rows[k], components, datastream,
                                    where + "/dataArray/" + std::to_string(k)));
        }
    }
    return out;
}

json::object to_json(std::string_view body) {
    json::object out{{"protocol", "sensorthings"}};
    const auto parsed = parse_json(body, k_limits);
    json::array observations;
    const auto add = [&](const Result<Posted>& each) {
        if (each)
            observations.push_back(reading_of(*each));
        else if (!out.contains("problem"))
            out.emplace("problem", problem_of(each.error()));
    };
    if (!parsed) {
        out.emplace("problem", problem_of(parsed.error()));
    } else if (parsed->is_array()) {
        const auto rows = decode_arrays(*parsed);
        if (rows)
            for (const auto& each : *rows) add(each);
        else
            out.emplace("problem", problem_of(rows.error()));
    } else {
        add(decode_observation(*parsed));
    }
    out.emplace("observations", std::move(observations));
    return out;
}

std::unique_ptr<StreamDecoder> decoder() {
    return http_json::whole_body(to_json);
}

}  // namespace anlan::sensing::sensorthings
