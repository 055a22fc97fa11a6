// What an installation may choose for MQTT: the keys of [mqtt], by these names.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/mqtt/payload.h"

namespace anlan::sensing::mqtt {

/// Somebody else's broker, read as a client.
struct BrokerSettings {
    std::string host;
    std::uint16_t port = 1883;
    std::vector<std::string> topics;  ///< Filters; each needs a topic rule that gives the address.
    std::string client_id = "anlan";
    std::string username;
    std::string password_file;  ///< Its first line is the password.
    std::string ca_file;        ///< What signs the broker's certificate; empty: the system's.
    bool tls = false;
};

enum class Strangers : std::uint8_t { refused, quarantined };

struct Settings {
    std::optional<std::uint16_t> tls_port, exercise_tls_port;
    Strangers strangers = Strangers::refused;  ///< accept_unknown = true: connected, quarantined.
    std::uint16_t keep_alive_max_s = 1200;     ///< Who asks for none or more is told this one.
    std::size_t connections_max = 20'000;
    std::size_t packet_bytes_max = 256 * 1024;
    std::uint16_t receive_maximum = 1000;  ///< Messages of one device that wait for the disk.
    std::uint16_t topic_alias_maximum = 32;
    std::uint32_t session_expiry_max_s = 7 * 86'400;
    std::size_t sessions_max = 50'000;    ///< Kept while their devices are away.
    std::size_t command_queue_max = 100;  ///< Of one device that is away.
    double command_timeout_s = 30;        ///< From sending to PUBACK.
    /// Where a device hears its commands; {address} is its own.
    std::string command_topic = "anlan/{address}/command";
    /// The channel of the reading 0 when a device with a will is lost and 1 when it is back; empty:
    /// no such reading.
    std::string connection_channel = "connection";
    std::vector<std::string> speaks_for_others;  ///< Addresses whose topic rules may name others.
    std::vector<TopicRule> topics;
    std::vector<BrokerSettings> brokers;
};

/// Errors: gateway_setting with the key, and the item of a list.
Result<Settings> settings_of(const json::object& settings);

}  // namespace anlan::sensing::mqtt
