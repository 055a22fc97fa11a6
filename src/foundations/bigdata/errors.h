// The errors of foundation three, as rows.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_catalog_wrong{"catalog_wrong", 500, LogLevel::error, "目录有误",
                                          "The catalog has errors"};
inline constexpr ErrorRow k_unknown_kind{"unknown_kind", 404, LogLevel::info, "没有“{kind}”这一类",
                                         "There is no kind '{kind}'"};
inline constexpr ErrorRow k_no_such_record{"no_such_record", 404, LogLevel::info,
                                           "没有这条记录，或您无权查看",
                                           "There is no such record, or you may not see it"};
inline constexpr ErrorRow k_stale_revision{
    "stale_revision", 412, LogLevel::info,
    "记录已被他人改为第 {current} 版，您的是第 {given} 版；请看过新版再保存",
    "The record has moved on to revision {current}, yours is {given}; look at the new one, then "
    "save"};
inline constexpr ErrorRow k_unique_taken{"unique_taken", 409, LogLevel::info, "“{value}”已被占用",
                                         "'{value}' is already taken"};
inline constexpr ErrorRow k_id_taken{"id_taken", 409, LogLevel::info, "此编号的记录已存在",
                                     "A record with this id exists"};
inline constexpr ErrorRow k_reference_broken{"reference_broken", 422, LogLevel::info,
                                             "所指的{kind}不存在",
                                             "refers to a {kind_en} that does not exist"};
inline constexpr ErrorRow k_move_not_open{
    "move_not_open", 409, LogLevel::info, "当前状态“{state}”不能{move}；现在可以：{open}",
    "'{move_en}' is not open from state '{state_en}'; open now: {open_en}"};
inline constexpr ErrorRow k_disk_full{"disk_full", 507, LogLevel::error,
                                      "磁盘已满，未写入；读取不受影响",
                                      "The disk is full, nothing was written; reading goes on"};
inline constexpr ErrorRow k_busy{"busy", 503, LogLevel::warning, "系统忙，未写入，请稍后重试",
                                 "Busy, nothing was written, try again shortly"};
inline constexpr ErrorRow k_space_closed{"space_closed", 409, LogLevel::info,
                                         "演练已结束，不能再写",
                                         "The exercise has ended and takes no more changes"};
inline constexpr ErrorRow k_no_such_space{"no_such_space", 404, LogLevel::info, "没有这个演练",
                                          "There is no such exercise"};
inline constexpr ErrorRow k_forbidden{
    "forbidden", 403, LogLevel::info, "您没有这项权限（{right}）；有权的是：{roles}",
    "You do not have this right ({right}); who has it: {roles_en}"};
inline constexpr ErrorRow k_not_signed_in{"not_signed_in", 401, LogLevel::info, "请先登录",
                                          "Sign in first"};
inline constexpr ErrorRow k_bad_sign_in{"bad_sign_in", 401, LogLevel::info,
                                        "账号或口令不对。还可试 {left} 次",
                                        "Account or password is wrong. {left} tries left"};
inline constexpr ErrorRow k_locked_out{"locked_out", 429, LogLevel::warning,
                                       "尝试过多，{minutes} 分钟后再试",
                                       "Too many tries, wait {minutes} minutes"};
inline constexpr ErrorRow k_bad_link{"bad_link", 401, LogLevel::info,
                                     "链接已用过或已过期，请重新索取",
                                     "This link has been used or has expired, ask for a new one"};
inline constexpr ErrorRow k_weak_password{"weak_password", 422, LogLevel::info, "口令不符合要求",
                                          "This password does not do"};
inline constexpr ErrorRow k_password_short{"password_short", 422, LogLevel::info, "至少 {min} 个字",
                                           "needs at least {min} characters"};
inline constexpr ErrorRow k_password_long{"password_long", 422, LogLevel::info,
                                          "不得超过 {max} 字节", "takes at most {max} bytes"};
