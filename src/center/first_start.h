// What a new installation needs before anybody can sign in: three administrators.
#pragma once

#include "core/label.h"
#include "core/random.h"
#include "foundations/bigdata/accounts.h"

#include <string>
#include <vector>

namespace anlan::center {

struct NewPassword {
    std::string account, password;
    Label title;
};

/// Makes the system, security and audit administrators where they are missing: three people by law.
/// Their passwords are answered here once, for the terminal, and kept nowhere but hashed;
/// each must be changed at the first sign-in.
Result<std::vector<NewPassword>> make_administrators(bigdata::Accounts& accounts, Random& random,
                                                     const std::string& zone);

}  // namespace anlan::center
