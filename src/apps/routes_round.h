// Ways of an incident's forces round zones that are only tried: offered by command, asked by
// decision, joined in center, so that neither application knows the other.
#pragma once

#include "core/ids.h"
#include "core/json.h"

#include <functional>
#include <string>

namespace anlan::apps {

/// `zones` as in impact.zones. Answers [{dispatch, team, geometry, length_m, eta_s, detour_m,
/// problem}], one for each dispatch that is not there yet; empty when there are none.
using RoutesRound =
    std::function<json::array(const std::string& space, Uuid incident, const json::array& zones)>;

}  // namespace anlan::apps
