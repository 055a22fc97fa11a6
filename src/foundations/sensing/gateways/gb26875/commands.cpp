#include "foundations/sensing/gateways/gb26875/commands.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/channel.h"
#include "foundations/sensing/gateways/gb26875/encoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace anlan::sensing::gb26875 {
namespace {

enum class Needs { nothing, system, part, system_operations, unit_operations, minutes };

struct Row {
    std::string_view command;  ///< Code of table device_command_type.
    std::uint8_t type;
    Needs needs;
};

constexpr Row k_rows[] = {
    {"read_system_state", 61, Needs::system},
    {"read_part_state", 62, Needs::part},
    {"read_part_analog", 63, Needs::part},
    {"read_system_operations", 64, Needs::system_operations},
    {"read_system_version", 65, Needs::system},
    {"read_system_configuration", 66, Needs::system},
    {"read_part_configuration", 67, Needs::part},
    {"read_system_clock", 68, Needs::system},
    {"read_state", 81, Needs::nothing},
    {"read_operations", 84, Needs::unit_operations},
    {"read_version", 85, Needs::nothing},
    {"read_configuration", 86, Needs::nothing},
    {"read_clock", 88, Needs::nothing},
    {"initialise", 89, Needs::nothing},
    {"set_clock", 90, Needs::nothing},
    {"roll_call", 91, Needs::minutes},
};

constexpr std::uint8_t k_initialise = 89, k_set_clock = 90, k_roll_call = 91;
constexpr unsigned k_answered_bit = 5;  // of operation_bits(): the roll call was answered

std::unexpected<Error> bad(const DeviceCommand& command, std::string_view key) {
    return fail(errors::k_bad_command_parameter,
                {{"command", command.command}, {"key", std::string(key)}});
}

/// A whole number of 1 to 255.
Result<std::uint8_t> small(const DeviceCommand& command, std::string_view key) {
    const auto* value = command.parameters.if_contains(key);
    if (value == nullptr || !value->is_number()) return bad(command, key);
    const double number = value->to_number<double>();
    if (number < 1 || number > 255 || number != std::trunc(number)) return bad(command, key);
    return static_cast<std::uint8_t>(number);
}

Result<ChannelName> channel(const DeviceCommand& command, bool of_part) {
    const auto name = channel_named(text_at(command.parameters, "channel"));
    using What = ChannelName::What;
    const bool part = name && (name->what == What::part || name->what == What::analog);
    const bool system = name && name->what == What::system;
    if (!part && (of_part || !system)) return bad(command, "channel");
    return *name;
}

Result<WireTime> since(const DeviceCommand& command) {
    const auto at = parse_iso8601(text_at(command.parameters, "since"));
    if (!at) return bad(command, "since");
    return WireTime::of(*at);
}

Result<Object> object_of(const DeviceCommand& command, Needs needs) {
    switch (needs) {
        case Needs::system: {
            TRY_ASSIGN(name, channel(command, false));
            return ReadSystem{name.place};
        }
        case Needs::part: {
            TRY_ASSIGN(name, channel(command, true));
            return ReadPart{name.place};
        }
        case Needs::system_operations: {
            TRY_ASSIGN(name, channel(command, false));
            TRY_ASSIGN(count, small(command, "count"));
            TRY_ASSIGN(from, since(command));
            return ReadSystemOperations{name.place, count, from};
        }
        case Needs::unit_operations: {
            TRY_ASSIGN(count, small(command, "count"));
            TRY_ASSIGN(from, since(command));
            return ReadUnitOperations{count, from};
        }
        case Needs::minutes: {
            TRY_ASSIGN(minutes, small(command, "minutes"));
            return DutyCheck{minutes};
        }
        default:
            return ReadUnit{};
    }
}

std::optional<int> type_of(std::string_view code) {
    int type = 0;
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), type);
    if (error != std::errc{} || end != code.data() + code.size()) return std::nullopt;
    return type;
}

bool is_control(int type) {
    return type == k_initialise || type == k_set_clock || type == k_roll_call;
}

/// The operation with which somebody answered the roll call.
const UnitOperation* answer_in(const Unit& unit) {
    for (const Object& object : unit.objects) {
        const auto* operation = std::get_if<UnitOperation>(&object);
        if (operation != nullptr && (operation->flags >> k_answered_bit & 1U) != 0)
            return operation;
    }
    return nullptr;
}

CommandOutcome present(const UnitOperation& answer) {
    const std::string person = std::to_string(answer.person);
    CommandOutcome out{CommandFate::done,
                       "在岗：操作员 " + person + " 已应答",
                       "On duty: operator " + person + " answered",
                       {{"person", answer.person}}};
    if (const auto at = answer.time.instant()) out.reply["at"] = iso8601(*at);
    return out;
}

}  // namespace

Result<Order> order_of(const DeviceCommand& command) {
    const auto* const row = std::ranges::find(k_rows, command.command, &Row::command);
    if (row == std::end(k_rows)) {
        return fail(errors::k_command_unknown,
                    {{"command", command.command}, {"address", command.address}});
    }
    Order order;
    order.code = std::to_string(row->type);
    TRY_ASSIGN(object, object_of(command, row->needs));
    if (row->type == k_set_clock) return order;
    const auto unit = encode_unit(row->type, {&object, 1});
    ASSERT(unit);
    order.data.assign(unit->begin(), unit->end());
    if (const auto* check = std::get_if<DutyCheck>(&object))
        order.done_s = check->minutes * 60.0 + order.answer_s;
    return order;
}

Result<void> check_command(const DeviceCommand& command) {
    TRY(order_of(command));
    return {};
}

Command command_of(const Order& order) {
    return is_control(type_of(order.code).value_or(0)) ? Command::control : Command::request;
}

bool is_reply_to(std::string_view code, const Unit& unit) {
    constexpr int k_down = 60;  // 61 reads what 1 brings, 84 what 24 brings
    const int type = type_of(code).value_or(0);
    return !is_control(type) && unit.type + k_down == type;
}

std::vector<std::uint8_t> unit_of(const Order& order, Timestamp now) {
    if (type_of(order.code) != k_set_clock) return {order.data.begin(), order.data.end()};
    const Object time = UnitTime{WireTime::of(now)};
    return *encode_unit(k_set_clock, {&time, 1});
}

std::optional<CommandOutcome> outcome_of(std::string_view code, const Frame& frame,
                                         const Unit& unit) {
    const int type = type_of(code).value_or(0);
    switch (frame.command) {
        case Command::deny:
            return CommandOutcome{
                CommandFate::refused, "装置否认（命令 6）", "The unit denied it (command 6)", {}};
        case Command::confirm:
            if (!is_control(type) || type == k_roll_call) return std::nullopt;
            return CommandOutcome{CommandFate::done, "装置已确认", "The unit confirmed it", {}};
        case Command::reply:
            // Some units send the answer to a roll call as a reply.
            if (const UnitOperation* answer = type == k_roll_call ? answer_in(unit) : nullptr)
                return present(*answer);
            if (is_control(type)) return std::nullopt;
            return CommandOutcome{CommandFate::done,
                                  "装置已应答",
                                  "The unit replied",
                                  {{"type", unit.type}, {"objects", objects_json(unit)}}};
        case Command::send:
            if (type != k_roll_call) return std::nullopt;
            if (const UnitOperation* answer = answer_in(unit)) return present(*answer);
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace anlan::sensing::gb26875
