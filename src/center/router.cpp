#include "center/router.h"

#include "center/errors.h"
#include "center/problem.h"
#include "core/hash.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/record.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace anlan::center {
namespace {

constexpr std::size_t k_idempotency_key_max = 128;

std::vector<std::string> pattern_segments(std::string_view path) {
    std::vector<std::string> out;
    path.remove_prefix(1);
    while (true) {
        const auto end = path.find('/');
        out.emplace_back(path.substr(0, end));
        if (end == path.npos) return out;
        path.remove_prefix(end + 1);
    }
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

bool is_change(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

/// `"7"`, `W/"7"` or 7; nothing for * and for an absent header.
Result<std::optional<std::int64_t>> if_match_of(std::string_view text) {
    std::optional<std::int64_t> out;
    if (text.empty() || text == "*") return out;
    if (text.starts_with("W/")) text.remove_prefix(2);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    std::int64_t revision = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), revision);
    if (wrong != std::errc{} || end != text.data() + text.size() || revision < 1) {
        return fail(errors::k_bad_header, {{"name", "If-Match"},
                                           {"what", "应为版本号，如 \"7\""},
                                           {"what_en", "should be a revision, as \"7\""}});
    }
    out = revision;
    return out;
}

Result<std::string> idempotency_key_of(std::string_view text) {
    const bool printable = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
    if (text.size() > k_idempotency_key_max || !printable) {
        return fail(errors::k_bad_header, {{"name", "Idempotency-Key"},
                                           {"what", "应为至多 128 个可见字符"},
                                           {"what_en", "up to 128 printable characters"}});
    }
    return std::string(text);
}

Result<json::value> body_of(const Request& request, const RouteRow& row, JsonLimits limits) {
    if (row.request.empty() || row.body_bytes_max > 0) return json::value(nullptr);
    if (request.body.empty()) return json::value(json::object{});
    const auto type = request.header("content-type");
    if (!type.empty() && type.substr(0, type.find(';')) != "application/json" &&
        type.substr(0, type.find(';')) != "application/merge-patch+json") {
        return fail(errors::k_not_json);
    }
    return parse_json(request.body, limits);
}

/// What a client may be given links to: of a Host that is a name or address with perhaps a port.
std::string origin_of(const Request& request) {
    const auto host = request.header("host");
    const bool plain = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
    if (!plain) return {};
    return (request.channel == Channel::tls ? "https://" : "http://") + std::string(host);
}

std::string_view bearer_of(const Request& request) {
    const auto header = request.header("authorization");
    return header.starts_with("Bearer ") ? header.substr(7) : std::string_view{};
}

bool not_modified(const Request& request, const RouteRow& row, Response& out,
                  const std::string& etag) {
    if (etag.empty()) return false;
    out.headers.emplace_back("ETag", etag);
    if (row.method != Method::get || !etag_matches(request.header("if-none-match"), etag))
        return false;
    out.status = 304;
    out.content_type.clear();
    out.body.reset();
    return true;
}

void fill_content(Content&& content, const RouteRow& row, const Request& request, Response& out) {
    if (!content.file_name.empty()) {
        out.headers.emplace_back("Content-Disposition",
                                 content_disposition(content.disposition, content.file_name));
    }
    out.headers.emplace_back("Cache-Control",
                             content.may_cache ? "private, max-age=3600" : "private, no-cache");
    out.content_type = content.content_type;
    if (not_modified(request, row, out, content.etag.empty() ? "" : '"' + content.etag + '"'))
        return;
    if (content.read)
        answer_range(request, out, std::move(content.read), content.size);
    else if (content.next)
        out.next = std::move(content.next);
    else
        out.body = std::make_shared<const std::string>(std::move(content.bytes));
}

Response response_of(Reply&& reply, const RouteRow& row, const Request& request) {
    Response out;
    out.status = row.success;
    out.headers = std::move(reply.headers);
    // What is answered depends on who asks, in which space and language: a cache must not mix them.
    out.headers.emplace_back("Vary", "Cookie, X-Anlan-Space, Accept-Language, Accept-Encoding");
    if (auto* content = std::get_if<Content>(&reply.body)) {
        fill_content(std::move(*content), row, request, out);
        return out;
    }
    out.headers.emplace_back("Cache-Control", "private, no-cache");
    if (out.status != 204)
        out.set_body("application/json", to_text(std::get<json::value>(reply.body)));
    std::string etag;
    if (reply.revision) {
        etag = '"' + std::to_string(*reply.revision) + '"';
    } else if (row.method == Method::get && out.body) {
        etag = "W/\"" + std::to_string(std::hash<std::string_view>{}(*out.body)) + '"';
    }
    not_modified(request, row, out, etag);
    return out;
}

}  // namespace

