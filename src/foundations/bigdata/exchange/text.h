// Small repairs of text that people type: spaces, full-width characters, case.
#pragma once

#include <string>
#include <string_view>

namespace anlan::bigdata::exchange {

/// Without spaces at both ends: ASCII ones, U+00A0, U+3000, U+FEFF.
std::string_view trimmed(std::string_view text);
/// Full-width ASCII (U+FF01 to U+FF5E) and U+3000 as their plain forms.
std::string half_width(std::string_view text);
/// Trimmed, half-width, ASCII letters in lower case: for comparing what people wrote.
std::string folded_text(std::string_view text);
/// At most `characters`, with "…" where something was cut; never inside a character.
std::string shortened(std::string_view text, std::size_t characters);
bool is_valid_utf8(std::string_view text);

}  // namespace anlan::bigdata::exchange