inline constexpr ErrorRow k_password_account{"password_account", 422, LogLevel::info, "不得含账号",
                                             "must not contain the account"};
inline constexpr ErrorRow k_password_plain{"password_plain", 422, LogLevel::info,
                                           "太简单：至少用 {min} 种不同的字",
                                           "is too plain: use at least {min} different characters"};
inline constexpr ErrorRow k_password_common{"password_common", 422, LogLevel::info,
                                            "是常见口令，容易被猜到",
                                            "is a common password and easily guessed"};
inline constexpr ErrorRow k_password_used{"password_used", 422, LogLevel::info,
                                          "与最近 {count} 次用过的口令相同",
                                          "is one of the last {count} that were used"};
inline constexpr ErrorRow k_password_wrong{"password_wrong", 422, LogLevel::info, "现用口令不对",
                                           "is not the present password"};
inline constexpr ErrorRow k_no_such_account{"no_such_account", 404, LogLevel::info,
                                            "没有账号“{account}”，或已停用",
                                            "There is no account '{account}', or it is disabled"};
inline constexpr ErrorRow k_no_such_role{"no_such_role", 422, LogLevel::info, "没有角色“{role}”",
                                         "There is no role '{role}'"};
inline constexpr ErrorRow k_offices_mixed{
    "offices_mixed", 409, LogLevel::warning,
    "这些角色不能由一人兼任：{roles}。系统、安全、审计管理与业务须分开（三员分立）",
    "One person cannot hold these roles together: {roles_en}. System, security and audit "
    "administration and the zone's business are kept apart"};
inline constexpr ErrorRow k_own_rights{
    "own_rights", 403, LogLevel::warning, "不能变更自己的角色和权限，请由另一位安全管理员办理",
    "Nobody changes their own roles and rights; ask another security administrator"};
inline constexpr ErrorRow k_own_account{"own_account", 409, LogLevel::info,
                                        "不能停用或重置自己的账号",
                                        "Nobody disables or resets their own account"};
inline constexpr ErrorRow k_administrators_account{
    "administrators_account", 403, LogLevel::warning,
    "“{account}”是管理员账号：只能在服务器上用 anlan user 命令重置或停用，以免一位管理员冒用另一位",
    "'{account}' is an administrator's account: it is reset or disabled on the server itself with "
    "'anlan user', so that no administrator can take another's place"};
inline constexpr ErrorRow k_demonstration_account{
    "demonstration_account", 409, LogLevel::info,
    "“{account}”是演示账号，没有口令，只能用一次性链接",
    "'{account}' belongs to the demonstration: it has no password, one-time links only"};
inline constexpr ErrorRow k_no_such_session{"no_such_session", 404, LogLevel::info,
                                            "没有这个会话，或已结束",
                                            "There is no such session, or it has ended"};
inline constexpr ErrorRow k_no_such_token{"no_such_token", 404, LogLevel::info,
                                          "没有这个令牌，或已吊销",
                                          "There is no such token, or it was revoked"};
inline constexpr ErrorRow k_bad_token{"bad_token", 401, LogLevel::warning,
                                      "接口令牌无效、已过期或已吊销",
                                      "The API token is unknown, expired or revoked"};
inline constexpr ErrorRow k_token_may_not{"token_may_not", 403, LogLevel::warning,
                                          "接口令牌没有这项权限（{right}）",
                                          "The API token does not have this right ({right})"};
inline constexpr ErrorRow k_token_right{
    "token_right", 422, LogLevel::info, "“{right}”不在您自己的业务权限之内，不能给令牌",
    "'{right}' is not among your own rights in the zone's business: a token cannot have it"};
inline constexpr ErrorRow k_token_expiry{"token_expiry", 422, LogLevel::info,
                                         "有效期须在 1 到 {max} 天之间",
                                         "A token is valid for 1 to {max} days"};
inline constexpr ErrorRow k_tokens_many{"tokens_many", 409, LogLevel::info,
                                        "令牌已有 {max} 个，请先吊销不用的",
                                        "There are {max} tokens already, revoke one first"};
