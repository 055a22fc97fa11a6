// InfluxDB line protocol: points of text to readings.
//
//   measurement[,tag=value…] field=value[,field=value…] [timestamp]
//
// Source: InfluxData, line protocol reference (versions 1 and 2 agree). A comma, a space and, in
// tags and field names, an equals sign are escaped by a backslash. Numbers are floats, 12i, 12u;
// t, true, f, false are 1 and 0; texts in quotes are no readings and are passed over. Lines that
// begin with # are comments. A body is stored whole or not at all.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/http_door.h"

namespace anlan::sensing::line_protocol {

/// How many nanoseconds a step of the timestamps is.
using Precision = std::int64_t;
inline constexpr Precision k_nanoseconds = 1;
/// ns or n (and nothing: the default), us, u or µ, ms, s, m, h. Errors: bad_precision.
Result<Precision> precision_named(std::string_view name);

struct Options {
    Precision precision = k_nanoseconds;
    /// Which tags are part of a channel's name; nothing: all of them.
    std::optional<std::vector<std::string>> tags;
};

struct Points {
    std::vector<Reading> readings;
    std::size_t texts = 0;  ///< Fields that were passed over.
};

/// The channel is the measurement, its tags sorted by name and, unless it is "value", the field:
/// "weather,mast=2.wind_speed", "nh3_ppm". Errors: bad_reading_lines, naming up to 100 lines with
/// the byte of the body ("line 3"), too_many_readings, not_utf8.
Result<Points> decode(std::string_view body, const Options& options);

json::object to_json(std::string_view body);
std::unique_ptr<StreamDecoder> decoder();

}  // namespace anlan::sensing::line_protocol
