// The JSON of people, sessions, tokens and roles, as the routes take and give it.
#pragma once

#include "core/describe.h"
#include "foundations/bigdata/accounts.h"
#include "foundations/bigdata/separation.h"

#include <algorithm>

namespace anlan::center {

struct AccountBody {
    std::string account, name, name_en;
    std::vector<std::string> roles;
    std::string office;  ///< shared, business, system, security, audit
    Uuid organisation, enterprise, grid;
    bool demonstration = false, disabled = false, must_change = false, has_password = false;
    std::int64_t sessions = 0;
    Timestamp created_at;
    std::optional<Timestamp> signed_in_at, password_at, locked_until;
};
BOOST_DESCRIBE_STRUCT(AccountBody, (),
                      (account, name, name_en, roles, office, organisation, enterprise, grid,
                       demonstration, disabled, must_change, has_password, sessions, created_at,
                       signed_in_at, password_at, locked_until))

struct NewAccountBody {
    std::string account, name;
    std::optional<std::string> name_en;
};
BOOST_DESCRIBE_STRUCT(NewAccountBody, (), (account, name, name_en))

struct NamesBody {
    std::string name;
    std::optional<std::string> name_en;
};
BOOST_DESCRIBE_STRUCT(NamesBody, (), (name, name_en))

struct RightsBody {
    std::vector<std::string> roles;
    std::optional<Uuid> organisation, enterprise, grid;
};
BOOST_DESCRIBE_STRUCT(RightsBody, (), (roles, organisation, enterprise, grid))

struct PasswordOnceBody {
    std::string account, password;
};
BOOST_DESCRIBE_STRUCT(PasswordOnceBody, (), (account, password))

struct RoleBody {
    std::string role, label, label_en, office, scope;
    std::vector<std::string> rights;
};
BOOST_DESCRIBE_STRUCT(RoleBody, (), (role, label, label_en, office, scope, rights))

struct ChoiceBody {
    Uuid id;
    std::string name, name_en;
};
BOOST_DESCRIBE_STRUCT(ChoiceBody, (), (id, name, name_en))

struct ChoicesBody {
    std::vector<ChoiceBody> grid, enterprise, organisation;
};
BOOST_DESCRIBE_STRUCT(ChoicesBody, (), (grid, enterprise, organisation))

struct SessionInfoBody {
    std::string handle, account, name, name_en, address, device;
    Timestamp created_at, seen_at, expires_at;
    bool current = false;
};
BOOST_DESCRIBE_STRUCT(SessionInfoBody, (),
                      (handle, account, name, name_en, address, device, created_at, seen_at,
                       expires_at, current))

struct TokenBody {
    Uuid id;
    std::string account, name;
    std::vector<std::string> rights;
    Timestamp created_at, expires_at;
    std::optional<Timestamp> used_at;
    std::string used_from;
};
BOOST_DESCRIBE_STRUCT(TokenBody, (),
                      (id, account, name, rights, created_at, expires_at, used_at, used_from))

struct NewTokenBody {
    std::string name;
    std::vector<std::string> rights;
    std::int64_t days = 0;
};
BOOST_DESCRIBE_STRUCT(NewTokenBody, (), (name, rights, days))

struct TokenOnceBody {
    TokenBody token;
    std::string secret;
};
BOOST_DESCRIBE_STRUCT(TokenOnceBody, (), (token, secret))

inline AccountBody body_of(const bigdata::Account& a, const bigdata::Catalog& catalog) {
    const auto office = bigdata::office_of_roles(catalog, a.roles);
    AccountBody out;
    out.account = a.account;
    out.name = a.name;
    out.name_en = a.name_en;
    out.roles = a.roles;
    out.office = bigdata::name_of(office ? *office : bigdata::Office::shared);
    out.organisation = a.organisation;
    out.enterprise = a.enterprise;
    out.grid = a.grid;
    out.demonstration = a.demonstration;
    out.disabled = a.disabled;
    out.must_change = a.must_change;
    out.has_password = a.has_password;
    out.created_at = a.created_at;
    out.signed_in_at = a.signed_in_at;
    out.password_at = a.password_at;
    out.locked_until = a.locked_until;
    return out;
}

inline TokenBody body_of(const bigdata::Token& t) {
    return {t.id, t.account, t.name, t.rights, t.created_at, t.expires_at, t.used_at, t.used_from};
}

inline SessionInfoBody body_of(const bigdata::SessionInfo& s, std::string_view current) {
    return {s.handle,      s.account,    s.name,    s.name_en,    s.peer.address,
            s.peer.device, s.created_at, s.seen_at, s.expires_at, s.handle == current};
}

}  // namespace anlan::center
