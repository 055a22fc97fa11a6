// One line an event, on standard error: time, level, then key=value pairs or a sentence.
#pragma once

#include "core/result.h"

#include <string_view>

namespace anlan::center {

/// Lines below `least` are dropped. Call once, before any thread.
void start_log(LogLevel least);
void log(LogLevel level, std::string_view line);
/// The error in English, at its row's level, after `what`.
void log(std::string_view what, const Error& error);

}  // namespace anlan::center
