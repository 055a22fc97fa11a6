// Hanyu pinyin of single characters, without tones, as people type it: 储 "chu", 绿 "lv".
//
// Source: ICU's Han-Latin transform (CLDR, from Unihan kMandarin). A character with several
// readings has its default one: 重 is always "zhong", 行 always "xing". Made on first use, a block
// of 256 characters at a time (about 2 ms each), and kept (at most 0.4 MB). Thread-safe.
#pragma once

#include <string_view>

namespace anlan::bigdata {

/// Lower-case letters a to z; empty for what is no Han character of the basic plane or has no
/// reading. Lives for ever.
std::string_view pinyin_of(char32_t character);

/// Unified ideographs, extensions A to H and compatibility ideographs.
bool is_han(char32_t character);

}  // namespace anlan::bigdata