inline constexpr ErrorRow k_password_change_needed{"password_change_needed", 403, LogLevel::info,
                                                   "请先修改口令", "Change your password first"};
inline constexpr ErrorRow k_bad_cursor{"bad_cursor", 400, LogLevel::info, "翻页标记无效",
                                       "The page cursor is invalid"};
// Field problems.
inline constexpr ErrorRow k_below_min{"below_min", 422, LogLevel::info, "不得小于 {min} {unit}",
                                      "must be at least {min} {unit}"};
inline constexpr ErrorRow k_above_max{"above_max", 422, LogLevel::info, "不得大于 {max} {unit}",
                                      "must be at most {max} {unit}"};
inline constexpr ErrorRow k_too_long{"too_long", 422, LogLevel::info, "超过 {max} 字",
                                     "is longer than {max} characters"};
inline constexpr ErrorRow k_not_in_table{"not_in_table", 422, LogLevel::info,
                                         "“{value}”不在代码表{table}中",
                                         "'{value}' is not in code table {table}"};
inline constexpr ErrorRow k_pattern_mismatch{"pattern_mismatch", 422, LogLevel::info,
                                             "格式不符（{pattern}）", "does not match {pattern}"};
inline constexpr ErrorRow k_geometry_use{"geometry_use", 422, LogLevel::info,
                                         "此类要求几何为{expected}",
                                         "this kind takes a geometry of type {expected}"};

inline constexpr ErrorRow k_too_short{"too_short", 422, LogLevel::info, "不得为空",
                                      "must not be empty"};
inline constexpr ErrorRow k_state_unknown{"state_unknown", 422, LogLevel::info,
                                          "没有状态“{state}”；可用的有：{known}",
                                          "there is no state '{state}'; there are: {known}"};
inline constexpr ErrorRow k_query_unfit{"query_unfit", 422, LogLevel::info, "此项不能这样查询",
                                        "cannot be queried like that"};
inline constexpr ErrorRow k_too_many{"too_many", 422, LogLevel::warning,
                                     "超过 {max} 条，请缩小范围",
                                     "more than {max}, narrow it down"};
// Imports.
inline constexpr ErrorRow k_no_such_import{"no_such_import", 404, LogLevel::info,
                                           "没有这次导入，或已清除",
                                           "There is no such import, or it has been cleared away"};
inline constexpr ErrorRow k_import_state{"import_state", 409, LogLevel::info,
                                         "导入处于“{state}”阶段，不能这样做",
                                         "The import is {state_en}; this cannot be done now"};
inline constexpr ErrorRow k_import_problems{
    "import_problems", 422, LogLevel::info, "有 {problems} 处错误，改正后重新导入；什么都没有写入",
    "There are {problems} problems; mend them and import again. Nothing was written"};
inline constexpr ErrorRow k_import_running{
    "import_running", 409, LogLevel::info, "此记录正在批量导入，请稍后再改",
    "This record is being imported; change it when the import is done"};
inline constexpr ErrorRow k_import_twice{"import_twice", 422, LogLevel::info,
                                         "与第 {line} 行重复（{value}）",
                                         "is the same as line {line} ({value})"};
inline constexpr ErrorRow k_import_key_shared{
    "import_key_shared", 422, LogLevel::info, "“{value}”对应多条已有记录，无法确定更新哪一条",
    "several records have the key '{value}'; which one to update is not known"};
// Erasure.
inline constexpr ErrorRow k_nothing_to_erase{
    "nothing_to_erase", 422, LogLevel::info, "此类没有敏感字段；请指明要清除的字段",
    "This kind has no sensitive fields; name the fields to erase"};
inline constexpr ErrorRow k_reason_needed{"reason_needed", 422, LogLevel::info, "请写明依据",
                                          "Give the reason"};
// Procedures.
inline constexpr ErrorRow k_move_not_yours{"move_not_yours", 403, LogLevel::info,
                                           "“{move}”只能由{roles}办理",
                                           "Only {roles_en} may do this: {move_en}"};
