// What the decision application refuses.
#pragma once

#include "core/result.h"

namespace anlan::decision::errors {

inline constexpr ErrorRow k_settings_wrong{"settings_wrong", 500, LogLevel::error,
                                           "决策设置有误：{what}",
                                           "The decision settings are wrong: {what}"};
inline constexpr ErrorRow k_no_wind{
    "no_wind", 422, LogLevel::info, "没有可用的风：气象桅杆无数据。请人工给定风向风速",
    "There is no wind to use: the mast is silent. Set direction and speed by hand"};
inline constexpr ErrorRow k_no_vessel{
    "no_vessel", 422, LogLevel::info, "事件没有关联储罐，无法计算威胁区。请在事件中选定储罐",
    "The incident names no vessel, so no zone can be computed. Choose its vessel"};
inline constexpr ErrorRow k_no_inventory{
    "no_inventory", 422, LogLevel::info, "储罐未登记存量，无法计算威胁区。请补录存量",
    "The vessel has no inventory on record, so no zone can be computed. Enter it"};
inline constexpr ErrorRow k_no_hole{
    "no_hole", 422, LogLevel::info, "孔径未配置，无法计算威胁区。请给出估计孔径",
    "The hole is not configured, so no zone can be computed. Estimate its diameter"};
inline constexpr ErrorRow k_no_thresholds{"no_thresholds", 422, LogLevel::info,
                                          "该物质的毒性限值未配置",
                                          "The substance's toxic limits are not configured"};
inline constexpr ErrorRow k_bad_wind{"bad_wind", 422, LogLevel::info,
                                     "风有误：风向 0–360°，风速 0–75 m/s",
                                     "Bad wind: direction 0–360°, speed 0–75 m/s"};

}  // namespace anlan::decision::errors
