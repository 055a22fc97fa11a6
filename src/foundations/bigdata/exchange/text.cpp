#include "foundations/bigdata/exchange/text.h"

#include <array>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::array<std::string_view, 7> k_spaces{" ",        "\t",           "\r",          "\n",
                                                   "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};

}  // namespace

std::string_view trimmed(std::string_view text) {
    for (bool again = true; again;) {
        again = false;
        for (const auto space : k_spaces) {
            if (text.starts_with(space)) {
                text.remove_prefix(space.size());
                again = true;
            } else if (text.ends_with(space)) {
                text.remove_suffix(space.size());
                again = true;
            }
        }
    }
    return text;
}

std::string half_width(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        // U+FF01…U+FF3F are EF BC 81…BF, U+FF40…U+FF5E are EF BD 80…9E.
        if (text[i] == '\xEF' && i + 2 < text.size()) {
            const auto b = static_cast<unsigned char>(text[i + 1]);
            const auto c = static_cast<unsigned char>(text[i + 2]);
            const bool low = b == 0xBC && c >= 0x81 && c <= 0xBF;
            const bool high = b == 0xBD && c >= 0x80 && c <= 0x9E;
            if (low || high) {
                out += static_cast<char>(low ? c - 0x81 + 0x21 : c - 0x80 + 0x60);
                i += 2;
                continue;
            }
        }
        if (text.substr(i, 3) == "\xE3\x80\x80") {
            out += ' ';
            i += 2;
            continue;
        }
        out += text[i];
    }
    return out;
}

std::string folded_text(std::string_view text) {
    std::string out = half_width(trimmed(text));
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t characters) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] & 0xC0) == 0x80) continue;
        if (seen++ == characters) return std::string(text.substr(0, i)) + "…";
    }
    return std::string(text);
}

bool is_valid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto a = static_cast<unsigned char>(text[i]);
        const std::size_t length = a < 0x80                 ? 1
                                   : a >= 0xC2 && a <= 0xDF ? 2
                                   : a >= 0xE0 && a <= 0xEF ? 3
                                   : a >= 0xF0 && a <= 0xF4 ? 4
                                                            : 0;
        if (length == 0 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
        if (length > 2) {
            const auto b = static_cast<unsigned char>(text[i + 1]);
            if ((a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F) || (a == 0xF0 && b < 0x90) ||
                (a == 0xF4 && b > 0x8F))
                return false;
        }
        i += length;
    }
    return true;
}

}  // namespace anlan::bigdata::exchange
