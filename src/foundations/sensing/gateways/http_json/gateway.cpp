#include "foundations/sensing/gateways/http_json/gateway.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"

namespace anlan::sensing::http_json {
namespace {

constexpr std::size_t k_sample_bytes = 512;

struct Stored {
    std::int64_t stored = 0;
};
BOOST_DESCRIBE_STRUCT(Stored, (), (stored))

Result<Reply> observe(const Options& options, const Call& call) {
    const auto device =
        call.bearer.empty() ? std::nullopt : options.hub->by_credential(hex(sm3(call.bearer)));
    if (!device) return fail(errors::k_bad_device_token);
    // Without a body it only says that it is there.
    TRY_ASSIGN(readings, decode(call.raw.empty() ? std::string_view("{}") : call.raw));
    const auto count = static_cast<std::int64_t>(readings.size());

    // Shared with the hub, which may answer after the deadline.
    const auto answer = std::make_shared<Later>(
        options.deadline_s,
        Error(errors::k_not_durable,
              {{"seconds", std::to_string(static_cast<int>(options.deadline_s))}}));
    options.hub->take({device->protocol, device->space, device->address, call.peer,
                       std::string(call.raw.substr(0, k_sample_bytes)), options.clock->now(),
                       std::move(readings)},
                      [answer, count](Result<void> stored) {
                          if (stored)
                              answer->set(value_of(Stored{count}));
                          else
                              answer->set(std::unexpected(std::move(stored).error()));
                      });
    Reply reply;
    reply.later = answer;
    return reply;
}

}  // namespace

RouteRows routes(Options options) {
    RouteRow row = route<NoBody, Reply>(
        Method::post, "/api/v1/observations", k_public,
        {"设备上报读数（设备令牌为凭据）", "Readings from a device (its token is the credential)"},
        [options](const Call& call, const NoBody&) { return observe(options, call); });
    row.request = schema();
    row.response = schema_of<Stored>();
    row.body_bytes_max =
        k_body_bytes_max;  // As it comes: decode() reads it faster than the router.
    return {std::move(row)};
}

}  // namespace anlan::sensing::http_json
