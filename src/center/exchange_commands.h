// `anlan import` of tables and places, and `anlan export`: what the server's routes do, for whoever
// may open the data folder. The server must not run.
#pragma once

#include "center/commands.h"

namespace anlan::center {

struct ImportCommand {
    std::string kind;
    std::vector<std::string> files;
    bool dry_run = false;
    bool empty_clears = false;
    std::string reason;
};

struct ExportCommand {
    std::string kind;
    std::string format = "csv", style = "labels", language = "zh";
    std::string where, text, sort, columns;
    std::string output = "-";  ///< "-": standard output.
};

/// CSV, XLSX and GeoJSON by their names; NDJSON, YAML and folders go to import_files().
bool are_tables(const std::vector<std::string>& files);
int import_tables(const Configuration& configuration, const ImportCommand& command,
                  const Output& output);
int export_table(const Configuration& configuration, const ExportCommand& command,
                 const Output& output);

}  // namespace anlan::center
