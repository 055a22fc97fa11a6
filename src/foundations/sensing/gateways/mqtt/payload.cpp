#include "foundations/sensing/gateways/mqtt/payload.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"
#include "foundations/sensing/gateways/mqtt/errors.h"
#include "foundations/sensing/gateways/mqtt/packet.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace anlan::sensing::mqtt {
namespace {

constexpr JsonLimits k_limits{4 << 20, 16};
constexpr std::size_t k_flat_members_max = 16;         ///< More take the general way.
constexpr double k_milliseconds_from = 1e11;           ///< As seconds: the year 5138.
constexpr double k_senml_absolute_from = 268'435'456;  ///< 2^28 s, RFC 8428 section 4.5.3.
constexpr double k_time_ms_max = 4e12;                 ///< The year 2096.

std::unexpected<Error> wrong(const Message& message, std::string zh, std::string en) {
    return fail(errors::k_mqtt_payload, {{"topic", std::string(message.topic)},
                                         {"what", std::move(zh)},
                                         {"what_en", std::move(en)}});
}

std::optional<double> number_in(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out))
        return std::nullopt;
    return out;
}

/// Numbers, truth values and text that is a number.
std::optional<double> number_of(const json::value& value) {
    if (value.is_bool()) return value.get_bool() ? 1 : 0;
    if (value.is_string()) return number_in(std::string_view(value.get_string()));
    if (!value.is_number()) return std::nullopt;
    const auto out = value.to_number<double>();
    return std::isfinite(out) ? std::optional(out) : std::nullopt;
}

std::optional<Timestamp> time_of(const json::value& value) {
    if (value.is_string()) {
        if (const auto iso = parse_iso8601(std::string_view(value.get_string()))) return iso;
    }
    const auto number = number_of(value);
    if (!number) return std::nullopt;
    const double ms = *number < k_milliseconds_from ? *number * 1000 : *number;
    if (ms < 0 || ms > k_time_ms_max) return std::nullopt;
    return Timestamp{std::llround(ms)};
}

class Reader {
  public:
    Reader(const Message& message, const TopicRule& rule, std::vector<Reading>& out)
        : m_message(message), m_rule(rule), m_out(out), m_before(out.size()) {}

    Result<void> read() {
        if (m_rule.format == Format::number) return read_number();
        const std::string_view payload = m_message.payload;
        const auto first = payload.find_first_not_of(" \t\r\n");
        const bool structured =
            first != std::string_view::npos && (payload[first] == '{' || payload[first] == '[');
        if (!structured && m_rule.format == Format::guess) return read_number();
        if (m_rule.values.empty() && m_rule.at.empty() && read_flat()) return {};
        TRY_ASSIGN(body, parse_json(payload, k_limits));
        if (!m_rule.values.empty()) return read_values(body);
        if (body.is_array() && is_senml(body.get_array())) return read_senml(body.get_array());
        if (body.is_array() || body.get_object().contains("readings")) return read_deliveries(body);
        return read_members(body.get_object());
    }

  private:
    const Message& m_message;
    const TopicRule& m_rule;
    std::vector<Reading>& m_out;
    const std::size_t m_before;

    Result<void> add(std::string_view channel, double value, std::optional<Timestamp> at) {
        if (channel.empty() || channel.size() > k_channel_bytes_max)
            return wrong(m_message, "通道名为空或过长", "the channel is empty or too long");
        if (!std::isfinite(value))
            return fail(errors::k_not_finite, {{"channel", std::string(channel)}});
        if (m_out.size() - m_before >= k_payload_readings_max) {
            return fail(errors::k_too_many_readings,
                        {{"max", std::to_string(k_payload_readings_max)}});
        }
        m_out.push_back({std::string(channel), value, at, bigdata::Quality::good});
        return {};
    }

