#include "center/http.h"

#include "center/errors.h"
#include "core/hash.h"

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

std::string content_disposition(Disposition disposition, std::string_view file_name) {
    std::string out = disposition == Disposition::attachment ? "attachment" : "inline";
    std::string plain, encoded;
    for (const char c : file_name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool word = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                          (byte >= 'A' && byte <= 'Z') || c == '.' || c == '-' || c == '_';
        plain += word || c == ' ' ? c : '_';
        if (word)
            encoded += c;
        else
            encoded += '%' + hex(std::string_view(&c, 1));
    }
    out += "; filename=\"" + plain + '"';
    if (plain != file_name) out += "; filename*=UTF-8''" + encoded;
    return out;
}

RangeAnswer range_of(std::string_view header, std::uint64_t size, ByteRange& out) {
    constexpr std::string_view k_unit = "bytes=";
    if (!header.starts_with(k_unit) || header.find(',') != header.npos) return RangeAnswer::whole;
    header = trimmed(header.substr(k_unit.size()));
    const auto dash = header.find('-');
    if (dash == header.npos) return RangeAnswer::whole;
    const auto number = [](std::string_view text, std::uint64_t& into) {
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), into);
        return wrong == std::errc{} && end == text.data() + text.size();
    };
    const auto first = header.substr(0, dash), last = header.substr(dash + 1);
    std::uint64_t from = 0, to = 0;
    if (first.empty()) {  // the last so many bytes
        if (!number(last, to)) return RangeAnswer::whole;
        if (to == 0 || size == 0) return RangeAnswer::unsatisfiable;
        out = {size - std::min(to, size), size - 1};
        return RangeAnswer::part;
    }
    if (!number(first, from)) return RangeAnswer::whole;
    if (last.empty())
        to = size == 0 ? 0 : size - 1;
    else if (!number(last, to) || to < from)
        return RangeAnswer::whole;
    if (from >= size) return RangeAnswer::unsatisfiable;
    out = {from, std::min(to, size - 1)};
    return RangeAnswer::part;
}

namespace {

/// The part to send: status and headers are set. Nothing: no body at all.
std::optional<ByteRange> part_of(const Request& request, Response& response, std::uint64_t size) {
    response.headers.emplace_back("Accept-Ranges", "bytes");
    ByteRange range{0, size - 1};  // of nothing: 0 to the largest number, whose length is 0
    const auto condition = request.header("if-range");
    const auto etag = response.header("ETag");
    if (!condition.empty() && (condition != etag || etag.starts_with("W/"))) return range;
    const auto of = [&](const std::string& part) {
        response.headers.emplace_back("Content-Range",
                                      "bytes " + part + '/' + std::to_string(size));
    };
    switch (range_of(request.header("range"), size, range)) {
        case RangeAnswer::whole:
            break;
        case RangeAnswer::unsatisfiable:
            response.status = 416;
            response.content_type.clear();
            of("*");
            return std::nullopt;
        case RangeAnswer::part:
            response.status = 206;
            of(std::to_string(range.first) + '-' + std::to_string(range.last));
    }
    return range;
}

}  // namespace

void answer_range(const Request& request, Response& response, Bytes whole) {
    const auto part = part_of(request, response, whole->size());
    if (!part) return;
    if (response.status == 200) {
        response.body = std::move(whole);
        return;
    }
    response.body = std::make_shared<const std::string>(
        whole->substr(part->first, part->last - part->first + 1));
}

void answer_range(const Request& request, Response& response, ReadPiece read, std::uint64_t size) {
    static constexpr std::uint64_t k_piece_bytes = 256 << 10;
    const auto part = part_of(request, response, size);
    if (!part) return;
    response.length = part->last - part->first + 1;
    response.next = [read = std::move(read), at = part->first,
                     end = part->last + 1]() mutable -> Result<std::string> {
        const auto count = std::min(end - at, k_piece_bytes);
        if (count == 0) return std::string();
        TRY_ASSIGN(piece, read(at, static_cast<std::size_t>(count)));
        at += piece.size();
        return std::move(piece);
    };
}

bool same_origin(const Request& request) {
    std::string_view origin = request.header("origin");
    if (origin.empty()) return true;
    const auto scheme = origin.find("://");
    if (scheme == origin.npos) return false;  // "null": a sandboxed or foreign page
    return origin.substr(scheme + 3) == request.header("host");
}

}  // namespace anlan::center
