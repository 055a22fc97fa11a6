// The errors of the map, as rows.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_no_such_layer{"no_such_layer", 404, LogLevel::info,
                                          "没有“{layer}”这个图层", "There is no layer '{layer}'"};
inline constexpr ErrorRow k_bad_tile{"bad_tile", 400, LogLevel::info,
                                     "瓦片编号有误：z 为 0 到 {z_max}，x、y 为 0 到 2^z-1",
                                     "Bad tile address: z is 0 to {z_max}, x and y are 0 to 2^z-1"};
inline constexpr ErrorRow k_base_map_wrong{"base_map_wrong", 500, LogLevel::error,
                                           "底图文件有误：{file}：{what}",
                                           "The base map has an error: {file}: {what}"};

}  // namespace anlan::errors
