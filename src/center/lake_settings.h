// catalog/settings/lake.yaml: how long the lake keeps what.
#pragma once

#include "core/result.h"
#include "foundations/bigdata/lake.h"

#include <filesystem>

namespace anlan::center {

/// `archive`: the folder for readings that go, where the file wants one.
/// Errors: bad_lake_settings with file and line; io.
Result<bigdata::LakeRetention> read_lake_settings(const std::filesystem::path& file,
                                                  const std::filesystem::path& archive);

}  // namespace anlan::center
