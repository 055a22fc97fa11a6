// A shelf: a folder of backups, each a folder named after its moment (UTC). What is being made or
// removed has a name with a dot in front, so that nobody takes it for a backup.
#pragma once

#include "core/json.h"
#include "foundations/bigdata/backup/files.h"
#include "foundations/bigdata/backup/manifest.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace anlan::bigdata::backup {

inline constexpr std::string_view k_manifest_file = "manifest.json";
/// The outcome of the last verification, beside the manifest.
inline constexpr std::string_view k_verified_file = "verified.json";

struct Verified {
    Timestamp at;
    std::size_t faults = 0;  ///< 0: good.
};

struct Kept {
    std::string name;
    std::filesystem::path folder;
    std::optional<Manifest> manifest;  ///< Nothing when it cannot be read.
    std::optional<Verified> verified;
};

/// "20261124T023000.123Z"
std::string name_of(Timestamp made_at);
/// Of the backup in `folder`. Errors: no_backup, backup_manifest, backup_newer, io.
Result<Manifest> load_manifest(const std::filesystem::path& folder);
/// Oldest first. A folder that is not there holds none. Errors: io.
Result<std::vector<Kept>> list(const std::filesystem::path& shelf);
/// `given` itself when it is a backup, else the newest on that shelf whose manifest can be read.
/// Errors: no_backup, and those of load_manifest.
Result<std::filesystem::path> pick(const std::filesystem::path& given);

/// Only one process at a time makes or removes backups on a shelf. Errors: backup_running, io.
Result<FileLock> lock(const std::filesystem::path& shelf);
/// Under the lock: removes what a run that died has left.
Result<void> sweep(const std::filesystem::path& shelf);
/// Under the lock. At no moment is half of it left under its name.
Result<void> remove(const std::filesystem::path& shelf, const std::string& name);
/// Remembers the outcome of a verification.
Result<void> remember(const std::filesystem::path& backup, const Verified& verified);

/// {name, made_at, program, catalog, sequence, head, lake_rows, accounts, bytes, files, secrets,
/// verified_at?, faults?}, or {name, damaged: true}.
json::object to_json(const Kept& kept);

}  // namespace anlan::bigdata::backup
