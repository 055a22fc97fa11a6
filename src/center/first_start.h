// What a new installation needs before anybody can sign in: three administrators, and, for a
// demonstration, its people and their one-time links.
#pragma once

#include "center/context.h"
#include "core/random.h"

#include <filesystem>
#include <string>
#include <vector>

namespace anlan::center {

struct NewPassword {
    std::string account, password;
    Label title;
};

/// Makes the system, security and audit administrators where they are missing: three people by law.
/// Their passwords are answered here once, for the terminal, and kept nowhere but hashed.
Result<std::vector<NewPassword>> make_administrators(bigdata::Accounts& accounts, Random& random, const std::string& zone);

struct EntranceLink {
    std::string account, secret;
    Label name, title;
};

/// Makes or opens the accounts of `file` and answers a fresh link for those marked `link`.
/// Errors: bad_configuration, naming file and account.
Result<std::vector<EntranceLink>> open_demonstration(CenterContext& context, const std::filesystem::path& file);
/// Shuts every demonstration account; its sessions end.
Result<void> close_demonstration(bigdata::Accounts& accounts);

inline constexpr std::int64_t k_link_valid_ms = 24LL * 3600 * 1000;

/// 20 characters of an alphabet without look-alikes: about 115 bits.
std::string strong_password(Random& random);

}  // namespace anlan::center
