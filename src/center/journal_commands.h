// `anlan journal heads` and `anlan journal erase`.
#pragma once

#include "center/commands.h"

namespace anlan::center {

struct EraseCommand {
    std::string kind, record, reason, by;
    std::vector<std::string> fields;
};

/// Prints each day's head; reads a register in use.
int journal_heads(const Configuration& configuration, const Output& output);
/// Erases a record's personal data (Register::erase), deleted ones too. The server must not run.
int journal_erase(const Configuration& configuration, const EraseCommand& command,
                  const Output& output);

}  // namespace anlan::center
