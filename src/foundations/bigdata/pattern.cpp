#include "foundations/bigdata/pattern.h"

#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include <memory>
#include <string>
#include <unordered_map>

namespace anlan::bigdata {

namespace {

// ICU's unit of effort, about a millisecond each: ends a pattern that backtracks without end.
constexpr std::int32_t k_effort_max = 50;

struct Close {
    void operator()(URegularExpression* e) const { uregex_close(e); }
};
using Expression = std::unique_ptr<URegularExpression, Close>;

std::u16string utf16(std::string_view text) {
    std::u16string out(text.size() + 1, u'\0');
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t length = 0;
    u_strFromUTF8WithSub(out.data(), static_cast<std::int32_t>(out.size()), &length, text.data(),
                         static_cast<std::int32_t>(text.size()), 0xFFFD, nullptr, &status);
    out.resize(static_cast<std::size_t>(length));
    return out;
}

Expression compile(std::string_view pattern) {
    const auto wide = utf16(pattern);
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    Expression out(
        uregex_open(wide.data(), static_cast<std::int32_t>(wide.size()), 0, &where, &status));
    return U_SUCCESS(status) ? std::move(out) : nullptr;
}

/// Compiling costs a hundred matches, and every record of an import asks for the catalog's few
/// patterns again. An expression carries its text, so each thread has its own.
URegularExpression* compiled(std::string_view pattern) {
    constexpr std::size_t k_kept_max = 256;
    thread_local std::unordered_map<std::string, Expression> kept;
    const auto known = kept.find(std::string(pattern));
    if (known != kept.end()) return known->second.get();
    if (kept.size() >= k_kept_max) kept.clear();
    return kept.emplace(pattern, compile(pattern)).first->second.get();
}

}  // namespace

bool is_pattern(std::string_view pattern) {
    return !pattern.empty() && compile(pattern) != nullptr;
}

bool matches(std::string_view pattern, std::string_view text) {
    auto* expression = compiled(pattern);
    if (expression == nullptr) return false;
    const auto wide = utf16(text);
    UErrorCode status = U_ZERO_ERROR;
    uregex_setTimeLimit(expression, k_effort_max, &status);
    uregex_setText(expression, wide.data(), static_cast<std::int32_t>(wide.size()), &status);
    return uregex_matches(expression, 0, &status) != 0 && U_SUCCESS(status);
}

}  // namespace anlan::bigdata
