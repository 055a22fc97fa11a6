#include "foundations/sensing/gateways/hj212/commands.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/hj212/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace anlan::sensing::hj212 {
namespace {

enum class Needs { nothing, seconds, minutes, timeout, period, request };

struct Row {
    std::string_view command;  ///< Code of table device_command_type.
    std::string_view cn;
    Needs needs = Needs::nothing;
};

constexpr Row k_rows[] = {
    {"set_timeout", "1000", Needs::timeout},
    {"read_clock", "1011"},
    {"set_clock", "1012"},
    {"read_real_time_interval", "1061"},
    {"set_real_time_interval", "1062", Needs::seconds},
    {"read_minute_interval", "1063"},
    {"set_minute_interval", "1064", Needs::minutes},
    {"call_real_time", "2011"},
    {"stop_real_time", "2012"},
    {"call_states", "2021"},
    {"stop_states", "2022"},
    {"call_days", "2031", Needs::period},
    {"call_running_times", "2041", Needs::period},
    {"call_minutes", "2051", Needs::period},
    {"call_hours", "2061", Needs::period},
    {"hj212_request", "", Needs::request},
};

constexpr double k_quick_done_s = 60, k_history_done_s = 600;
constexpr std::size_t k_cp_bytes_max = 950;  // clause 6
constexpr std::size_t k_shown_values_max = 50;

std::unexpected<Error> bad(const DeviceCommand& command, std::string_view key) {
    return fail(errors::k_bad_command_parameter,
                {{"command", command.command}, {"key", std::string(key)}});
}

Result<int> whole(const DeviceCommand& command, std::string_view key, int max) {
    const auto* value = command.parameters.if_contains(key);
    if (value == nullptr || !value->is_number()) return bad(command, key);
    const double number = value->to_number<double>();
    if (number < 1 || number > max || number != std::trunc(number)) return bad(command, key);
    return static_cast<int>(number);
}

/// YYYYMMDDhhmmss, as DataTime is.
Result<std::string> moment(const DeviceCommand& command, std::string_view key) {
    const auto at = parse_iso8601(text_at(command.parameters, key));
    if (!at) return bad(command, key);
    return qn_of(*at).substr(0, 14);
}

Result<std::string> period(const DeviceCommand& command) {
    TRY_ASSIGN(from, moment(command, "from"));
    TRY_ASSIGN(to, moment(command, "to"));
    if (to < from) return bad(command, "to");
    return fmt::format("BeginTime={},EndTime={}", from, to);
}

bool is_cp(std::string_view text) {
    return text.size() <= k_cp_bytes_max && text.find("&&") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c != 0x7f; });
}

Result<Order> as_written(const DeviceCommand& command) {
    const auto cn = text_at(command.parameters, "cn"), cp = text_at(command.parameters, "cp");
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (cn.size() != 4 || !std::ranges::all_of(cn, is_digit)) return bad(command, "cn");
    if (!is_cp(cp)) return bad(command, "cp");
    return Order{.code = std::string(cn), .data = std::string(cp), .done_s = k_history_done_s};
}

std::string_view value_of(const Content& content, std::string_view name) {
    for (const auto& each : content.values) {
        if (each.name == name && each.field.empty()) return each.text;
    }
    return {};
}

/// 9011 and 9012.
CommandOutcome outcome(CommandFate fate, std::string_view code, const Name* name) {
    if (name != nullptr) return {fate, std::string(name->zh), std::string(name->en), {}};
    const std::string shown(code.substr(0, 8));
    return {
        fate, "未收录的应答“" + shown + "”", "An answer that is in no table: '" + shown + "'", {}};
}

json::object part_of(const Packet& packet, const Content& content) {
    json::object values;
    for (const Value& each : content.values) {
        if (values.size() == k_shown_values_max) break;
        std::string name(each.name);
        if (!each.field.empty()) name += "-" + std::string(each.field);
        const auto number = number_of(each.text);
        values.emplace(name, number ? json::value(*number) : json::value(shown_text(each.text)));
    }
    json::object out{{"cn", shown_text(packet.cn)}, {"values", std::move(values)}};
    if (const auto at = instant_of(content.data_time)) out["at"] = iso8601(*at);
    return out;
}

bool repeats(std::string_view cn) {
    return cn == "2011" || cn == "2021";
}

}  // namespace

Result<Order> order_of(const DeviceCommand& command) {
    const auto* const row = std::ranges::find(k_rows, command.command, &Row::command);
    if (row == std::end(k_rows)) {
        return fail(errors::k_command_unknown,
                    {{"command", command.command}, {"address", command.address}});
    }
    Order order{.code = std::string(row->cn), .data = {}, .done_s = k_quick_done_s};
    switch (row->needs) {
        case Needs::seconds: {
            TRY_ASSIGN(seconds, whole(command, "seconds", 86'400));
            order.data = fmt::format("RtdInterval={}", seconds);
            return order;
        }
        case Needs::minutes: {
            TRY_ASSIGN(minutes, whole(command, "minutes", 1'440));
            order.data = fmt::format("MinInterval={}", minutes);
            return order;
        }
        case Needs::timeout: {
            TRY_ASSIGN(seconds, whole(command, "seconds", 99'999));
            TRY_ASSIGN(tries, whole(command, "tries", 99));
            order.data = fmt::format("OverTime={};ReCount={}", seconds, tries);
            return order;
        }
        case Needs::period: {
            TRY_ASSIGN(between, period(command));
            order.data = std::move(between);
            order.done_s = k_history_done_s;
            return order;
        }
        case Needs::request:
            return as_written(command);
        default:
            return order;
    }
}

Result<void> check_command(const DeviceCommand& command) {
    TRY(order_of(command));
    return {};
}

std::string cp_of(const Order& order, Timestamp now) {
    if (order.code != "1012" || !order.data.empty()) return order.data;
    return "SystemTime=" + qn_of(now).substr(0, 14);
}

Said said_about(const Conversations::Current& current, const Packet& packet,
                const Content& content) {
    Said out;
    const bool same = packet.qn == current.mark;
    if (packet.cn == "9011" || packet.cn == "9012") {
        if (!same) return out;
        const bool begun = packet.cn == "9011";
        const auto code = value_of(content, begun ? "QnRtn" : "ExeRtn");
        if (begun && code == "1")
            out.received = true;
        else
            out.outcome = outcome(code == "1" ? CommandFate::done : CommandFate::refused, code,
                                  begun ? request_outcome(code) : execution_outcome(code));
        return out;
    }
    if (packet.cn.starts_with('9')) return out;
    if (repeats(current.code) && packet.cn == current.code && (same || current.received)) {
        out.outcome = CommandOutcome{CommandFate::done,
                                     "数据已上传",
                                     "The data came",
                                     {{"parts", json::array{part_of(packet, content)}}}};
        return out;
    }
    if (same) out.part = part_of(packet, content);
    return out;
}

}  // namespace anlan::sensing::hj212
