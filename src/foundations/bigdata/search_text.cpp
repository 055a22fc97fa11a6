#include "foundations/bigdata/search_text.h"

#include "core/result.h"
#include "foundations/bigdata/pinyin.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace anlan::bigdata {

namespace {

constexpr std::size_t k_terms_max = 8, k_term_max = 64;
// Longer ones are cut, in the index and in the expression alike.
constexpr std::size_t k_word_max = 24, k_pinyin_max = 16, k_initials_max = 8;

std::u32string code_points(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<int32_t>(text.size());
    for (int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, c);
        out += static_cast<char32_t>(c);
    }
    return out;
}

void append(std::string& out, char32_t c) {
    std::uint8_t bytes[4];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<UChar32>(c));
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

enum class Sort { other, han, letter, digit };

Sort sort_of(char32_t c) {
    if (c < 0x80) {
        if (c >= '0' && c <= '9') return Sort::digit;
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? Sort::letter : Sort::other;
    }
    if (is_han(c)) return Sort::han;
    const auto code = static_cast<UChar32>(c);
    if (u_isdigit(code) != 0) return Sort::digit;
    return u_isalnum(code) != 0 || u_charType(code) == U_NON_SPACING_MARK ? Sort::letter
                                                                          : Sort::other;
}

bool is_word(Sort sort) {
    return sort == Sort::letter || sort == Sort::digit;
}

/// A Latin word may be found from here on.
bool word_begins(const std::u32string& text, std::size_t at) {
    return at == 0 || sort_of(text[at]) != sort_of(text[at - 1]);
}

bool literal(const std::u32string& field, const std::u32string& term) {
    const bool word = is_word(sort_of(term.front()));
    for (auto at = field.find(term); at != field.npos; at = field.find(term, at + 1)) {
        if (!word || word_begins(field, at)) return true;
    }
    return false;
}

bool by_pinyin_at(const std::u32string& field, std::size_t at, const std::u32string& term) {
    std::size_t done = 0;
    for (; at < field.size() && done < term.size(); ++at) {
        const auto syllable = pinyin_of(field[at]);
        if (syllable.empty()) return false;
        for (const char letter : syllable) {
            if (done == term.size()) break;
            if (term[done++] != static_cast<char32_t>(letter)) return false;
        }
    }
    return done == term.size();
}

bool by_initials_at(const std::u32string& field, std::size_t at, const std::u32string& term) {
    if (field.size() - at < term.size()) return false;
    for (std::size_t i = 0; i < term.size(); ++i) {
        const auto syllable = pinyin_of(field[at + i]);
        if (syllable.empty() || static_cast<char32_t>(syllable.front()) != term[i]) return false;
    }
    return true;
}

void add_han(std::string& out, const std::u32string& text, std::size_t at) {
    append(out, text[at]);
    out += ' ';
    if (at + 1 < text.size() && is_han(text[at + 1])) {
        append(out, text[at]);
        append(out, text[at + 1]);
        out += ' ';
    }
    std::string full, initials;
    for (auto i = at; i < text.size() && full.size() < k_pinyin_max; ++i) {
        const auto syllable = pinyin_of(text[i]);
        if (syllable.empty()) break;
        full += syllable;
    }
    for (auto i = at; i < text.size() && initials.size() < k_initials_max; ++i) {
        const auto syllable = pinyin_of(text[i]);
        if (syllable.empty()) break;
        initials += syllable.front();
    }
    if (full.empty()) return;
    out.append(full, 0, k_pinyin_max).append(" ");
    // One initial is the beginning of the full form.
    if (initials.size() > 1) out.append(initials).append(" ");
}

std::string word_at(const std::u32string& text, std::size_t at) {
    std::string out;
    for (; at < text.size() && is_word(sort_of(text[at])) && out.size() < k_word_max; ++at)
        append(out, text[at]);
    return out;
}

void add_and(std::string& out, const std::string& token, bool prefix) {
    out.append(out.empty() ? "\"" : " AND \"").append(token).append(prefix ? "\" *" : "\"");
}

}  // namespace

std::string folded(std::string_view text) {
    if (std::ranges::all_of(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x80; })) {
        std::string out(text);
        for (char& c : out) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        }
        return out;
    }
    UErrorCode status = U_ZERO_ERROR;
    static const icu::Normalizer2* const k_form = icu::Normalizer2::getNFKCCasefoldInstance(status);
    ASSERT(k_form != nullptr);
    status = U_ZERO_ERROR;
    std::string out;
    icu::StringByteSink<std::string> sink(&out);
    k_form->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                          nullptr, status);
    return U_SUCCESS(status) ? out : std::string(text);
}

std::string index_tokens(std::string_view text) {
    const auto points = code_points(folded(text));
    std::string out;
    out.reserve(points.size() * 8);
    for (std::size_t at = 0; at < points.size(); ++at) {
        const auto sort = sort_of(points[at]);
        if (sort == Sort::han)
            add_han(out, points, at);
        else if (is_word(sort) && word_begins(points, at))
            out.append(word_at(points, at)).append(" ");
    }
    return out;
}

Search::Search(std::string_view text) {
    const auto all = code_points(folded(text));
    std::u32string term;
    const auto close = [&] {
        if (!term.empty() && m_terms.size() < k_terms_max) {
            const bool letters =
                std::ranges::all_of(term, [](char32_t c) { return c >= 'a' && c <= 'z'; });
            m_terms.push_back({term.substr(0, k_term_max), letters});
        }
        term.clear();
    };
    for (const char32_t c : all) {
        if (u_isUWhiteSpace(static_cast<UChar32>(c)) != 0)
            close();
        else
            term += c;
    }
    close();
}

bool Search::holds(const std::u32string& field, const Term& term) {
    if (literal(field, term.text)) return true;
    if (!term.letters) return false;
    for (std::size_t at = 0; at < field.size(); ++at) {
        if (field[at] < 0x3400) continue;
        if (by_pinyin_at(field, at, term.text) || by_initials_at(field, at, term.text)) return true;
    }
    return false;
}

bool Search::matches(const std::vector<std::string_view>& fields) const {
    std::vector<std::u32string> read;
    read.reserve(fields.size());
    for (const auto& field : fields) {
        if (!field.empty()) read.push_back(code_points(folded(field)));
    }
    return std::ranges::all_of(m_terms, [&](const Term& term) {
        return std::ranges::any_of(read, [&](const auto& field) { return holds(field, term); });
    });
}

std::string Search::index_expression() const {
    std::string out;
    for (const auto& [text, letters] : m_terms) {
        if (letters) {
            // Word, pinyin and initials begin alike, and no token is cut before this.
            add_and(out, {text.begin(), text.begin() + std::min(text.size(), k_initials_max)},
                    true);
            continue;
        }
        for (std::size_t at = 0; at < text.size(); ++at) {
            const auto sort = sort_of(text[at]);
            if (sort == Sort::han) {
                const bool pair = at + 1 < text.size() && is_han(text[at + 1]);
                const bool second = at > 0 && is_han(text[at - 1]);
                if (!pair && second) continue;
                std::string token;
                append(token, text[at]);
                if (pair) append(token, text[at + 1]);
                add_and(out, token, false);
            } else if (is_word(sort) && (at == 0 || !is_word(sort_of(text[at - 1])))) {
                std::size_t end = at;
                while (end < text.size() && is_word(sort_of(text[end]))) ++end;
                const auto word = word_at(text, at);
                add_and(out, word, end == text.size() || word.size() >= k_word_max - 3);
            }
        }
    }
    return out;
}

}  // namespace anlan::bigdata
