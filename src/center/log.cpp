#include "center/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace anlan::center {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

spdlog::logger& logger() {
    static const auto k_logger = [] {
        auto made = spdlog::stderr_logger_mt("anlan");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        return made;
    }();
    return *k_logger;
}

}  // namespace

void start_log(LogLevel least) {
    logger().set_level(level_of(least));
}

void log(LogLevel level, std::string_view line) {
    // What came from outside must not be able to write a second line.
    std::string safe(line);
    std::ranges::replace_if(
        safe, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    logger().log(level_of(level), spdlog::string_view_t(safe.data(), safe.size()));
}

void log(std::string_view what, const Error& error) {
    log(error.row->level, std::string(what) + " id=" + std::string(error.row->id) + " " +
                              text_of(error, Language::en));
}

}  // namespace anlan::center