    Result<void> read_number() {
        const auto value = number_in(m_message.payload);
        if (!value) return wrong(m_message, "不是数，也不是 JSON", "neither a number nor JSON");
        const std::string_view topic = m_message.topic;
        const auto channel = m_rule.channel_level ? level_of(topic, *m_rule.channel_level)
                                                  : topic.substr(topic.rfind('/') + 1);
        return add(channel.value_or(""), *value * m_rule.scale + m_rule.offset, std::nullopt);
    }

    /// {"channel":number,…} without escapes, the usual form, at a tenth of the cost.
    bool read_flat() {
        const std::size_t before = m_out.size();
        if (flat_members(before)) return true;
        m_out.resize(before);
        return false;
    }
    bool flat_members(std::size_t before) {
        const char* at = m_message.payload.data();
        const char* const end = at + m_message.payload.size();
        const auto space = [&] {
            while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
        };
        const auto take = [&](char c) {
            space();
            return at < end && *at == c && (++at, true);
        };
        if (!take('{')) return false;
        do {
            if (!take('"')) return false;
            const char* name = at;
            while (at < end && *at != '"' && *at != '\\' && *at >= ' ' && *at < 0x7f) ++at;
            const std::string_view channel(name, static_cast<std::size_t>(at - name));
            if (!take('"') || !take(':')) return false;
            space();
            double value = 0;
            if (!flat_number(at, end, value)) return false;
            const bool again = std::ranges::any_of(
                m_out.begin() + static_cast<std::ptrdiff_t>(before), m_out.end(),
                [&](const Reading& r) { return r.channel == channel; });
            if (again || channel == "at" || m_out.size() - before == k_flat_members_max)
                return false;
            if (!add(channel, value * m_rule.scale + m_rule.offset, std::nullopt)) return false;
        } while (take(','));
        if (!take('}')) return false;
        space();
        return at == end;
    }
    /// A number of RFC 8259; from_chars alone would also take "inf", "01" and "1.".
    static bool flat_number(const char*& at, const char* end, double& value) {
        const auto digit = [&](const char* c) { return c < end && *c >= '0' && *c <= '9'; };
        const char* first = at < end && *at == '-' ? at + 1 : at;
        if (!digit(first) || (*first == '0' && digit(first + 1))) return false;
        const auto [stop, error] = std::from_chars(at, end, value);
        if (error != std::errc() || !digit(stop - 1)) return false;
        if (std::string_view(at, static_cast<std::size_t>(stop - at)).find(".e") !=
                std::string_view::npos ||
            std::string_view(at, static_cast<std::size_t>(stop - at)).find(".E") !=
                std::string_view::npos)
            return false;
        at = stop;
        return true;
    }

    Result<void> read_members(const json::object& body) {
        std::optional<Timestamp> at;
        TRY(find_time(body, at));
        const std::size_t before = m_out.size();
        for (const auto& [name, value] : body) {
            if (std::string_view(name) == "at" || (!value.is_number() && !value.is_bool()))
                continue;
            TRY(add(name, *number_of(value) * m_rule.scale + m_rule.offset, at));
        }
        if (m_out.size() == before)
            return wrong(m_message, "没有一个成员是数", "no member is a number");
        return {};
    }

    /// A vendor's JSON: what the rule names. A value that is absent or null is not there this time.
    Result<void> read_values(const json::value& body) {
        std::optional<Timestamp> at;
        TRY(find_time(body, at));
        const std::size_t before = m_out.size();
        for (const ValueRule& each : m_rule.values) {
            boost::system::error_code missing;
            const json::value* found = body.find_pointer(each.pointer, missing);
            if (found == nullptr || found->is_null()) continue;
            const auto value = number_of(*found);
            if (!value) {
                return wrong(m_message, "“" + each.pointer + "”不是数",
                             "'" + each.pointer + "' is not a number");
            }
            TRY(add(each.channel, *value * each.scale + each.offset, at));
        }
        if (m_out.size() == before)
            return wrong(m_message, "规则所指的值一个也没有", "none of the rule's values is there");
        return {};
    }

