#include "center/gateway_doors.h"

#include "center/log.h"

namespace anlan::center {
namespace {

using sensing::Door;

Result<std::unique_ptr<sensing::Gateway>> open_door(const GatewayDoors::Options& options,
                                                    const sensing::GatewayRow& row,
                                                    const GatewayConfiguration& wished, Door door) {
    const Configuration& configuration = *options.configuration;
    const bool live = door == Door::live;
    const auto usual = configuration.any_ports ? std::uint16_t{0}
                       : live                  ? row.port
                                               : row.exercise_port;
    sensing::GatewayOptions own;
    own.hub = options.hub;
    own.clock = options.clock;
    own.door = door;
    own.address = configuration.gateway_address;
    own.port = (live ? wished.port : wished.exercise_port).value_or(usual);
    own.settings = wished.settings;
    own.new_tls = options.new_tls;
    own.report = [protocol = std::string(row.protocol)](const Error& error) {
        log(protocol, error);
    };
    TRY_ASSIGN(gateway, row.start(std::move(own)));
    log(LogLevel::info, std::string(row.protocol) +
                            " listens: port=" + std::to_string(gateway->port()) +
                            (live ? " door=live" : " door=exercise"));
    return Result<std::unique_ptr<sensing::Gateway>>(std::move(gateway));
}

}  // namespace

Result<GatewayDoors> GatewayDoors::open(const Options& options) {
    GatewayDoors doors;
    for (const auto& row : sensing::gateways()) {
        if (row.start == nullptr) continue;
        const auto at = options.configuration->gateways.find(row.protocol);
        const GatewayConfiguration wished =
            at == options.configuration->gateways.end() ? GatewayConfiguration{} : at->second;
        if (!wished.listen) continue;
        TRY_ASSIGN(live, open_door(options, row, wished, Door::live));
        TRY_ASSIGN(exercise, open_door(options, row, wished, Door::exercise));
        doors.m_listeners.push_back({&row, std::move(live), std::move(exercise)});
    }
    return doors;
}

sensing::Gateway* GatewayDoors::gateway(std::string_view protocol, Door door) const {
    for (const Listener& each : m_listeners) {
        if (each.row->protocol == protocol)
            return door == Door::live ? each.live.get() : each.exercise.get();
    }
    return nullptr;
}

std::uint16_t GatewayDoors::port(std::string_view protocol, Door door) const {
    const auto* found = gateway(protocol, door);
    return found == nullptr ? std::uint16_t{0} : found->port();
}

std::vector<Figure> GatewayDoors::figures() const {
    std::vector<Figure> out;
    for (const Listener& each : m_listeners) {
        for (const auto& [door, gateway] :
             {std::pair{"live", each.live.get()}, {"exercise", each.exercise.get()}}) {
            for (const auto& figure : gateway->figures()) {
                out.push_back({"anlan_" + std::string(each.row->protocol) + '_' +
                                   std::string(figure.name) + "_total",
                               std::string("door=\"") + door + '"', figure.value, "counter",
                               figure.help});
            }
        }
    }
    return out;
}

RouteRows GatewayDoors::routes(std::string address) const {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/gateways", "device.read", {"设备从哪里接入", "Where devices connect"},
        [this, address = std::move(address)](const Call&, const NoBody&) -> Result<json::object> {
            json::array out;
            for (const auto& row : sensing::gateways()) {
                json::object each{{"protocol", row.protocol}, {"title", row.title}};
                if (const auto live = port(row.protocol, Door::live); live != 0) {
                    each["port"] = live;
                    each["exercise_port"] = port(row.protocol, Door::exercise);
                } else if (row.start != nullptr) {
                    continue;  // closed
                }
                out.push_back(std::move(each));
            }
            return json::object{{"address", address}, {"gateways", std::move(out)}};
        }));
    return rows;
}

}  // namespace anlan::center
