#include "foundations/bigdata/pinyin.h"

#include "core/result.h"

#include <unicode/translit.h>

#include <array>
#include <mutex>
#include <string>

namespace anlan::bigdata {

namespace {

constexpr char32_t k_first = 0x3400, k_last = 0x9fff, k_block = 0x100;
constexpr std::size_t k_blocks = (k_last + 1 - k_first) / k_block;

struct Block {
    std::once_flag made;
    std::array<std::array<char, 8>, k_block> syllables{};  ///< The longest has six letters.
};

/// ICU's transforms are not safe to use from two threads.
struct Transform {
    std::mutex mutex;
    std::unique_ptr<icu::Transliterator> han_latin;
    Transform() {
        UErrorCode status = U_ZERO_ERROR;
        han_latin.reset(
            icu::Transliterator::createInstance("Han-Latin; NFC", UTRANS_FORWARD, status));
        ASSERT(han_latin != nullptr);
    }
};

/// Without its tone. The keyboard has no ü: input methods take v.
char letter_of(char32_t c) {
    switch (c) {
        case U'ü':
        case U'ǖ':
        case U'ǘ':
        case U'ǚ':
        case U'ǜ':
            return 'v';
        case U'ā':
        case U'á':
        case U'ǎ':
        case U'à':
            return 'a';
        case U'ē':
        case U'é':
        case U'ě':
        case U'è':
        case U'ê':
        case U'ế':
        case U'ề':
            return 'e';
        case U'ī':
        case U'í':
        case U'ǐ':
        case U'ì':
            return 'i';
        case U'ō':
        case U'ó':
        case U'ǒ':
        case U'ò':
            return 'o';
        case U'ū':
        case U'ú':
        case U'ǔ':
        case U'ù':
            return 'u';
        case U'ń':
        case U'ň':
        case U'ǹ':
            return 'n';
        case U'ḿ':
            return 'm';
        default:
            return c >= 'a' && c <= 'z' ? static_cast<char>(c) : '\0';
    }
}

void make(Block& block, char32_t first) {
    static Transform transform;
    icu::UnicodeString text;
    for (char32_t i = 0; i < k_block; ++i)
        text.append(static_cast<UChar32>(first + i)).append(u'\n');
    {
        const std::lock_guard lock(transform.mutex);
        transform.han_latin->transliterate(text);
    }
    std::size_t at = 0, length = 0;
    for (int32_t i = 0; i < text.length(); ++i) {
        const char32_t c = text.charAt(i);
        if (c == u'\n') {
            ++at;
            length = 0;
        } else if (const char letter = letter_of(c);
                   letter != '\0' && at < k_block && length + 1 < block.syllables[at].size()) {
            block.syllables[at][length++] = letter;
        }
    }
}

}  // namespace

std::string_view pinyin_of(char32_t character) {
    static std::array<Block, k_blocks> blocks;
    if (character < k_first || character > k_last) return {};
    const std::size_t number = (character - k_first) / k_block;
    auto& block = blocks[number];
    std::call_once(block.made, [&] { make(block, k_first + char32_t(number) * k_block); });
    return block.syllables[(character - k_first) % k_block].data();
}

bool is_han(char32_t c) {
    return (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x323af) || c == 0x3007;
}

}  // namespace anlan::bigdata
