#include "foundations/sensing/gateways/hj212/factors.h"

#include <algorithm>

namespace anlan::sensing::hj212 {
namespace {

// Sorted by code. a, w, L: HJ 212-2017, annex B; d and p: examples of HJ 212-2025 in guides to it.
constexpr Factor k_factors[] = {
    {"LA", "A 计权声级", "A-weighted sound level", "sound_level", "dB"},
    {"Leq", "等效声级", "Equivalent sound level", "sound_level", "dB"},
    {"a01001", "温度", "Temperature", "air_temperature", "K"},
    {"a01002", "湿度", "Humidity", "humidity", "%"},
    {"a01006", "气压", "Air pressure", "air_pressure", "Pa"},
    {"a01007", "风速", "Wind speed", "wind_speed", "m/s"},
    {"a01008", "风向", "Wind direction", "wind_direction", "deg"},
    {"a05001", "二氧化碳", "Carbon dioxide", "co2", "mg/m³"},
    {"a05002", "甲烷", "Methane", "ch4", "mg/m³"},
    {"a19001", "氧气", "Oxygen", "oxygen", "%"},
    {"a21001", "氨", "Ammonia", "nh3", "mg/m³"},
    {"a21002", "氮氧化物", "Nitrogen oxides", "nox", "mg/m³"},
    {"a21003", "一氧化氮", "Nitric oxide", "no", "mg/m³"},
    {"a21004", "二氧化氮", "Nitrogen dioxide", "no2", "mg/m³"},
    {"a21005", "一氧化碳", "Carbon monoxide", "co", "mg/m³"},
    {"a21022", "氯气", "Chlorine", "cl2", "mg/m³"},
    {"a21024", "氯化氢", "Hydrogen chloride", "hcl", "mg/m³"},
    {"a21026", "二氧化硫", "Sulphur dioxide", "so2", "mg/m³"},
    {"a21028", "硫化氢", "Hydrogen sulphide", "h2s", "mg/m³"},
    {"a24088", "非甲烷总烃", "Non-methane hydrocarbons", "nmhc", "mg/m³"},
    {"a25002", "苯", "Benzene", "benzene", "mg/m³"},
    {"a25003", "甲苯", "Toluene", "toluene", "mg/m³"},
    {"a25005", "二甲苯", "Xylene", "xylene", "mg/m³"},
    {"a30001", "甲醇", "Methanol", "methanol", "mg/m³"},
    {"a31024", "丙酮", "Acetone", "acetone", "mg/m³"},
    {"a34001", "总悬浮颗粒物", "Total suspended particles", "tsp", "mg/m³"},
    {"a34002", "可吸入颗粒物 PM10", "PM10", "pm10", "mg/m³"},
    {"a34004", "细颗粒物 PM2.5", "PM2.5", "pm25", "mg/m³"},
    {"a34013", "烟尘", "Flue dust", "flue_dust", "mg/m³"},
    {"a99049", "光气", "Phosgene", "phosgene", "mg/m³"},
    {"d20105", "生产设施 A 相电压", "Voltage of production, phase A", "voltage", "V"},
    {"d20205", "生产设施 B 相电压", "Voltage of production, phase B", "voltage", "V"},
    {"d20305", "生产设施 C 相电压", "Voltage of production, phase C", "voltage", "V"},
    {"d20405", "生产设施用电参数（含义待证实）", "Electricity of production (meaning unproven)", "",
     ""},
    {"d30106", "治理设施 A 相电压", "Voltage of treatment, phase A", "voltage", "V"},
    {"d30406", "治理设施用电参数（含义待证实）", "Electricity of treatment (meaning unproven)", "",
     ""},
    {"p99101", "工况", "Working condition", "", ""},
    {"w00000", "污水", "Sewage flow", "flow", "L/s"},
    {"w01001", "pH 值", "pH", "ph", "1"},
    {"w01009", "溶解氧", "Dissolved oxygen", "dissolved_oxygen", "mg/L"},
    {"w01010", "水温", "Water temperature", "water_temperature", "K"},
    {"w01014", "电导率", "Conductivity", "conductivity", "µS/cm"},
    {"w01018", "化学需氧量", "Chemical oxygen demand", "cod", "mg/L"},
    {"w01019", "高锰酸盐指数", "Permanganate index", "permanganate", "mg/L"},
    {"w21001", "总氮", "Total nitrogen", "total_nitrogen", "mg/L"},
    {"w21003", "氨氮", "Ammonia nitrogen", "ammonia_nitrogen", "mg/L"},
    {"w21011", "总磷", "Total phosphorus", "total_phosphorus", "mg/L"},
};

struct Word {
    std::string_view word, zh, en;
};
constexpr Word k_periods[] = {{"minute:", "分钟", "minute"},
                              {"hour:", "小时", "hour"},
                              {"day:", "日", "day"},
                              {"2111:", "2111", "2111"}};
constexpr Word k_fields[] = {{"Rtd", "实时", "real time"},
                             {"Avg", "均值", "mean"},
                             {"Min", "最小", "minimum"},
                             {"Max", "最大", "maximum"},
                             {"ZsRtd", "折算实时", "converted, real time"},
                             {"ZsAvg", "折算均值", "converted mean"},
                             {"ZsMin", "折算最小", "converted minimum"},
                             {"ZsMax", "折算最大", "converted maximum"}};

}  // namespace

const Factor* factor(std::string_view code) {
    const auto* at = std::ranges::lower_bound(k_factors, code, {}, &Factor::code);
    return at != std::end(k_factors) && at->code == code ? at : nullptr;
}

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    const auto* period =
        std::ranges::find_if(k_periods, [&](const Word& w) { return channel.starts_with(w.word); });
    const bool periodic = period != std::end(k_periods);
    if (periodic) channel.remove_prefix(period->word.size());
    const auto dash = channel.rfind('-');
    const Factor* found = factor(channel.substr(0, dash));
    if (found == nullptr || found->property.empty()) return std::nullopt;
    const std::string_view field =
        dash == std::string_view::npos ? (periodic ? "" : "Rtd") : channel.substr(dash + 1);
    // A count (Cou) is an amount of another unit, and other fields are no values of the factor.
    const auto* said = std::ranges::find(k_fields, field, &Word::word);
    if (said == std::end(k_fields)) return std::nullopt;
    ChannelMeaning out{std::string(found->property), std::string(found->unit),
                       std::string(found->zh), std::string(found->en)};
    if (!periodic && field == "Rtd") return out;
    out.name += periodic ? " " + std::string(period->zh) + std::string(said->zh)
                         : " " + std::string(said->zh);
    out.name_en += periodic ? ", " + std::string(period->en) + " " + std::string(said->en)
                            : ", " + std::string(said->en);
    return out;
}

}  // namespace anlan::sensing::hj212
