// The errors of attachments.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_file_type_refused{
    "file_type_refused", 415, LogLevel::info, "不接受这种文件；可以上传：{allowed}",
    "Files of this kind are not taken; these are: {allowed}"};
inline constexpr ErrorRow k_quota_reached{
    "quota_reached", 413, LogLevel::warning, "本单位附件空间已满（{max} GiB）",
    "The organisation's room for files is used up ({max} GiB)"};
inline constexpr ErrorRow k_no_such_file{"no_such_file", 404, LogLevel::info,
                                         "没有这个文件，或不可查看",
                                         "There is no such file, or it is not for you to see"};
inline constexpr ErrorRow k_no_thumbnail{"no_thumbnail", 404, LogLevel::info, "这种文件没有缩略图",
                                         "Files of this kind have no thumbnail"};
inline constexpr ErrorRow k_picture_unreadable{"picture_unreadable", 422, LogLevel::info,
                                               "图片无法读取（{what}）",
                                               "The picture cannot be read ({what})"};

}  // namespace anlan::errors
