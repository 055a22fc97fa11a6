// Looks at every byte of a backup: is it what the manifest says, and does it hold together?
#pragma once

#include "foundations/bigdata/backup/make.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace anlan::bigdata::backup {

struct Verification {
    Manifest manifest;
    std::vector<FieldProblem> faults;  ///< `where` is the file; empty: the backup is good.
};

struct VerifyOptions {
    std::uint64_t bytes_per_s = 0;
    Progress progress;
    std::stop_token stop;
};

/// Checks: size and SM3 of every file, none missing, none too many; then of what is unharmed:
/// PRAGMA integrity_check, the journal's chain and its head against the manifest, accounts counted,
/// every row of the lake read and its stream known. Errors: no_backup, backup_manifest,
/// backup_newer, backup_stopped, io. Changes nothing.
Result<Verification> verify(const std::filesystem::path& backup, const VerifyOptions& options);

/// The lake's streams, by number, from the backup's list. Errors: backup_unsound, io.
Result<std::vector<StreamKey>> load_streams(const std::filesystem::path& backup);

}  // namespace anlan::bigdata::backup
