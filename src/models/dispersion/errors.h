// What the dispersion models refuse, and what the text says to do about it.
#pragma once

#include "core/result.h"

namespace anlan::dispersion::errors {

inline constexpr ErrorRow k_plume_calm_wind{
    "plume_calm_wind", 422, LogLevel::info,
    "风速{speed_m_s} m/s，低于 1 m/s，羽流没有确定方向，高斯羽流不适用；请按四周扩散（圆）处理",
    "Wind {speed_m_s} m/s is below 1 m/s: the plume has no direction and the Gaussian plume does "
    "not apply; treat all directions alike (circle)"};
inline constexpr ErrorRow k_plume_size_mismatch{
    "plume_size_mismatch", 500, LogLevel::error, "受体数 {receptors} 与结果数 {results} 不一致",
    "{receptors} receptors but room for {results} results"};
inline constexpr ErrorRow k_model_input{
    "model_input", 422, LogLevel::info, "模型输入 {field} 超出范围：{value}（应为{expected}）",
    "Model input {field} is out of range: {value} (should be {expected})"};
inline constexpr ErrorRow k_model_datum_missing{
    "model_datum_missing", 422, LogLevel::info, "缺少数据，无法计算：{zh}（{field}）",
    "Cannot be computed, a datum is missing: {en} ({field})"};
inline constexpr ErrorRow k_dense_not_dense{
    "dense_not_dense", 422, LogLevel::info,
    "初始云团密度 {density} kg/m³ 不大于空气，重气模型不适用",
    "The initial cloud, {density} kg/m³, is not heavier than air: the dense-gas model does not "
    "apply"};
inline constexpr ErrorRow k_vapour_pressure_range{
    "vapour_pressure_range", 422, LogLevel::info,
    "{name}的蒸气压公式适用于 {low}–{high} K，{temperature} K 超出范围",
    "The vapour pressure of {name} is fitted on {low}–{high} K; {temperature} K is outside"};
inline constexpr ErrorRow k_vessel_no_pressure{
    "vessel_no_pressure", 422, LogLevel::info,
    "容器内压力 {pressure} Pa 不高于外界，且无液位差，不会流出",
    "The vessel's pressure, {pressure} Pa, is not above the air's and there is no head: nothing "
    "flows"};

}  // namespace anlan::dispersion::errors
