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
/// Their passwords are answered here once, for the terminal, and kept nowhere but hashed.
Result<std::vector<NewPassword>> make_administrators(bigdata::Accounts& accounts, Random& random,
                                                     const std::string& zone);

/// 20 characters of an alphabet without look-alikes: about 115 bits.
std::string strong_password(Random& random);

}  // namespace anlan::center
