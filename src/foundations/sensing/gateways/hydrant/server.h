// The TCP listener for pressure terminals.
#pragma once

#include "foundations/sensing/gateways/gateway.h"

namespace anlan::sensing::hydrant {

/// The row's functions. Settings: record_order ("unknown", "oldest_first", "newest_first"), step_pa
/// ({"1" = 1000}: pascals of one step, by kind of terminal), idle_timeout_s (a terminal may be
/// silent for a day).
Result<std::unique_ptr<Gateway>> start(GatewayOptions options);
Result<void> check(const json::object& settings);

}  // namespace anlan::sensing::hydrant
