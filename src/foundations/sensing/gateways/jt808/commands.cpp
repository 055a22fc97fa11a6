#include "foundations/sensing/gateways/jt808/commands.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/decoder.h"
#include "foundations/sensing/gateways/jt808/tables.h"

#include <fmt/format.h>

#include <charconv>

namespace anlan::sensing::jt808 {
namespace {

constexpr std::uint16_t k_locate = 0x8201, k_track = 0x8202, k_text = 0x8300;
constexpr std::size_t k_text_bytes_max = 1'000;  ///< GB 18030; one package, with room to spare.
constexpr std::int64_t k_interval_s_max = 65'535, k_track_s_max = 7 * 86'400;
/// Clause 8.27 of 2013 and its successor: bit 0 (2019: bits 0 and 1, 2 urgent, 3 notice), 2, 3.
constexpr unsigned k_urgent_2013 = 1U << 0, k_urgent_2019 = 2, k_notice_2019 = 3;
constexpr unsigned k_display = 1U << 2, k_speak = 1U << 3;

std::unexpected<Error> bad(const DeviceCommand& command, std::string_view key) {
    return fail(errors::k_bad_command_parameter,
                {{"command", command.command}, {"key", std::string(key)}});
}

/// Every parameter is one of `known`, so that a misspelt one is not passed over.
std::optional<std::string> stranger(const json::object& parameters,
                                    std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : parameters) {
        if (std::ranges::find(known, std::string_view(key)) == known.end()) return std::string(key);
    }
    return std::nullopt;
}

Result<json::object> text_parameters(const DeviceCommand& command) {
    const json::object& p = command.parameters;
    if (const auto key = stranger(p, {"text", "urgent", "display", "speak"}))
        return bad(command, *key);
    for (const char* key : {"urgent", "display", "speak"}) {
        if (const auto* value = p.if_contains(key); value != nullptr && !value->is_bool())
            return bad(command, key);
    }
    const std::string_view text = text_at(p, "text");
    // As many bytes as characters at least, so that a huge text is not converted first.
    if (text.empty() || text.find('\0') != std::string_view::npos ||
        text.size() > 2 * k_text_bytes_max ||
        gb26875::gb18030_of(text, 0).size() > k_text_bytes_max)
        return bad(command, "text");
    return json::object{{"text", text},
                        {"urgent", boolean_at(p, "urgent", false)},
                        {"display", boolean_at(p, "display", true)},
                        {"speak", boolean_at(p, "speak", true)}};
}

Result<json::object> track_parameters(const DeviceCommand& command) {
    const json::object& p = command.parameters;
    if (const auto key = stranger(p, {"interval_s", "for_s"})) return bad(command, *key);
    const auto interval = integer_at(p, "interval_s", -1);
    if (interval < 0 || interval > k_interval_s_max) return bad(command, "interval_s");
    const auto seconds = integer_at(p, "for_s", interval == 0 ? 1 : -1);
    if (seconds < 1 || seconds > k_track_s_max) return bad(command, "for_s");
    return json::object{{"interval_s", interval}, {"for_s", seconds}};
}

}  // namespace

Result<Order> order_of(const DeviceCommand& command) {
    const auto order = [](std::uint16_t id, const json::object& data) {
        Order out;
        out.code = fmt::format("{:04X}", id);
        out.data = to_text(data);
        out.done_s = 30;  // A terminal that has to find its satellites first.
        return out;
    };
    if (command.command == "send_text") {
        TRY_ASSIGN(data, text_parameters(command));
        return order(k_text, data);
    }
    if (command.command == "track") {
        TRY_ASSIGN(data, track_parameters(command));
        return order(k_track, data);
    }
    if (command.command == "locate") {
        if (const auto key = stranger(command.parameters, {})) return bad(command, *key);
        return order(k_locate, {});
    }
    return fail(errors::k_command_unknown,
                {{"command", command.command}, {"address", command.address}});
}

Result<void> check_command(const DeviceCommand& command) {
    TRY(order_of(command));
    return {};
}

std::uint16_t message_of(const Order& order) {
    std::uint16_t out = 0;
    std::from_chars(order.code.data(), order.code.data() + order.code.size(), out, 16);
    return out;
}

std::vector<std::uint8_t> body_of(const Order& order, Version version) {
    std::vector<std::uint8_t> out;
    const auto put = [&](std::uint64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i)
            out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    const auto parsed = parse_json(order.data);
    if (!parsed || !parsed->is_object()) return out;
    const json::object& data = parsed->as_object();
    if (message_of(order) == k_track) {
        const auto interval = static_cast<std::uint64_t>(integer_at(data, "interval_s", 0));
        put(interval, 2);
        if (interval > 0) put(static_cast<std::uint64_t>(integer_at(data, "for_s", 0)), 4);
    }
    if (message_of(order) == k_text) {
        const bool newer = version == Version::v2019;
        const bool urgent = boolean_at(data, "urgent", false);
        unsigned flags =
            newer ? (urgent ? k_urgent_2019 : k_notice_2019) : (urgent ? k_urgent_2013 : 0);
        if (boolean_at(data, "display", true)) flags |= k_display;
        if (boolean_at(data, "speak", true)) flags |= k_speak;
        put(flags, 1);
        if (newer) put(1, 1);  // A notice, not a service.
        const std::string text = gb26875::gb18030_of(text_at(data, "text"), 0);
        out.insert(out.end(), text.begin(), text.end());
    }
    return out;
}

std::optional<CommandOutcome> outcome_of(std::uint16_t asked, const Content& answer) {
    if (!answer.answer) return std::nullopt;
    if (answer.answer->id == 0) {
        if (asked != k_locate || answer.positions.empty()) return std::nullopt;
        CommandOutcome out{CommandFate::done, "已回报位置", "It told its position", {}};
        const auto place = answer.positions.front().place();
        if (place) {
            out.reply.emplace("longitude", place->longitude_deg);
            out.reply.emplace("latitude", place->latitude_deg);
        } else {
            out.zh = "已应答，但没有定位";
            out.en = "It answered, but has no fix";
        }
        if (const auto at = answer.positions.front().instant())
            out.reply.emplace("at", iso8601(*at));
        return out;
    }
    if (answer.answer->id != asked) return std::nullopt;
    const Name* name = result_name(answer.answer->result);
    const std::string zh(name == nullptr ? "未知结果" : name->zh),
        en(name == nullptr ? "Unknown result" : name->en);
    if (answer.answer->result != 0)
        return CommandOutcome{
            CommandFate::refused, "终端应答：" + zh, "The terminal answered: " + en, {}};
    // To a request for the position, "done" only says that the answer will come.
    if (asked == k_locate) return std::nullopt;
    return CommandOutcome{CommandFate::done, "终端应答：" + zh, "The terminal answered: " + en, {}};
}

}  // namespace anlan::sensing::jt808