inline constexpr ErrorRow k_guard_order{"guard_order", 409, LogLevel::info,
                                        "“{first}”不得晚于“{second}”",
                                        "'{first_en}' must not be later than '{second_en}'"};
inline constexpr ErrorRow k_guard_same_person{
    "guard_same_person", 409, LogLevel::info, "须由他人办理：“{first}”一步是您本人办的",
    "Another person must do this: you did what '{first_en}' tells of"};
inline constexpr ErrorRow k_guard_same_value{"guard_same_value", 409, LogLevel::info,
                                             "“{first}”与“{second}”不得相同",
                                             "'{first_en}' and '{second_en}' must differ"};
inline constexpr ErrorRow k_guard_future{"guard_future", 409, LogLevel::info,
                                         "“{first}”不得晚于现在",
                                         "'{first_en}' must not lie in the future"};
inline constexpr ErrorRow k_guard_past{"guard_past", 409, LogLevel::info, "“{first}”不得早于现在",
                                       "'{first_en}' must not lie in the past"};
inline constexpr ErrorRow k_field_read_only{"field_read_only", 422, LogLevel::info,
                                            "由系统计时填写，不能修改",
                                            "is kept by the clock and cannot be changed"};
inline constexpr ErrorRow k_pattern_says{"pattern_says", 422, LogLevel::info, "{says}",
                                         "{says_en}"};
inline constexpr ErrorRow k_date_early{"date_early", 422, LogLevel::info, "不得早于 {earliest}",
                                       "must not be before {earliest}"};
inline constexpr ErrorRow k_date_late{"date_late", 422, LogLevel::info, "不得晚于 {latest}",
                                      "must not be after {latest}"};
// Problems of the catalog's files; `where` is file:line.
inline constexpr ErrorRow k_catalog_unreadable{"catalog_unreadable", 500, LogLevel::error,
                                               "读不到；请检查文件（{what}）",
                                               "cannot be read; look at the file ({what})"};
inline constexpr ErrorRow k_catalog_key_unknown{"catalog_key_unknown", 500, LogLevel::error,
                                                "没有“{key}”这个键；可用的有：{known}",
                                                "'{key}' is not a known key; known are: {known}"};
inline constexpr ErrorRow k_catalog_key_missing{"catalog_key_missing", 500, LogLevel::error,
                                                "缺少“{key}”，请补上",
                                                "'{key}' is missing; add it"};
inline constexpr ErrorRow k_catalog_label{
    "catalog_label", 500, LogLevel::error, "“{key}”缺少{language}文字；zh 与 en 都要写",
    "'{key}' has no text in {language_en}; give both zh and en"};
inline constexpr ErrorRow k_catalog_shape{"catalog_shape", 500, LogLevel::error,
                                          "“{key}”应为{expected}",
                                          "'{key}' should be {expected_en}"};
inline constexpr ErrorRow k_catalog_value{"catalog_value", 500, LogLevel::error,
                                          "“{key}”不能是“{value}”；可用的有：{known}",
                                          "'{key}' cannot be '{value}'; it may be: {known}"};
inline constexpr ErrorRow k_catalog_twice{
    "catalog_twice", 500, LogLevel::error, "“{name}”重复，首见于 {first}；请改名或删去",
    "'{name}' is declared twice, first at {first}; rename or remove one"};
inline constexpr ErrorRow k_catalog_undeclared{
    "catalog_undeclared", 500, LogLevel::error,
    "“{key}”所指的“{name}”没有声明；请声明它，或改正名字",
    "'{key}' names '{name}', which is not declared; declare it or correct the name"};
inline constexpr ErrorRow k_catalog_unfit{
    "catalog_unfit", 500, LogLevel::error, "“{key}”对 {type} 类字段没有意义，请删去",
    "'{key}' means nothing for a field of type {type}; remove it"};
