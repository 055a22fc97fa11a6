#include "foundations/sensing/gateways/hj212/decoder.h"

#include "foundations/sensing/gateways/hj212/errors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace anlan::sensing::hj212 {
namespace {

constexpr std::size_t k_values_max = 2'000;
constexpr std::size_t k_name_bytes_max = 48;
constexpr double k_zero_celsius_k = 273.15;

struct Series {
    std::string_view cn, prefix;
};
constexpr std::array k_series{Series{"2011", ""},        Series{"2013", ""},
                              Series{"2021", ""},        Series{"2031", "day:"},
                              Series{"2041", "day:"},    Series{"2051", "minute:"},
                              Series{"2052", "minute:"}, Series{"2061", "hour:"},
                              Series{"2062", "hour:"},   Series{"2111", "2111:"}};

const Series* series_of(std::string_view cn) {
    for (const auto& each : k_series) {
        if (each.cn == cn) return &each;
    }
    return nullptr;
}

/// Fields that say something about the others of their factor, or are no numbers.
bool is_measure(std::string_view field) {
    return field != "Flag" && field != "EFlag" && field != "SampleTime" && field != "Info" &&
           field != "SN";
}

bool is_amount(std::string_view field) {
    return field == "Rtd" || field == "Avg" || field == "Min" || field == "Max" || field.empty();
}

/// Names become channels, which people read and the register keeps.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= k_name_bytes_max &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; });
}

double converted(const Value& value, double number) {
    if (!is_amount(value.field)) return number;
    if (value.name == "a01001" || value.name == "w01010") return number + k_zero_celsius_k;
    if (value.name == "a01006") return number * 1000;
    return number;
}

bigdata::Quality quality_of(std::string_view flag) {
    if (flag.empty() || flag == "N") return bigdata::Quality::good;
    for (const std::string_view bad : {"F", "M", "D", "C", "B"}) {
        if (flag == bad) return bigdata::Quality::bad;
    }
    return bigdata::Quality::uncertain;
}

/// What is said about a factor beside its values. Values of one factor stand together.
struct About {
    std::string_view flag, sample_time;
};

About about(const Content& content, std::size_t index) {
    About out;
    const std::string_view name = content.values[index].name;
    const auto look = [&](const Value& value) {
        if (value.field == "Flag") out.flag = value.text;
        if (value.field == "SampleTime") out.sample_time = value.text;
    };
    for (std::size_t i = index; i < content.values.size() && content.values[i].name == name; ++i)
        look(content.values[i]);
    for (std::size_t i = index; i-- > 0 && content.values[i].name == name;) look(content.values[i]);
    return out;
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
    double out = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
        !std::isfinite(out))
        return std::nullopt;
    return out;
}

Result<void> decode(const Packet& packet, Content& out) {
    out.values.clear();
    out.data_time = {};
    std::string_view rest = packet.cp;
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find_first_of(";,"));
        // Of a CP that was sealed only where it began is known.
        const auto into = packet.is_opened
                              ? packet.raw.find("CP=&&") + 5
                              : static_cast<std::size_t>(rest.data() - packet.raw.data());
        const auto at = packet.offset + into;
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
        if (item.empty()) continue;
        const auto equals = item.find('=');
        if (equals == std::string_view::npos || !is_name(item.substr(0, equals)))
            return fail(errors::k_hj212_item, {{"byte", std::to_string(at)}});
        if (out.values.size() == k_values_max)
            return fail(errors::k_hj212_too_many,
                        {{"byte", std::to_string(at)}, {"max", std::to_string(k_values_max)}});
        const std::string_view name = item.substr(0, equals), text = item.substr(equals + 1);
        if (name == "DataTime") {
            if (out.data_time.empty()) out.data_time = text;
            continue;
        }
        const auto dash = name.rfind('-');
        if (dash == std::string_view::npos)
            out.values.push_back({name, {}, text});
        else
            out.values.push_back({name.substr(0, dash), name.substr(dash + 1), text});
    }
    return {};
}

void readings_of(const Packet& packet, const Content& content, std::optional<Timestamp> otherwise,
                 std::vector<Reading>& out) {
    out.clear();
    const auto* series = series_of(packet.cn);
    if (series == nullptr) return;
    const auto data_time = content.data_time.empty() ? otherwise : instant_of(content.data_time);
    for (std::size_t i = 0; i < content.values.size(); ++i) {
        const Value& value = content.values[i];
        if (!is_measure(value.field)) continue;
        const auto number = number_of(value.text);
        if (!number) continue;
        const About said = about(content, i);
        Reading reading;
        reading.channel = series->prefix;
        reading.channel += value.name;
        if (!value.field.empty() && !(value.field == "Rtd" && series->prefix.empty())) {
            reading.channel += '-';
            reading.channel += value.field;
        }
        reading.value = converted(value, *number);
        reading.quality = quality_of(said.flag);
        reading.at = said.sample_time.empty() ? data_time : instant_of(said.sample_time);
        if (!reading.at && reading.quality == bigdata::Quality::good)
            reading.quality = bigdata::Quality::uncertain;
        out.push_back(std::move(reading));
    }
}

}  // namespace anlan::sensing::hj212
