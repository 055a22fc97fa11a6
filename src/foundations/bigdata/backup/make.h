// Makes one backup of a data folder that may be in use.
//
// All parts are of one moment: before anything is copied, the lake's extent is read and a read
// transaction is opened on the register and on the accounts, within milliseconds of one another, in
// this order; so every stream of the lake has its datastream in the register, and everything that
// was acknowledged before the backup began is in it. Writers are never held up: SQLite's log and
// the lake's append-only rows let them go on (the register's log cannot shrink meanwhile).
//
// Incremental: full files of the lake and attachments that the newest earlier backup on the shelf
// holds already are linked to, not copied again (a hard link: one copy on the disk, and damage to
// it is damage to both – `verify` names it in both).
//
// Whole or not at all: made under a name with a dot, flushed, renamed. Secrets are sealed with a
// passphrase; without one they are left out, because a copy in the clear on somebody's share would
// be the key to the house.
#pragma once

#include "foundations/bigdata/backup/manifest.h"
#include "foundations/bigdata/lake.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace anlan::bigdata::backup {

/// What is to be kept: parts of a data folder.
struct Source {
    std::filesystem::path register_file, accounts_file;
    std::filesystem::path files;    ///< Attachments by content; may be absent.
    std::filesystem::path secrets;  ///< May be absent.
    const Lake* lake = nullptr;
    const Clock* clock = nullptr;
    std::string program, catalog;  ///< Versions.
};

/// `done` of about `total` units of work; the last call has done == total.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct MakeOptions {
    std::filesystem::path shelf;
    std::uint64_t bytes_per_s = 0;  ///< 0: as fast as it goes.
    std::optional<std::string> passphrase;
    Progress progress;
    std::stop_token stop;
};

struct Made {
    std::filesystem::path folder;
    Manifest manifest;
    std::uint64_t linked_bytes = 0;  ///< Of them, shared with the backup before.
};

/// Errors: backup_running, backup_no_room, backup_stopped, passphrase_weak, io; then the shelf is
/// as it was.
Result<Made> make(const Source& source, const MakeOptions& options);

}  // namespace anlan::bigdata::backup
