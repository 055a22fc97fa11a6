// The lake row by row, for backups.
#pragma once

#include "foundations/bigdata/lake.h"

namespace anlan::bigdata {

/// How far the lake has come. Rows are only ever added at the end and taken away at the beginning
/// (LakeRetention), under numbers that never change; neither do they nor their order.
struct LakeExtent {
    std::int64_t first = 0;          ///< The oldest row that is still there.
    std::int64_t rows = 0;           ///< Ever stored: the number of the next one.
    std::vector<StreamKey> streams;  ///< By number.
    std::int64_t identity = 0;       ///< Tells this lake from every other, a restored one included.
};

/// What is left of an hour of one datastream whose readings are gone (LakeRetention). The same hour
/// may come in parts, from readings that came on different days.
struct LakeHour {
    StreamNumber stream = 0;
    Timestamp from;
    double low = 0, high = 0, mean = 0, newest = 0;
    Timestamp newest_at;
    std::int64_t readings = 0;
};

/// The stored lake (Lake::open) is one of these too; a lake of a test need not be.
class LakeRows {
  public:
    virtual ~LakeRows() = default;
    /// Everything acknowledged before the call, and perhaps some after.
    [[nodiscard]] virtual Result<LakeExtent> extent() const = 0;
    /// Rows [first, end) of the extent, in the order in which they were stored, in pieces.
    /// Errors: io, also when there are fewer.
    [[nodiscard]] virtual Result<void> rows(
        std::int64_t first, std::int64_t end,
        const std::function<void(std::span<const Observation>)>& take) const = 0;
    /// All hours, in pieces. Errors: io.
    [[nodiscard]] virtual Result<void> hours(
        const std::function<void(std::span<const LakeHour>)>& take) const = 0;
};

/// Errors: internal, when the lake keeps no rows.
Result<const LakeRows*> rows_of(const Lake& lake);

}  // namespace anlan::bigdata