inline constexpr ErrorRow k_catalog_circle{"catalog_circle", 500, LogLevel::error,
                                           "“{name}”的上级绕回了自己；请改正 parent",
                                           "'{name}' is its own ancestor; correct parent"};
inline constexpr ErrorRow k_catalog_guard{
    "catalog_guard", 500, LogLevel::error,
    "条件“{name}”要求 {min} 至 {max} 个字段，给了 {given} 个",
    "guard '{name}' takes {min} to {max} fields, {given} are given"};
// The store and the catalog do not fit, or the store is not ours.
inline constexpr ErrorRow k_store_unfit{
    "store_unfit", 500, LogLevel::error,
    "数据库与目录不符，且不能自动升级。请改回目录，或在 catalog/migrations 中写一个迁移文件",
    "The database does not fit the catalog and cannot be migrated by itself; restore the catalog, "
    "or say in a file of catalog/migrations what becomes of the data"};
inline constexpr ErrorRow k_store_version{
    "store_version", 500, LogLevel::error,
    "数据库为第 {found} 版格式，本程序只懂第 {known} 版；请用新版程序",
    "The database has format {found}, this program knows {known}; use a newer program"};
inline constexpr ErrorRow k_migration_refused{
    "migration_refused", 500, LogLevel::error, "迁移 {number} 不能完成，数据库未改动",
    "Migration {number} cannot be done; the database is unchanged"};
inline constexpr ErrorRow k_migration_value{
    "migration_value", 500, LogLevel::error, "记录 {record} 的值“{value}”不能转为 {type}",
    "record {record}: the value '{value}' cannot become {type}"};
inline constexpr ErrorRow k_migration_taken{
    "migration_taken", 500, LogLevel::error, "“{to}”中已有 {rows} 个值，不能改名覆盖",
    "'{to}' has {rows} values of its own, which the rename would overwrite"};
inline constexpr ErrorRow k_migration_newer{
    "migration_newer", 500, LogLevel::error,
    "数据库已做到第 {found} 个迁移，目录只到第 {known} 个；请用新版目录",
    "The database has had migration {found}, the catalog ends with {known}; use a newer catalog"};
inline constexpr ErrorRow k_store_kind_gone{
    "store_kind_gone", 500, LogLevel::error, "目录中已没有此类，但库中有 {rows} 条记录",
    "is gone from the catalog, but the store has {rows} of its records"};
inline constexpr ErrorRow k_store_field_gone{
    "store_field_gone", 500, LogLevel::error, "目录中已没有此字段，但库中有 {rows} 条记录有值",
    "is gone from the catalog, but {rows} records have a value there"};
inline constexpr ErrorRow k_store_field_type{
    "store_field_type", 500, LogLevel::error, "库中为 {stored}，目录要求 {wanted}",
    "is {stored} in the store, the catalog wants {wanted}"};
inline constexpr ErrorRow k_store_state_gone{
    "store_state_gone", 500, LogLevel::error,
    "目录中已没有状态“{state}”，但库中有 {rows} 条记录在此状态",
    "has lost state '{state}', but {rows} records are in it"};
// The lake.
inline constexpr ErrorRow k_lake_busy{
    "lake_busy", 503, LogLevel::warning, "读数入库排队已满，未写入，请稍后重发",
    "The queue of readings is full, nothing was stored, send again shortly"};
inline constexpr ErrorRow k_value_not_finite{
    "value_not_finite", 422, LogLevel::info, "读数不是有限数值，未写入",
    "A reading is not a finite number, nothing was stored"};
inline constexpr ErrorRow k_no_such_stream{"no_such_stream", 404, LogLevel::info,
                                           "没有这个数据流（{number}）",
                                           "There is no such datastream ({number})"};
inline constexpr ErrorRow k_lake_in_use{"lake_in_use", 500, LogLevel::error,
                                        "数据湖正被另一个程序使用：{what}",
                                        "The lake is in use by another process: {what}"};

}  // namespace anlan::errors
