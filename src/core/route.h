// A route is one row: method, path, right, summary, request and response type, handler. From the
// rows the server derives matching, 405, OPTIONS, the right check and the OpenAPI text.
#pragma once

#include "core/describe.h"
#include "core/label.h"
#include "core/later.h"
#include "core/principal.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace anlan {

enum class Method { get, post, put, patch, del };
std::string_view name_of(Method m);

/// What a handler is told about its caller, apart from the body.
struct Call {
    const Principal& who;
    std::string space;  ///< "live" or an exercise's id: header X-Anlan-Space, checked before.
    Language language;  ///< Accept-Language, Chinese unless English is asked for.
    std::map<std::string, std::string, std::less<>> path;   ///< Decoded {parameters}.
    std::map<std::string, std::string, std::less<>> query;  ///< Decoded; the last of a name counts.
    std::optional<std::int64_t> if_match;                   ///< Revision of If-Match; * is nothing.
    std::string idempotency_key;                            ///< Empty when absent.
    std::string request_id;
    std::string peer;          ///< Address of the client.
    std::string device;        ///< Its User-Agent, as given.
    std::string session;       ///< Opaque session handle; empty when not signed in.
    std::string csrf;          ///< Of that session, for the route that tells it to the screens.
    bool must_change = false;  ///< The password was given by somebody else and is still the same.
    std::string bearer;        ///< Token of `Authorization: Bearer`; empty when absent.
    std::string_view raw;      ///< The body as received, for handlers that do not take JSON.
    /// Holds `raw` for a job that goes on after the answer; nothing for bodies of JSON.
    std::shared_ptr<const void> raw_owner{};
    std::string content_type{};  ///< Of the body, as the client declares it.
    std::string content_encoding{};
    std::string authorization{};  ///< The whole header, for devices with schemes of their own.
    /// "https://host:8443" as the client sees the server; empty when its Host is no plain name.
    std::string origin{};

    [[nodiscard]] std::string_view parameter(std::string_view name) const;
    [[nodiscard]] std::string_view asked(std::string_view name,
                                         std::string_view otherwise = {}) const;
};

/// The next piece of a body that is made while it is sent; an empty one ends it. Called on a
/// worker, one call at a time, and only when the client has taken the piece before: a slow client
/// slows its own source and holds no thread meanwhile. An error cuts the connection, so that a part
/// is never taken for the whole.
using NextPiece = std::function<Result<std::string>()>;
/// Up to `count` bytes from `offset`, of a body whose size is known: it is then answered in ranges.
using ReadPiece = std::function<Result<std::string>(std::uint64_t offset, std::size_t count)>;

/// Whether a browser may show a body with a name, or keeps it as a file.
enum class Disposition { attachment, in_page };

/// A body that is not JSON: a tile, a picture, a PDF, an export.
struct Content {
    std::string content_type;
    std::string bytes;
    std::string etag;       ///< Strong, without quotes; empty for none.
    std::string file_name;  ///< For Content-Disposition, any UTF-8; empty for none.
    bool may_cache = false;
    NextPiece next{};        ///< Instead of `bytes`: a body of unknown size.
    ReadPiece read{};        ///< Instead of `bytes`: a body of `size`.
    std::uint64_t size = 0;  ///< Of what `read` reads.
    Disposition disposition = Disposition::attachment;
};

struct Reply {
    std::variant<json::value, Content> body;
    std::optional<std::int64_t> revision;                        ///< Becomes the ETag.
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Set-Cookie and the like.
    /// Instead of `body`: the answer comes when it is set. Row and request stay until then.
    std::shared_ptr<Later> later{};
};

/// One row. `right` is a right of catalog/roles.yaml ("incident.confirm"), k_public,
/// k_signed_in, k_own or k_door; rights per record kind are checked deeper, by the access rule.
/// `success` is 200, 201, 202 or 204. A row with `body_bytes_max` takes bodies of any type and up
/// to that size, as Call::raw: session and right are checked before the body is read, and a large
/// one lies in a file that is mapped, not in memory.
struct RouteRow {
    Method method;
    std::string path;
    std::string right;
    Label summary;
    std::vector<std::pair<std::string, Label>> query;
    json::object request;   ///< JSON Schema; empty for no body.
    json::object response;  ///< JSON Schema; empty for none or for Content.
    int success = 200;
    std::function<Result<Reply>(const Call&, const json::value& body)> handler;
    std::size_t body_bytes_max = 0;  ///< 0: JSON, up to the server's own limit.
};

inline constexpr std::string_view k_public = "public";
inline constexpr std::string_view k_signed_in = "signed_in";
/// A person's own affairs (password, sessions, tokens): signed in, and not by an API token.
inline constexpr std::string_view k_own = "own";
/// Signed in, also as an account that must first change its password.
inline constexpr std::string_view k_door = "door";

struct NoBody {};  ///< Request type of routes without a body.
BOOST_DESCRIBE_STRUCT(NoBody, (), ())

/// Makes a row from a typed handler: `Result<Out>(const Call&, const In&)`. Out may be a described
/// struct, Content, or Reply (for a revision or headers).
template <class In, class Out, class F>
RouteRow route(Method method, std::string path, std::string_view right, Label summary, F handler,
               int success = 200, std::vector<std::pair<std::string, Label>> query = {}) {
    RouteRow row{method,
                 std::move(path),
                 std::string(right),
                 std::move(summary),
                 std::move(query),
                 {},
                 {},
                 success,
                 {}};
    if constexpr (!std::same_as<In, NoBody>) row.request = schema_of<In>();
    if constexpr (!std::same_as<Out, Content> && !std::same_as<Out, Reply> &&
                  !std::same_as<Out, NoBody>) {
        row.response = schema_of<Out>();
    }
    row.handler = [handler = std::move(handler)](const Call& call,
                                                 const json::value& body) -> Result<Reply> {
        In in{};
        if constexpr (!std::same_as<In, NoBody>) {
            TRY_ASSIGN(read, from_json<In>(body));
            in = std::move(read);
        }
        Result<Out> out = handler(call, in);
        if (!out) return std::unexpected(std::move(out).error());
        if constexpr (std::same_as<Out, Reply>)
            return std::move(*out);
        else if constexpr (std::same_as<Out, Content>)
            return Reply{std::move(*out), {}, {}};
        else if constexpr (std::same_as<Out, NoBody>)
            return Reply{json::value(nullptr), {}, {}};
        else
            return Reply{value_of(*out), {}, {}};
    };
    return row;
}

using RouteRows = std::vector<RouteRow>;

}  // namespace anlan
