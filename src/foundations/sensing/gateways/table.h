// All protocols that the program speaks.
#pragma once

#include "foundations/sensing/gateways/gateway.h"

namespace anlan::sensing {

std::span<const GatewayRow> gateways();
/// Null when there is none of that name.
const GatewayRow* gateway_row(std::string_view protocol);

}  // namespace anlan::sensing
