// What a search finds in a text, and the tokens by which an index finds the texts to look at.
//
// A search is terms separated by white space; all must match, each in any one of the fields. Case,
// width (Ａ = a) and compatibility forms do not count (NFKC, case folded). A term matches a field
//   - where the field contains it: Chinese anywhere; a Latin word or a number from its beginning
//     or from where letters turn to digits or back ("0012" finds DJ0012, "012" does not);
//   - if it is letters only, also by pinyin: full, from any character on and cut off anywhere, or
//     by initials: 储罐 by "chuguan", "chug", "guan", "cg". Readings: see pinyin.h.
//
// The index's tokens never miss a match; what they find too much, Matcher takes out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

/// Lower case and compatibility forms made one; what cannot be read as UTF-8 becomes U+FFFD.
std::string folded(std::string_view text);

/// Tokens of a text for the index, separated by blanks: single characters and pairs, words, pinyin,
/// initials. About five a Chinese character.
std::string index_tokens(std::string_view text);

class Search {
  public:
    /// At most 8 terms of 64 characters; the rest is not looked at.
    explicit Search(std::string_view text);

    [[nodiscard]] bool empty() const { return m_terms.empty(); }
    /// Some field holds the term, for each term. The fields are not yet folded.
    [[nodiscard]] bool matches(const std::vector<std::string_view>& fields) const;
    /// The expression for FTS5 that finds all that match and perhaps more; empty when only looking
    /// at every text can tell.
    [[nodiscard]] std::string index_expression() const;

  private:
    struct Term {
        std::u32string text;
        bool letters = false;  ///< a to z only.
    };
    static bool holds(const std::u32string& field, const Term& term);
    std::vector<Term> m_terms;
};

}  // namespace anlan::bigdata
