#include "foundations/sensing/gateways/line_protocol/gateway.h"

#include "foundations/sensing/gateways/line_protocol/decoder.h"

namespace anlan::sensing::line_protocol {
namespace {

/// Clients ask for it before they write.
constexpr std::string_view k_version = "1.8-anlan";

std::optional<std::vector<std::string>> tags_asked(const Call& call) {
    const auto asked = call.query.find("tags");
    if (asked == call.query.end()) return std::nullopt;
    std::vector<std::string> out;
    std::string_view rest = asked->second;
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        if (comma > 0) out.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(rest.size(), comma + 1));
    }
    return out;
}

Result<Reply> write(const HttpDoor& door, const Call& call) {
    TRY_ASSIGN(device, device_of(door, call));
    TRY_ASSIGN(precision, precision_named(call.asked("precision")));
    std::string unpacked;
    TRY_ASSIGN(body, body_of(call, unpacked));
    TRY_ASSIGN(points, decode(body, {precision, tags_asked(call)}));
    std::vector<std::pair<std::string, std::string>> headers{
        {"X-Influxdb-Version", std::string(k_version)}};
    // Nothing but texts: nothing to store, and repeating it would not help.
    if (points.readings.empty() && points.texts > 0)
        return Reply{json::value(nullptr), {}, std::move(headers)};
    return store(door, call, device, body, door.clock->now(), std::move(points.readings), nullptr,
                 std::move(headers));
}

RouteRow ping(std::string path) {
    RouteRow row = route<NoBody, Reply>(
        Method::get, std::move(path), k_public,
        {"InfluxDB 客户端的探测", "What InfluxDB's clients ask first"},
        [](const Call&, const NoBody&) -> Result<Reply> {
            return Reply{
                json::value(nullptr), {}, {{"X-Influxdb-Version", std::string(k_version)}}};
        },
        204);
    return row;
}

}  // namespace

RouteRows routes(HttpDoor door) {
    RouteRows rows;
    for (const char* path : {"/api/v1/write", "/write", "/api/v2/write"}) {
        rows.push_back(http_row(
            path,
            {"设备以 InfluxDB 行协议上报", "Readings from a device in InfluxDB line protocol"},
            [door](const Call& call) { return write(door, call); }, 204));
        rows.back().query = {
            {"precision", {"时间单位，默认 ns", "unit of the timestamps, ns by default"}},
            {"tags", {"计入通道名的标签，默认全部", "tags in the channel's name, all by default"}}};
    }
    rows.push_back(ping("/ping"));
    rows.push_back(ping("/api/v1/ping"));
    return rows;
}

}  // namespace anlan::sensing::line_protocol