    Result<void> read_deliveries(const json::value& body) {
        TRY_ASSIGN(readings, http_json::decode(body));
        for (Reading& each : readings)
            TRY(add(each.channel, each.value * m_rule.scale + m_rule.offset, each.at));
        return {};
    }

    static bool is_senml(const json::array& body) {
        return !body.empty() && std::ranges::all_of(body, [](const json::value& each) {
            return each.is_object() && !each.get_object().contains("readings");
        });
    }

    /// RFC 8428: base name, time and value hold for the records after them. Text and data values
    /// are no readings.
    Result<void> read_senml(const json::array& body) {
        std::string base_name;
        double base_time = 0, base_value = 0;
        const std::size_t before = m_out.size();
        for (const json::value& each : body) {
            const json::object& record = each.get_object();
            if (const auto* bn = record.if_contains("bn"); bn != nullptr && bn->is_string())
                base_name = std::string(bn->get_string());
            base_time = number_at(record, "bt", base_time);
            base_value = number_at(record, "bv", base_value);
            const auto* v = record.if_contains("v");
            if (v == nullptr) v = record.if_contains("vb");
            if (v == nullptr) continue;
            const auto value = number_of(*v);
            if (!value || v->is_string())
                return wrong(m_message, "SenML 的值不是数", "a SenML value is not a number");
            TRY_ASSIGN(at, senml_time(base_time + number_at(record, "t", 0)));
            const std::string name = base_name + std::string(text_at(record, "n"));
            TRY(add(own_part(name),
                    (*value + (v->is_bool() ? 0 : base_value)) * m_rule.scale + m_rule.offset, at));
        }
        if (m_out.size() == before)
            return wrong(m_message, "SenML 中没有数值", "no number in the SenML");
        return {};
    }
    Result<Timestamp> senml_time(double seconds) {
        const double ms = seconds >= k_senml_absolute_from
                              ? seconds * 1000
                              : static_cast<double>(m_message.received.ms) + seconds * 1000;
        if (!(ms >= 0 && ms <= k_time_ms_max))
            return wrong(m_message, "时间读不懂", "the time cannot be read");
        return Timestamp{std::llround(ms)};
    }
    /// A name that begins with the device's address is the channel without it.
    [[nodiscard]] std::string_view own_part(std::string_view name) const {
        const std::string_view address = m_message.address;
        const bool own = !address.empty() && name.size() > address.size() + 1 &&
                         name.starts_with(address) &&
                         std::string_view(":/.").contains(name[address.size()]);
        return own ? name.substr(address.size() + 1) : name;
    }

    Result<void> find_time(const json::value& body, std::optional<Timestamp>& at) {
        boost::system::error_code missing;
        const json::value* found =
            body.find_pointer(m_rule.at.empty() ? std::string_view("/at") : m_rule.at, missing);
        if (found == nullptr) return {};
        at = time_of(*found);
        if (!at) return wrong(m_message, "时间读不懂", "the time cannot be read");
        return {};
    }
};

}  // namespace

const TopicRule* rule_of(const std::vector<TopicRule>& rules, std::string_view topic) {
    const auto at =
        std::ranges::find_if(rules, [&](const TopicRule& r) { return matches(r.filter, topic); });
    return at == rules.end() ? nullptr : &*at;
}

std::optional<std::string_view> address_of(const TopicRule& rule, std::string_view topic) {
    if (rule.address_level) return level_of(topic, *rule.address_level);
    if (!rule.address.empty()) return rule.address;
    return std::nullopt;
}

Result<void> readings_of(const Message& message, const TopicRule* rule, std::vector<Reading>& out) {
    static const TopicRule k_none;
    const std::size_t before = out.size();
    auto outcome = Reader(message, rule == nullptr ? k_none : *rule, out).read();
    if (!outcome) out.resize(before);
    return outcome;
}

}  // namespace anlan::sensing::mqtt
