// The errors of the live feed's subscriptions.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_bad_subscription{"bad_subscription", 422, LogLevel::info,
                                             "订阅有误：{member}",
                                             "The subscription is wrong: {member}"};

}  // namespace anlan::errors
