#include "foundations/sensing/gateways/sensorthings/gateway.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_errors.h"
#include "foundations/sensing/gateways/sensorthings/decoder.h"

namespace anlan::sensing::sensorthings {
namespace {

constexpr JsonLimits k_limits{k_unpacked_bytes_max, 12};
/// As Hub::Options: further ahead, receipt counts, and the observation is found by that.
constexpr std::int64_t k_future_tolerance_ms = 60'000;

/// By which channel the device's datastreams are known, each looked up once a request.
class OwnDatastreams {
  public:
    OwnDatastreams(const HttpDoor& door, const Hub::DeviceKey& device)
        : m_records(*door.records),
          m_device(device),
          m_view{door.zone, device.space, bigdata::RowFilter::everything()} {}

    Result<std::string> channel_of(const Uuid& datastream) {
        auto at = m_channels.find(datastream);
        if (at == m_channels.end()) at = m_channels.emplace(datastream, look_up(datastream)).first;
        if (at->second) return *at->second;
        return fail(errors::k_not_own_datastream, {{"id", datastream.text()}});
    }

  private:
    [[nodiscard]] std::optional<std::string> look_up(const Uuid& id) const {
        const auto datastream = m_records.get(m_view, "datastream", id);
        if (!datastream) return std::nullopt;
        const auto device = device_named(text_at(datastream->fields, "device"));
        if (!device) return std::nullopt;
        if (!is_own(*device)) {
            const auto parent = device_named(text_at(device->fields, "parent"));
            if (!parent || !is_own(*parent)) return std::nullopt;
        }
        return std::string(text_at(datastream->fields, "channel"));
    }
    [[nodiscard]] std::optional<bigdata::Record> device_named(std::string_view text) const {
        const auto id = Uuid::parse(text);
        if (!id) return std::nullopt;
        auto found = m_records.get(m_view, "device", *id);
        if (!found) return std::nullopt;
        return std::move(*found);
    }
    [[nodiscard]] bool is_own(const bigdata::Record& device) const {
        return text_at(device.fields, "protocol") == m_device.protocol &&
               text_at(device.fields, "address") == m_device.address;
    }

    const bigdata::Register& m_records;
    const Hub::DeviceKey& m_device;
    bigdata::View m_view;
    std::map<Uuid, std::optional<std::string>> m_channels;
};

struct Taken {
    std::vector<Reading> readings;
    Timestamp received;
};

/// Where the observation will be found.
Timestamp take(Taken& into, std::string channel, const Posted& posted) {
    Timestamp at = posted.at.value_or(into.received);
    into.readings.push_back({std::move(channel), posted.value, at, posted.quality});
    if (at > into.received + k_future_tolerance_ms) at = into.received;
    return at;
}

std::string link_of(const Call& call, const Posted& posted, Timestamp at) {
    return call.origin + "/v1.1/Observations('" + observation_id(posted.datastream, at) + "')";
}

Result<json::value> json_of(const Call& call, std::string& unpacked, std::string_view& body) {
    TRY_ASSIGN(text, body_of(call, unpacked));
    const std::string type = media_type(call.content_type);
    if (!type.empty() && type != "application/json") {
        return fail(errors::k_body_type,
                    {{"type", type.substr(0, 80)}, {"allowed", "application/json"}});
    }
    body = text;
    return parse_json(text, k_limits);
}

Result<Reply> create(const HttpDoor& door, const Call& call, std::optional<Uuid> datastream) {
    TRY_ASSIGN(device, device_of(door, call));
    std::string unpacked;
    std::string_view body;
    TRY_ASSIGN(value, json_of(call, unpacked, body));
    TRY_ASSIGN(posted, decode_observation(value, datastream));
    OwnDatastreams own(door, device);
    TRY_ASSIGN(channel, own.channel_of(posted.datastream));
    Taken taken{{}, door.clock->now()};
    const Timestamp at = take(taken, std::move(channel), posted);
    const std::string link = link_of(call, posted, at);
    json::object answer{{"@iot.id", observation_id(posted.datastream, at)},
                        {"@iot.selfLink", link},
                        {"phenomenonTime", iso8601(at)},
                        {"resultTime", iso8601(taken.received)},
                        {"result", posted.value}};
    return store(door, call, device, body, taken.received, std::move(taken.readings),
                 std::move(answer), {{"Location", link}});
}

/// The id of "Datastreams('<uuid>')".
Result<Uuid> datastream_of_path(const Call& call) {
    std::string_view text = call.parameter("datastream");
    constexpr std::string_view k_name = "Datastreams(";
    if (text.starts_with(k_name) && text.ends_with(')')) {
        text.remove_prefix(k_name.size());
        text.remove_suffix(1);
        if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
            text = text.substr(1, text.size() - 2);
        if (const auto id = Uuid::parse(text)) return *id;
    }
    return fail(errors::k_not_own_datastream, {{"id", std::string(text.substr(0, 80))}});
}

Result<Reply> create_all(const HttpDoor& door, const Call& call) {
    TRY_ASSIGN(device, device_of(door, call));
    std::string unpacked;
    std::string_view body;
    TRY_ASSIGN(value, json_of(call, unpacked, body));
    TRY_ASSIGN(rows, decode_arrays(value));
    OwnDatastreams own(door, device);
    Taken taken{{}, door.clock->now()};
    json::array answer;
    for (const auto& row : rows) {
        auto channel = row ? own.channel_of(row->datastream)
                           : Result<std::string>(std::unexpected(row.error()));
        if (channel)
            answer.emplace_back(link_of(call, *row, take(taken, std::move(*channel), *row)));
        else
            answer.emplace_back("error: " + text_of(channel.error(), call.language));
    }
    if (taken.readings.empty()) return Reply{std::move(answer), {}};
    return store(door, call, device, body, taken.received, std::move(taken.readings),
                 std::move(answer));
}

}  // namespace

RouteRows routes(HttpDoor door) {
    ASSERT(door.records != nullptr);
    const Label summary{"设备上报观测（SensorThings 1.1）",
                        "An Observation from a device (SensorThings 1.1)"};
    RouteRows rows;
    rows.push_back(http_row(
        "/v1.1/Observations", summary,
        [door](const Call& call) { return create(door, call, std::nullopt); }, 201));
    rows.push_back(http_row(
        "/v1.1/{datastream}/Observations", summary,
        [door](const Call& call) -> Result<Reply> {
            TRY_ASSIGN(datastream, datastream_of_path(call));
            return create(door, call, datastream);
        },
        201));
    rows.push_back(http_row(
        "/v1.1/CreateObservations",
        {"设备成批上报观测（SensorThings 1.1 数据数组）",
         "Observations from a device (SensorThings 1.1 data arrays)"},
        [door](const Call& call) { return create_all(door, call); }, 201));
    return rows;
}

}  // namespace anlan::sensing::sensorthings
