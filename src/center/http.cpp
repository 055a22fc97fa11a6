#include "center/http.h"

#include "center/errors.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace anlan::center {
namespace {

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = digit(text[i + 1]), low = digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Calls `each` for every trimmed part of a list; stops when it answers false.
template <class F>
void for_each_part(std::string_view list, char separator, F each) {
    while (true) {
        const auto end = list.find(separator);
        if (!each(trimmed(list.substr(0, end))) || end == list.npos) return;
        list.remove_prefix(end + 1);
    }
}

/// The q of "gzip;q=0.5", in thousandths; 1000 when absent, 0 when malformed.
int quality(std::string_view part) {
    const auto at = part.find(";q=");
    if (at == part.npos) return 1000;
    const auto text = part.substr(at + 3);
    if (text.empty()) return 0;
    if (text.front() == '1') return 1000;
    if (text.size() < 2 || text.front() != '0' || text[1] != '.') return 0;
    int value = 0, scale = 100;
    for (const char c : text.substr(2, 3)) {
        if (c < '0' || c > '9') return value;
        value += (c - '0') * scale;
        scale /= 10;
    }
    return value;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<std::uint8_t>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || i + more >= text.size()) return false;
        std::uint32_t point = lead & (0x3F >> more);
        for (int k = 1; k <= more; ++k) {
            const auto next = static_cast<std::uint8_t>(text[i + k]);
            if ((next & 0xC0) != 0x80) return false;
            point = point << 6 | (next & 0x3F);
        }
        const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
        if (overlong || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) return false;
        i += more + 1;
    }
    return true;
}

Result<std::vector<std::string>> split_path(std::string_view path) {
    const auto refused = [](const char* zh, const char* en) {
        return fail(errors::k_bad_path, {{"what", zh}, {"what_en", en}});
    };
    if (path.empty() || path.front() != '/') return refused("应以 / 开头", "no leading '/'");
    std::vector<std::string> out;
    if (path == "/") return out;
    path.remove_prefix(1);
    while (true) {
        const auto end = path.find('/');
        const auto decoded = percent_decoded(path.substr(0, end), false);
        if (!decoded) return refused("百分号转义有误", "bad percent escape");
        if (decoded->empty()) return refused("有空段", "empty segment");
        if (*decoded == "." || *decoded == "..") return refused("有 . 或 .. 段", "dot segment");
        if (!is_utf8(*decoded)) return refused("不是 UTF-8", "not UTF-8");
        for (const char c : *decoded) {
            if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                return refused("有不允许的字符", "forbidden character");
            }
        }
        out.push_back(*decoded);
        if (end == path.npos) return out;
        path.remove_prefix(end + 1);
    }
}

Result<QueryPairs> split_query(std::string_view target) {
    QueryPairs out;
    const auto question = target.find('?');
    if (question == target.npos) return out;
    bool good = true;
    for_each_part(target.substr(question + 1), '&', [&](std::string_view part) {
        if (part.empty()) return true;
        const auto equals = part.find('=');
        const auto name = percent_decoded(part.substr(0, equals), true);
        const auto value = equals == part.npos ? std::optional<std::string>("")
                                               : percent_decoded(part.substr(equals + 1), true);
        good = name && value && is_utf8(*name) && is_utf8(*value) && out.size() < 64;
        if (good) out.emplace_back(*name, *value);
        return good;
    });
    if (!good)
        return fail(errors::k_bad_path, {{"what", "查询部分有误"}, {"what_en", "malformed query"}});
    return out;
}

std::string_view cookie(const Request& request, std::string_view name) {
    std::string_view found;
    for_each_part(request.header("cookie"), ';', [&](std::string_view part) {
        const auto equals = part.find('=');
        if (equals == part.npos || part.substr(0, equals) != name) return true;
        found = part.substr(equals + 1);
        return false;
    });
    return found;
}

Language language_of(std::string_view accept_language) {
    int chinese = 0, english = 0;
    for_each_part(accept_language, ',', [&](std::string_view part) {
        if (part.starts_with("zh")) chinese = std::max(chinese, quality(part));
        if (part.starts_with("en")) english = std::max(english, quality(part));
        return true;
    });
    // Of two equal wishes the first named counts, as browsers write them.
    if (english == chinese && english > 0) {
        return accept_language.find("en") < accept_language.find("zh") ? Language::en
                                                                       : Language::zh;
    }
    return english > chinese ? Language::en : Language::zh;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
    if (etag.empty() || if_none_match.empty()) return false;
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    bool found = false;
    for_each_part(if_none_match, ',', [&](std::string_view part) {
        if (part.starts_with("W/")) part.remove_prefix(2);
        found = part == etag || part == "*";
        return !found;
    });
    return found;
}

bool accepts_gzip(std::string_view accept_encoding) {
    bool found = false;
    for_each_part(accept_encoding, ',', [&](std::string_view part) {
        found = part.substr(0, part.find(';')) == "gzip" && quality(part) > 0;
        return !found;
    });
    return found;
}

bool same_origin(const Request& request) {
    std::string_view origin = request.header("origin");
    if (origin.empty()) return true;
    const auto scheme = origin.find("://");
    if (scheme == origin.npos) return false;  // "null": a sandboxed or foreign page
    return origin.substr(scheme + 3) == request.header("host");
}

}  // namespace anlan::center
