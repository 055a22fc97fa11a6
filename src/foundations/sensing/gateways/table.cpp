#include "foundations/sensing/gateways/table.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/ais/server.h"
#include "foundations/sensing/gateways/gb26875/channel.h"
#include "foundations/sensing/gateways/gb26875/commands.h"
#include "foundations/sensing/gateways/gb26875/server.h"
#include "foundations/sensing/gateways/gb26875/stream.h"
#include "foundations/sensing/gateways/hj212/commands.h"
#include "foundations/sensing/gateways/hj212/factors.h"
#include "foundations/sensing/gateways/hj212/server.h"
#include "foundations/sensing/gateways/http_json/decoder.h"
#include "foundations/sensing/gateways/hydrant/decoder.h"
#include "foundations/sensing/gateways/hydrant/server.h"
#include "foundations/sensing/gateways/json_push/decoder.h"
#include "foundations/sensing/gateways/jt808/commands.h"
#include "foundations/sensing/gateways/jt808/server.h"
#include "foundations/sensing/gateways/line_protocol/decoder.h"
#include "foundations/sensing/gateways/mqtt/server.h"
#include "foundations/sensing/gateways/ndjson/decoder.h"
#include "foundations/sensing/gateways/sensorthings/decoder.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace anlan::sensing {

std::span<const GatewayRow> gateways() {
    static constexpr std::array k_rows{
        GatewayRow{.protocol = "ais",
                   .title = "AIS",
                   .port = 10110,
                   .exercise_port = 10111,
                   .start = ais::start,
                   .check = ais::check,
                   .decoder = stream_decoder<ais::MessageReader, ais::Input, ais::decode_stream>,
                   .meaning = ais::meaning,
                   .device_type = "ship"},
        GatewayRow{
            .protocol = "gb26875",
            .title = "GB/T 26875.3",
            .port = 5200,
            .exercise_port = 5201,
            .start = gb26875::start,
            .check = gb26875::check,
            .decoder = stream_decoder<gb26875::FrameReader, gb26875::Input, gb26875::decode_stream>,
            .meaning = gb26875::meaning,
            .check_command = gb26875::check_command,
            .device_type = "fire_unit"},
        GatewayRow{
            .protocol = "hj212",
            .title = "HJ 212",
            .port = 5212,
            .exercise_port = 5213,
            .start = hj212::start,
            .check = hj212::check,
            .decoder = stream_decoder<hj212::PacketReader, hj212::Input, hj212::decode_stream>,
            .meaning = hj212::meaning,
            .check_command = hj212::check_command,
            .device_type = "environment_station"},
        GatewayRow{.protocol = "http_json",
                   .title = "HTTP JSON",
                   .decoder = http_json::decoder,
                   .meaning = http_json::meaning,
                   .device_type = "other"},
        GatewayRow{.protocol = "ndjson",
                   .title = "NDJSON",
                   .decoder = ndjson::decoder,
                   .meaning = http_json::meaning,
                   .device_type = "other"},
        GatewayRow{.protocol = "line_protocol",
                   .title = "InfluxDB",
                   .decoder = line_protocol::decoder,
                   .meaning = http_json::meaning,
                   .device_type = "other"},
        GatewayRow{.protocol = "sensorthings",
                   .title = "SensorThings",
                   .decoder = sensorthings::decoder,
                   .meaning = http_json::meaning,
                   .device_type = "other"},
        GatewayRow{.protocol = "json_push",
                   .title = "JSON",
                   .decoder = json_push::decoder,
                   .meaning = http_json::meaning,
                   .device_type = "other"},
        GatewayRow{
            .protocol = "hydrant",
            .title = "消火栓/压力终端 hydrant and pressure terminals",
            .port = 5220,
            .exercise_port = 5221,
            .start = hydrant::start,
            .check = hydrant::check,
            .decoder = stream_decoder<hydrant::FrameReader, hydrant::Input, hydrant::decode_stream>,
            .meaning = hydrant::meaning,
            .device_type = "hydrant_terminal"},
        GatewayRow{.protocol = "mqtt",
                   .title = "MQTT",
                   .port = mqtt::k_port,
                   .exercise_port = mqtt::k_exercise_port,
                   .start = mqtt::start,
                   .check = mqtt::check,
                   .decoder = mqtt::decoder,
                   .meaning = mqtt::meaning,
                   .device_type = "other",
                   .needs_token = true},
        GatewayRow{
            .protocol = "jt808",
            .title = "JT/T 808",
            .port = 5808,
            .exercise_port = 5809,
            .start = jt808::start,
            .check = jt808::check,
            .decoder = stream_decoder<jt808::MessageReader, jt808::Input, jt808::decode_stream>,
            .meaning = jt808::meaning,
            .check_command = jt808::check_command,
            .device_type = "vehicle"},
    };
    return k_rows;
}

const GatewayRow* gateway_row(std::string_view protocol) {
    const auto rows = gateways();
    const auto at = std::ranges::find(rows, protocol, &GatewayRow::protocol);
    return at == rows.end() ? nullptr : &*at;
}

Result<void> Gateway::command(const DeviceCommand& command,
                              std::function<void(CommandOutcome)> answered) {
    static_cast<void>(answered);
    return fail(errors::k_command_unknown,
                {{"command", command.command}, {"address", command.address}});
}

json::object problem_of(const Error& error) {
    json::object out{{"id", error.row->id},
                     {"zh", text_of(error, Language::zh)},
                     {"en", text_of(error, Language::en)}};
    for (const auto& [name, value] : error.parameters) {
        std::uint64_t byte = 0;
        std::from_chars(value.data(), value.data() + value.size(), byte);
        if (name == "byte") out.emplace("byte", byte);
    }
    return out;
}

Result<void> check_settings(const GatewayRow& row, const json::object& settings) {
    if (row.check != nullptr) return row.check(settings);
    if (settings.empty()) return {};
    return std::unexpected(setting_error(row.protocol, settings.begin()->key()));
}

Error setting_error(std::string_view protocol, std::string_view key) {
    return {errors::k_gateway_setting,
            {{"protocol", std::string(protocol)}, {"key", std::string(key)}}};
}

}  // namespace anlan::sensing
