// `anlan check`: everything that is declared, tried without writing: catalog, settings, the zone as
// shipped, and, where a data folder is named, what a start would do to its store.
#pragma once

#include "center/configuration.h"
#include "foundations/bigdata/migrate.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace anlan::center {

struct CheckReport {
    std::string catalog_version;
    std::size_t records = 0;  ///< Of the zone as shipped.
    /// Of the data folder; nothing where none was asked for or none is there.
    std::optional<std::vector<bigdata::MigrationOutcome>> migrations;
    std::vector<Error> problems;  ///< One for each part that is wrong, all of its faults in it.
    [[nodiscard]] bool good() const { return problems.empty(); }
};

/// `store` names a data folder, or is empty. The store is locked for the trial, so no server may be
/// using it (data_in_use).
CheckReport check_all(const Configuration& configuration, const std::filesystem::path& store);

}  // namespace anlan::center
