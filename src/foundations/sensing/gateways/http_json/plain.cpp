#include "foundations/sensing/gateways/http_json/plain.h"

#include "foundations/sensing/gateways/http_json/decoder.h"

#include <simdjson.h>

namespace anlan::sensing::http_json {
namespace {

namespace dom = simdjson::dom;

/// Times of one body lie close together: what is worked out of the hour is kept from one to the
/// next.
class Times {
  public:
    std::optional<Timestamp> read(std::string_view text) {
        // 2026-11-19T06:29:37.120Z: all but minutes, seconds and milliseconds as before.
        constexpr std::size_t k_hour = 14, k_size = 24;
        if (text.size() != k_size || text.substr(0, k_hour) != m_hour || text[16] != ':' ||
            text[19] != '.' || text[23] != 'Z')
            return read_whole(text);
        const int minute = number(text, 14, 2), second = number(text, 17, 2),
                  millisecond = number(text, 20, 3);
        if (minute < 0 || second < 0 || millisecond < 0 || minute > 59 || second > 59)
            return std::nullopt;
        return m_from + (minute * 60'000LL + second * 1000 + millisecond);
    }

  private:
    static int number(std::string_view text, std::size_t from, std::size_t digits) {
        int out = 0;
        for (std::size_t i = from; i < from + digits; ++i) {
            if (text[i] < '0' || text[i] > '9') return -1;
            out = out * 10 + (text[i] - '0');
        }
        return out;
    }
    std::optional<Timestamp> read_whole(std::string_view text) {
        const auto out = parse_iso8601(text);
        if (out && text.size() == 24 && text[13] == ':' && text[23] == 'Z') {
            const auto hour = parse_iso8601(std::string(text.substr(0, 14)) + "00:00.000Z");
            if (hour) {
                m_hour = text.substr(0, 14);
                m_from = *hour;
            }
        }
        return out;
    }

    std::string m_hour;
    Timestamp m_from;
};

bool read_number(dom::element value, double& out) {
    switch (value.type()) {
        case dom::element_type::DOUBLE:
        case dom::element_type::INT64:
        case dom::element_type::UINT64:
            return value.get_double().get(out) == simdjson::SUCCESS;
        default:
            return false;
    }
}

bool read_reading(dom::element item, Times& times, Reading& out) {
    dom::object members;
    if (item.get_object().get(members) != simdjson::SUCCESS) return false;
    bool has_channel = false, has_value = false;
    for (const auto& [name, value] : members) {
        if (name == "channel") {
            std::string_view channel;
            if (value.get_string().get(channel) != simdjson::SUCCESS) return false;
            out.channel = channel;
            has_channel = true;
        } else if (name == "value") {
            if (!read_number(value, out.value)) return false;
            has_value = true;
        } else if (name == "at") {
            std::string_view text;
            if (value.get_string().get(text) != simdjson::SUCCESS) return false;
            out.at = times.read(text);
            if (!out.at) return false;
        } else {
            return false;
        }
    }
    return has_channel && has_value && !out.channel.empty() &&
           out.channel.size() <= k_channel_bytes_max;
}

bool read_delivery(dom::element delivery, Times& times, std::vector<Reading>& out) {
    dom::object members;
    if (delivery.get_object().get(members) != simdjson::SUCCESS) return false;
    std::size_t lists = 0;
    for (const auto& [name, value] : members) {
        dom::array readings;
        if (name != "readings" || ++lists > 1 ||
            value.get_array().get(readings) != simdjson::SUCCESS)
            return false;
        out.reserve(out.size() + std::min(readings.size(), k_readings_max));
        for (const auto item : readings) {
            if (out.size() == k_readings_max) return false;
            if (!read_reading(item, times, out.emplace_back())) return false;
        }
    }
    return true;
}

}  // namespace

std::optional<std::vector<Reading>> decode_plain(std::string_view text) {
    // One a thread: its buffers are kept, and are no larger than the largest body.
    thread_local dom::parser parser{k_http_body_bytes_max};
    dom::element root;
    if (text.size() > k_http_body_bytes_max ||
        parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS)
        return std::nullopt;
    std::vector<Reading> out;
    Times times;
    dom::array deliveries;
    if (root.get_array().get(deliveries) == simdjson::SUCCESS) {
        for (const auto delivery : deliveries) {
            if (!read_delivery(delivery, times, out)) return std::nullopt;
        }
        return out;
    }
    if (!read_delivery(root, times, out)) return std::nullopt;
    return out;
}

}  // namespace anlan::sensing::http_json
