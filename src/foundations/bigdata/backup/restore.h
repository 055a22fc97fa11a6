// Makes a data folder from a backup, on this machine or an empty other one.
//
// Verified before anything is written; made in `.restoring` inside the folder and moved into place
// at the end, the register last; until then `anlan serve` refuses the folder. A restore that was
// cut off is begun again by the same command. Everything is as it was at the backup's moment, but
// for sessions and one-time links: they have ended.
#pragma once

#include "foundations/bigdata/backup/verify.h"

#include <filesystem>
#include <optional>
#include <string>

namespace anlan::bigdata::backup {

/// Inside a data folder while it is being restored.
inline constexpr std::string_view k_restoring = ".restoring";

enum class WithSecrets { yes, no };

struct RestoreOptions {
    std::filesystem::path data;
    std::optional<std::string> passphrase;
    WithSecrets secrets = WithSecrets::yes;  ///< `no`: a sealed backup without its keys.
    std::string program;                     ///< Version of this program.
    const Clock* clock = nullptr;
    Progress progress;
    std::stop_token stop;
};

/// The manifest of what was restored. Errors: no_backup, backup_damaged (naming every fault),
/// backup_newer, folder_not_empty, passphrase_needed, passphrase_wrong, backup_no_room,
/// backup_stopped, io.
Result<Manifest> restore(const std::filesystem::path& backup, const RestoreOptions& options);

/// -1, 0, 1: of versions like "0.10.2"; what is not a number counts as 0.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace anlan::bigdata::backup