Router::Router(Options options, RouteRows rows)
    : m_options(std::move(options)), m_rows(std::move(rows)) {
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        ASSERT(m_rows[i].path.starts_with('/') && m_rows[i].handler);
        auto segments = pattern_segments(m_rows[i].path);
        const auto literals =
            std::ranges::count_if(segments, [](auto& s) { return !is_parameter(s); });
        m_patterns.push_back({std::move(segments), i, static_cast<int>(literals)});
    }
    // A literal segment wins over a parameter: /records/team/links before /records/{kind}/{id}.
    std::ranges::stable_sort(m_patterns, std::greater<>{}, &Pattern::literals);
}

Router::Match Router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
    Match out;
    int literals = -1;
    for (const auto& pattern : m_patterns) {
        if (pattern.segments.size() != segments.size()) continue;
        if (pattern.literals < literals) break;
        const bool fits = std::ranges::equal(
            pattern.segments, segments, [](auto& p, auto& s) { return is_parameter(p) || p == s; });
        if (!fits) continue;
        literals = pattern.literals;
        const RouteRow& row = m_rows[pattern.row];
        const auto name = name_of(row.method);
        out.allowed += out.allowed.empty() ? "OPTIONS, " : ", ";
        out.allowed += name == "GET" ? "GET, HEAD" : name;
        if (out.row != nullptr || (name != method && !(name == "GET" && method == "HEAD")))
            continue;
        out.row = &row;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const std::string& p = pattern.segments[i];
            if (is_parameter(p)) out.parameters.emplace(p.substr(1, p.size() - 2), segments[i]);
        }
    }
    return out;
}

Result<bigdata::Session> Router::session_of(const Request& request) const {
    const auto bearer = bearer_of(request);
    if (bearer.starts_with(bigdata::k_token_prefix))
        return m_options.accounts->use_token(bearer, bigdata::Peer(request.peer));
    const auto secret = cookie(request, k_session_cookie);
    if (secret.empty()) return fail(errors::k_not_signed_in);
    return m_options.accounts->resume(secret);
}

Result<std::optional<bigdata::Session>> Router::admit(const Request& request, const RouteRow& row,
                                                      std::string& account) const {
    const bool change = is_change(request.method);
    if (change && !same_origin(request)) {
        return fail(errors::k_foreign_origin, {{"origin", std::string(request.header("origin"))}});
    }
    std::optional<bigdata::Session> session;
    if (auto resumed = session_of(request)) {
        session = std::move(*resumed);
        account = session->principal.account;
    } else if (row.right != k_public) {
        return std::unexpected(std::move(resumed).error());
    }
    if (row.right != k_public) {
        if (session->must_change && row.right != k_door)
            return fail(errors::k_password_change_needed);
        TRY(m_options.access->require(session->principal, row.right));
        // A token is no cookie: no other site can make a browser send it.
        const bool by_cookie = !session->principal.token_rights;
        if (change && by_cookie &&
            !bigdata::same_secret(request.header("x-anlan-csrf"), session->csrf))
            return fail(errors::k_csrf);
    }
    return session;
}

std::size_t Router::body_limit(const Request& request) const {
    const auto segments = split_path(request.path());
    if (!segments) return 0;
    const auto match = find(request.method, *segments);
    return match.row == nullptr ? 0 : match.row->body_bytes_max;
}

