// From a request to a route's handler and back. Knows no socket.
//
// Life of a request: path (decoded, tricks refused) → row, or 404, or 405 with Allow → origin of a
// change → session by API token or cookie → right of the row → X-Anlan-Csrf (cookies) → space →
// If-Match, Idempotency-Key, JSON body → handler → JSON or content, ETag, 304. Exceptions of
// libraries end here as `internal`.
#pragma once

#include "center/http.h"
#include "center/rate_limit.h"
#include "core/json.h"
#include "core/route.h"
#include "foundations/bigdata/access.h"
#include "foundations/bigdata/accounts.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::center {

inline constexpr std::string_view k_session_cookie = "anlan_session";

class Router {
  public:
    struct Options {
        const bigdata::Access* access = nullptr;
        bigdata::Accounts* accounts = nullptr;
        /// Whether `who` may work in the space: "live", or an exercise of the zone. Errors:
        /// no_such_space.
        std::function<Result<void>(const Principal& who, std::string_view space)> check_space;
        JsonLimits json;
        RateLimit* rate = nullptr;  ///< Of one account, whatever addresses it comes from; or none.
        const Clock* clock = nullptr;
    };
    Router(Options options, RouteRows rows);

    [[nodiscard]] Response handle(const Request& request) const;
    /// The body its row takes, where that is more than a JSON body; otherwise 0. Quick.
    [[nodiscard]] std::size_t body_limit(const Request& request) const;
    /// Session, right and CSRF token of a request whose body is not yet read. Errors: as handle().
    [[nodiscard]] Result<void> admit(const Request& request) const;
    /// The session of the request's API token, or of its cookie. Errors: not_signed_in, bad_token.
    [[nodiscard]] Result<bigdata::Session> session_of(const Request& request) const;
    [[nodiscard]] const Options& options() const { return m_options; }
    [[nodiscard]] const RouteRows& rows() const { return m_rows; }

  private:
    struct Pattern {
        std::vector<std::string> segments;  ///< "{id}" for parameters.
        std::size_t row;
        int literals;
    };
    struct Match {
        const RouteRow* row = nullptr;
        std::string allowed;  ///< Of the path, for 405 and OPTIONS; empty when no row has the path.
        std::map<std::string, std::string, std::less<>> parameters;
    };
    [[nodiscard]] Match find(std::string_view method,
                             const std::vector<std::string>& segments) const;
    [[nodiscard]] Result<std::optional<bigdata::Session>> admit(const Request& request,
                                                                const RouteRow& row,
                                                                std::string& account) const;
    Result<Response> answer(const Request& request, Language language, std::string& account) const;
    Result<Response> run(const Request& request, const RouteRow& row, Match&& match,
                         Language language, std::string& account) const;

    Options m_options;
    RouteRows m_rows;
    std::vector<Pattern> m_patterns;
};

}  // namespace anlan::center
