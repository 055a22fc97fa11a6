#include "foundations/sensing/gateways/hydrant/decoder.h"

#include <algorithm>
#include <array>

namespace anlan::sensing::hydrant {
namespace {

constexpr std::uint8_t k_external = 0x80, k_charge = 0x1F;
constexpr double k_charge_step_percent = 5;

struct Channel {
    std::string_view name, property, unit, zh, en;
};
constexpr std::array k_channels{
    Channel{"pressure", "water_pressure", "Pa", "水压", "Water pressure"},
    Channel{"pressure_min", "water_pressure", "Pa", "一批记录中的最低水压",
            "Lowest water pressure of the records"},
    Channel{"pressure_max", "water_pressure", "Pa", "一批记录中的最高水压",
            "Highest water pressure of the records"},
    Channel{"alarm", "terminal_alarm", "", "终端报警状态", "Alarm bits of the terminal"},
    Channel{"battery", "battery", "%", "电池电量", "Battery charge"},
    Channel{"external_power", "external_power", "", "外接供电", "External power"},
    Channel{"signal", "signal_strength", "dBm", "信号强度", "Signal strength"},
};

void add_records(const Frame& frame, const Settings& settings, double step,
                 std::optional<Timestamp> at, std::vector<Reading>& out) {
    if (frame.count == 0) return;
    std::int16_t least = frame.now, greatest = frame.now;
    for (std::size_t i = 0; i < frame.count; ++i) {
        least = std::min(least, frame.record(i));
        greatest = std::max(greatest, frame.record(i));
    }
    out.push_back({"pressure_min", least * step, at, bigdata::Quality::good});
    out.push_back({"pressure_max", greatest * step, at, bigdata::Quality::good});
    if (settings.record_order == RecordOrder::unknown || !at || frame.interval_s == 0) return;
    for (std::size_t i = 0; i < frame.count; ++i) {
        const std::size_t age =
            settings.record_order == RecordOrder::oldest_first ? frame.count - 1 - i : i;
        // The newest is at the frame's own time, where `now` stands.
        if (age == 0) continue;
        const auto before_ms = static_cast<std::int64_t>(age) * frame.interval_s * 1000;
        out.push_back(
            {"pressure", frame.record(i) * step, *at + -before_ms, bigdata::Quality::good});
    }
}

}  // namespace

std::optional<RecordOrder> record_order_named(std::string_view name) {
    if (name == "unknown") return RecordOrder::unknown;
    if (name == "oldest_first") return RecordOrder::oldest_first;
    if (name == "newest_first") return RecordOrder::newest_first;
    return std::nullopt;
}

void readings_of(const Frame& frame, const Settings& settings, std::vector<Reading>& out) {
    out.clear();
    const auto at = frame.time.ms == 0 ? std::nullopt : std::optional(frame.time);
    const auto step = settings.step_pa.find(frame.kind);
    if (step != settings.step_pa.end()) {
        add_records(frame, settings, step->second, at, out);
        out.push_back({"pressure", frame.now * step->second, at, bigdata::Quality::good});
    }
    const auto add = [&](const char* channel, double value) {
        out.push_back({channel, value, at, bigdata::Quality::good});
    };
    add("alarm", frame.alarms);
    add("battery", (frame.supply & k_charge) * k_charge_step_percent);
    add("external_power", (frame.supply & k_external) != 0 ? 1 : 0);
    add("signal", frame.rssi_dbm);
}

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    const auto at = std::ranges::find(k_channels, channel, &Channel::name);
    if (at == k_channels.end()) return std::nullopt;
    return ChannelMeaning{std::string(at->property), std::string(at->unit), std::string(at->zh),
                          std::string(at->en)};
}

}  // namespace anlan::sensing::hydrant
