// The errors of the SensorThings read API, as rows. `byte` counts from 0 in the option's text.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_st_option{"sensorthings_option", 400, LogLevel::info,
                                      "{option} 有误（第 {byte} 字节）：{what}",
                                      "Wrong {option} (byte {byte}): {what_en}"};
inline constexpr ErrorRow k_st_no_property{"sensorthings_no_property", 400, LogLevel::info,
                                           "{set} 没有属性“{name}”",
                                           "{set} has no property '{name}'"};
inline constexpr ErrorRow k_st_not_found{"sensorthings_not_found", 404, LogLevel::info,
                                         "没有这个资源：{path}",
                                         "There is no such resource: {path}"};
inline constexpr ErrorRow k_st_too_much{
    "sensorthings_too_much", 400, LogLevel::info,
    "要读的太多（超过 {max} 项），请用 {how} 缩小范围",
    "This reads too much (more than {max}); narrow it by {how}"};

}  // namespace anlan::errors
