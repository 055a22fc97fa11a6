// OGC SensorThings API 1.1 (18-088), what a device posts: an Observation, or the data arrays of
// CreateObservations (clause 13.2).
//
//   {"phenomenonTime":"2026-11-19T06:29:37Z","result":412.0,"Datastream":{"@iot.id":"<uuid>"}}
//   [{"Datastream":{"@iot.id":"<uuid>"},"components":["phenomenonTime","result"],
//     "dataArray":[["2026-11-19T06:29:37Z",412.0],…]}]
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/http_door.h"

namespace anlan::sensing::sensorthings {

/// What one Observation says. `at` is phenomenonTime (of an interval its start), or else
/// resultTime.
struct Posted {
    Uuid datastream;
    double value = 0;
    std::optional<Timestamp> at;
    bigdata::Quality quality = bigdata::Quality::good;
};

/// An Observation's id, as this server tells and takes it: "<uuid of the datastream>:<ms>".
std::string observation_id(const Uuid& datastream, Timestamp at);
struct ObservationId {
    Uuid datastream;
    Timestamp at;
};
std::optional<ObservationId> parse_observation_id(std::string_view text);

/// `datastream` is that of the path, which the body may then leave out. FeatureOfInterest,
/// parameters and validTime are passed over. Errors: bad_request, with every wrong member's path.
Result<Posted> decode_observation(const json::value& body, std::optional<Uuid> datastream = {});

/// A row of a data array that is wrong does not spoil the others: the answer tells of each.
/// Errors: bad_request (what is wrong with an array as a whole), too_many_readings.
Result<std::vector<Result<Posted>>> decode_arrays(const json::value& body);

json::object to_json(std::string_view body);
std::unique_ptr<StreamDecoder> decoder();

}  // namespace anlan::sensing::sensorthings
