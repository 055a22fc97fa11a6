#include "center/account_routes.h"

#include "center/account_bodies.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"

#include <map>

namespace anlan::center {
namespace {

using bigdata::Administration;

constexpr std::size_t k_choices_max = 2'000;

std::shared_ptr<const Administration> administration_of(const CenterContext& context,
                                                        Random& random) {
    return std::make_shared<const Administration>(context.accounts, context.access, context.catalog,
                                                  context.clock, random);
}

Result<Uuid> id_asked(const Call& call, const ErrorRow& otherwise) {
    const auto id = Uuid::parse(call.parameter("id"));
    if (!id) return fail(otherwise);
    return *id;
}

/// The names of one kind, for the choice of whose rows an account sees: an administrator sees no
/// more of a record than this.
Result<std::vector<ChoiceBody>> choices_of(const CenterContext& context, const std::string& zone,
                                           std::string_view kind) {
    std::vector<ChoiceBody> out;
    const auto* declared = context.catalog.kind(kind);
    if (declared == nullptr) return out;
    const bigdata::View view{zone, std::string(bigdata::k_live), bigdata::RowFilter::everything()};
    bigdata::Query query;
    query.sort = declared->title_field;
    query.limit = k_choices_max;
    TRY_ASSIGN(page, context.records.list(view, kind, query));
    for (const auto& record : page.records) {
        out.push_back({record.id, std::string(text_at(record.fields, declared->title_field)),
                       std::string(text_at(record.fields, declared->title_field + "_en"))});
    }
    return out;
}

Result<bigdata::AuditQuery> audit_query(const Call& call) {
    bigdata::AuditQuery out;
    out.event = call.asked("event");
    out.actor = call.asked("actor");
    out.subject = call.asked("subject");
    TRY_ASSIGN(from, time_asked(call, "from"));
    TRY_ASSIGN(until, time_asked(call, "until"));
    out.from = from;
    out.until = until;
    TRY_ASSIGN(before, whole_number(call, "before", 0, 0, INT64_MAX));
    TRY_ASSIGN(limit, whole_number(call, "limit", 100, 1, 1000));
    out.before = before;
    out.limit = static_cast<std::size_t>(limit);
    return out;
}

const std::vector<std::pair<std::string, Label>> k_audit_asked{
    {"event", {"事件", "event"}},
    {"actor", {"办理人账号", "account of who did it"}},
    {"subject", {"对象账号", "account that it is about"}},
    {"from", {"起（RFC 3339）", "from (RFC 3339)"}},
    {"until", {"止", "until"}},
    {"before", {"早于此序号", "before this sequence"}},
    {"limit", {"最多条数，至多 1000", "at most this many, up to 1,000"}}};

}  // namespace

Administration::Caller caller_of(const Call& call) {
    return {call.who,
            {call.who.user, call.who.account, call.who.name, call.who.zone,
             call.who.token_rights ? "token" : "screen", call.peer}};
}

RouteRows account_routes(CenterContext context, Random& random) {
    const auto office = administration_of(context, random);
    const std::string all = "/api/v1/accounts", one = all + "/{account}";
    RouteRows rows;
    rows.push_back(route<NoBody, std::vector<AccountBody>>(
        Method::get, all, "account.read", {"本区域的账号", "The accounts of the zone"},
        [office, context](const Call& call, const NoBody&) -> Result<std::vector<AccountBody>> {
            TRY_ASSIGN(accounts, office->list(caller_of(call)));
            std::map<std::string, std::int64_t> sessions;
            for (const auto& session : context.accounts.sessions()) ++sessions[session.account];
            std::vector<AccountBody> out;
            for (const auto& account : accounts) {
                out.push_back(body_of(account, context.catalog));
                out.back().sessions = sessions[account.account];
            }
            return out;
        }));
    rows.push_back(route<NewAccountBody, PasswordOnceBody>(
        Method::post, all, "account.manage",
        {"新建账号；口令只答一次，首次登录须改",
         "Make an account; its password is answered this once "
         "and must be changed at the first sign-in"},
        [office](const Call& call, const NewAccountBody& body) -> Result<PasswordOnceBody> {
            bigdata::Account wanted;
            wanted.account = body.account;
            wanted.name = body.name;
            wanted.name_en = body.name_en.value_or("");
            TRY_ASSIGN(made, office->create(caller_of(call), wanted));
            return PasswordOnceBody{made.account.account, made.password};
        },
        201));
    rows.push_back(route<NamesBody, NoBody>(
        Method::patch, one, "account.manage", {"改姓名", "Change the name"},
        [office](const Call& call, const NamesBody& body) -> Result<NoBody> {
            TRY(office->rename(caller_of(call), call.parameter("account"), body.name,
                               body.name_en.value_or("")));
            return NoBody{};
        },
        204));
    rows.push_back(route<NoBody, PasswordOnceBody>(
        Method::post, one + "/reset", "account.manage",
        {"重置口令；新口令只答一次", "Reset the password; the new one is answered this once"},
        [office](const Call& call, const NoBody&) -> Result<PasswordOnceBody> {
            const std::string account(call.parameter("account"));
            TRY_ASSIGN(password, office->reset(caller_of(call), account));
            return PasswordOnceBody{account, password};
        }));
    using Act =
        Result<void> (Administration::*)(const Administration::Caller&, std::string_view) const;
    for (const auto& [name, act, summary] :
         {std::tuple<const char*, Act, Label>{
              "disable",
              &Administration::disable,
              {"停用；会话、链接和令牌随即失效", "Disable; its sessions, links and tokens end"}},
          {"enable", &Administration::enable, {"启用", "Enable"}},
          {"unlock", &Administration::unlock, {"解除锁定", "End the lock-out"}}}) {
        rows.push_back(route<NoBody, NoBody>(
            Method::post, one + "/" + name, "account.manage", summary,
            [office, act](const Call& call, const NoBody&) -> Result<NoBody> {
                TRY(((*office).*act)(caller_of(call), call.parameter("account")));
                return NoBody{};
            },
            204));
    }
    rows.push_back(route<RightsBody, NoBody>(
        Method::put, one + "/rights", "role.grant",
        {"授予角色和数据范围；其会话随即结束",
         "Give roles and say whose rows they see; the account's sessions end"},
        [office](const Call& call, const RightsBody& body) -> Result<NoBody> {
            bigdata::Account wanted;
            wanted.account = call.parameter("account");
            wanted.roles = body.roles;
            wanted.organisation = body.organisation.value_or(Uuid{});
            wanted.enterprise = body.enterprise.value_or(Uuid{});
            wanted.grid = body.grid.value_or(Uuid{});
            TRY(office->set_rights(caller_of(call), wanted));
            return NoBody{};
        },
        204));
    rows.push_back(route<NoBody, ChoicesBody>(
        Method::get, all + "/choices", "role.grant",
        {"可选的网格、企业、单位（仅名称）",
         "Grids, enterprises and organisations to choose from (names only)"},
        [context](const Call& call, const NoBody&) -> Result<ChoicesBody> {
            ChoicesBody out;
            TRY_ASSIGN(grids, choices_of(context, call.who.zone, "grid"));
            TRY_ASSIGN(enterprises, choices_of(context, call.who.zone, "enterprise"));
            TRY_ASSIGN(organisations, choices_of(context, call.who.zone, "organisation"));
            out.grid = std::move(grids);
            out.enterprise = std::move(enterprises);
            out.organisation = std::move(organisations);
            return out;
        }));
    rows.push_back(route<NoBody, std::vector<RoleBody>>(
        Method::get, "/api/v1/roles", k_signed_in, {"角色及其权限", "The roles and their rights"},
        [context](const Call&, const NoBody&) -> Result<std::vector<RoleBody>> {
            std::vector<RoleBody> out;
            for (const auto& role : context.catalog.roles()) {
                const std::vector<std::string> alone{role.name};
                TRY_ASSIGN(of, bigdata::office_of_roles(context.catalog, alone));
                out.push_back({role.name, role.label.zh, role.label.en,
                               std::string(bigdata::name_of(of)), role.scope, role.rights});
            }
            return out;
        }));
    rows.push_back(route<NoBody, std::vector<SessionInfoBody>>(
        Method::get, "/api/v1/sessions", "session.manage",
        {"本区域正在进行的会话", "The sessions of the zone"},
        [office](const Call& call, const NoBody&) -> Result<std::vector<SessionInfoBody>> {
            TRY_ASSIGN(sessions, office->sessions(caller_of(call)));
            std::vector<SessionInfoBody> out;
            for (const auto& each : sessions) out.push_back(body_of(each, call.session));
            return out;
        }));
    rows.push_back(route<NoBody, NoBody>(
        Method::del, "/api/v1/sessions/{handle}", "session.manage",
        {"结束一个会话，连接随即断开", "End a session; its connections are cut at once"},
        [office](const Call& call, const NoBody&) -> Result<NoBody> {
            TRY(office->revoke(caller_of(call), call.parameter("handle")));
            return NoBody{};
        },
        204));
    rows.push_back(route<NoBody, std::vector<TokenBody>>(
        Method::get, "/api/v1/tokens", "session.manage",
        {"本区域的接口令牌", "The API tokens of the zone"},
        [office](const Call& call, const NoBody&) -> Result<std::vector<TokenBody>> {
            TRY_ASSIGN(tokens, office->tokens(caller_of(call)));
            std::vector<TokenBody> out;
            for (const auto& each : tokens) out.push_back(body_of(each));
            return out;
        }));
    rows.push_back(route<NoBody, NoBody>(
        Method::del, "/api/v1/tokens/{id}", "session.manage",
        {"吊销一个接口令牌", "Revoke an API token"},
        [office](const Call& call, const NoBody&) -> Result<NoBody> {
            TRY_ASSIGN(id, id_asked(call, errors::k_no_such_token));
            TRY(office->revoke_token(caller_of(call), id));
            return NoBody{};
        },
        204));
    return rows;
}

RouteRows own_routes(CenterContext context, Random& random) {
    const auto office = administration_of(context, random);
    RouteRows rows;
    rows.push_back(route<NoBody, std::vector<SessionInfoBody>>(
        Method::get, "/api/v1/session/sessions", k_own, {"自己的会话", "One's own sessions"},
        [office](const Call& call, const NoBody&) -> Result<std::vector<SessionInfoBody>> {
            std::vector<SessionInfoBody> out;
            for (const auto& each : office->own_sessions(caller_of(call)))
                out.push_back(body_of(each, call.session));
            return out;
        }));
    rows.push_back(route<NoBody, NoBody>(
        Method::del, "/api/v1/session/sessions/{handle}", k_own,
        {"结束自己的一个会话", "End one of one's own sessions"},
        [office](const Call& call, const NoBody&) -> Result<NoBody> {
            TRY(office->revoke_own(caller_of(call), call.parameter("handle")));
            return NoBody{};
        },
        204));
    rows.push_back(route<NoBody, std::vector<TokenBody>>(
        Method::get, "/api/v1/session/tokens", k_own, {"自己的接口令牌", "One's own API tokens"},
        [office](const Call& call, const NoBody&) -> Result<std::vector<TokenBody>> {
            std::vector<TokenBody> out;
            for (const auto& each : office->own_tokens(caller_of(call)))
                out.push_back(body_of(each));
            return out;
        }));
    rows.push_back(route<NewTokenBody, TokenOnceBody>(
        Method::post, "/api/v1/session/tokens", k_own,
        {"新建接口令牌；令牌只答一次", "Make an API token; it is answered this once"},
        [office](const Call& call, const NewTokenBody& body) -> Result<TokenOnceBody> {
            TRY_ASSIGN(made,
                       office->make_token(caller_of(call), body.name, body.rights, body.days));
            return TokenOnceBody{body_of(made.token), made.secret};
        },
        201));
    rows.push_back(route<NoBody, NoBody>(
        Method::del, "/api/v1/session/tokens/{id}", k_own,
        {"吊销自己的一个令牌", "Revoke one of one's own tokens"},
        [office](const Call& call, const NoBody&) -> Result<NoBody> {
            TRY_ASSIGN(id, id_asked(call, errors::k_no_such_token));
            TRY(office->revoke_own_token(caller_of(call), id));
            return NoBody{};
        },
        204));
    return rows;
}

RouteRows audit_routes(CenterContext context, Random& random) {
    const auto office = administration_of(context, random);
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/audit", "audit.read",
        {"审计日志，新在前", "The audit log, newest first"},
        [office](const Call& call, const NoBody&) -> Result<json::object> {
            TRY_ASSIGN(query, audit_query(call));
            TRY_ASSIGN(entries, office->audit(caller_of(call), query));
            json::array out, events;
            for (const auto& entry : entries) out.push_back(to_json(entry));
            for (const auto& event : bigdata::audit_events()) events.emplace_back(event);
            const bool more = entries.size() == query.limit;
            return json::object{{"entries", std::move(out)},
                                {"events", std::move(events)},
                                {"next", more ? entries.back().sequence : 0}};
        },
        200, k_audit_asked));
    rows.push_back(route<NoBody, Content>(
        Method::get, "/api/v1/audit/export", "audit.read",
        {"审计日志（CSV，至多 10000 条）", "The audit log as CSV, at most 10,000 entries"},
        [office](const Call& call, const NoBody&) -> Result<Content> {
            TRY_ASSIGN(query, audit_query(call));
            TRY_ASSIGN(text, office->audit_csv(caller_of(call), query, call.language));
            return Content{.content_type = "text/csv; charset=utf-8",
                           .bytes = std::move(text),
                           .etag = {},
                           .file_name = "anlan-audit.csv"};
        },
        200, k_audit_asked));
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/audit/verify", "audit.read",
        {"校验审计日志的链", "Verify the audit log's chain"},
        [office](const Call& call, const NoBody&) -> Result<json::object> {
            TRY_ASSIGN(verdict, office->verify_audit(caller_of(call)));
            json::object out{{"entries", verdict.entries},
                             {"first", verdict.first},
                             {"head", verdict.head},
                             {"whole", !verdict.broken_at}};
            if (verdict.broken_at) out["broken_at"] = *verdict.broken_at;
            return out;
        }));
    return rows;
}

}  // namespace anlan::center
