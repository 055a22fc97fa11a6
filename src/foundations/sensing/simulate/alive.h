// The zone when nothing happens: alive.yaml and the shipped records to devices.
#pragma once

#include "foundations/sensing/simulate/device.h"

#include <filesystem>

namespace anlan::sensing::simulate {

namespace errors {
inline constexpr ErrorRow k_alive_wrong{"alive_wrong", 500, LogLevel::error,
                                        "模拟数据有误（{file}）：{what}",
                                        "The simulation's data is wrong ({file}): {what}"};
}  // namespace errors

/// Reads <folder>/alive.yaml, records/{device,datastream,road}.ndjson. Channels nobody knows how to
/// play (a tide gauge with a thermometer) are left silent. Errors: alive_wrong.
Result<std::vector<Device>> read_alive(const std::filesystem::path& folder);

}  // namespace anlan::sensing::simulate
