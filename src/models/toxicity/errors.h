// What the toxicity functions refuse.
#pragma once

#include "core/result.h"

namespace anlan::toxicity::errors {

inline constexpr ErrorRow k_probit_unit_unknown{
    "probit_unit_unknown", 422, LogLevel::warning,
    "概率函数的浓度单位“{unit}”不认识，应为 mg/m3 或 ppm",
    "The probit's unit of concentration, '{unit}', is not known: mg/m3 or ppm"};
inline constexpr ErrorRow k_toxicity_input{"toxicity_input", 422, LogLevel::info,
                                           "毒性计算输入 {field} 超出范围：{value}",
                                           "Toxicity input {field} is out of range: {value}"};

}  // namespace anlan::toxicity::errors
