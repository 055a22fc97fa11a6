// What all protocols over HTTP share: which device it is, its body unpacked, and an answer only
// after the readings are on disk, from the lake's thread (core/later.h): no worker waits for the
// disk, so a flood of batches does not starve the screens.
#pragma once

#include "core/route.h"
#include "foundations/sensing/hub.h"

namespace anlan::sensing {

struct HttpDoor {
    Hub* hub = nullptr;
    const Clock* clock = nullptr;
    double deadline_s = 10;
    /// For SensorThings, which names datastreams by their ids.
    const bigdata::Register* records = nullptr;
    std::string zone{};
};

inline constexpr std::size_t k_http_body_bytes_max = 1 << 20;  ///< As it comes.
inline constexpr std::size_t k_unpacked_bytes_max = 4 << 20;
inline constexpr std::size_t k_readings_max = 10'000;  ///< Of one request.
inline constexpr std::size_t k_channel_bytes_max = 128;
inline constexpr std::size_t k_bad_lines_named_max = 100;

/// The device whose credential the request carries: `Authorization: Bearer <token>`,
/// `Token <token>` (InfluxDB 2), Basic with the token as password or the parameter `p` (InfluxDB
/// 1). Errors: bad_device_token.
Result<Hub::DeviceKey> device_of(const HttpDoor& door, const Call& call);

/// The media type without parameters, in lower case.
std::string media_type(std::string_view content_type);

/// The body unpacked; `unpacked` holds it where it was packed. Errors: body_encoding, bad_gzip,
/// inflates_too_large.
Result<std::string_view> body_of(const Call& call, std::string& unpacked);
/// Gzip (RFC 1952), any number of members. Errors: bad_gzip, inflates_too_large.
Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max);
/// Where text stops being UTF-8; nothing when it is.
std::optional<std::size_t> not_utf8_at(std::string_view text);

/// Hands the readings to the hub. `answer` is told once they are on disk, with `headers`. Errors of
/// the reply: not_durable after the deadline, those of the hub.
Reply store(const HttpDoor& door, const Call& call, const Hub::DeviceKey& device,
            std::string_view body, Timestamp received, std::vector<Reading> readings,
            json::value answer, std::vector<std::pair<std::string, std::string>> headers = {});

/// A row that takes a body of any type as Call::raw.
RouteRow http_row(std::string path, Label summary,
                  std::function<Result<Reply>(const Call&)> handler, int success);

}  // namespace anlan::sensing
