// /healthz (the process lives), /readyz (it can work), /metrics (Prometheus text).
#pragma once

#include "core/route.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace anlan::center {

struct Figure {
    std::string name;    ///< "anlan_requests_total"
    std::string labels;  ///< "status=\"2xx\"", or empty.
    double value = 0;
    const char* type = "gauge";
    const char* help = "";
};

struct HealthOptions {
    std::function<std::vector<Figure>()> figures;
    std::function<Result<void>()> ready;
    bool metrics_for_all = false;  ///< Otherwise only to this machine,
    std::string metrics_token;     ///< and to who brings this as a bearer token; empty: none.
};

RouteRows health_routes(HealthOptions options);

}  // namespace anlan::center
