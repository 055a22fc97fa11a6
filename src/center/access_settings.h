// catalog/settings/access.yaml: limits of sign-in, sessions, passwords, tokens and the audit log.
#pragma once

#include "foundations/bigdata/accounts.h"

namespace anlan::center {

/// Fills in what the file says; database, clock, random and ids stay as they are. Errors:
/// bad_configuration with file and line; io.
Result<void> read_access_settings(const std::filesystem::path& file,
                                  bigdata::Accounts::Options& into);

}  // namespace anlan::center
