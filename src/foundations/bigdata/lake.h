// The lake: observations in DuckDB, written in group commits; last values in memory.
//
// Promise: what `durable` has acknowledged is on disk and is there after `kill -9`, once. One
// writer thread; readers have connections of their own and never wait for it. No unique key (it
// would cost nearly all the speed): a watermark per stream tells new from late, and only what is
// late is looked up in the table. Readings lie in a table for each day of receipt (Beijing time),
// so that a day goes as a whole, at no cost to those that stay (LakeRetention). Opening takes well
// under a second, whatever the table's size (docs/performance.md). Destroy the lake before main()
// returns: a static one would outlive DuckDB's own static objects.
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
    Timestamp at;  ///< When it was measured, by the device or, failing that, on receipt.
    Timestamp received;
    double value = 0;  ///< SI, or the datastream's declared unit; finite.
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

/// How long what is stored is kept, by class, in days after its receipt; nothing: for good. When
/// readings go, their hours stay behind (least, greatest, mean, last, count), from which series()
/// then answers. A reading that is sent again after it has gone is stored again.
struct LakeRetention {
    std::optional<int> raw_days, hour_days;
    std::filesystem::path archive;  ///< Readings that go are first put here as Parquet; empty: not.
};

class Lake {
  public:
    struct Options {
        std::filesystem::path folder;
        const Clock* clock = nullptr;
        std::int64_t commit_every_ms = 20;
        std::size_t waiting_max = 1'000'000;  ///< Above it, append() is refused: lake_busy.
        std::size_t memory_max_mb = 512;      ///< DuckDB's buffers; idle it uses a few.
        std::size_t threads = 2;              ///< DuckDB's, for queries and checkpoints together.
        std::size_t checkpoint_mb = 16;  ///< Log kept before a checkpoint; sets the restart time.
        std::int64_t keep_last_every_ms =
            10'000;  ///< How often last values are saved for the next start.
        std::uint64_t free_min_mb =
            128;  ///< Below this much free disk, append() is refused: disk_full.
        LakeRetention retention;
    };
    static Result<std::unique_ptr<Lake>> open(Options options);
    virtual ~Lake() = default;

    /// Makes the number at the first asking. It is saved with the stream's first observations.
    virtual StreamNumber number_of(const StreamKey& key) = 0;
    [[nodiscard]] virtual std::optional<StreamKey> key_of(StreamNumber stream) const = 0;

    /// Takes the observations; `durable` runs once they are committed (or with the error, and then
    /// none of them counts: send them again). A repetition (same stream and time) is dropped, and
    /// acknowledged. `durable` runs on the writer's thread, or on the caller's when the refusal is
    /// immediate; it must be quick and must not throw.
    /// Errors: lake_busy, value_not_finite, no_such_stream, disk_full, io.
    virtual void append(std::vector<Observation> observations,
                        std::function<void(Result<void>)> durable) = 0;

    /// The newest by time that is stored, from memory.
    [[nodiscard]] virtual std::optional<Observation> last(StreamNumber stream) const = 0;
    /// At most `buckets` (1 to 10,000) buckets of equal width over [from, to), empty ones left out.
    /// Observations of quality `bad` are left out; raw() has them.
    [[nodiscard]] virtual Result<std::vector<Bucket>> series(StreamNumber stream, Timestamp from,
                                                             Timestamp to,
                                                             std::size_t buckets) const = 0;
    /// All streams' of [from, to), in the order in which they were stored, in pieces; memory stays
    /// bounded however many there are. `take` must not call the lake. Errors: io, lake_busy.
    [[nodiscard]] virtual Result<void> scan(
        Timestamp from, Timestamp to,
        const std::function<void(std::span<const Observation>)>& take) const {
        static_cast<void>(from), static_cast<void>(to), static_cast<void>(take);
        return fail(errors::k_internal, {{"what", "a lake that cannot be scanned"}});
    }
    /// Those of [from, to), oldest first, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<Observation>> raw(StreamNumber stream, Timestamp from,
                                                               Timestamp to,
                                                               std::size_t limit) const = 0;
};

}  // namespace anlan::bigdata
