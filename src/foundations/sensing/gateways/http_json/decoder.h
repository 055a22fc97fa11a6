// HTTP JSON: the body of POST /api/v1/observations to readings.
//
//   {"readings":[{"channel":"nh3","value":412.0,"at":"2026-11-19T06:29:37.120Z"}]}
//
// or an array of such objects, for a device that kept its readings while it was offline. `value` is
// in the datastream's declared unit; without `at` receipt counts.
#pragma once

#include "core/describe.h"
#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/http_door.h"

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

/// One reading, judged. `where` is what stands before "/channel" in its problem. Errors:
/// bad_request, not_finite.
Result<Reading> reading_of(ReadingIn&& in, const std::string& where);

/// Errors: bad_request with every wrong member's path, too_many_readings.
Result<std::vector<Reading>> decode(const json::value& body);
/// The same from text. Errors also: bad_json, with the byte.
Result<std::vector<Reading>> decode(std::string_view text);
/// JSON Schema of the body.
json::object schema();

/// What a channel measures whose name is a code of table `property`, or ends in ".<code>".
std::optional<ChannelMeaning> meaning(std::string_view channel);

/// The decode command's view: {"protocol", "readings":[…]} or {"protocol", "problem"}.
json::object to_json(const Result<std::vector<Reading>>& decoded,
                     std::string_view protocol = "http_json");
/// Takes all that comes for one body, and tells what `decoded` says of it.
std::unique_ptr<StreamDecoder> whole_body(json::object (*decoded)(std::string_view body));
std::unique_ptr<StreamDecoder> decoder();

}  // namespace anlan::sensing::http_json
