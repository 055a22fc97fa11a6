#include "foundations/sensing/simulate/script.h"

#include "core/describe.h"
#include "foundations/sensing/simulate/detectors.h"

#include <charconv>
#include <map>

namespace anlan::sensing::simulate {
namespace {

FieldProblem wrong(std::string where, std::string expected) {
    return {std::move(where), &anlan::errors::k_field_type, {{"expected", std::move(expected)}}};
}

struct Times {
    double falls_at_s = 1e18, veer_after_s = 1e18, veer_deg = 0;
};

ScriptedChannel channel_of(const json::object& o, const Times& times) {
    ScriptedChannel out;
    out.channel = text_at(o, "channel");
    out.baseline = number_at(o, "baseline", 0);
    out.plateau = number_at(o, "plateau", out.baseline);
    out.delay_s = number_at(o, "delay_s", 0);
    out.rise_s = number_at(o, "rise_s", 0);
    const auto role = text_at(o, "role"), property = text_at(o, "property");
    using Kind = ScriptedChannel::Kind;
    if (role == "mast") {
        out.noise = 0.001;
        if (property == "wind_direction") {
            out.kind = Kind::wind_direction;
            out.veer_after_s = times.veer_after_s;
            out.veer_deg = times.veer_deg;
        }
        if (property == "wind_speed") out.kind = Kind::wind_speed;
        return out;
    }
    if (property == "fire_state" || property == "unit_state") {
        out.kind = Kind::state;
    } else if (times.falls_at_s < 1e18) {
        out.falls_at_s = out.delay_s + times.falls_at_s;
    }
    return out;
}

/// A port, or nothing when it is absent; anything else is a problem.
std::optional<std::uint16_t> port_at(const json::object& o, const char* key,
                                     std::vector<FieldProblem>& problems) {
    if (!o.contains(key)) return std::nullopt;
    const std::int64_t port = integer_at(o, key, -1);
    if (port > 0 && port < 65'536) return static_cast<std::uint16_t>(port);
    problems.push_back(wrong("/server/" + std::string(key), "1 … 65535"));
    return std::nullopt;
}

std::uint64_t seed_of(const json::object& o) {
    std::uint64_t seed = static_cast<std::uint64_t>(integer_at(o, "seed", 1));
    const auto text = text_at(o, "seed");
    std::from_chars(text.data(), text.data() + text.size(), seed);
    return seed;
}

void add_channel(const json::value& row, std::size_t index, const Times& times,
                 std::map<std::string, Device>& devices, std::vector<FieldProblem>& problems) {
    const std::string where = "/devices/" + std::to_string(index);
    const auto* o = row.if_object();
    if (o == nullptr) return problems.push_back(wrong(where, "object"));
    const auto protocol = text_at(*o, "protocol"), address = text_at(*o, "address");
    if (protocol != "http_json" && protocol != "gb26875") {
        return problems.push_back(wrong(where + "/protocol", "http_json / gb26875"));
    }
    const bool unit = protocol == "gb26875";
    if (unit ? !gb26875::Address::parse(address) : address.empty()) {
        return problems.push_back(
            wrong(where + "/address", unit ? "12 hexadecimal digits" : "text"));
    }
    if (text_at(*o, "channel").empty())
        return problems.push_back(wrong(where + "/channel", "text"));
    const double interval_s = number_at(*o, "interval_s", 2);
    if (!(interval_s >= 0.1)) return problems.push_back(wrong(where + "/interval_s", "≥ 0.1"));
    Device& device = devices[std::string(protocol) + "/" + std::string(address)];
    device.protocol = unit ? Protocol::gb26875 : Protocol::http_json;
    device.address = address;
    if (const auto token = text_at(*o, "token"); !token.empty()) device.token = token;
    device.interval_s =
        device.behaviours.empty() ? interval_s : std::min(device.interval_s, interval_s);
    device.behaviours.push_back(make_scripted(channel_of(*o, times)));
}

}  // namespace

Result<Script> read_script(const json::value& value) {
    const auto* root = value.if_object();
    if (root == nullptr) return fail(anlan::errors::k_bad_request, {}, {wrong("", "object")});
    std::vector<FieldProblem> problems;
    Script out;
    const json::object& server = object_at(*root, "server");
    if (const auto host = text_at(server, "host"); !host.empty()) out.host = host;
    out.http_port = port_at(server, "http_port", problems);
    out.gb26875_port = port_at(server, "gb26875_port", problems);
    out.seed = seed_of(*root);
    out.speed = number_at(*root, "speed", 1);
    out.elapsed_s = number_at(*root, "elapsed_s", 0);
    if (!(out.speed > 0)) problems.push_back(wrong("/speed", "> 0"));
    const json::object& release = object_at(*root, "release");
    Times times;
    times.falls_at_s =
        number_at(release, "start_after_s", 0) + number_at(release, "duration_s", 1e18);
    times.veer_after_s = number_at(*root, "veer_after_s", 1e18);
    times.veer_deg = number_at(*root, "veer_deg", 0);

    std::map<std::string, Device> devices;
    const json::array& rows = array_at(*root, "devices");
    for (std::size_t i = 0; i < rows.size(); ++i) add_channel(rows[i], i, times, devices, problems);
    if (rows.empty()) problems.push_back(wrong("/devices", "array with at least one row"));
    if (!problems.empty()) return fail(anlan::errors::k_bad_request, {}, std::move(problems));
    for (auto& [key, device] : devices) out.devices.push_back(std::move(device));
    return out;
}

}  // namespace anlan::sensing::simulate
