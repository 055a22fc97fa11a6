// What a backup says of itself: manifest.json, {"manifest": …, "sm3": hash of the manifest's
// canonical text (core/json.h)}. A folder without a manifest that says so is no backup.
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata::backup {

inline constexpr std::int64_t k_manifest_format = 1;
/// Hours of readings that are gone (LakeRetention); only where there are any.
inline constexpr std::string_view k_hours_file = "lake/hourly.parquet";

struct FileEntry {
    std::string path;  ///< Relative to the backup, '/' between.
    std::uint64_t bytes = 0;
    std::string sm3;
    std::int64_t rows = 0;         ///< Of the lake's files.
    std::int64_t modified_ns = 0;  ///< Of an attachment, where it was copied from.
};

enum class Secrets { none, left_out, sealed };

struct Manifest {
    Timestamp made_at;    ///< When its moment was taken: all parts are as of then.
    std::string program;  ///< Version that made it.
    std::string catalog;
    std::int64_t sequence = 0;  ///< Of the journal's last entry.
    std::string head;           ///< Its hash.
    std::int64_t lake_rows = 0;
    std::int64_t lake_streams = 0;
    std::int64_t lake_identity = 0;
    std::int64_t accounts = 0;
    Secrets secrets = Secrets::none;
    std::vector<FileEntry> files;  ///< Sorted by path.

    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] const FileEntry* find(std::string_view path) const;
};

std::string_view name_of(Secrets secrets);
std::string to_text(const Manifest& manifest);
/// Errors: backup_manifest (not ours, altered, a path that leads outside), backup_newer.
Result<Manifest> parse_manifest(std::string_view text);
/// The hash inside the text, which names the backup better than its folder does.
std::string hash_of(const Manifest& manifest);

}  // namespace anlan::bigdata::backup
