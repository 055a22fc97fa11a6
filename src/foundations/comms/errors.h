// The errors of foundation two, as rows.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_no_addressee{"no_addressee", 422, LogLevel::warning,
                                         "消息没有收件岗位或收件人",
                                         "The message names neither a role nor a person"};
inline constexpr ErrorRow k_unknown_channel{"unknown_channel", 422, LogLevel::warning,
                                            "没有“{channel}”这个通道",
                                            "There is no channel '{channel}'"};

}  // namespace anlan::errors
