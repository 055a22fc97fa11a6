// `anlan backup`, `anlan backup list | verify`, `anlan restore`. Exit codes as in commands.h.
#pragma once

#include "center/backup_desk.h"
#include "center/commands.h"
#include "center/control.h"

namespace anlan::center {

struct BackupCommand {
    std::filesystem::path folder;           ///< --to, or what is listed, verified, restored.
    std::filesystem::path passphrase_file;  ///< Empty: none.
    std::size_t pace_mb_s = 0;
    bool all = false;              ///< verify: every backup on the shelf, not the newest alone.
    bool without_secrets = false;  ///< restore: a sealed one without its keys.
};

/// Through the program that serves the data folder, or directly when none does.
int back_up(const Configuration& configuration, const BackupCommand& command, const Output& output);
int list_backups(const BackupCommand& command, const Output& output);
/// 1 when a backup is damaged; every fault is named.
int verify_backups(const BackupCommand& command, const Output& output);
int restore_backup(const Configuration& configuration, const BackupCommand& command,
                   const Output& output);

/// The serving side of back_up(): answers a request {do: "backup", to, bytes_per_s, passphrase?}.
ControlDoor::Handler control_handler(BackupDesk& desk);

}  // namespace anlan::center
