#include "center/service.h"

#include "center/certificate_errors.h"
#include "center/compression.h"
#include "center/errors.h"
#include "center/log.h"
#include "center/problem.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <charconv>

namespace anlan::center {
namespace {

// MapLibre makes its worker from a blob and its pictures from data; styles are set by the
// components.
constexpr std::string_view k_content_security_policy =
    "default-src 'self'; script-src 'self'; worker-src 'self' blob:; child-src blob:; img-src "
    "'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Browsers hold to https for names only: an address may be another machine's tomorrow.
bool is_address(std::string_view host) {
    return host.starts_with('[') || host.find_first_not_of("0123456789.:") == host.npos;
}

void add_security_headers(const Request& request, Response& response) {
    if (request.channel == Channel::tls) {
        const auto host = request.header("host");
        if (!is_address(host) && !host.starts_with("localhost"))
            response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
        for (auto& [name, value] : response.headers) {
            if (name == "Set-Cookie" && value.find("; Secure") == value.npos) value += "; Secure";
        }
    }
    response.headers.emplace_back("Permissions-Policy",
                                  "camera=(self), geolocation=(self), microphone=(self), "
                                  "payment=(), usb=(), serial=(), bluetooth=()");
    response.headers.emplace_back("Content-Security-Policy", k_content_security_policy);
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

void pack(const Request& request, Response& response) {
    if (!response.body || !response.header("Content-Encoding").empty()) return;
    if (response.status == 206) return;  // a part is of the plain form
    if (!worth_gzip(response.content_type, response.body->size())) return;
    if (!accepts_gzip(request.header("accept-encoding"))) return;
    response.body = std::make_shared<const std::string>(gzip(*response.body, 4));
    response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

ServerHandlers Service::handlers() {
    return {.quick = [this](const Request& request,
                            Response& response) { return quick(request, response); },
            .handle = [this](const Request& request) { return handle(request); },
            .body_limit = [this](const Request& request) { return m_router.body_limit(request); },
            .admit = [this](const Request& request) { return m_router.admit(request); },
            .refuse = [this](const Request& request,
                             const Error& error) { return refuse(request, error); },
            .live = [this](const Request& request) { return join(request); },
            .answered = [this](const Request& request, const Response& response,
                               std::int64_t took_us) { answered(request, response, took_us); }};
}

bool Service::quick(const Request& request, Response& response) const {
    if (m_phones.must_be_secure(request)) {
        go_secure(request, response);
        return true;
    }
    const auto path = request.path();
    if (path == "/healthz" || path == "/readyz" || path == "/metrics") return false;
    if (!m_phones.answer(request, response) && !m_files.answer(request, response)) return false;
    add_security_headers(request, response);
    return true;
}

/// What is only read may be asked again at the right door; a change has already told its secrets
/// in the open, and is refused.
void Service::go_secure(const Request& request, Response& response) const {
    const std::string url = m_phones.secure_address(request);
    if (request.method != "GET" && request.method != "HEAD") {
        response = refuse(request, Error(errors::k_https_needed, {{"url", url}}));
        return;
    }
    response.status = 308;
    response.headers.emplace_back("Location", url);
    response.headers.emplace_back("Cache-Control", "no-store");
}

Response Service::handle(const Request& request) const {
    if (request.path() == k_live_path) return refuse(request, Error(errors::k_not_websocket));
    Response response = m_router.handle(request);
    if (response.later) {
        response.finish = [this, &request, inner = std::move(response.finish),
                           account = response.account](Later::Answer answer) {
            Response out = inner(std::move(answer));
            out.account = account;
            pack(request, out);
            add_security_headers(request, out);
            return out;
        };
        return response;
    }
    pack(request, response);
    add_security_headers(request, response);
    return response;
}

Response Service::refuse(const Request& request, const Error& error) const {
    Response response =
        problem_response(error, language_of(request.header("accept-language")), request.id);
    add_security_headers(request, response);
    return response;
}

Result<std::shared_ptr<LiveConnection>> Service::join(const Request& request) const {
    try {
        if (m_phones.must_be_secure(request)) {
            return fail(errors::k_https_needed, {{"url", m_phones.secure_address(request)}});
        }
        if (request.path() != k_live_path)
            return fail(errors::k_no_such_route, {{"path", std::string(request.path())}});
        // Browsers send cookies with another site's WebSockets too; only the Origin tells them
        // apart.
        if (!same_origin(request))
            return fail(errors::k_foreign_origin,
                        {{"origin", std::string(request.header("origin"))}});
        TRY_ASSIGN(session, m_router.session_of(request));
        if (session.must_change) return fail(errors::k_password_change_needed);
        TRY_ASSIGN(query, split_query(request.target));
        std::string space(bigdata::k_live);
        std::optional<std::int64_t> since;
        for (const auto& [name, value] : query) {
            if (name == "space" && !value.empty()) space = value;
            if (name != "since" || value.empty()) continue;
            std::int64_t number = 0;
            const auto [end, wrong] =
                std::from_chars(value.data(), value.data() + value.size(), number);
            if (wrong != std::errc{} || end != value.data() + value.size() || number < 0) {
                return fail(errors::k_bad_query, {{"name", "since"},
                                                  {"what", "应为日志序号"},
                                                  {"what_en", "should be a journal sequence"}});
            }
            since = number;
        }
        TRY(m_router.options().check_space(session.principal, space));
        return m_feed.join(session, std::move(space), since);
    } catch (const std::exception& exception) {
        return fail(errors::k_internal, {{"what", exception.what()}});
    }
}

void Service::answered(const Request& request, const Response& response, std::int64_t took_us) {
    const auto index = static_cast<std::size_t>(response.status / 100);
    if (index < m_counters.by_class.size()) ++m_counters.by_class[index];
    m_counters.took_us += took_us;
    const auto bucket = std::ranges::lower_bound(k_bucket_bounds_ms, (took_us + 999) / 1000);
    ++m_counters.buckets[static_cast<std::size_t>(bucket - k_bucket_bounds_ms.begin())];
    if (!logs(response.level)) return;
    // The query may hold names of people; the path says enough.
    json::object line{{"request", request.id},     {"peer", request.peer},
                      {"method", request.method},  {"path", request.path().substr(0, 200)},
                      {"status", response.status}, {"us", took_us}};
    if (!response.account.empty()) line.emplace("account", response.account);
    if (!response.note.empty()) line.emplace("problem", response.note.substr(0, 500));
    log(response.level, line);
}

}  // namespace anlan::center
