// Sessions and API tokens: resumed, listed, ended.
#include "core/describe.h"
#include "core/json.h"
#include "foundations/bigdata/accounts_store.h"
#include "foundations/bigdata/errors.h"

namespace anlan::bigdata {

namespace {

/// The idle time and a token's last use are written this often, not with every request.
constexpr std::int64_t k_renew_every_ms = 60'000;
constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000, k_hour_ms = 3600 * 1000;
constexpr std::size_t k_token_name_max = 100, k_token_rights_max = 100;
constexpr std::string_view k_token_handle = "token:";

Token read_token(const sqlite::Statement& row) {
    Token out;
    out.id = row.uuid(0);
    out.account = row.text(1);
    out.name = row.text(2);
    out.rights = json_texts(row.text(3));
    out.created_at = row.time(4);
    out.expires_at = row.time(5);
    if (!row.is_null(6)) out.used_at = row.time(6);
    out.used_from = row.text(7);
    return out;
}

constexpr const char* k_token_columns =
    "SELECT id, account, name, rights, created_at, expires_at, used_at, used_from FROM token";

}  // namespace

std::int64_t SqliteAccounts::renew_every_ms() const {
    return std::min(k_renew_every_ms, m_options.idle_ms / 10);
}

Result<Session> SqliteAccounts::resume(std::string_view cookie) {
    std::vector<std::string> ended;
    auto done = sqlite::at_door([&]() -> Result<Session> {
        const Guard lock(m_mutex);
        auto row = m_database.prepare(
            "SELECT handle, created_at, seen_at, account, entered FROM session WHERE hash = ?1");
        const std::string hash = hash_of_secret(cookie);
        row.with(hash);
        if (!row.step()) return fail(errors::k_not_signed_in);
        Session out;
        out.cookie = cookie;
        out.csrf = csrf_of(cookie);
        out.handle = row.text(0);
        const std::int64_t created = row.integer(1), seen = row.integer(2), now = now_ms();
        const auto account = find(row.text(3));
        const bool by_password = row.text(4) == "password";
        row.reset();
        if (now >= end_of(created, seen).ms || !account || account->disabled) {
            ended = end_sessions("handle", out.handle);
            return fail(errors::k_not_signed_in);
        }
        if (now - seen >= renew_every_ms())
            m_database.run("UPDATE session SET seen_at = ?2 WHERE hash = ?1", hash, now);
        out.principal = principal_of(*account);
        out.must_change = by_password && must_change(*account);
        out.expires_at = end_of(created, now);
        return out;
    });
    tell(ended);
    return done;
}

/// `where` is a column's name of this file, never a caller's text.
std::vector<std::string> SqliteAccounts::end_sessions(std::string_view where,
                                                      std::string_view value) {
    std::vector<std::string> handles;
    auto row = m_database.prepare("DELETE FROM session WHERE " + std::string(where) +
                                  " = ?1 RETURNING handle");
    row.with(value);
    while (row.step()) handles.emplace_back(row.text(0));
    for (const auto& handle : handles) m_live.erase(handle);
    return handles;
}

std::vector<std::string> SqliteAccounts::cut_off(std::string_view account) {
    auto out = end_sessions("account", account);
    auto row = m_database.prepare("SELECT id FROM token WHERE account = ?1");
    row.with(account);
    while (row.step()) out.push_back(std::string(k_token_handle) + std::string(row.text(0)));
    return out;
}

void SqliteAccounts::sign_out(std::string_view handle, const By& by) {
    std::vector<std::string> ended;
    try {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        ended = end_sessions("handle", handle);
        if (!ended.empty()) note("sign_out", by, by.account, {{"session", handle}});
        transaction.commit();
    } catch (const sqlite::Failure&) {
        // The session stays until it expires; nothing better can be promised on a broken disk.
        return;
    }
    tell(ended);
}

std::vector<SessionInfo> SqliteAccounts::sessions(std::string_view account) const {
    std::vector<SessionInfo> out;
    const Guard lock(m_mutex);
    try {
        auto row = m_database.prepare(
            "SELECT s.handle, s.account, a.name, a.name_en, s.peer, s.device, s.created_at, "
            "s.seen_at FROM session s JOIN account a ON a.account = s.account "
            "WHERE ?1 = '' OR s.account = ?1 ORDER BY s.seen_at DESC, s.handle");
        row.with(account);
        while (row.step()) {
            SessionInfo one;
            one.handle = row.text(0);
            one.account = row.text(1);
            one.name = row.text(2);
            one.name_en = row.text(3);
            one.peer = Peer(row.text(4), row.text(5));
            one.created_at = row.time(6);
            one.seen_at = row.time(7);
            one.expires_at = end_of(one.created_at.ms, one.seen_at.ms);
            if (one.expires_at.ms > now_ms()) out.push_back(std::move(one));
        }
    } catch (const sqlite::Failure&) {
        out.clear();
    }
    return out;
}

Result<void> SqliteAccounts::revoke(std::string_view handle, const By& by) {
    std::vector<std::string> ended;
    auto done = sqlite::at_door([&]() -> Result<void> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        auto row = m_database.prepare("SELECT account FROM session WHERE handle = ?1");
        row.with(handle);
        if (!row.step()) return fail(errors::k_no_such_session);
        const std::string account(row.text(0));
        row.reset();
        ended = end_sessions("handle", handle);
        note("session_revoked", by, account, {{"session", handle}});
        transaction.commit();
        return {};
    });
    tell(ended);
    return done;
}

