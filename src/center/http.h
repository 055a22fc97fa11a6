// A request and a response as the rest of the center sees them: plain data, no network library.
#pragma once

#include "center/body_file.h"
#include "core/result.h"
#include "core/route.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anlan::center {

enum class Channel { plain, tls };

struct Request {
    std::string method;  ///< As sent: "GET", "POST", …
    std::string target;  ///< Path and query as sent, percent-encoded.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.
    std::string body;
    std::string peer;  ///< Address of the client, without port.
    std::string id;    ///< Request id, also in the log and the response.
    Channel channel = Channel::plain;
    std::shared_ptr<const BodyFile> body_file{};  ///< Instead of `body` when that is large.

    [[nodiscard]] std::string_view content() const {
        return body_file ? body_file->bytes() : std::string_view(body);
    }

    /// The first header of that (lower-case) name; empty when absent.
    [[nodiscard]] std::string_view header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (key == name) return value;
        }
        return {};
    }
    [[nodiscard]] std::string_view path() const {
        return std::string_view(target).substr(0, target.find('?'));
    }
};

using Bytes = std::shared_ptr<const std::string>;

struct Response {
    int status = 200;
    std::string content_type;             ///< Empty for no body.
    Bytes body;                           ///< Nothing for no body.
    NextPiece next;                       ///< Instead of `body`: made while it is sent.
    std::optional<std::uint64_t> length;  ///< Of what `next` gives, when that is known.
    /// The answer is not known yet: when it is, `finish` makes the response of it, on an I/O
    /// thread.
    std::shared_ptr<Later> later{};
    std::function<Response(Later::Answer)> finish{};
    std::vector<std::pair<std::string, std::string>> headers;
    LogLevel level = LogLevel::debug;  ///< How loud the request log is.
    std::string note;                  ///< For the log: an error's text, in English.
    std::string account;               ///< For the log: who asked.

    void set_body(std::string type, std::string bytes) {
        content_type = std::move(type);
        body = std::make_shared<const std::string>(std::move(bytes));
    }
    [[nodiscard]] std::string_view header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (key == name) return value;
        }
        return {};
    }
};

/// Percent-decoded segments of an absolute path. Refused (bad_path): a bad escape, a decoded "/",
/// "\", NUL or control character, "." and ".." segments, empty segments, text that is not UTF-8.
Result<std::vector<std::string>> split_path(std::string_view path);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
/// Pairs of the query part ("a=1&b=2"), decoded, "+" as space. Errors: bad_path.
Result<QueryPairs> split_query(std::string_view target);

bool is_utf8(std::string_view text);

/// Value of one cookie; empty when absent.
std::string_view cookie(const Request& request, std::string_view name);
/// Chinese unless English is preferred by Accept-Language.
Language language_of(std::string_view accept_language);
/// True when `etag` (with quotes) is among If-None-Match, weakly compared.
bool etag_matches(std::string_view if_none_match, std::string_view etag);
/// True when an Accept-Encoding value takes gzip (q > 0).
bool accepts_gzip(std::string_view accept_encoding);
/// Content-Disposition for a file name in UTF-8, with an ASCII form for old readers (RFC 6266).
std::string content_disposition(Disposition disposition, std::string_view file_name);

/// What a Range header asks of a body of `size` bytes (RFC 9110, 14.1): bytes `first` to `last`.
struct ByteRange {
    std::uint64_t first, last;
};
enum class RangeAnswer { whole, part, unsatisfiable };
/// `whole` for no header, several ranges, another unit and what cannot be read: the client then
/// gets everything, as the RFC allows. `part` fills `out`.
RangeAnswer range_of(std::string_view header, std::uint64_t size, ByteRange& out);
/// Fills in the body, or the part of it that was asked for: 206, or 416 without a body; If-Range is
/// honoured. The response's ETag is set before.
void answer_range(const Request& request, Response& response, Bytes whole);
void answer_range(const Request& request, Response& response, ReadPiece read, std::uint64_t size);

/// True unless there is an Origin that is not the Host asked: requests of other sites' pages.
bool same_origin(const Request& request);

}  // namespace anlan::center
