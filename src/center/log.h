// One line an event, on standard error: time, level, then key=value pairs or a sentence; or, for
// collectors, a JSON object with "at", "level" and either "text" or the keys.
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <string_view>

namespace anlan::center {

enum class LogForm { text, json };

/// Lines below `least` are dropped. Call once, before any thread.
void start_log(LogLevel least, LogForm form = LogForm::text);
[[nodiscard]] bool logs(LogLevel level);
/// An event with its particulars. What is secret must not be among them.
void log(LogLevel level, const json::object& particulars);
void log(LogLevel level, std::string_view line);
/// The error in English, at its row's level, after `what`.
void log(std::string_view what, const Error& error);

}  // namespace anlan::center
