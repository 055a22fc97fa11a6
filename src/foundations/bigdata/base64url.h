// Base 64 for URLs (RFC 4648, section 5), without padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace anlan::bigdata {

std::string base64url(std::string_view bytes);
/// Nothing for text that base64url() cannot have made.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace anlan::bigdata
