// What a device publishes: topic and payload to readings. Five forms are known without a setting;
// a vendor's own is described by a rule.
//
//   412.0                                               a number; the channel is the topic's last
//   level
//   {"nh3":1.6,"alarm":false,"at":"2026-11-19T06:29:37Z"}  channels by name, true is 1
//   {"readings":[{"channel":"nh3","value":1.6}]}        as over HTTP (http_json/decoder.h)
//   [{"bn":"mast-1:","n":"wind","v":4.2,"t":-5}]        SenML, RFC 8428
#pragma once

#include "foundations/sensing/hub.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::sensing::mqtt {

enum class Format : std::uint8_t { guess, json, number };

/// One value of a vendor's JSON: reading = value · scale + offset, in the datastream's unit.
struct ValueRule {
    std::string channel;
    std::string pointer;  ///< RFC 6901.
    double scale = 1, offset = 0;
};

/// How the topics that match `filter` are read. The first rule that matches counts.
struct TopicRule {
    std::string filter;
    std::optional<std::size_t> address_level;  ///< The topic's level that is the device's address.
    std::string address;                       ///< Or this one.
    std::optional<std::size_t> channel_level;  ///< For numbers; nothing: the last level.
    Format format = Format::guess;
    std::vector<ValueRule> values;  ///< Of JSON; none: every number of the object.
    std::string at;                 ///< Pointer to the time; empty: member "at".
    double scale = 1, offset = 0;   ///< Of what no value's own rule names.
};

inline constexpr std::size_t k_payload_readings_max = 10'000;

struct Message {
    std::string_view topic, payload, address;
    Timestamp received;  ///< What SenML's relative times start from.
};

/// Null when no rule matches.
const TopicRule* rule_of(const std::vector<TopicRule>& rules, std::string_view topic);
/// Whose reading it is by the rule; nothing when the rule does not say.
std::optional<std::string_view> address_of(const TopicRule& rule, std::string_view topic);

/// Adds the payload's readings to `out`, which stays as it was when anything is wrong. Without a
/// rule the form is guessed. A time is ISO 8601, or seconds or milliseconds since 1970.
/// Errors: mqtt_payload, too_many_readings, those of http_json::decode().
Result<void> readings_of(const Message& message, const TopicRule* rule, std::vector<Reading>& out);

}  // namespace anlan::sensing::mqtt
