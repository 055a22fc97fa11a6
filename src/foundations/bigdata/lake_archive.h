// The lake's rows outside the lake: Parquet files (zstd), in the order in which they were stored,
// and a lake made from them again. Any Parquet reader understands them; columns as in table
// observation: stream, at_ms, received_ms, value, quality.
//
// Cost: about a second and 11 bytes a row for a million rows, on the caller's thread; some 100 MB
// of memory meanwhile.
#pragma once

#include "foundations/bigdata/lake_rows.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

namespace anlan::bigdata {

/// Rows in a full file: eight of DuckDB's row groups.
inline constexpr std::int64_t k_archive_rows = 8LL * 122'880;

/// Writes rows [first, end), at most k_archive_rows, into `file`. Errors: io, disk_full.
Result<void> archive_rows(const LakeRows& lake, std::int64_t first, std::int64_t end,
                          const std::filesystem::path& file);

/// Calls `take` with the file's rows, in order, in pieces. Errors: io.
Result<void> read_archive(const std::filesystem::path& file,
                          const std::function<Result<void>(std::span<const Observation>)>& take);

/// Which datastream a stream number is, beside the files: CSV of number, datastream, space.
/// Errors: io.
Result<void> archive_streams(std::span<const StreamKey> streams, const std::filesystem::path& file);

/// Writes all hours into `file` and answers how many there are; without any, there is no file.
/// Errors: io, disk_full.
Result<std::int64_t> archive_hours(const LakeRows& lake, const std::filesystem::path& file);

/// A new lake in options.folder, which must hold none. `files` are the rows in order, `hours` the
/// file of hours (empty: there are none). Errors: io, disk_full.
Result<void> restore_lake(const Lake::Options& options, std::span<const StreamKey> streams,
                          std::span<const std::filesystem::path> files,
                          const std::filesystem::path& hours = {});

}  // namespace anlan::bigdata