bool SqliteAccounts::holds(std::string_view handle) const {
    const Guard lock(m_mutex);
    try {
        const bool token = handle.starts_with(k_token_handle);
        auto row = m_database.prepare(token ? "SELECT expires_at FROM token WHERE id = ?1"
                                            : "SELECT created_at, seen_at FROM session "
                                              "WHERE handle = ?1");
        row.with(token ? handle.substr(k_token_handle.size()) : handle);
        if (!row.step()) return false;
        return now_ms() < (token ? row.integer(0) : end_of(row.integer(0), row.integer(1)).ms);
    } catch (const sqlite::Failure&) {
        return false;
    }
}

Result<NewToken> SqliteAccounts::make_token(const Token& token, const By& by) {
    const std::int64_t now = now_ms();
    if (token.expires_at.ms <= now ||
        token.expires_at.ms > now + m_options.token_days_max * k_day_ms) {
        return fail(errors::k_token_expiry, {{"max", std::to_string(m_options.token_days_max)}});
    }
    if (token.name.empty() || token.name.size() > k_token_name_max * 3 || token.rights.empty() ||
        token.rights.size() > k_token_rights_max) {
        std::vector<FieldProblem> wrong;
        if (token.name.empty()) wrong.push_back({"/name", &errors::k_too_short, {}});
        if (token.name.size() > k_token_name_max * 3)
            wrong.push_back({"/name", &errors::k_too_long, {{"max", "100"}}});
        if (token.rights.empty()) wrong.push_back({"/rights", &errors::k_too_short, {}});
        if (token.rights.size() > k_token_rights_max)
            wrong.push_back({"/rights", &errors::k_too_many, {{"max", "100"}}});
        return fail(errors::k_bad_request, {}, std::move(wrong));
    }
    return sqlite::at_door([&]() -> Result<NewToken> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        TRY_ASSIGN(owner, found(token.account));
        auto row = m_database.prepare("SELECT count(*) FROM token WHERE account = ?1");
        row.with(owner.account);
        row.step();
        if (row.integer(0) >= static_cast<std::int64_t>(m_options.tokens_max))
            return fail(errors::k_tokens_many, {{"max", std::to_string(m_options.tokens_max)}});
        row.reset();
        NewToken out{token, std::string(k_token_prefix) + random_secret(*m_options.random, 32)};
        out.token.id = m_options.ids->next();
        out.token.created_at = m_options.clock->now();
        m_database.run(
            "INSERT INTO token(id, hash, account, name, rights, created_at, expires_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            out.token.id, hash_of_secret(out.secret), owner.account, token.name,
            texts_json(token.rights), now, token.expires_at.ms);
        json::array rights;
        for (const auto& right : token.rights) rights.emplace_back(right);
        note("token_created", by, owner.account,
             {{"token", out.token.id.text()},
              {"name", token.name},
              {"rights", std::move(rights)},
              {"expires_at", iso8601(token.expires_at)}});
        transaction.commit();
        return out;
    });
}

