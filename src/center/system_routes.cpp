#include "center/system_routes.h"

#include <sys/timex.h>
#include <unistd.h>

#include <fstream>

namespace anlan::center {
namespace {

namespace fs = std::filesystem;

std::optional<std::int64_t> resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t total = 0, resident = 0;
    if (!(file >> total >> resident)) return std::nullopt;
    return resident * sysconf(_SC_PAGESIZE);
}

/// A file, or the files below a folder; a file that vanishes meanwhile counts nothing.
std::int64_t bytes_of(const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
        const auto size = fs::file_size(path, error);
        return error ? 0 : static_cast<std::int64_t>(size);
    }
    std::int64_t sum = 0;
    for (fs::recursive_directory_iterator each(path, error), end; !error && each != end;
         each.increment(error)) {
        std::error_code gone;
        const auto size = each->is_regular_file(gone) ? each->file_size(gone) : 0;
        if (!gone) sum += static_cast<std::int64_t>(size);
    }
    return sum;
}

/// What stands in the data folder, the write-ahead files with their store. Secrets are not named.
json::array stores(const fs::path& data) {
    std::map<std::string, std::int64_t> sizes;
    std::error_code error;
    for (fs::directory_iterator each(data, error), end; !error && each != end;
         each.increment(error)) {
        std::string name = each->path().filename().string();
        if (name == "secrets") continue;
        name = name.substr(0, name.find('.'));
        if (!name.empty()) sizes[name] += bytes_of(each->path());
    }
    json::array out;
    for (const auto& [name, bytes] : sizes)
        if (bytes > 0) out.push_back(json::object{{"name", name}, {"bytes", bytes}});
    return out;
}

/// What the kernel says of the clock's discipline (adjtimex(2), STA_UNSYNC).
json::object clock_state() {
    timex asked{};
    const int state = adjtimex(&asked);
    if (state < 0) return {};
    const bool synchronised = state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
    json::object out{{"synchronised", synchronised}};
    if (synchronised) out["error_ms_max"] = static_cast<double>(asked.maxerror) / 1000.0;
    return out;
}

json::object health_of(const SystemOptions& options, Timestamp started, SteadyTime began) {
    json::object out{{"version", options.version},
                     {"catalog_version", options.catalog_version},
                     {"now", iso8601(options.clock->now())},
                     {"started_at", iso8601(started)},
                     {"uptime_s", (options.clock->steady() - began) / 1'000'000},
                     {"stores", stores(options.data)},
                     {"clock", clock_state()}};
    if (const auto memory = resident_bytes()) out["memory_bytes"] = *memory;
    std::error_code error;
    const auto space = fs::space(options.data, error);
    if (!error)
        out["disk"] =
            json::object{{"free_bytes", space.available}, {"total_bytes", space.capacity}};
    json::array figures;
    for (const auto& figure : options.figures()) {
        figures.push_back(json::object{{"name", figure.name},
                                       {"labels", figure.labels},
                                       {"value", figure.value},
                                       {"type", figure.type},
                                       {"help", figure.help}});
    }
    out["figures"] = std::move(figures);
    return out;
}

}  // namespace

RouteRows system_routes(SystemOptions options) {
    RouteRows rows;
    const Timestamp started = options.clock->now();
    const SteadyTime began = options.clock->steady();
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/system/health", "system.health",
        {"系统运行状况", "How the system fares"},
        [options = std::move(options), started, began](const Call&, const NoBody&)
            -> Result<json::object> { return health_of(options, started, began); }));
    return rows;
}

}  // namespace anlan::center
