// The decode command's view of a packet: {"key": {"zh", "en", "value", "meaning"?}}.
#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/gateways/hj212/errors.h"
#include "foundations/sensing/gateways/hj212/factors.h"
#include "foundations/sensing/gateways/hj212/tables.h"

#include <array>

namespace anlan::sensing::hj212 {
namespace {

json::object field(std::string_view zh, std::string_view en, json::value value) {
    return {{"zh", zh}, {"en", en}, {"value", std::move(value)}};
}

json::object coded(std::string_view zh, std::string_view en, std::string_view code,
                   const Name* name) {
    json::object out = field(zh, en, json::value(code));
    out.emplace("meaning", name != nullptr
                               ? json::object{{"zh", name->zh}, {"en", name->en}}
                               : json::object{{"zh", "未收录"}, {"en", "Not in the table"}});
    return out;
}

json::object timed(std::string_view zh, std::string_view en, std::string_view digits) {
    json::object out = field(zh, en, json::value(shown_text(digits)));
    const auto instant = instant_of(digits);
    out.emplace("utc", instant ? json::value(iso8601(*instant)) : json::value(nullptr));
    if (!instant)
        out.emplace("problem", json::object{{"zh", "不是有效时间"}, {"en", "Not a valid time"}});
    return out;
}

json::object flag_of(const Packet& packet) {
    json::object out = field("标志位", "Flag", *packet.flag);
    out.emplace("version", packet.version() == 1   ? "HJ 212-2017"
                           : packet.version() == 2 ? "HJ 212-2025"
                                                   : "");
    out.emplace("wants_answer", packet.wants_answer());
    out.emplace("split", packet.is_split());
    return out;
}

json::object value_of(const Value& value) {
    json::object out{{"name", shown_text(value.name)}};
    if (const Factor* name = factor(value.name)) {
        out.emplace("zh", name->zh);
        out.emplace("en", name->en);
    }
    if (!value.field.empty()) out.emplace("field", shown_text(value.field));
    out.emplace("value", shown_text(value.text));
    const Name* meaning = value.field == "Flag"    ? data_flag(value.text)
                          : value.name == "QnRtn"  ? request_outcome(value.text)
                          : value.name == "ExeRtn" ? execution_outcome(value.text)
                                                   : nullptr;
    if (meaning != nullptr)
        out.emplace("meaning", json::object{{"zh", meaning->zh}, {"en", meaning->en}});
    return out;
}

constexpr std::array<std::string_view, 3> k_qualities{"good", "uncertain", "bad"};

std::optional<Checksum> fitting(const Packet& packet) {
    for (const Checksum each : {Checksum::annex_a, Checksum::modbus}) {
        if (checksum_of(packet.segment, each) == packet.check) return each;
    }
    return std::nullopt;
}

}  // namespace

std::string shown_text(std::string_view text) {
    const bool is_utf8 = parse_json(to_text(json::value(text))).has_value();
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool shown = byte >= 0x80 ? is_utf8 : byte >= 0x20 && byte != 0x7f;
        out += shown ? c : '?';
    }
    return out;
}

json::object to_json(const Packet& packet, const Content& content) {
    json::object out{
        {"protocol", "hj212"}, {"offset", packet.offset}, {"bytes", packet.raw.size()}};
    if (!packet.qn.empty()) out.emplace("qn", timed("请求编码", "Request number", packet.qn));
    out.emplace("st",
                coded("系统编码", "Station type", shown_text(packet.st), station_type(packet.st)));
    out.emplace("cn", coded("命令编码", "Command", shown_text(packet.cn), command(packet.cn)));
    out.emplace("mn", field("设备唯一标识", "Device", json::value(shown_text(packet.mn))));
    if (packet.flag) out.emplace("flag", flag_of(packet));
    if (packet.pnum) out.emplace("pnum", field("总包数", "Packets in all", *packet.pnum));
    if (packet.pno) out.emplace("pno", field("包号", "Packet number", *packet.pno));
    if (!content.data_time.empty())
        out.emplace("data_time", timed("数据时间", "Time of the data", content.data_time));
    json::array values;
    for (const auto& each : content.values) values.push_back(value_of(each));
    out.emplace("values", std::move(values));
    std::vector<Reading> readings;
    readings_of(packet, content, std::nullopt, readings);
    json::array told;
    for (const auto& each : readings) {
        told.push_back(
            json::object{{"channel", shown_text(each.channel)},
                         {"value", each.value},
                         {"at", each.at ? json::value(iso8601(*each.at)) : json::value(nullptr)},
                         {"quality", k_qualities[static_cast<std::size_t>(each.quality)]}});
    }
    out.emplace("readings", std::move(told));
    return out;
}

void decode_stream(PacketReader& reader, Input input,
                   const std::function<void(json::object)>& each) {
    Content content;
    const auto disturbance = [&](const Error& error) {
        each({{"protocol", "hj212"}, {"problem", problem_of(error)}});
    };
    for (;;) {
        auto next = reader.next();
        if (!next) {
            if (input == Input::goes_on) return;
            const auto cut = reader.give_up();
            if (!cut) return;
            disturbance(*cut);
            continue;
        }
        if (!*next) {
            disturbance(next->error());
            continue;
        }
        const Packet& packet = **next;
        const auto decoded = decode(packet, content);
        json::object out = to_json(packet, content);
        const auto checksum = fitting(packet);
        if (checksum) out.emplace("checksum", name_of(*checksum));
        if (!checksum)
            out.emplace("problem", problem_of(check_error(packet, Checksum::annex_a)));
        else if (!decoded)
            out.emplace("problem", problem_of(decoded.error()));
        each(std::move(out));
    }
}

}  // namespace anlan::sensing::hj212
