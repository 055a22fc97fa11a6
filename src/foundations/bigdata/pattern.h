// Regular expressions of the catalog, as ICU reads them (close to ECMAScript's, so that a form in
// the browser can use the same text).
#pragma once

#include <string_view>

namespace anlan::bigdata {

bool is_pattern(std::string_view pattern);
/// The whole text matches. False for a pattern that is none, and for one that would take too long.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace anlan::bigdata
