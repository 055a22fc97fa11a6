#include "foundations/bigdata/administration.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/separation.h"

#include <algorithm>
#include <array>

namespace anlan::bigdata {

namespace {

constexpr std::string_view k_alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
constexpr std::size_t k_export_max = 10'000;

bool at_the_machine(const By& by) {
    return by.origin == "command_line";
}

}  // namespace

std::string strong_password(Random& random) {
    std::string out;
    while (out.size() < 20) {
        std::array<std::uint8_t, 32> bytes{};
        random.fill(bytes);
        for (const auto byte : bytes) {
            // Bytes past the last whole multiple would make the first letters likelier.
            const std::size_t limit = 256 - 256 % k_alphabet.size();
            if (byte < limit && out.size() < 20) out += k_alphabet[byte % k_alphabet.size()];
        }
    }
    return out;
}

Result<void> Administration::require(const Caller& caller, std::string_view right) const {
    return m_access.require(caller.who, right);
}

Result<Account> Administration::target(const Caller& caller, std::string_view account) const {
    auto found = m_accounts.read(account);
    if (!found || found->zone != caller.who.zone)
        return fail(errors::k_no_such_account, {{"account", std::string(account)}});
    return std::move(*found);
}

void Administration::note_refused(const Caller& caller, std::string_view account,
                                  const Error& error) const {
    AuditEntry entry;
    entry.event = "rights_refused";
    entry.outcome = Outcome::refused;
    entry.by = caller.by;
    entry.subject = account;
    entry.detail = {{"reason", error.row->id}};
    static_cast<void>(m_accounts.audit().append(std::move(entry)));
}

Result<void> Administration::check_takeover(const Caller& caller, const Account& account) const {
    if (at_the_machine(caller.by)) return {};
    if (account.id == caller.who.user) return fail(errors::k_own_account);
    const auto office = office_of_roles(m_catalog, account.roles);
    if (office && (*office == Office::business || *office == Office::shared)) return {};
    const Error error(errors::k_administrators_account, {{"account", account.account}});
    note_refused(caller, account.account, error);
    return std::unexpected(error);
}

Result<Account> Administration::managed(const Caller& caller, std::string_view account) const {
    TRY(require(caller, "account.manage"));
    TRY_ASSIGN(one, target(caller, account));
    TRY(check_takeover(caller, one));
    return std::move(one);
}

Result<std::vector<Account>> Administration::list(const Caller& caller) const {
    TRY(require(caller, "account.read"));
    auto all = m_accounts.list();
    std::erase_if(all, [&](const Account& one) { return one.zone != caller.who.zone; });
    return all;
}

Result<Administration::Made> Administration::create(const Caller& caller, const Account& account,
                                                    const std::optional<std::string>& typed) const {
    TRY(require(caller, "account.manage"));
    Account wanted = account;
    wanted.zone = caller.who.zone;
    wanted.must_change = !typed;
    wanted.disabled = wanted.demonstration = false;
    if (!at_the_machine(caller.by)) {
        wanted.roles.clear();
        wanted.organisation = wanted.enterprise = wanted.grid = {};
    }
    TRY(office_of_roles(m_catalog, wanted.roles));
    std::string password = typed ? *typed : strong_password(m_random);
    TRY_ASSIGN(made, m_accounts.create(wanted, password, caller.by));
    return Made{std::move(made), std::move(password)};
}

Result<void> Administration::rename(const Caller& caller, std::string_view account,
                                    const std::string& name, const std::string& name_en) const {
    TRY(require(caller, "account.manage"));
    TRY_ASSIGN(one, target(caller, account));
    return m_accounts.rename(one.account, name, name_en, caller.by);
}

Result<std::string> Administration::reset(const Caller& caller, std::string_view account,
                                          const std::optional<std::string>& typed) const {
    TRY_ASSIGN(one, managed(caller, account));
    std::string password = typed ? *typed : strong_password(m_random);
    TRY(m_accounts.set_password(one.account, password,
                                typed ? Accounts::Given::by_owner : Accounts::Given::by_another,
                                caller.by));
    return password;
}

Result<void> Administration::disable(const Caller& caller, std::string_view account) const {
    TRY_ASSIGN(one, managed(caller, account));
    return m_accounts.disable(one.account, caller.by);
}

Result<void> Administration::enable(const Caller& caller, std::string_view account) const {
    TRY_ASSIGN(one, managed(caller, account));
    if (one.demonstration && !at_the_machine(caller.by))
        return fail(errors::k_demonstration_account, {{"account", one.account}});
    return m_accounts.enable(one.account, caller.by);
}

Result<void> Administration::unlock(const Caller& caller, std::string_view account) const {
    TRY(require(caller, "account.manage"));
    TRY_ASSIGN(one, target(caller, account));
    return m_accounts.unlock(one.account, caller.by);
}

Result<void> Administration::set_rights(const Caller& caller, const Account& account) const {
    TRY(require(caller, "role.grant"));
    TRY_ASSIGN(one, target(caller, account.account));
    if (!at_the_machine(caller.by) && one.id == caller.who.user) {
        note_refused(caller, one.account, Error(errors::k_own_rights));
        return fail(errors::k_own_rights);
    }
    if (auto office = office_of_roles(m_catalog, account.roles); !office) {
        note_refused(caller, one.account, office.error());
        return std::unexpected(std::move(office).error());
    }
    return m_accounts.set_rights(account, caller.by);
}

Result<std::vector<SessionInfo>> Administration::sessions(const Caller& caller) const {
    TRY(require(caller, "session.manage"));
    std::vector<SessionInfo> out;
    for (auto& one : m_accounts.sessions()) {
        if (const auto owner = m_accounts.read(one.account);
            owner && owner->zone == caller.who.zone)
            out.push_back(std::move(one));
    }
    return out;
}

Result<void> Administration::revoke(const Caller& caller, std::string_view handle) const {
    TRY_ASSIGN(all, sessions(caller));
    if (std::ranges::find(all, handle, &SessionInfo::handle) == all.end())
        return fail(errors::k_no_such_session);
    return m_accounts.revoke(handle, caller.by);
}

Result<std::vector<Token>> Administration::tokens(const Caller& caller) const {
    TRY(require(caller, "session.manage"));
    std::vector<Token> out;
    for (auto& one : m_accounts.tokens()) {
        if (const auto owner = m_accounts.read(one.account);
            owner && owner->zone == caller.who.zone)
            out.push_back(std::move(one));
    }
    return out;
}

Result<void> Administration::revoke_token(const Caller& caller, Uuid id) const {
    TRY_ASSIGN(all, tokens(caller));
    if (std::ranges::find(all, id, &Token::id) == all.end()) return fail(errors::k_no_such_token);
    return m_accounts.revoke_token(id, caller.by);
}

std::vector<SessionInfo> Administration::own_sessions(const Caller& caller) const {
    return m_accounts.sessions(caller.who.account);
}

Result<void> Administration::revoke_own(const Caller& caller, std::string_view handle) const {
    const auto all = own_sessions(caller);
    if (std::ranges::find(all, handle, &SessionInfo::handle) == all.end())
        return fail(errors::k_no_such_session);
    return m_accounts.revoke(handle, caller.by);
}

std::vector<Token> Administration::own_tokens(const Caller& caller) const {
    return m_accounts.tokens(caller.who.account);
}

Result<NewToken> Administration::make_token(const Caller& caller, const std::string& name,
                                            const std::vector<std::string>& rights,
                                            std::int64_t days) const {
    std::vector<FieldProblem> wrong;
    for (std::size_t i = 0; i < rights.size(); ++i) {
        const auto& right = rights[i];
        // A pattern counts as the owner's own where one of the roles has that very pattern.
        const bool own = std::ranges::any_of(caller.who.roles, [&](const auto& role_name) {
            const auto* role = m_catalog.role(role_name);
            return role != nullptr &&
                   (std::ranges::find(role->rights, right) != role->rights.end() ||
                    holds(m_catalog, role->rights, right));
        });
        if (!own || office_of_right(right) != Office::business)
            wrong.push_back(
                {"/rights/" + std::to_string(i), &errors::k_token_right, {{"right", right}}});
    }
    if (!wrong.empty()) {
        const auto first = wrong.front().parameters;
        return fail(errors::k_token_right, first, std::move(wrong));
    }
    Token token;
    token.account = caller.who.account;
    token.name = name;
    token.rights = rights;
    token.expires_at = m_clock.now() + std::clamp<std::int64_t>(days, 0, 100'000) * k_day_ms;
    return m_accounts.make_token(token, caller.by);
}

Result<void> Administration::revoke_own_token(const Caller& caller, Uuid id) const {
    const auto all = own_tokens(caller);
    if (std::ranges::find(all, id, &Token::id) == all.end()) return fail(errors::k_no_such_token);
    return m_accounts.revoke_token(id, caller.by);
}

Result<std::vector<AuditEntry>> Administration::audit(const Caller& caller,
                                                      AuditQuery query) const {
    TRY(require(caller, "audit.read"));
    query.zone = caller.who.zone;
    return m_accounts.audit().list(query);
}

Result<std::string> Administration::audit_csv(const Caller& caller, AuditQuery query,
                                              Language language) const {
    query.limit = k_export_max;
    TRY_ASSIGN(entries, audit(caller, query));
    AuditEntry entry;
    entry.event = "audit_exported";
    entry.by = caller.by;
    entry.detail = {{"entries", entries.size()}};
    TRY(m_accounts.audit().append(std::move(entry)));
    return csv_of(entries, language);
}

Result<AuditVerdict> Administration::verify_audit(const Caller& caller) const {
    TRY(require(caller, "audit.read"));
    return m_accounts.audit().verify();
}

}  // namespace anlan::bigdata
