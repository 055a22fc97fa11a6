#include "foundations/sensing/gateways/http_json/gateway.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <chrono>
#include <future>

namespace anlan::sensing::http_json {
namespace {

constexpr std::size_t k_sample_bytes = 512;

struct Stored {
    std::int64_t stored = 0;
};
BOOST_DESCRIBE_STRUCT(Stored, (), (stored))

Result<Stored> observe(const Options& options, const Call& call, const json::value& body) {
    const auto device =
        call.bearer.empty() ? std::nullopt : options.hub->by_credential(hex(sm3(call.bearer)));
    if (!device) return fail(errors::k_bad_device_token);
    TRY_ASSIGN(readings, decode(body));
    const auto count = static_cast<std::int64_t>(readings.size());

    // Shared with the hub, which may answer after the deadline.
    const auto answer = std::make_shared<std::promise<Result<void>>>();
    auto future = answer->get_future();
    options.hub->take({device->protocol, device->space, device->address, call.peer,
                       std::string(call.raw.substr(0, k_sample_bytes)), options.clock->now(),
                       std::move(readings)},
                      [answer](Result<void> stored) { answer->set_value(std::move(stored)); });
    const std::chrono::duration<double> deadline(options.deadline_s);
    if (future.wait_for(deadline) != std::future_status::ready) {
        return fail(errors::k_not_durable,
                    {{"seconds", std::to_string(static_cast<int>(options.deadline_s))}});
    }
    TRY(future.get());
    return Stored{count};
}

}  // namespace

RouteRows routes(Options options) {
    RouteRow row = route<json::value, Stored>(
        Method::post, "/api/v1/observations", k_public,
        {"设备上报读数（设备令牌为凭据）", "Readings from a device (its token is the credential)"},
        [options](const Call& call, const json::value& body) {
            return observe(options, call, body);
        });
    row.request = schema();
    return {std::move(row)};
}

}  // namespace anlan::sensing::http_json
