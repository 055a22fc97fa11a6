// Cells that a spreadsheet would run as formulas (CWE-1236, "CSV injection").
#pragma once

#include <string>
#include <string_view>

namespace anlan::bigdata::exchange {

/// Whether a text starts like a formula: = + - @ (also full-width), tab, return, line feed; or
/// with the apostrophe that would then be mistaken for our own.
inline bool needs_defusing(std::string_view text) {
    if (text.empty()) return false;
    if (std::string_view("=+-@\t\r\n'").find(text[0]) != std::string_view::npos) return true;
    const auto wide = text.substr(0, 3);
    return wide == "＝" || wide == "＋" || wide == "－" || wide == "＠";
}

/// The text, with an apostrophe in front where it needs one. Reading it back takes exactly that
/// apostrophe away.
inline std::string defused(std::string_view text) {
    return needs_defusing(text) ? "'" + std::string(text) : std::string(text);
}

}  // namespace anlan::bigdata::exchange
