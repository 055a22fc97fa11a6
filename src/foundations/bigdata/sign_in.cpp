// The door: passwords, one-time links, throttling and lock-out.
#include "core/describe.h"
#include "core/json.h"
#include "foundations/bigdata/accounts_store.h"
#include "foundations/bigdata/errors.h"

namespace anlan::bigdata {

namespace {

constexpr std::size_t k_peer_length_max = 64;
constexpr std::size_t k_device_length_max = 200;
constexpr std::size_t k_password_bytes_max = 1024;
constexpr std::int64_t k_minute_ms = 60'000, k_day_ms = 24LL * 3600 * 1000;

std::string peer_subject(const Peer& peer) {
    return "peer:" + peer.address.substr(0, k_peer_length_max);
}

/// What a client says of itself may be any bytes: only visible ASCII is kept.
std::string cut(const std::string& text, std::size_t bytes_max) {
    std::string out = text.substr(0, bytes_max);
    std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return out;
}

}  // namespace

std::int64_t SqliteAccounts::locked_until(const std::string& subject) const {
    auto row = m_database.prepare("SELECT locked_until FROM wrong_try WHERE subject = ?1");
    row.with(subject);
    return row.step() ? row.integer(0) : 0;
}

/// Counts a wrong try and gives the tries left. Tries are forgotten lock_out_ms after the last one.
int SqliteAccounts::count_wrong(const std::string& subject, int tries_max) {
    const std::int64_t now = now_ms();
    m_database.run("DELETE FROM wrong_try WHERE subject = ?1 AND last_at <= ?2", subject,
                   now - m_options.lock_out_ms);
    m_database.run(
        "INSERT INTO wrong_try VALUES (?1, 1, ?2, 0) "
        "ON CONFLICT(subject) DO UPDATE SET tries = tries + 1, last_at = ?2",
        subject, now);
    m_database.run(
        "UPDATE wrong_try SET locked_until = ?2 WHERE subject = ?1 AND tries >= ?3 AND "
        "locked_until = 0",
        subject, now + m_options.lock_out_ms, tries_max);
    auto row = m_database.prepare("SELECT tries FROM wrong_try WHERE subject = ?1");
    row.with(subject);
    row.step();
    return std::max(0, tries_max - static_cast<int>(row.integer(0)));
}

void SqliteAccounts::forgive_one(const std::string& subject) {
    m_database.run("UPDATE wrong_try SET tries = tries - 1, locked_until = 0 WHERE subject = ?1",
                   subject);
}

Error SqliteAccounts::locked_out(std::int64_t until_ms) const {
    const std::int64_t minutes = (until_ms - now_ms() + k_minute_ms - 1) / k_minute_ms;
    return Error(errors::k_locked_out,
                 {{"minutes", std::to_string(std::max<std::int64_t>(1, minutes))}});
}

/// A name that is no account's is not written down: people type passwords into the wrong field.
void SqliteAccounts::note_refused(const std::optional<Account>& account, const Peer& peer,
                                  std::string_view reason, bool locked) {
    By by;
    by.origin = "screen";
    by.peer = peer.address;
    if (account) {
        by.zone = account->zone;
        by.account = account->account;
        by.name = account->name;
    }
    const std::string subject = account ? account->account : std::string();
    note("sign_in_refused", by, subject, {{"reason", reason}}, Outcome::refused);
    if (locked)
        note("locked_out", by, subject, {{"minutes", m_options.lock_out_ms / k_minute_ms}},
             Outcome::refused);
}

bool SqliteAccounts::must_change(const Account& account) const {
    if (account.must_change) return true;
    const std::int64_t days = m_options.passwords.days_max;
    return days > 0 && account.password_at && now_ms() - account.password_at->ms > days * k_day_ms;
}

/// A hash of another cost is made anew while the password is in hand; it stays the same password.
void SqliteAccounts::renew(std::string_view account, const std::string& hash,
                           std::string_view password) {
    const std::string fresh = m_hasher.hash(password);
    const Guard lock(m_mutex);
    m_database.run("UPDATE account SET password = ?3 WHERE account = ?1 AND password = ?2", account,
                   hash, fresh);
}

Result<Session> SqliteAccounts::sign_in(std::string_view account, std::string_view password,
                                        const Peer& peer) {
    return sqlite::at_door([&]() -> Result<Session> {
        const bool named = is_account_name(account);
        // Names that cannot exist share one counter: they must not fill the table.
        const std::string by_account = named ? "account:" + std::string(account) : "account:?";
        const std::string by_peer = peer_subject(peer);
        std::string stored;
        int left = 0, peer_left = 0;
        {
            const Guard lock(m_mutex);
            sqlite::Transaction transaction(m_database);
            const std::int64_t until = std::max(locked_until(by_account), locked_until(by_peer));
            if (until > now_ms()) return std::unexpected(locked_out(until));
            // Counted as wrong until proved right, so that tries in parallel are not free.
            left = count_wrong(by_account, m_options.account_tries);
            peer_left = count_wrong(by_peer, m_options.peer_tries);
            auto row = m_database.prepare(
                "SELECT password FROM account WHERE account = ?1 AND disabled = 0 AND "
                "demonstration = 0");
            row.with(account);
            if (row.step()) stored = row.text(0);
            transaction.commit();
        }
        const bool right = m_hasher.verify(stored, password.substr(0, k_password_bytes_max + 1));
        if (right && m_hasher.is_outdated(stored)) renew(account, stored, password);
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        const auto one = find(account);
        if (!right || !one || one->disabled) {
            note_refused(one, peer, one && one->disabled ? "disabled" : "password",
                         left == 0 || peer_left == 0);
            const std::int64_t until = std::max(locked_until(by_account), locked_until(by_peer));
            transaction.commit();
            if (until > now_ms()) return std::unexpected(locked_out(until));
            return fail(errors::k_bad_sign_in, {{"left", std::to_string(left)}});
        }
        m_database.run("DELETE FROM wrong_try WHERE subject = ?1", by_account);
        forgive_one(by_peer);
        Session session = begin_session(*one, peer, Entered::password);
        note("sign_in", by_holder(*one, peer), one->account, {{"session", session.handle}});
        transaction.commit();
        m_live.insert(session.handle);
        return session;
    });
}

Session SqliteAccounts::begin_session(const Account& account, const Peer& peer, Entered entered) {
    Session out;
    out.cookie = random_secret(*m_options.random, 32);
    out.csrf = csrf_of(out.cookie);
    out.handle = random_secret(*m_options.random, 12);
    out.principal = principal_of(account);
    // Who came by a link never used the password that somebody else knows.
    out.must_change = entered == Entered::password && must_change(account);
    const std::int64_t now = now_ms();
    out.expires_at = end_of(now, now);
    m_database.run(
        "INSERT INTO session(hash, handle, account, created_at, seen_at, peer, device, entered) "
        "VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)",
        hash_of_secret(out.cookie), out.handle, account.account, now,
        cut(peer.address, k_peer_length_max), cut(peer.device, k_device_length_max),
        entered == Entered::password ? "password" : "link");
    m_database.run("UPDATE account SET signed_in_at = ?2 WHERE account = ?1", account.account, now);
    return out;
}

Result<std::string> SqliteAccounts::make_link(std::string_view account, std::int64_t valid_ms,
                                              const By& by) {
    return sqlite::at_door([&]() -> Result<std::string> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        const auto one = find(account);
        if (!one || one->disabled)
            return fail(errors::k_no_such_account, {{"account", std::string(account)}});
        std::string secret = random_secret(*m_options.random, 32);
        m_database.run("INSERT INTO link VALUES (?1, ?2, ?3)", hash_of_secret(secret), account,
                       now_ms() + valid_ms);
        note("link_made", by, account, {{"minutes", valid_ms / k_minute_ms}});
        transaction.commit();
        return secret;
    });
}

