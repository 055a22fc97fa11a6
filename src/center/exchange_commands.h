// `anlan export`: what the server's route does, for whoever
// may open the data folder. The server must not run.
#pragma once

#include "center/commands.h"

namespace anlan::center {

struct ExportCommand {
    std::string kind;
    std::string format = "csv", style = "labels", language = "zh";
    std::string where, text, sort, columns;
    std::string output = "-";  ///< "-": standard output.
};

int export_table(const Configuration& configuration, const ExportCommand& command,
                 const Output& output);

}  // namespace anlan::center
