// NDJSON: a reading a line, as the members of http_json's `readings`.
//
//   {"channel":"nh3","value":412.0,"at":"2026-11-19T06:29:37.120Z"}
//   {"channel":"nh3","value":415.5,"at":"2026-11-19T06:29:38.120Z"}
//
// A body is stored whole or not at all, so that one answer settles it. Empty lines are passed over.
#pragma once

#include "foundations/sensing/gateways/http_json/decoder.h"

namespace anlan::sensing::ndjson {

/// Errors: bad_reading_lines, naming up to 100 wrong lines as "line 3" or "line 3/value";
/// too_many_readings. The member "byte" is where the first wrong line begins.
Result<std::vector<Reading>> decode(std::string_view body);
std::unique_ptr<StreamDecoder> decoder();

}  // namespace anlan::sensing::ndjson
