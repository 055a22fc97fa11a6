// GET /api/v1/system/health: how the program fares, for the people who keep it running. No business
// data: figures of the machine and of the program's own parts.
#pragma once

#include "center/health_routes.h"
#include "core/time.h"

#include <filesystem>

namespace anlan::center {

struct SystemOptions {
    std::function<std::vector<Figure>()> figures;  ///< Those of /metrics.
    std::filesystem::path data;                    ///< The data folder: its size, its disk.
    const Clock* clock = nullptr;
    std::string version, catalog_version;
};

/// Right: system.health. {version, catalog_version, now, started_at, uptime_s, memory_bytes,
/// disk{free_bytes, total_bytes}, stores[{name, bytes}], clock{synchronised, error_ms_max?},
/// figures[{name, labels, value, type, help}]}. What cannot be read is absent, never 0.
RouteRows system_routes(SystemOptions options);

}  // namespace anlan::center