Result<void> Router::admit(const Request& request) const {
    TRY_ASSIGN(segments, split_path(request.path()));
    const auto match = find(request.method, segments);
    std::string account;
    if (match.row != nullptr) TRY(admit(request, *match.row, account));
    return {};
}

Result<Response> Router::run(const Request& request, const RouteRow& row, Match&& match,
                             Language language, std::string& account) const {
    static const Principal k_nobody;
    TRY_ASSIGN(session, admit(request, row, account));
    if (session && m_options.rate != nullptr &&
        !m_options.rate->allow(account, m_options.clock->steady()))
        return fail(errors::k_too_many_requests);
    const Principal& who = session ? session->principal : k_nobody;
    std::string space(request.header("x-anlan-space"));
    if (space.empty()) space = bigdata::k_live;
    if (session) TRY(m_options.check_space(who, space));
    TRY_ASSIGN(if_match, if_match_of(request.header("if-match")));
    TRY_ASSIGN(key, idempotency_key_of(request.header("idempotency-key")));
    TRY_ASSIGN(pairs, split_query(request.target));
    TRY_ASSIGN(body, body_of(request, row, m_options.json));
    Call call{.who = who,
              .space = std::move(space),
              .language = language,
              .path = std::move(match.parameters),
              .query = {},
              .if_match = if_match,
              .idempotency_key = key,
              .request_id = request.id,
              .peer = request.peer,
              .device = std::string(request.header("user-agent")),
              .session = session ? session->handle : std::string{},
              .csrf = session ? session->csrf : std::string{},
              .must_change = session && session->must_change,
              .bearer = std::string(bearer_of(request)),
              .raw = request.content(),
              .raw_owner = request.body_file,
              .content_type = std::string(request.header("content-type")),
              .content_encoding = std::string(request.header("content-encoding")),
              .authorization = std::string(request.header("authorization")),
              .origin = origin_of(request)};
    // `where` may be repeated: its conditions are joined as the query itself would write them.
    for (auto& [name, value] : pairs) {
        auto& slot = call.query[name];
        slot = name == "where" && !slot.empty() ? slot + ';' + value : value;
    }
    TRY_ASSIGN(reply, row.handler(call, body));
    if (!reply.later) return response_of(std::move(reply), row, request);
    Response out;
    out.later = std::move(reply.later);
    // Row and request outlive the answer: the connection keeps the one, the router the other.
    out.finish = [&row, &request, language,
                  headers = std::move(reply.headers)](Later::Answer answer) {
        return answer ? response_of(Reply{std::move(*answer), {}, headers}, row, request)
                      : problem_response(answer.error(), language, request.id);
    };
    return out;
}

Result<Response> Router::answer(const Request& request, Language language,
                                std::string& account) const {
    TRY_ASSIGN(segments, split_path(request.path()));
    Match match = find(request.method, segments);
    if (match.allowed.empty())
        return fail(errors::k_no_such_route, {{"path", std::string(request.path())}});
    if (request.method == "OPTIONS") {
        Response out;
        out.status = 204;
        out.headers.emplace_back("Allow", match.allowed);
        return out;
    }
    if (match.row == nullptr) {
        const Error error(errors::k_method_not_allowed,
                          {{"method", request.method}, {"allowed", match.allowed}});
        Response out = problem_response(error, language, request.id);
        out.headers.emplace_back("Allow", match.allowed);
        return out;
    }
    return run(request, *match.row, std::move(match), language, account);
}

Response Router::handle(const Request& request) const {
    const Language language = language_of(request.header("accept-language"));
    std::string account;
    Response out;
    try {
        auto answered = answer(request, language, account);
        out = answered ? std::move(*answered)
                       : problem_response(answered.error(), language, request.id);
    } catch (const std::exception& exception) {
        out = problem_response(Error(errors::k_internal, {{"what", exception.what()}}), language,
                               request.id);
    }
    out.account = std::move(account);
    return out;
}

}  // namespace anlan::center
