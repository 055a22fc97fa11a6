// The decode command's view of a frame: {"key": {"zh", "en", "value", "unit"?, "meaning"?}}.
#include "foundations/sensing/gateways/hydrant/decoder.h"

#include <array>

namespace anlan::sensing::hydrant {
namespace {

json::object field(std::string_view zh, std::string_view en, json::value value,
                   std::string_view unit = {}) {
    json::object out{{"zh", zh}, {"en", en}, {"value", std::move(value)}};
    if (!unit.empty()) out.emplace("unit", unit);
    return out;
}

json::object alarms_of(const Frame& frame) {
    json::object out = field("报警状态", "Alarm bits", frame.alarms);
    json::array bits;
    for (unsigned bit = 0; bit < 8; ++bit) {
        if ((frame.alarms >> bit & 1U) == 0) continue;
        const bool high = bit == 1;
        bits.push_back(json::object{{"bit", bit},
                                    {"zh", high ? "高于上限" : "含义未证实"},
                                    {"en", high ? "Above the high limit" : "Meaning not proven"}});
    }
    out.emplace("meaning", std::move(bits));
    return out;
}

constexpr std::array<std::string_view, 3> k_qualities{"good", "uncertain", "bad"};

}  // namespace

json::object to_json(const Frame& frame, const Settings& settings) {
    const auto step = settings.step_pa.find(frame.kind);
    const std::string_view raw_unit = step != settings.step_pa.end() && step->second == 1'000.0
                                          ? std::string_view("0.001 MPa")
                                          : std::string_view();
    json::object out{
        {"protocol", "hydrant"}, {"offset", frame.offset}, {"bytes", frame.raw.size()}};
    out.emplace("command", field("命令", "Command", frame.command));
    out.emplace("number", field("终端编号", "Terminal", json::value(frame.number)));
    out.emplace("external_power", field("外接供电", "External power", (frame.supply & 0x80U) != 0));
    out.emplace("supply_mode",
                field("供电方式（含义未证实）", "Kind of supply (meaning not proven)",
                      frame.supply >> 5U & 3U));
    out.emplace("battery", field("电池电量", "Battery charge", (frame.supply & 0x1FU) * 5, "%"));
    out.emplace("rssi", field("信号强度", "Signal strength", frame.rssi_dbm, "dBm"));
    out.emplace("interval", field("采集间隔", "Interval of the records", frame.interval_s, "s"));
    out.emplace("kind", field("终端类型", "Kind of terminal", frame.kind));
    out.emplace("alarms", alarms_of(frame));
    out.emplace("low", field("下限", "Low limit", frame.low, raw_unit));
    out.emplace("high", field("上限", "High limit", frame.high, raw_unit));
    out.emplace("now", field("当前值", "Value now", frame.now, raw_unit));
    out.emplace("time", field("时间（UTC）", "Time (UTC)",
                              frame.time.ms == 0 ? json::value(nullptr)
                                                 : json::value(iso8601(frame.time))));
    json::array records;
    for (std::size_t i = 0; i < frame.count; ++i) records.emplace_back(frame.record(i));
    out.emplace("records", field("记录（次序未证实）", "Records (their order is not proven)",
                                 std::move(records), raw_unit));
    std::vector<Reading> readings;
    readings_of(frame, settings, readings);
    json::array told;
    for (const auto& each : readings) {
        const auto means = meaning(each.channel);
        told.push_back(
            json::object{{"channel", each.channel},
                         {"value", each.value},
                         {"unit", means ? means->unit : ""},
                         {"at", each.at ? json::value(iso8601(*each.at)) : json::value(nullptr)},
                         {"quality", k_qualities[static_cast<std::size_t>(each.quality)]}});
    }
    out.emplace("readings", std::move(told));
    return out;
}

void decode_stream(FrameReader& reader, Input input,
                   const std::function<void(json::object)>& each) {
    static const Settings k_usual;
    const auto disturbance = [&](const Error& error) {
        each({{"protocol", "hydrant"}, {"problem", problem_of(error)}});
    };
    for (;;) {
        const auto next = reader.next();
        if (!next) {
            if (input == Input::goes_on) return;
            const auto cut = reader.give_up();
            if (!cut) return;
            disturbance(*cut);
            continue;
        }
        if (*next)
            each(to_json(**next, k_usual));
        else
            disturbance(next->error());
    }
}

}  // namespace anlan::sensing::hydrant
