#include "foundations/sensing/gateways/http_json/decoder.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_json/plain.h"

#include <cmath>

namespace anlan::sensing::http_json {
namespace {

/// Depth 8 holds the format with room to spare; 4 MiB holds 10,000 readings.
constexpr JsonLimits k_limits{k_unpacked_bytes_max, 8};

Result<void> add(std::vector<Reading>& out, std::vector<ReadingIn>& readings,
                 const std::string& where) {
    for (std::size_t i = 0; i < readings.size(); ++i) {
        TRY_ASSIGN(reading,
                   reading_of(std::move(readings[i]), where + "/readings/" + std::to_string(i)));
        if (out.size() == k_readings_max) {
            return fail(errors::k_too_many_readings, {{"max", std::to_string(k_readings_max)}});
        }
        out.push_back(std::move(reading));
    }
    return {};
}

}  // namespace

Result<Reading> reading_of(ReadingIn&& in, const std::string& where) {
    if (in.channel.empty() || in.channel.size() > k_channel_bytes_max) {
        return fail(errors::k_bad_request, {},
                    {{where + "/channel",
                      &errors::k_field_type,
                      {{"expected", "1 … " + std::to_string(k_channel_bytes_max) + " bytes"}}}});
    }
    if (!std::isfinite(in.value)) return fail(errors::k_not_finite, {{"channel", in.channel}});
    return Reading{std::move(in.channel), in.value, in.at, bigdata::Quality::good};
}

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

json::object to_json(const Result<std::vector<Reading>>& decoded, std::string_view protocol) {
    json::object out{{"protocol", protocol}};
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

std::unique_ptr<StreamDecoder> whole_body(json::object (*decoded)(std::string_view body)) {
    class Body final : public StreamDecoder {
      public:
        explicit Body(json::object (*told)(std::string_view)) : m_told(told) {}
        void push(std::span<const std::uint8_t> bytes, const Each&) override {
            // Beyond the limit it is refused anyway.
            if (m_text.size() <= k_limits.bytes) m_text.append(bytes.begin(), bytes.end());
        }
        void end(const Each& each) override { each(m_told(m_text)); }

      private:
        json::object (*m_told)(std::string_view body);
        std::string m_text;
    };
    return std::make_unique<Body>(decoded);
}

std::unique_ptr<StreamDecoder> decoder() {
    return whole_body([](std::string_view body) { return to_json(decode(body)); });
}

}  // namespace anlan::sensing::http_json
