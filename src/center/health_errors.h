// The error of a server that lives and cannot work.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_not_ready{"not_ready", 503, LogLevel::warning, "尚不能工作：{what}",
                                      "Not ready: {what_en}"};

}  // namespace anlan::errors
