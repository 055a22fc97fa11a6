// The canonical form of core/json.h, added to a text piece by piece: for what is written often
// enough (every journal entry) that building a value first would cost more than writing it.
#pragma once

#include "core/json.h"

#include <string>
#include <string_view>

namespace anlan {

/// The same bytes as canonical_text() of the value.
void append_canonical(std::string& out, const json::value& value);
void append_canonical(std::string& out, const json::object& object);
void append_canonical(std::string& out, std::string_view text);
/// What a string literal would become otherwise is a truth value.
void append_canonical(std::string& out, const char* text) = delete;

}  // namespace anlan