Result<Session> SqliteAccounts::enter(std::string_view link_secret, const Peer& peer) {
    return sqlite::at_door([&]() -> Result<Session> {
        const std::string by_peer = peer_subject(peer);
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        if (const auto until = locked_until(by_peer); until > now_ms())
            return std::unexpected(locked_out(until));
        auto row =
            m_database.prepare("DELETE FROM link WHERE hash = ?1 RETURNING account, expires_at");
        row.with(hash_of_secret(link_secret));
        std::optional<Account> one;
        if (row.step() && row.integer(1) > now_ms()) one = find(row.text(0));
        row.reset();
        if (!one || one->disabled) {
            count_wrong(by_peer, m_options.peer_tries);
            By by;
            by.origin = "screen";
            by.peer = peer.address;
            note("link_refused", by, {}, {}, Outcome::refused);
            transaction.commit();
            return fail(errors::k_bad_link);
        }
        Session session = begin_session(*one, peer, Entered::link);
        note("link_used", by_holder(*one, peer), one->account, {{"session", session.handle}});
        transaction.commit();
        m_live.insert(session.handle);
        return session;
    });
}

Result<void> SqliteAccounts::change_password(std::string_view account, std::string_view current,
                                             std::string_view password, std::string_view keep,
                                             const By& by) {
    const std::string subject = "account:" + std::string(account);
    std::string stored;
    TRY(sqlite::at_door([&]() -> Result<void> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        if (const auto until = locked_until(subject); until > now_ms())
            return std::unexpected(locked_out(until));
        count_wrong(subject, m_options.account_tries);
        auto row = m_database.prepare("SELECT password FROM account WHERE account = ?1");
        row.with(account);
        if (row.step()) stored = row.text(0);
        transaction.commit();
        return {};
    }));
    if (!m_hasher.verify(stored, current.substr(0, k_password_bytes_max + 1))) {
        TRY(change(account, [&](const Account&, auto&) -> Result<void> {
            note("password_refused", by, account, {}, Outcome::refused);
            return {};
        }));
        return fail(errors::k_bad_request, {}, {{"/current", &errors::k_password_wrong, {}}});
    }
    TRY(m_options.passwords.check(account, password));
    TRY(check_history(account, password));
    const std::string hash = m_hasher.hash(password);
    return change(account, [&](const Account& one, auto& ended) -> Result<void> {
        store_password(one, hash, Given::by_owner);
        m_database.run("DELETE FROM wrong_try WHERE subject = ?1", subject);
        auto row = m_database.prepare(
            "DELETE FROM session WHERE account = ?1 AND handle <> ?2 RETURNING handle");
        row.with(account, keep);
        while (row.step()) ended.emplace_back(row.text(0));
        for (const auto& handle : ended) m_live.erase(handle);
        note("password_changed", by, account, {{"sessions_ended", ended.size()}});
        return {};
    });
}

}  // namespace anlan::bigdata
