#include "foundations/sensing/gateways/mqtt/settings.h"

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/mqtt/packet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace anlan::sensing::mqtt {
namespace {

constexpr std::size_t k_topic_levels_max = 64;

template <class T>
    requires std::is_integral_v<T>
bool set(T& into, const json::value& value) {
    if (!value.is_int64() || value.get_int64() < 0) return false;
    if (static_cast<std::uint64_t>(value.get_int64()) > std::numeric_limits<T>::max()) return false;
    into = static_cast<T>(value.get_int64());
    return true;
}
bool set(bool& into, const json::value& value) {
    if (value.is_bool()) into = value.get_bool();
    return value.is_bool();
}
bool set(double& into, const json::value& value) {
    if (!value.is_number() || !std::isfinite(value.to_number<double>())) return false;
    into = value.to_number<double>();
    return true;
}
bool set(std::string& into, const json::value& value) {
    if (value.is_string()) into = std::string(value.get_string());
    return value.is_string();
}
bool set(Strangers& into, const json::value& value) {
    bool accept = false;
    if (!set(accept, value)) return false;
    into = accept ? Strangers::quarantined : Strangers::refused;
    return true;
}
bool set(Format& into, const json::value& value) {
    std::string text;
    if (!set(text, value)) return false;
    if (text == "guess") into = Format::guess;
    if (text == "json") into = Format::json;
    if (text == "number") into = Format::number;
    return text == "guess" || text == "json" || text == "number";
}
template <class T>
bool set(std::optional<T>& into, const json::value& value) {
    return set(into.emplace(), value);
}
/// "topic:2": the level, from 0.
bool set_level(std::optional<std::size_t>& into, std::string_view text) {
    if (!text.starts_with("topic:")) return false;
    text.remove_prefix(6);
    std::size_t level = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), level);
    if (error != std::errc() || end != text.data() + text.size() || level >= k_topic_levels_max)
        return false;
    into = level;
    return true;
}
bool is_pointer(std::string_view text) {
    return text.starts_with('/');
}

bool set(std::vector<std::string>& into, const json::value& value) {
    if (!value.is_array()) return false;
    return std::ranges::all_of(
        value.get_array(), [&](const json::value& each) { return set(into.emplace_back(), each); });
}

/// "/a/b", or {at = "/a/b", scale = 0.001, offset = 0}.
bool set(ValueRule& into, const json::value& value) {
    if (value.is_string()) return set(into.pointer, value) && is_pointer(into.pointer);
    if (!value.is_object()) return false;
    for (const auto& [key, each] : value.get_object()) {
        const bool known = (key == "at" && set(into.pointer, each)) ||
                           (key == "scale" && set(into.scale, each)) ||
                           (key == "offset" && set(into.offset, each));
        if (!known) return false;
    }
    return is_pointer(into.pointer);
}
bool set(std::vector<ValueRule>& into, const json::value& value) {
    if (!value.is_object()) return false;
    for (const auto& [channel, rule] : value.get_object()) {
        into.push_back({.channel = std::string(channel), .pointer = {}});
        if (channel.empty() || !set(into.back(), rule)) return false;
    }
    return true;
}

/// The key that is wrong; empty when none is.
std::string read(TopicRule& into, const json::object& rule) {
    for (const auto& [key, value] : rule) {
        bool good = false;
        std::string text;
        if (key == "filter") good = set(into.filter, value) && is_filter(into.filter);
        if (key == "address" && set(text, value))
            good = set_level(into.address_level, text) ||
                   (into.address = text, !text.empty() && !text.starts_with("topic:"));
        if (key == "channel" && set(text, value)) good = set_level(into.channel_level, text);
        if (key == "format") good = set(into.format, value);
        if (key == "values") good = set(into.values, value);
        if (key == "at") good = set(into.at, value) && is_pointer(into.at);
        if (key == "scale") good = set(into.scale, value);
        if (key == "offset") good = set(into.offset, value);
        if (!good) return std::string(key);
    }
    return into.filter.empty() ? "filter" : std::string();
}

std::string read(BrokerSettings& into, const json::object& broker) {
    for (const auto& [key, value] : broker) {
        const auto is = [&](std::string_view name, auto& member) {
            return key == name && set(member, value);
        };
        const bool good =
            is("host", into.host) || is("port", into.port) || is("client_id", into.client_id) ||
            is("username", into.username) || is("password_file", into.password_file) ||
            is("ca_file", into.ca_file) || is("tls", into.tls) ||
            (is("topics", into.topics) && std::ranges::all_of(into.topics, is_filter));
        if (!good) return std::string(key);
    }
    if (into.host.empty()) return "host";
    return into.topics.empty() ? "topics" : std::string();
}

template <class T>
Result<void> read_list(std::vector<T>& into, std::string_view name, const json::value& list) {
    if (!list.is_array()) return std::unexpected(setting_error("mqtt", name));
    for (const json::value& each : list.get_array()) {
        const std::string where = std::string(name) + "[" + std::to_string(into.size()) + "]";
        if (!each.is_object()) return std::unexpected(setting_error("mqtt", where));
        const std::string wrong = read(into.emplace_back(), each.get_object());
        if (!wrong.empty()) return std::unexpected(setting_error("mqtt", where + "." + wrong));
    }
    return {};
}

}  // namespace

Result<Settings> settings_of(const json::object& settings) {
    Settings out;
    for (const auto& [key, value] : settings) {
        const auto is = [&](std::string_view name, auto& member) {
            return key == name && set(member, value);
        };
        if (key == "topics") {
            TRY(read_list(out.topics, key, value));
            continue;
        }
        if (key == "brokers") {
            TRY(read_list(out.brokers, key, value));
            continue;
        }
        const bool good =
            is("tls_port", out.tls_port) || is("exercise_tls_port", out.exercise_tls_port) ||
            is("accept_unknown", out.strangers) || is("keep_alive_max_s", out.keep_alive_max_s) ||
            is("connections_max", out.connections_max) ||
            is("packet_bytes_max", out.packet_bytes_max) ||
            is("receive_maximum", out.receive_maximum) ||
            is("topic_alias_maximum", out.topic_alias_maximum) ||
            is("session_expiry_max_s", out.session_expiry_max_s) ||
            is("sessions_max", out.sessions_max) ||
            is("command_queue_max", out.command_queue_max) ||
            is("command_timeout_s", out.command_timeout_s) ||
            is("command_topic", out.command_topic) ||
            is("connection_channel", out.connection_channel) ||
            is("speaks_for_others", out.speaks_for_others);
        const bool sensible = out.keep_alive_max_s > 0 && out.receive_maximum > 0 &&
                              out.packet_bytes_max >= 1024 && out.command_timeout_s > 0 &&
                              out.command_topic.contains("{address}") &&
                              is_topic(out.command_topic);
        if (!good || !sensible) return std::unexpected(setting_error("mqtt", key));
    }
    // A broker's readings need an address, which only a topic rule can give.
    for (std::size_t i = 0; i < out.brokers.size(); ++i) {
        const bool addressed = std::ranges::any_of(out.topics, [](const TopicRule& r) {
            return r.address_level.has_value() || !r.address.empty();
        });
        if (!addressed)
            return std::unexpected(
                setting_error("mqtt", "brokers[" + std::to_string(i) + "].topics"));
    }
    return out;
}

}  // namespace anlan::sensing::mqtt
