#include "foundations/sensing/gateways/json_push/decoder.h"

#include "core/describe.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <charconv>
#include <cmath>

namespace anlan::sensing::json_push {
namespace {

constexpr JsonLimits k_limits{k_unpacked_bytes_max, 16};

/// The member at a path of names joined by dots; null when there is none.
const json::value* member_at(const json::value& from, std::string_view path) {
    const json::value* at = &from;
    while (!path.empty()) {
        const auto dot = std::min(path.find('.'), path.size());
        const auto* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(path.substr(0, dot));
        if (at == nullptr) return nullptr;
        path.remove_prefix(std::min(path.size(), dot + 1));
    }
    return at;
}

std::unexpected<Error> wrong(const std::string& path, std::string_view expected) {
    return fail(errors::k_bad_request, {},
                {{path, &errors::k_field_type, {{"expected", std::string(expected)}}}});
}

std::optional<double> number_of(const json::value& value) {
    if (value.is_number()) return value.to_number<double>();
    const auto* text = value.if_string();
    double out = 0;
    if (text == nullptr) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return out;
}

/// Seconds since 1970 have 10 digits until 2286, each finer unit three more.
std::optional<Timestamp> time_of(const json::value& value) {
    if (const auto* text = value.if_string()) {
        if (const auto at = parse_iso8601(std::string_view(*text))) return at;
    }
    const auto number = number_of(value);
    if (!number || !(*number >= 0) || !(*number < 1e19)) return std::nullopt;
    const double ms = *number < 1e11   ? *number * 1e3
                      : *number < 1e14 ? *number
                      : *number < 1e17 ? *number / 1e3
                                       : *number / 1e6;
    return Timestamp{static_cast<std::int64_t>(ms)};
}

struct Leaves {
    std::vector<const json::value*> apart;  ///< Members of the profile: no readings.
    std::optional<Timestamp> at;
    Pushed& into;

    Result<void> take(const json::value& value, const std::string& channel) {
        if (std::ranges::find(apart, &value) != apart.end()) return {};
        if (const auto* object = value.if_object()) {
            for (const auto& [name, inner] : *object) TRY(take(inner, joined(channel, name)));
            return {};
        }
        if (const auto* array = value.if_array()) {
            for (std::size_t i = 0; i < array->size(); ++i)
                TRY(take((*array)[i], joined(channel, std::to_string(i))));
            return {};
        }
        const bool counts = value.is_number() || value.is_bool();
        if (!counts) {
            ++into.passed_over;
            return {};
        }
        if (channel.empty() || channel.size() > k_channel_bytes_max)
            return wrong(channel.substr(0, 200),
                         "1 … " + std::to_string(k_channel_bytes_max) + " bytes of channel");
        if (into.readings.size() == k_readings_max)
            return fail(errors::k_too_many_readings, {{"max", std::to_string(k_readings_max)}});
        const double number =
            value.is_bool() ? (value.get_bool() ? 1.0 : 0.0) : value.to_number<double>();
        into.readings.push_back({channel, number, at, bigdata::Quality::good});
        return {};
    }
    static std::string joined(const std::string& channel, std::string_view name) {
        if (channel.empty() || channel.ends_with('/')) return channel + std::string(name);
        return channel + '.' + std::string(name);
    }
};

/// Of a message, or else of the whole body.
const json::value* said(const json::value& message, const json::value& body,
                        std::string_view path) {
    const auto* own = member_at(message, path);
    return own != nullptr ? own : member_at(body, path);
}

Result<void> take_message(const json::value& message, const json::value& body,
                          const Profile& profile, Pushed& out) {
    Leaves leaves{{}, std::nullopt, out};
    std::string channel;
    if (!profile.at.empty()) {
        const auto* when = said(message, body, profile.at);
        leaves.at = when == nullptr ? std::nullopt : time_of(*when);
        if (!leaves.at) return wrong(profile.at, "a time");
        leaves.apart.push_back(when);
    }
    if (!profile.device.empty()) {
        const auto* who = said(message, body, profile.device);
        if (who == nullptr || !(who->is_string() || who->is_int64() || who->is_uint64()))
            return wrong(profile.device, "a device's name");
        channel = who->is_string() ? std::string(who->get_string()) : to_text(*who);
        channel += '/';
        leaves.apart.push_back(who);
    }
    const auto* values = member_at(message, profile.values);
    if (values == nullptr) return wrong(profile.values, "readings");
    return leaves.take(*values, channel);
}

}  // namespace

Result<Pushed> decode(std::string_view body, const Profile& profile) {
    TRY_ASSIGN(whole, parse_json(body, k_limits));
    Pushed out;
    const json::value* messages = member_at(whole, profile.each);
    if (messages == nullptr) return wrong(profile.each, "an array of messages");
    const auto* array = messages->if_array();
    if (array == nullptr && !profile.each.empty())
        return wrong(profile.each, "an array of messages");
    if (array == nullptr) {
        TRY(take_message(*messages, whole, profile, out));
        return out;
    }
    for (const auto& each : *array) TRY(take_message(each, whole, profile, out));
    return out;
}

json::object to_json(std::string_view body) {
    auto pushed = decode(body, {});
    if (!pushed) return http_json::to_json(std::unexpected(pushed.error()), "json_push");
    json::object out = http_json::to_json(std::move(pushed->readings), "json_push");
    out.emplace("passed_over", json::object{{"zh", "未收的文字与空值"},
                                            {"en", "Texts and nulls, passed over"},
                                            {"value", pushed->passed_over}});
    return out;
}

std::unique_ptr<StreamDecoder> decoder() {
    return http_json::whole_body(to_json);
}

RouteRows routes(HttpDoor door) {
    RouteRows rows;
    rows.push_back(http_row(
        "/api/v1/observations/push",
        {"平台推送的 JSON（结构由参数说明）",
         "JSON as platforms push it (parameters say its form)"},
        [door](const Call& call) -> Result<Reply> {
            TRY_ASSIGN(device, device_of(door, call));
            std::string unpacked;
            TRY_ASSIGN(body, body_of(call, unpacked));
            const auto asked = [&](std::string_view name) { return std::string(call.asked(name)); };
            TRY_ASSIGN(pushed, decode(body, {asked("each"), asked("values"), asked("at"),
                                             asked("device")}));
            json::object answer{{"stored", pushed.readings.size()},
                                {"passed_over", pushed.passed_over}};
            return store(door, call, device, body, door.clock->now(), std::move(pushed.readings),
                         std::move(answer));
        },
        200));
    rows.back().query = {{"each", {"消息数组的路径", "path of the array of messages"}},
                         {"values", {"读数所在的路径", "path below which the readings are"}},
                         {"at", {"时间的路径", "path of the time"}},
                         {"device", {"设备名的路径", "path of the device's name"}}};
    return rows;
}

}  // namespace anlan::sensing::json_push
