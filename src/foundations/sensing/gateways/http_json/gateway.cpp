#include "foundations/sensing/gateways/http_json/gateway.h"

#include "foundations/sensing/gateways/http_errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"
#include "foundations/sensing/gateways/ndjson/decoder.h"

namespace anlan::sensing::http_json {
namespace {

struct Stored {
    std::int64_t stored = 0;
};
BOOST_DESCRIBE_STRUCT(Stored, (), (stored))

Result<Reply> observe(const HttpDoor& door, const Call& call) {
    TRY_ASSIGN(device, device_of(door, call));
    std::string unpacked;
    TRY_ASSIGN(body, body_of(call, unpacked));
    const std::string type = media_type(call.content_type);
    const bool lines = type == "application/x-ndjson" || type == "application/jsonl";
    if (!lines && !type.empty() && type != "application/json") {
        return fail(errors::k_body_type, {{"type", type.substr(0, 80)},
                                          {"allowed", "application/json, application/x-ndjson"}});
    }
    // Without a body it only says that it is there.
    TRY_ASSIGN(readings,
               lines ? ndjson::decode(body) : decode(body.empty() ? std::string_view("{}") : body));
    const auto count = static_cast<std::int64_t>(readings.size());
    return store(door, call, device, body, door.clock->now(), std::move(readings),
                 value_of(Stored{count}));
}

}  // namespace

RouteRows routes(HttpDoor door) {
    RouteRow row = http_row(
        "/api/v1/observations",
        {"设备上报读数（设备令牌为凭据）", "Readings from a device (its token is the credential)"},
        [door](const Call& call) { return observe(door, call); }, 200);
    row.request = schema();
    row.response = schema_of<Stored>();
    return {std::move(row)};
}

}  // namespace anlan::sensing::http_json
