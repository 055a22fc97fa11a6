#include "center/log.h"

#include "core/time.h"

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

LogForm g_form = LogForm::text;

spdlog::logger& logger() {
    static const auto k_logger = [] {
        auto made = spdlog::stderr_logger_mt("anlan");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        return made;
    }();
    return *k_logger;
}

std::string_view text_of_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            break;
    }
    return "error";
}

/// What came from outside must not be able to write a second line.
void write_line(LogLevel level, std::string line) {
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    logger().log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

void write_object(LogLevel level, json::object rest) {
    json::object whole{{"at", iso8601(SystemClock().now())}, {"level", text_of_level(level)}};
    for (auto& [key, value] : rest) whole.emplace(key, std::move(value));
    write_line(level, to_text(whole));
}

}  // namespace

void start_log(LogLevel least, LogForm form) {
    logger().set_level(level_of(least));
    g_form = form;
    if (form == LogForm::json) logger().set_pattern("%v");
}

bool logs(LogLevel level) {
    return logger().should_log(level_of(level));
}

void log(LogLevel level, const json::object& particulars) {
    if (g_form == LogForm::json) {
        write_object(level, particulars);
        return;
    }
    std::string line;
    for (const auto& [key, value] : particulars) {
        if (!line.empty()) line += ' ';
        line += std::string(key) + '=';
        const bool bare = value.is_string() && value.get_string().find(' ') == json::string::npos &&
                          value.get_string().find('"') == json::string::npos;
        line += bare ? std::string(value.get_string()) : to_text(value);
    }
    write_line(level, std::move(line));
}

void log(LogLevel level, std::string_view line) {
    if (g_form == LogForm::json)
        write_object(level, {{"text", line}});
    else
        write_line(level, std::string(line));
}

void log(std::string_view what, const Error& error) {
    log(error.row->level, std::string(what) + " id=" + std::string(error.row->id) + " " +
                              text_of(error, Language::en));
}

}  // namespace anlan::center
