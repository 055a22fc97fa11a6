// The errors of backups, as rows.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_backup_no_room{
    "backup_no_room", 507, LogLevel::error,
    "备份盘空间不足，本次备份已放弃，以前的备份不受影响（{what}）",
    "There is no room for the backup; this one was given up, earlier ones are untouched ({what})"};
inline constexpr ErrorRow k_backup_running{
    "backup_running", 409, LogLevel::info, "已有一个备份正在进行，请等它结束",
    "A backup is being made already; wait until it has ended"};
inline constexpr ErrorRow k_backup_stopped{"backup_stopped", 503, LogLevel::info,
                                           "备份已中止，以前的备份不受影响",
                                           "The backup was stopped; earlier ones are untouched"};
inline constexpr ErrorRow k_backup_off{
    "backup_off", 409, LogLevel::info, "尚未配置备份目录：请在配置文件写 [backup] folder",
    "No backup folder is configured: give [backup] folder in the configuration"};
inline constexpr ErrorRow k_no_backup{"no_backup", 404, LogLevel::error,
                                      "{folder} 中没有完整的备份",
                                      "There is no complete backup in {folder}"};
inline constexpr ErrorRow k_backup_damaged{"backup_damaged", 422, LogLevel::error,
                                           "备份 {name} 已损坏，共 {count} 处",
                                           "Backup {name} is damaged in {count} places"};
inline constexpr ErrorRow k_backup_newer{
    "backup_newer", 409, LogLevel::error,
    "此备份由较新的程序（{theirs}）所做，本程序为 {ours}；请先升级程序",
    "This backup was made by a newer program ({theirs}), this one is {ours}; upgrade first"};
inline constexpr ErrorRow k_folder_not_empty{
    "folder_not_empty", 409, LogLevel::error,
    "{folder} 不是空目录，未恢复任何数据；请指定一个空目录",
    "{folder} is not empty, nothing was restored; name an empty folder"};
inline constexpr ErrorRow k_folder_in_use{"folder_in_use", 409, LogLevel::error,
                                          "该数据目录正被另一个程序使用，未恢复任何数据",
                                          "The data folder is in use by another process, nothing "
                                          "was restored"};
inline constexpr ErrorRow k_restore_unfinished{
    "restore_unfinished", 500, LogLevel::error,
    "数据目录 {folder} 的恢复没有做完；请再次运行同一条 anlan restore 命令",
    "The restore of the data folder {folder} was cut off; run the same 'anlan restore' again"};
inline constexpr ErrorRow k_passphrase_needed{
    "passphrase_needed", 422, LogLevel::error,
    "此备份的密钥已加密，请用 --passphrase-file 给出口令；若放弃密钥，请用 --without-secrets",
    "The keys in this backup are sealed: give --passphrase-file, or do without them with "
    "--without-secrets"};
inline constexpr ErrorRow k_passphrase_wrong{
    "passphrase_wrong", 422, LogLevel::error, "口令不对，或密钥文件已损坏",
    "The passphrase is wrong, or the sealed keys are damaged"};
inline constexpr ErrorRow k_passphrase_weak{"passphrase_weak", 422, LogLevel::error,
                                            "口令文件至少要有 {min} 个字符",
                                            "The passphrase file needs at least {min} characters"};
// Faults that a verification names; `where` is the file.
inline constexpr ErrorRow k_backup_file_missing{"backup_file_missing", 422, LogLevel::error,
                                                "文件缺失", "is missing"};
inline constexpr ErrorRow k_backup_file_size{"backup_file_size", 422, LogLevel::error,
                                             "大小为 {found} 字节，应为 {wanted}",
                                             "has {found} bytes, should have {wanted}"};
inline constexpr ErrorRow k_backup_file_hash{"backup_file_hash", 422, LogLevel::error,
                                             "内容已变（SM3 不符）",
                                             "has other contents (its SM3 differs)"};
inline constexpr ErrorRow k_backup_file_stray{"backup_file_stray", 422, LogLevel::error,
                                              "清单中没有此文件", "is not in the manifest"};
inline constexpr ErrorRow k_backup_manifest{"backup_manifest", 422, LogLevel::error,
                                            "清单有误：{what}", "The manifest is wrong: {what}"};
inline constexpr ErrorRow k_backup_unsound{"backup_unsound", 422, LogLevel::error,
                                           "数据不符：{what}", "does not hold together: {what}"};

}  // namespace anlan::errors
