#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/simulate/encoders/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace anlan::sensing::simulate {
namespace {

using namespace hj212;

constexpr std::string_view k_minute = "minute:";
constexpr double k_zero_celsius_k = 273.15, k_pascals_per_kilopascal = 1000;

/// The decoder's conversions, inverted.
double as_sent(std::string_view name, double value) {
    if (name == "a01001" || name == "w01010") return value - k_zero_celsius_k;
    if (name == "a01006") return value / k_pascals_per_kilopascal;
    return value;
}

class Station final : public DeviceEncoder {
  public:
    explicit Station(std::string mn) : m_mn(std::move(mn)) {}

    std::vector<Packet> connected(Timestamp) override {
        m_reader = {};
        return {};
    }
    std::vector<Packet> heartbeat(Timestamp now) override {
        return {packet("9015", "", now, k_answer_2025)};
    }
    std::vector<Packet> report(std::span<const Reading> readings, Timestamp now) override {
        std::map<std::string_view, std::string> by_command;
        for (const Reading& each : readings) {
            std::string_view name = each.channel;
            const bool minute = name.starts_with(k_minute);
            if (minute) name.remove_prefix(k_minute.size());
            const std::string_view cn = minute ? "2051" : name.ends_with("-RS") ? "2021" : "2011";
            const bool real_time = name.find('-') == std::string_view::npos;
            by_command[cn] += fmt::format(";{}{}={}", name, real_time ? "-Rtd" : "",
                                          as_sent(name.substr(0, name.find('-')), each.value));
        }
        std::vector<Packet> out;
        const Timestamp at = readings.empty() ? now : readings.front().at.value_or(now);
        for (const auto& [cn, items] : by_command) {
            const std::string cp = "DataTime=" + qn_of(at).substr(0, 14) + items;
            if (cn == "2051") m_minute = cp;
            out.push_back(packet(cn, cp, now, k_answer_2017));
        }
        return out;
    }
    Heard hear(std::span<const std::uint8_t> bytes, Timestamp now) override {
        Heard out;
        m_reader.push(bytes);
        while (auto next = m_reader.next()) {
            if (*next && (*next)->mn == m_mn) take(**next, now, out);
        }
        return out;
    }

  private:
    static constexpr unsigned k_answer_2017 = 5, k_answer_2025 = 9, k_no_answer = 4;
    const std::string m_mn;
    PacketReader m_reader;
    Timestamp m_last;
    std::string m_real_time_s = "30", m_minute_min = "10", m_minute;

    static DeviceEncoder::Bytes bytes_of(const std::string& text) {
        return {text.begin(), text.end()};
    }
    Packet packet(std::string_view cn, std::string_view cp, Timestamp now, unsigned flag) {
        m_last = std::max(now, m_last + 1);  // No two under one QN.
        const std::string qn = qn_of(m_last);
        return {bytes_of(pack(fmt::format("QN={};ST=22;CN={};PW=123456;MN={};Flag={};CP=&&{}&&", qn,
                                          cn, m_mn, flag, cp))),
                qn};
    }
    Packet reply(std::string_view qn, std::string_view st, std::string_view cn,
                 std::string_view cp) const {
        return {bytes_of(pack(fmt::format("QN={};ST={};CN={};PW=123456;MN={};Flag={};CP=&&{}&&", qn,
                                          st, cn, m_mn, k_no_answer, cp))),
                {}};
    }
    /// What it sends between 9011 and 9012; nothing for a command that it does not know.
    std::optional<std::vector<std::string>> carry_out(const hj212::Packet& asked, Timestamp now) {
        const auto after = [&](std::string_view name) {
            return std::string(asked.cp.substr(std::min(asked.cp.size(), name.size())));
        };
        if (asked.cn == "1012" || asked.cn == "1000") return std::vector<std::string>{};
        if (asked.cn == "1011") return std::vector{"SystemTime=" + qn_of(now).substr(0, 14)};
        if (asked.cn == "1061") return std::vector{"RtdInterval=" + m_real_time_s};
        if (asked.cn == "1063") return std::vector{"MinInterval=" + m_minute_min};
        if (asked.cn == "1062") m_real_time_s = after("RtdInterval=");
        if (asked.cn == "1064") m_minute_min = after("MinInterval=");
        if (asked.cn == "1062" || asked.cn == "1064") return std::vector<std::string>{};
        if (asked.cn == "2051")
            return m_minute.empty() ? std::vector<std::string>{} : std::vector{m_minute};
        return std::nullopt;
    }
    void take(const hj212::Packet& heard, Timestamp now, Heard& out) {
        if (heard.cn == "9014") return out.accepted.emplace_back(heard.qn), void();
        if (heard.cn.starts_with('9')) return;
        out.asked.push_back("CN " + std::string(heard.cn));
        const auto data = carry_out(heard, now);
        out.answers.push_back(reply(heard.qn, "91", "9011", data ? "QnRtn=1" : "QnRtn=8"));
        if (!data) return;
        for (const std::string& cp : *data)
            out.answers.push_back(reply(heard.qn, "22", heard.cn, cp));
        out.answers.push_back(reply(heard.qn, "91", "9012", "ExeRtn=1"));
    }
};

}  // namespace

std::unique_ptr<DeviceEncoder> make_hj212(const EncoderRow::Device& device) {
    return std::make_unique<Station>(device.address);
}

std::string_view hj212_address_problem(std::string_view address) {
    const bool good =
        !address.empty() && address.size() <= 24 && std::ranges::all_of(address, [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        });
    return good ? "" : "1 至 24 位数字与大写字母 1 to 24 digits and capitals";
}

}  // namespace anlan::sensing::simulate
