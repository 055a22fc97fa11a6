// JSON of somebody else's making: what an operator's IoT platform pushes, what an edge gateway
// posts. Where things stand in it is said by the address it is pushed to, so that another maker's
// form needs no program.
//
//   POST /api/v1/observations/push?each=batch&values=metrics&at=timestamp&device=deviceId
//
// Paths are member names joined by dots. Every number and boolean below `values` is a reading; its
// channel is its path, with "<device>/" in front where `device` is asked for.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/http_door.h"

namespace anlan::sensing::json_push {

struct Profile {
    std::string each;    ///< The array of messages; empty: the body, or its elements if an array.
    std::string values;  ///< Of a message: below which its readings are; empty: all of it.
    std::string at;      ///< Of a message or else of the body: when; empty: receipt counts.
    std::string device;  ///< Of a message or else of the body: who, of those behind the platform.
};

struct Pushed {
    std::vector<Reading> readings;
    std::size_t passed_over = 0;  ///< Texts and nulls.
};

/// Times are ISO 8601 texts, or numbers (also as texts) of seconds, milliseconds, microseconds or
/// nanoseconds since 1970, told apart by their size. Members of a path in the profile are no
/// readings. Errors: bad_json with the byte; bad_request, naming the path that is missing or wrong;
/// too_many_readings; a channel that is too long.
Result<Pushed> decode(std::string_view body, const Profile& profile);

json::object to_json(std::string_view body);
std::unique_ptr<StreamDecoder> decoder();

/// POST /api/v1/observations/push: 200 {"stored", "passed_over"} after commit. Errors: as the HTTP
/// JSON gateway's.
RouteRows routes(HttpDoor door);

}  // namespace anlan::sensing::json_push
