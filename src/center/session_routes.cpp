#include "center/session_routes.h"

#include "center/account_routes.h"
#include "center/router.h"

#include <algorithm>

namespace anlan::center {
namespace {

constexpr std::size_t k_exercises_shown_max = 50;

struct SignInBody {
    std::string account;
    std::string password;
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (account, password))

struct LinkBody {
    std::string token;
};
BOOST_DESCRIBE_STRUCT(LinkBody, (), (token))

struct SpaceBody {
    std::string id, name, name_en, state;
};
BOOST_DESCRIBE_STRUCT(SpaceBody, (), (id, name, name_en, state))

struct SessionBody {
    std::string account, name, name_en, zone;
    std::vector<std::string> roles, rights;
    std::string csrf, version;
    bool demonstration = false, must_change = false;
    std::optional<Timestamp> password_at;
    std::vector<SpaceBody> spaces;
};
BOOST_DESCRIBE_STRUCT(SessionBody, (),
                      (account, name, name_en, zone, roles, rights, csrf, version, demonstration,
                       must_change, password_at, spaces))

struct PasswordBody {
    std::string current, password;
};
BOOST_DESCRIBE_STRUCT(PasswordBody, (), (current, password))

class SessionRoutes {
  public:
    explicit SessionRoutes(CenterContext context) : m_context(std::move(context)) {}

    Result<Reply> sign_in(const Call& call, const SignInBody& body) const {
        TRY_ASSIGN(session, m_context.accounts.sign_in(body.account, body.password,
                                                       bigdata::Peer(call.peer, call.device)));
        return signed_in(session);
    }

    Result<Reply> enter(const Call& call, const LinkBody& body) const {
        TRY_ASSIGN(session,
                   m_context.accounts.enter(body.token, bigdata::Peer(call.peer, call.device)));
        return signed_in(session);
    }

    Result<SessionBody> read(const Call& call) const {
        return describe(call.who, call.csrf, call.must_change);
    }

    Result<Reply> sign_out(const Call& call) const {
        m_context.accounts.sign_out(call.session, caller_of(call).by);
        return Reply{json::value(nullptr), {}, {{"Set-Cookie", cookie_text("", 0)}}};
    }

    /// The session goes on; all others of the account end.
    Result<SessionBody> change_password(const Call& call, const PasswordBody& body) const {
        TRY(m_context.access.require(call.who, k_own));
        TRY(m_context.accounts.change_password(call.who.account, body.current, body.password,
                                               call.session, caller_of(call).by));
        return describe(call.who, call.csrf, false);
    }

  private:
    [[nodiscard]] std::string cookie_text(std::string_view value, std::int64_t seconds) const {
        return std::string(k_session_cookie) + '=' + std::string(value) +
               "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds) +
               (m_context.secure_cookie ? "; Secure" : "");
    }

    Result<Reply> signed_in(const bigdata::Session& session) const {
        TRY_ASSIGN(body, describe(session.principal, session.csrf, session.must_change));
        constexpr std::int64_t k_day_s = 24LL * 3600;  // the server's own limits end it sooner
        return Reply{value_of(body), {}, {{"Set-Cookie", cookie_text(session.cookie, k_day_s)}}};
    }

    Result<SessionBody> describe(const Principal& who, const std::string& csrf,
                                 bool must_change) const {
        SessionBody out;
        out.account = who.account;
        out.name = out.name_en = who.name;
        out.zone = who.zone;
        out.roles = who.roles;
        out.csrf = csrf;
        out.version = m_context.version;
        out.must_change = must_change;
        if (const auto account = m_context.accounts.read(who.account)) {
            if (!account->name_en.empty()) out.name_en = account->name_en;
            out.demonstration = account->demonstration;
            out.password_at = account->password_at;
        }
        if (must_change) return out;  // nothing else is open before the password is changed
        for (const auto& name : who.roles) {
            const auto* role = m_context.catalog.role(name);
            if (role == nullptr) continue;
            for (const auto& right : role->rights) {
                if (who.token_rights && !m_context.access.may(who, right)) continue;
                if (std::ranges::find(out.rights, right) == out.rights.end())
                    out.rights.push_back(right);
            }
        }
        out.spaces.push_back({std::string(bigdata::k_live), "实时", "Live", "running"});
        if (!m_context.access.may(who, "exercise.read")) return out;
        bigdata::Query newest;
        newest.sort = "-started_at";
        newest.limit = k_exercises_shown_max;
        TRY_ASSIGN(page,
                   m_context.records.list(m_context.access.view(who, bigdata::k_live, "exercise"),
                                          "exercise", newest));
        for (const auto& exercise : page.records) {
            out.spaces.push_back({exercise.id.text(), std::string(text_at(exercise.fields, "name")),
                                  std::string(text_at(exercise.fields, "name_en")),
                                  exercise.state});
        }
        return out;
    }

    CenterContext m_context;
};

}  // namespace

RouteRows session_routes(CenterContext context) {
    const auto routes = std::make_shared<const SessionRoutes>(std::move(context));
    RouteRows rows;
    const json::object shape = schema_of<SessionBody>();
    rows.push_back(route<SignInBody, Reply>(Method::post, "/api/v1/session", k_public,
                                            {"用账号口令登录", "Sign in with account and password"},
                                            [routes](const Call& call, const SignInBody& body) {
                                                return routes->sign_in(call, body);
                                            }));
    rows.back().response = shape;
    rows.push_back(route<LinkBody, Reply>(
        Method::post, "/api/v1/session/link", k_public,
        {"用一次性链接登录", "Sign in with a one-time link"},
        [routes](const Call& call, const LinkBody& body) { return routes->enter(call, body); }));
    rows.back().response = shape;
    rows.push_back(route<NoBody, SessionBody>(
        Method::get, "/api/v1/session", k_door, {"我是谁，能做什么", "Who I am and what I may do"},
        [routes](const Call& call, const NoBody&) { return routes->read(call); }));
    rows.push_back(route<NoBody, Reply>(
        Method::del, "/api/v1/session", k_door, {"退出登录", "Sign out"},
        [routes](const Call& call, const NoBody&) { return routes->sign_out(call); }, 204));
    rows.push_back(route<PasswordBody, SessionBody>(
        Method::post, "/api/v1/session/password", k_door,
        {"修改自己的口令；其他会话随即结束", "Change one's own password; all other sessions end"},
        [routes](const Call& call, const PasswordBody& body) {
            return routes->change_password(call, body);
        }));
    return rows;
}

}  // namespace anlan::center
