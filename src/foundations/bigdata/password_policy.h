// Which passwords do. Length and blocklist rather than rules of composition (NIST SP
// 800-63B 5.1.1), with what GB/T 22239-2019 8.1.4.1 a) asks on top: complexity, change, history.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace anlan::bigdata {

struct PasswordPolicy {
    std::size_t characters_min = 8;
    std::size_t different_min = 5;  ///< Different characters: "aaaaaaaa" is no password.
    std::size_t history = 5;        ///< The last so many cannot be taken again.
    std::int64_t days_max = 0;      ///< Older ones must be changed at sign-in; 0: not configured.
    /// Common ones, in lower case; compared without the digits and signs at the end.
    std::set<std::string, std::less<>> common;

    /// Errors: weak_password, with everything that is wrong at `where`.
    [[nodiscard]] Result<void> check(std::string_view account, std::string_view password,
                                     const std::string& where = "/password") const;
};

/// One a line; empty lines and # are left out. Errors: io.
Result<std::set<std::string, std::less<>>> load_common_passwords(const std::filesystem::path& file);

}  // namespace anlan::bigdata