std::vector<Token> SqliteAccounts::tokens(std::string_view account) const {
    std::vector<Token> out;
    const Guard lock(m_mutex);
    try {
        auto row = m_database.prepare(std::string(k_token_columns) +
                                      " WHERE ?1 = '' OR account = ?1 ORDER BY created_at DESC");
        row.with(account);
        while (row.step()) out.push_back(read_token(row));
    } catch (const sqlite::Failure&) {
        out.clear();
    }
    return out;
}

Result<void> SqliteAccounts::revoke_token(Uuid id, const By& by) {
    auto done = sqlite::at_door([&]() -> Result<void> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        auto row = m_database.prepare("DELETE FROM token WHERE id = ?1 RETURNING account, name");
        row.with(id);
        if (!row.step()) return fail(errors::k_no_such_token);
        const std::string account(row.text(0)), name(row.text(1));
        row.reset();
        note("token_revoked", by, account, {{"token", id.text()}, {"name", name}});
        transaction.commit();
        return {};
    });
    if (done) tell({std::string(k_token_handle) + id.text()});
    return done;
}

Result<Session> SqliteAccounts::use_token(std::string_view secret, const Peer& peer) {
    return sqlite::at_door([&]() -> Result<Session> {
        const Guard lock(m_mutex);
        auto row = m_database.prepare(std::string(k_token_columns) + " WHERE hash = ?1");
        row.with(hash_of_secret(secret));
        if (!row.step()) return fail(errors::k_bad_token);
        const Token token = read_token(row);
        row.reset();
        const std::int64_t now = now_ms();
        const auto owner = find(token.account);
        if (!owner || owner->disabled || now >= token.expires_at.ms) {
            // Once an hour: a program that nobody looks after asks every second.
            m_database.run(
                "UPDATE token SET refused_at = ?2 WHERE id = ?1 AND "
                "(refused_at IS NULL OR refused_at <= ?3)",
                token.id, now, now - k_hour_ms);
            if (m_database.changes() > 0 && owner) {
                sqlite::Transaction transaction(m_database);
                By by = by_holder(*owner, peer);
                by.origin = "token";
                note("token_refused", by, owner->account,
                     {{"token", token.id.text()}, {"name", token.name}}, Outcome::refused);
                transaction.commit();
            }
            return fail(errors::k_bad_token);
        }
        if (!token.used_at || now - token.used_at->ms >= k_renew_every_ms ||
            token.used_from != peer.address) {
            m_database.run("UPDATE token SET used_at = ?2, used_from = ?3 WHERE id = ?1", token.id,
                           now, peer.address);
        }
        Session out;
        out.handle = std::string(k_token_handle) + token.id.text();
        out.principal = principal_of(*owner);
        out.principal.token_rights = token.rights;
        out.expires_at = token.expires_at;
        return out;
    });
}

void SqliteAccounts::on_end(std::function<void(const std::string&)> listener) {
    const Guard lock(m_mutex);
    m_listeners.push_back(std::move(listener));
}

void SqliteAccounts::sweep() {
    std::vector<std::string> ended;
    try {
        const Guard lock(m_mutex);
        const std::int64_t now = now_ms();
        m_database.run("DELETE FROM session WHERE created_at <= ?1 OR seen_at <= ?2",
                       now - m_options.absolute_ms, now - m_options.idle_ms);
        m_database.run("DELETE FROM link WHERE expires_at <= ?1", now);
        m_database.run("DELETE FROM wrong_try WHERE last_at <= ?1", now - m_options.lock_out_ms);
        std::set<std::string> stored;
        auto row = m_database.prepare(
            "SELECT handle FROM session UNION ALL SELECT 'token:' || id FROM token "
            "WHERE expires_at > ?1");
        row.with(now);
        while (row.step()) stored.emplace(row.text(0));
        std::ranges::set_difference(m_live, stored, std::back_inserter(ended));
        m_live = std::move(stored);
    } catch (const sqlite::Failure&) {
        ended.clear();  // Tried again at the next sweep.
    }
    tell(ended);
}

void SqliteAccounts::tell(const std::vector<std::string>& handles) const {
    if (handles.empty()) return;
    std::vector<std::function<void(const std::string&)>> listeners;
    {
        const Guard lock(m_mutex);
        listeners = m_listeners;
    }
    for (const auto& handle : handles) {
        for (const auto& listener : listeners) listener(handle);
    }
}

}  // namespace anlan::bigdata
