// What a protocol offers to the program: its listener, its decoder for `anlan decode`, what its
// channels mean. One row of gateways/table.cpp a protocol.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/tcp_server.h"
#include "foundations/sensing/hub.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;

namespace anlan::sensing {

/// A counter for /metrics: anlan_<protocol>_<name>_total.
struct GatewayFigure {
    std::string_view name;
    const char* help = "";
    double value = 0;
};

/// What the center wants of a device, from a record of kind `device_command`.
struct DeviceCommand {
    Uuid id;
    std::string space, address;
    std::string command;  ///< Code of table `device_command_type`.
    json::object parameters;
};

/// not_sent: the connection ended before it was this command's turn; it may be tried again.
enum class CommandFate { done, refused, uncertain, not_sent };
struct CommandOutcome {
    CommandFate fate = CommandFate::uncertain;
    std::string zh, en;  ///< What the device answered, or why its answer is not known.
    json::object reply;  ///< Its data, if it sent any.
};

/// A protocol's listener at one door. Serves from its making to its end.
class Gateway {
  public:
    virtual ~Gateway() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual std::vector<GatewayFigure> figures() const = 0;

    /// Sends the command to the device. `answered` is called once, on any thread, when the device
    /// has answered or its time is up; it must be quick. Errors, upon which it is not called:
    /// device_not_connected (it is kept and tried when the device speaks again), command_unknown,
    /// bad_command_parameter.
    virtual Result<void> command(const DeviceCommand& command,
                                 std::function<void(CommandOutcome)> answered);
    /// Whether the device is connected now, as far as is known; true where only a try would tell.
    [[nodiscard]] virtual bool reaches(std::string_view space, std::string_view address) const {
        return static_cast<void>(space), static_cast<void>(address), true;
    }
};

struct GatewayOptions {
    Hub* hub = nullptr;
    const Clock* clock = nullptr;
    Door door = Door::live;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one.
    json::object settings;   ///< The rest of the protocol's table in the configuration.
    /// A server-side TLS session of the program's certificate; empty when it has none.
    std::function<ssl_st*()> new_tls;
    std::function<void(const Error&)> report;  ///< For the log.
};

/// Bytes to one JSON object a frame or disturbance, as they come. An object with a member "problem"
/// ({"id", "zh", "en", "byte"}) tells what is wrong and where.
class StreamDecoder {
  public:
    virtual ~StreamDecoder() = default;
    using Each = std::function<void(json::object)>;
    virtual void push(std::span<const std::uint8_t> bytes, const Each& each) = 0;
    virtual void end(const Each& each) = 0;
};

/// A stream decoder of a reader that cuts frames (`push`, as in gb26875::FrameReader) and a
/// function `decode(reader, input, each)` that tells what it holds.
template <class Reader, class Input, auto decode>
std::unique_ptr<StreamDecoder> stream_decoder() {
    class Decoder final : public StreamDecoder {
        void push(std::span<const std::uint8_t> bytes, const Each& each) override {
            m_reader.push(bytes);
            decode(m_reader, Input::goes_on, each);
        }
        void end(const Each& each) override { decode(m_reader, Input::ends, each); }
        Reader m_reader;
    };
    return std::make_unique<Decoder>();
}

/// {"id", "zh", "en", "byte"} of a decoder's error; `byte` is the parameter of that name, if any.
json::object problem_of(const Error& error);

/// What a channel of a protocol measures, so that a device can be adopted with its datastreams.
struct ChannelMeaning {
    std::string property;  ///< Code of table `property`.
    std::string unit;
    std::string name, name_en;
};

/// One protocol.
struct GatewayRow {
    std::string_view protocol;  ///< Code of table `protocol`; the configuration's [protocol].
    std::string_view title;     ///< As people call it, in both languages.
    std::uint16_t port = 0, exercise_port = 0;  ///< The usual ones.
    /// Errors: gateway_listen, gateway_setting. Null: the protocol comes in by HTTP.
    Result<std::unique_ptr<Gateway>> (*start)(GatewayOptions options) = nullptr;
    /// Whether `start` would take the settings. Errors: gateway_setting. Null: it takes none.
    Result<void> (*check)(const json::object& settings) = nullptr;
    std::unique_ptr<StreamDecoder> (*decoder)() = nullptr;
    /// Nothing for a channel of unknown meaning; null: for every one.
    std::optional<ChannelMeaning> (*meaning)(std::string_view channel) = nullptr;
    /// Whether a device could be told this. Errors: command_unknown, bad_command_parameter. Null:
    /// only a try tells.
    Result<void> (*check_command)(const DeviceCommand& command) = nullptr;
    std::string_view device_type = "other";  ///< What speaks it, as a rule: table `device_type`.
    bool needs_token = false;  ///< Its devices show a token; those that come in by HTTP always do.
};

/// gateway_setting: this key of [protocol] is not known or not of its type.
Error setting_error(std::string_view protocol, std::string_view key);

/// By the row's own check; a row without one takes no settings. Errors: gateway_setting.
Result<void> check_settings(const GatewayRow& row, const json::object& settings);

}  // namespace anlan::sensing
