// Who is asking. Plain data; what they may do is decided in one place, foundations/bigdata/access.
#pragma once

#include "core/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace anlan {

struct Principal {
    Uuid user;                            ///< Nil for the program itself.
    std::string account;                  ///< "chenmo"; "system" for the program itself.
    std::string name;                     ///< As shown to people.
    std::string zone;                     ///< The only zone this principal ever sees.
    std::vector<std::string> roles;       ///< Role names of catalog/roles.yaml.
    Uuid organisation, enterprise, grid;  ///< Row scope; nil when not bound to one.
    /// Of an API token: the rights it was given, of which only those count that its owner has.
    /// Nothing for a person at a screen.
    std::optional<std::vector<std::string>> token_rights = std::nullopt;
};

}  // namespace anlan
