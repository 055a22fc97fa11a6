// The demonstration: its people, their one-time links, and the tokens of its devices. With it they
// exist, without it they are shut.
#pragma once

#include "center/context.h"

#include <filesystem>
#include <string>
#include <vector>

namespace anlan::center {

struct EntranceLink {
    std::string account, secret;
    Label name, title;
};

/// Makes or opens the accounts of `file` and answers a fresh link for those marked `link`.
/// Errors: bad_configuration, naming file and account.
Result<std::vector<EntranceLink>> open_demonstration(CenterContext& context,
                                                     const std::filesystem::path& file);
/// Shuts every demonstration account; its sessions end.
Result<void> close_demonstration(bigdata::Accounts& accounts);

inline constexpr std::int64_t k_link_valid_ms = 24LL * 3600 * 1000;

enum class Tokens { set, taken_away };
/// The shipped devices carry no credential. With the demonstration every device that speaks HTTP
/// JSON and has none gets the SM3 of "demo-<address>", which `anlan simulate --alive` knows;
/// without it exactly these are taken away again. A credential set by anybody else is left alone.
Result<void> set_demonstration_tokens(bigdata::Register& records, const std::string& zone,
                                      Tokens tokens);

}  // namespace anlan::center
