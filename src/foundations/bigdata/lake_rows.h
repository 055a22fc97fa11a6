// The lake row by row, for backups.
#pragma once

#include "foundations/bigdata/lake.h"

namespace anlan::bigdata {

/// How far the lake has come. Rows are only ever added: those below `rows` are stored for good,
/// and neither they nor their order change.
struct LakeExtent {
    std::int64_t rows = 0;
    std::vector<StreamKey> streams;  ///< By number.
    std::int64_t identity = 0;       ///< Tells this lake from every other, a restored one included.
};

/// The stored lake (Lake::open) is one of these too; a lake of a test need not be.
class LakeRows {
  public:
    virtual ~LakeRows() = default;
    /// Everything acknowledged before the call, and perhaps some after.
    [[nodiscard]] virtual Result<LakeExtent> extent() const = 0;
    /// Rows [first, end) below extent().rows, in the order in which they were stored, in pieces.
    /// Errors: io, also when there are fewer.
    [[nodiscard]] virtual Result<void> rows(
        std::int64_t first, std::int64_t end,
        const std::function<void(std::span<const Observation>)>& take) const = 0;
};

/// Errors: internal, when the lake keeps no rows.
Result<const LakeRows*> rows_of(const Lake& lake);

}  // namespace anlan::bigdata
