// The commands of `anlan`. Each answers its exit code: 0 done, 1 refused or failed (said on
// standard error, or in the JSON), 2 wrong usage (said by the command line's own parser).
#pragma once

#include "center/configuration.h"

#include <filesystem>
#include <string>
#include <vector>

namespace anlan::center {

struct Output {
    bool json = false;                 ///< For machines: one JSON document on standard output.
    Language language = Language::zh;  ///< Of errors; from LANG.
};

/// Says the error, on standard error or as JSON. Answers 1.
int failed(const Error& error, const Output& output);

int serve(const Configuration& configuration, const Output& output);
int print_openapi(const Configuration& configuration, const Output& output);
int verify_journal(const Configuration& configuration, const Output& output);
/// Tries what is declared, without writing: check.h. `store`: a data folder, or empty.
int check(const Configuration& configuration, const std::filesystem::path& store,
          const Output& output);
int import_files(const Configuration& configuration, const std::vector<std::string>& files,
                 const Output& output);

struct CertificateCommand {
    std::string action;  ///< init, issue, renew, show
    bool replace = false;
};
int certificate(const Configuration& configuration, const CertificateCommand& command,
                const Output& output);

struct UserCommand {
    std::string action;  ///< list, create, link, password, disable, enable, unlock, roles
    std::string account, name, name_en;
    std::vector<std::string> roles;
    std::string grid, enterprise, organisation;  ///< Ids, for `roles`.
    bool generate =
        false;  ///< A strong password is made and shown, instead of read from standard input.
    double hours = 24;  ///< A link's validity.
};
int user(const Configuration& configuration, const UserCommand& command, const Output& output);

struct AuditCommand {
    std::string action;  ///< verify, export
};
int audit(const Configuration& configuration, const AuditCommand& command, const Output& output);

/// Says the error on standard error, or in the JSON; answers 1.
int failed(const Error& error, const Output& output);

}  // namespace anlan::center
