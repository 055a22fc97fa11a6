#include "foundations/bigdata/password_policy.h"

#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <fstream>

namespace anlan::bigdata {

namespace {

constexpr std::size_t k_bytes_max = 1024;  ///< Longer ones only cost time.

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

/// "Password2026!" is "password" with a tail that everybody adds.
std::string_view stem(std::string_view text) {
    while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
    return text;
}

/// Whole characters of UTF-8.
std::set<std::string_view> different(std::string_view text, std::size_t& count) {
    std::set<std::string_view> out;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i + 1;
        while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
        out.insert(text.substr(i, end - i));
        ++count;
        i = end;
    }
    return out;
}

}  // namespace

Result<void> PasswordPolicy::check(std::string_view account, std::string_view password,
                                   const std::string& where) const {
    std::vector<FieldProblem> wrong;
    std::size_t count = 0;
    const auto kinds = different(password, count);
    const std::string plain = lower(password);
    if (count < characters_min)
        wrong.push_back(
            {where, &errors::k_password_short, {{"min", std::to_string(characters_min)}}});
    else if (kinds.size() < different_min)
        wrong.push_back(
            {where, &errors::k_password_plain, {{"min", std::to_string(different_min)}}});
    if (password.size() > k_bytes_max)
        wrong.push_back({where, &errors::k_password_long, {{"max", std::to_string(k_bytes_max)}}});
    if (!account.empty() && plain.find(account) != plain.npos)
        wrong.push_back({where, &errors::k_password_account, {}});
    // Digits and signs alone are a date, a telephone number, a row of keys.
    if (stem(plain).empty() || common.contains(plain) || common.contains(stem(plain)))
        wrong.push_back({where, &errors::k_password_common, {}});
    if (!wrong.empty()) return fail(errors::k_weak_password, {}, std::move(wrong));
    return {};
}

Result<std::set<std::string, std::less<>>> load_common_passwords(
    const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return fail(errors::k_io, {{"what", file.string()}});
    std::set<std::string, std::less<>> out;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.front() != '#') out.insert(lower(line));
    }
    return out;
}

}  // namespace anlan::bigdata
