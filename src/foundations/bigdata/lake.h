// The lake: observations in DuckDB, written in group commits; last values in memory.
#pragma once

#include "core/ids.h"
#include "core/result.h"
#include "core/time.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::bigdata {

/// A datastream in one space, numbered densely by the lake; the number never changes.
using StreamNumber = std::uint32_t;

enum class Quality : std::uint8_t { good = 0, uncertain = 1, bad = 2 };

struct Observation {
    StreamNumber stream = 0;
    Timestamp at;           ///< When it was measured, by the device or, failing that, on receipt.
    Timestamp received;
    double value = 0;       ///< SI, or the datastream's declared unit; finite.
    Quality quality = Quality::good;
};

struct StreamKey {
    Uuid datastream;
    std::string space;
    friend auto operator<=>(const StreamKey&, const StreamKey&) = default;
};

/// One bucket of a series. Peaks never vanish: min and max are kept beside the mean.
struct Bucket {
    Timestamp from;
    double min = 0, max = 0, mean = 0, last = 0;
    std::int64_t count = 0;
};

class Lake {
  public:
    struct Options {
        std::filesystem::path folder;
        const Clock* clock = nullptr;
        std::int64_t commit_every_ms = 20;
        std::size_t waiting_max = 1'000'000;   ///< Above it, append() is refused: lake_busy.
    };
    static Result<std::unique_ptr<Lake>> open(Options options);
    virtual ~Lake() = default;

    virtual StreamNumber number_of(const StreamKey& key) = 0;
    [[nodiscard]] virtual std::optional<StreamKey> key_of(StreamNumber stream) const = 0;

    /// Takes the observations; `durable` runs once they are committed (or with the error). A
    /// repetition (same stream and time) is recognised by a watermark per stream and dropped.
    virtual void append(std::vector<Observation> observations, std::function<void(Result<void>)> durable) = 0;

    [[nodiscard]] virtual std::optional<Observation> last(StreamNumber stream) const = 0;
    /// At most `buckets` buckets between from and to, empty ones left out.
    [[nodiscard]] virtual Result<std::vector<Bucket>> series(StreamNumber stream, Timestamp from, Timestamp to,
                                                             std::size_t buckets) const = 0;
    /// Raw, oldest first, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<Observation>> raw(StreamNumber stream, Timestamp from, Timestamp to,
                                                               std::size_t limit) const = 0;
};

}  // namespace anlan::bigdata
