// HTTP JSON: the body of POST /api/v1/observations to readings.
//
//   {"readings":[{"channel":"nh3","value":412.0,"at":"2026-11-19T06:29:37.120Z"}]}
//
// or an array of such objects, for a device that kept its readings while it was offline. `value` is
// in the datastream's declared unit; without `at` receipt counts.
#pragma once

#include "core/describe.h"
#include "foundations/sensing/gateways/gateway.h"

namespace anlan::sensing::http_json {

struct ReadingIn {
    std::string channel;
    double value = 0;
    std::optional<Timestamp> at;
};
BOOST_DESCRIBE_STRUCT(ReadingIn, (), (channel, value, at))

struct DeliveryIn {
    std::vector<ReadingIn> readings;
};
BOOST_DESCRIBE_STRUCT(DeliveryIn, (), (readings))

inline constexpr std::size_t k_readings_max = 10'000;
inline constexpr std::size_t k_channel_bytes_max = 128;
inline constexpr std::size_t k_body_bytes_max = 1 << 20;  ///< Of a request; the decoder takes more.

/// Errors: bad_request with every wrong member's path, too_many_readings.
Result<std::vector<Reading>> decode(const json::value& body);
/// The same from text. Errors also: bad_json, with the byte.
Result<std::vector<Reading>> decode(std::string_view text);
/// JSON Schema of the body.
json::object schema();

/// The decode command's view: {"protocol", "readings":[…]} or {"protocol", "problem"}.
json::object to_json(const Result<std::vector<Reading>>& decoded);
/// Takes all that comes for one body.
std::unique_ptr<StreamDecoder> decoder();

}  // namespace anlan::sensing::http_json
