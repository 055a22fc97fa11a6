#include "foundations/sensing/gateways/http_json/decoder.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/plain.h"

#include <cmath>

namespace anlan::sensing::http_json {
namespace {

/// Depth 8 holds the format with room to spare; 4 MiB holds 10,000 readings.
constexpr JsonLimits k_limits{4 << 20, 8};

Result<void> add(std::vector<Reading>& out, std::vector<ReadingIn>& readings,
                 const std::string& where) {
    for (std::size_t i = 0; i < readings.size(); ++i) {
        ReadingIn& r = readings[i];
        if (r.channel.empty() || r.channel.size() > k_channel_bytes_max) {
            return fail(
                errors::k_bad_request, {},
                {{where + "/readings/" + std::to_string(i) + "/channel",
                  &errors::k_field_type,
                  {{"expected", "1 … " + std::to_string(k_channel_bytes_max) + " bytes"}}}});
        }
        if (!std::isfinite(r.value)) return fail(errors::k_not_finite, {{"channel", r.channel}});
        if (out.size() == k_readings_max) {
            return fail(errors::k_too_many_readings, {{"max", std::to_string(k_readings_max)}});
        }
        out.push_back({std::move(r.channel), r.value, r.at, bigdata::Quality::good});
    }
    return {};
}

}  // namespace

Result<std::vector<Reading>> decode(const json::value& body) {
    std::vector<Reading> out;
    if (body.is_array()) {
        TRY_ASSIGN(deliveries, from_json<std::vector<DeliveryIn>>(body));
        for (std::size_t i = 0; i < deliveries.size(); ++i) {
            TRY(add(out, deliveries[i].readings, "/" + std::to_string(i)));
        }
        return out;
    }
    TRY_ASSIGN(delivery, from_json<DeliveryIn>(body));
    out.reserve(delivery.readings.size());
    TRY(add(out, delivery.readings, ""));
    return out;
}

Result<std::vector<Reading>> decode(std::string_view text) {
    if (auto readings = decode_plain(text)) return std::move(*readings);
    TRY_ASSIGN(body, parse_json(text, k_limits));
    return decode(body);
}

json::object schema() {
    return {{"oneOf", json::array{schema_of<DeliveryIn>(), schema_of<std::vector<DeliveryIn>>()}}};
}

json::object to_json(const Result<std::vector<Reading>>& decoded) {
    json::object out{{"protocol", "http_json"}};
    if (!decoded) {
        out.emplace("problem", problem_of(decoded.error()));
        return out;
    }
    json::array readings;
    for (const Reading& r : *decoded) {
        readings.push_back(
            {{"channel", {{"zh", "通道"}, {"en", "Channel"}, {"value", r.channel}}},
             {"value",
              {{"zh", "值（单位见数据流）"},
               {"en", "Value, in the datastream's unit"},
               {"value", r.value}}},
             {"at",
              {{"zh", "测量时间"},
               {"en", "Measured at"},
               {"value", r.at ? json::value(iso8601(*r.at)) : json::value(nullptr)}}}});
    }
    out.emplace("readings", std::move(readings));
    return out;
}

std::unique_ptr<StreamDecoder> decoder() {
    class Body final : public StreamDecoder {
        void push(std::span<const std::uint8_t> bytes, const Each&) override {
            // Beyond the limit decode() refuses it anyway.
            if (m_text.size() <= k_limits.bytes) m_text.append(bytes.begin(), bytes.end());
        }
        void end(const Each& each) override { each(to_json(decode(std::string_view(m_text)))); }
        std::string m_text;
    };
    return std::make_unique<Body>();
}

}  // namespace anlan::sensing::http_json
