// The errors of routing, as rows. `{blocking_zh}` and `{blocking_en}` name what is in the way.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_bad_road{"bad_road", 422, LogLevel::warning, "道路有误：{what}",
                                     "Bad road: {what}"};
inline constexpr ErrorRow k_no_road_near{"no_road_near", 422, LogLevel::info,
                                         "{end_zh}周围 {metres} 米内没有可走的道路",
                                         "No usable road within {metres} m of the {end_en}"};
inline constexpr ErrorRow k_roads_do_not_connect{"roads_do_not_connect", 422, LogLevel::info,
                                                 "两地之间没有道路相连",
                                                 "No road connects the two places"};
inline constexpr ErrorRow k_every_road_closed{
    "every_road_closed", 409, LogLevel::info, "无路可走：通路全部封闭，原因是{blocking_zh}",
    "No route: every road is closed, because of {blocking_en}"};
inline constexpr ErrorRow k_road_in_the_way{"road_in_the_way", 409, LogLevel::info,
                                            "{road_zh}：{by_zh}", "{road_en}: {by_en}"};

}  // namespace anlan::errors
