// gzip (RFC 1952) by zlib, for what is worth it.
#pragma once

#include <string>
#include <string_view>

namespace anlan::center {

/// Level 1 (fast) to 9 (small). About 60 MB/s at level 4 on one core.
std::string gzip(std::string_view bytes, int level);
/// JSON, text, vector tiles: what shrinks. Pictures, fonts and PDF do not.
bool worth_gzip(std::string_view content_type, std::size_t size);
/// True when an Accept-Encoding value names `coding` ("br") and does not refuse it (q=0).
bool accepts(std::string_view accept_encoding, std::string_view coding);

}  // namespace anlan::center
