#include "foundations/bigdata/accounts.h"

#include "core/describe.h"
#include "core/ids.h"
#include "core/json.h"
#include "foundations/bigdata/account_secrets.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_format = 1;
constexpr std::size_t k_account_length_max = 64;
constexpr std::size_t k_password_length_max = 1024;  ///< Bytes; longer ones only cost time.
/// The idle time is written this often, not with every request.
constexpr std::int64_t k_renew_every_ms = 60'000;
constexpr std::int64_t k_minute_ms = 60'000;

constexpr const char* k_tables = R"(
CREATE TABLE IF NOT EXISTS account(
    account TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT NOT NULL, zone TEXT NOT NULL,
    roles TEXT NOT NULL, organisation TEXT, enterprise TEXT, grid TEXT,
    demonstration INTEGER NOT NULL, disabled INTEGER NOT NULL, password TEXT, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS session(
    hash TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE, account TEXT NOT NULL REFERENCES account(account),
    created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, peer TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS link(
    hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(account), expires_at INTEGER NOT NULL) STRICT;
-- Wrong tries by account and by peer, so that a restart forgives nobody.
CREATE TABLE IF NOT EXISTS wrong_try(
    subject TEXT PRIMARY KEY, tries INTEGER NOT NULL, last_at INTEGER NOT NULL, locked_until INTEGER NOT NULL) STRICT;
)";

bool is_account_name(std::string_view text) {
    return !text.empty() && text.size() <= k_account_length_max &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string roles_text(const std::vector<std::string>& roles) {
    json::array out;
    for (const auto& role : roles) out.emplace_back(role);
    return to_text(out);
}

constexpr const char* k_account_columns =
    "account, id, name, name_en, zone, roles, organisation, enterprise, grid, demonstration, "
    "disabled";

Account read_account(const sqlite::Statement& row) {
    Account out;
    out.account = row.text(0);
    out.id = row.uuid(1);
    out.name = row.text(2);
    out.name_en = row.text(3);
    out.zone = row.text(4);
    if (const auto roles = parse_json(row.text(5)); roles && roles->is_array()) {
        for (const auto& role : roles->get_array()) {
            if (role.is_string()) out.roles.emplace_back(role.get_string());
        }
    }
    out.organisation = row.uuid(6);
    out.enterprise = row.uuid(7);
    out.grid = row.uuid(8);
    out.demonstration = row.integer(9) != 0;
    out.disabled = row.integer(10) != 0;
    return out;
}

Principal principal_of(const Account& a) {
    return {a.id, a.account, a.name, a.zone, a.roles, a.organisation, a.enterprise, a.grid};
}

class SqliteAccounts final : public Accounts {
  public:
    explicit SqliteAccounts(const Options& options)
        : m_options(options),
          m_hasher(options.hash_memory_bytes, options.hash_passes),
          m_database(options.database, sqlite::Mode::create) {}

    Result<void> prepare();

    Result<Account> create(const Account& account, std::string_view password) override;
    Result<void> set_password(std::string_view account, std::string_view password) override;
    Result<void> disable(std::string_view account) override;
    Result<void> enable(std::string_view account) override;
    std::vector<Account> list() const override;

    Result<Session> sign_in(std::string_view account, std::string_view password,
                            std::string_view peer) override;
    Result<std::string> make_link(std::string_view account, std::int64_t valid_ms) override;
    Result<Session> enter(std::string_view link_secret, std::string_view peer) override;
    Result<Session> resume(std::string_view cookie) override;
    void sign_out(std::string_view handle) override;
    void on_end(std::function<void(const std::string&)> listener) override;
    void sweep() override;

  private:
    using Guard = std::lock_guard<std::mutex>;

    // All of these: with m_mutex held.
    std::optional<Account> find(std::string_view account);
    Result<void> check_password(std::string_view account, std::string_view password) const;
    Session begin_session(const Account& account, std::string_view peer);
    std::vector<std::string> end_sessions(std::string_view where, std::string_view value);
    std::int64_t locked_until(const std::string& subject);
    int count_wrong(const std::string& subject, int tries_max);
    void forgive_one(const std::string& subject);
    Error locked_out(std::int64_t until_ms) const;

    /// Without m_mutex.
    void tell(const std::vector<std::string>& handles) const;
    [[nodiscard]] std::int64_t now_ms() const { return m_options.clock->now().ms; }
    [[nodiscard]] std::int64_t renew_every_ms() const {
        return std::min(k_renew_every_ms, m_options.idle_ms / 10);
    }
    [[nodiscard]] Timestamp end_of(std::int64_t created_ms, std::int64_t seen_ms) const {
        return {std::min(created_ms + m_options.absolute_ms, seen_ms + m_options.idle_ms)};
    }

    const Options m_options;
    PasswordHasher m_hasher;
    mutable std::mutex m_mutex;
    mutable sqlite::Connection m_database;
    std::set<std::string> m_live;  ///< Handles that somebody has been given by this process.
    std::vector<std::function<void(const std::string&)>> m_listeners;
};

Result<void> SqliteAccounts::prepare() {
    m_database.execute(k_tables);
    auto version = m_database.prepare("PRAGMA user_version");
    version.step();
    const std::int64_t format = version.integer(0);
    version.reset();
    if (format > k_format) {
        return fail(errors::k_io, {{"what", "accounts.db has format " + std::to_string(format) +
                                                ", made by a newer program"}});
    }
    m_database.execute("PRAGMA user_version = " + std::to_string(k_format));
    auto row = m_database.prepare("SELECT handle FROM session");
    while (row.step()) m_live.emplace(row.text(0));
    return {};
}

std::optional<Account> SqliteAccounts::find(std::string_view account) {
    auto row = m_database.prepare(std::string("SELECT ") + k_account_columns +
                                  " FROM account WHERE account = ?1");
    row.with(account);
    if (!row.step()) return std::nullopt;
    return read_account(row);
}

Result<void> SqliteAccounts::check_password(std::string_view account,
                                            std::string_view password) const {
    if (characters(password) < m_options.password_min || password.size() > k_password_length_max ||
        password.find(account) != std::string_view::npos) {
        return fail(errors::k_weak_password, {{"min", std::to_string(m_options.password_min)}});
    }
    return {};
}

Result<Account> SqliteAccounts::create(const Account& account, std::string_view password) {
    if (!is_account_name(account.account)) {
        return fail(errors::k_bad_request, {},
                    {{"/account", &errors::k_pattern_mismatch, {{"pattern", "[a-z0-9_-]{1,64}"}}}});
    }
    if (account.demonstration && !password.empty()) {
        return fail(errors::k_invalid_input, {{"what", "demonstration: password"}});
    }
    if (!password.empty()) TRY(check_password(account.account, password));
    const std::optional<std::string> hash =
        password.empty() ? std::nullopt : std::optional(m_hasher.hash(password));
    return sqlite::at_door([&]() -> Result<Account> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        if (find(account.account))
            return fail(errors::k_unique_taken, {{"value", account.account}});
        Account made = account;
        if (made.id.is_nil()) made.id = m_options.ids->next();
        m_database.run(
            "INSERT INTO account VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            made.account, made.id, made.name, made.name_en, made.zone, roles_text(made.roles),
            made.organisation, made.enterprise, made.grid, made.demonstration ? 1 : 0,
            made.disabled ? 1 : 0, hash, now_ms());
        transaction.commit();
        return made;
    });
}

Result<void> SqliteAccounts::set_password(std::string_view account, std::string_view password) {
    TRY(check_password(account, password));
    const std::string hash = m_hasher.hash(password);
    std::vector<std::string> ended;
    auto done = sqlite::at_door([&]() -> Result<void> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        const auto found = find(account);
        if (!found || found->demonstration)
            return fail(errors::k_no_such_account, {{"account", std::string(account)}});
        m_database.run("UPDATE account SET password = ?2 WHERE account = ?1", account, hash);
        m_database.run("DELETE FROM wrong_try WHERE subject = ?1", "account:" + found->account);
        ended = end_sessions("account", account);
        transaction.commit();
        return {};
    });
    tell(ended);
    return done;
}

Result<void> SqliteAccounts::disable(std::string_view account) {
    std::vector<std::string> ended;
    auto done = sqlite::at_door([&]() -> Result<void> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        if (!find(account))
            return fail(errors::k_no_such_account, {{"account", std::string(account)}});
        m_database.run("UPDATE account SET disabled = 1 WHERE account = ?1", account);
        m_database.run("DELETE FROM link WHERE account = ?1", account);
        ended = end_sessions("account", account);
        transaction.commit();
        return {};
    });
    tell(ended);
    return done;
}

Result<void> SqliteAccounts::enable(std::string_view account) {
    return sqlite::at_door([&]() -> Result<void> {
        const Guard lock(m_mutex);
        m_database.run("UPDATE account SET disabled = 0 WHERE account = ?1", account);
        if (m_database.changes() == 0)
            return fail(errors::k_no_such_account, {{"account", std::string(account)}});
        return {};
    });
}

std::vector<Account> SqliteAccounts::list() const {
    std::vector<Account> out;
    const Guard lock(m_mutex);
    try {
        auto row = m_database.prepare(std::string("SELECT ") + k_account_columns +
                                      " FROM account ORDER BY account");
        while (row.step()) out.push_back(read_account(row));
    } catch (const sqlite::Failure&) {
        out.clear();
    }
    return out;
}

std::int64_t SqliteAccounts::locked_until(const std::string& subject) {
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

Result<Session> SqliteAccounts::sign_in(std::string_view account, std::string_view password,
                                        std::string_view peer) {
    return sqlite::at_door([&]() -> Result<Session> {
        const bool named = is_account_name(account);
        // Names that cannot exist share one counter: they must not fill the table.
        const std::string by_account = named ? "account:" + std::string(account) : "account:?";
        const std::string by_peer = "peer:" + std::string(peer.substr(0, k_account_length_max));
        std::string stored;
        int left = 0;
        {
            const Guard lock(m_mutex);
            sqlite::Transaction transaction(m_database);
            const std::int64_t until = std::max(locked_until(by_account), locked_until(by_peer));
            if (until > now_ms()) return std::unexpected(locked_out(until));
            // Counted as wrong until proved right, so that tries in parallel are not free.
            left = count_wrong(by_account, m_options.account_tries);
            count_wrong(by_peer, m_options.peer_tries);
            auto row = m_database.prepare(
                "SELECT password FROM account WHERE account = ?1 AND disabled = 0 AND "
                "demonstration = 0");
            row.with(account);
            if (row.step()) stored = row.text(0);
            transaction.commit();
        }
        const bool right = m_hasher.verify(stored, password.substr(0, k_password_length_max + 1));
        const std::string renewed =
            right && m_hasher.is_outdated(stored) ? m_hasher.hash(password) : std::string();
        const Guard lock(m_mutex);
        if (!right) {
            const std::int64_t until = std::max(locked_until(by_account), locked_until(by_peer));
            if (until > now_ms()) return std::unexpected(locked_out(until));
            return fail(errors::k_bad_sign_in, {{"left", std::to_string(left)}});
        }
        sqlite::Transaction transaction(m_database);
        m_database.run("DELETE FROM wrong_try WHERE subject = ?1", by_account);
        forgive_one(by_peer);
        const auto found = find(account);
        if (!found || found->disabled)
            return fail(errors::k_bad_sign_in, {{"left", std::to_string(left)}});
        if (!renewed.empty())
            m_database.run("UPDATE account SET password = ?2 WHERE account = ?1", account, renewed);
        Session session = begin_session(*found, peer);
        transaction.commit();
        m_live.insert(session.handle);
        return session;
    });
}

Session SqliteAccounts::begin_session(const Account& account, std::string_view peer) {
    Session out;
    out.cookie = random_secret(*m_options.random, 32);
    out.csrf = csrf_of(out.cookie);
    out.handle = random_secret(*m_options.random, 12);
    out.principal = principal_of(account);
    const std::int64_t now = now_ms();
    out.expires_at = end_of(now, now);
    m_database.run("INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
                   hash_of_secret(out.cookie), out.handle, account.account, now, peer);
    return out;
}

Result<std::string> SqliteAccounts::make_link(std::string_view account, std::int64_t valid_ms) {
    return sqlite::at_door([&]() -> Result<std::string> {
        const Guard lock(m_mutex);
        const auto found = find(account);
        if (!found || found->disabled)
            return fail(errors::k_no_such_account, {{"account", std::string(account)}});
        std::string secret = random_secret(*m_options.random, 32);
        m_database.run("INSERT INTO link VALUES (?1, ?2, ?3)", hash_of_secret(secret), account,
                       now_ms() + valid_ms);
        return secret;
    });
}

Result<Session> SqliteAccounts::enter(std::string_view link_secret, std::string_view peer) {
    return sqlite::at_door([&]() -> Result<Session> {
        const std::string by_peer = "peer:" + std::string(peer.substr(0, k_account_length_max));
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        if (const auto until = locked_until(by_peer); until > now_ms())
            return std::unexpected(locked_out(until));
        auto row =
            m_database.prepare("DELETE FROM link WHERE hash = ?1 RETURNING account, expires_at");
        row.with(hash_of_secret(link_secret));
        std::optional<Account> found;
        if (row.step() && row.integer(1) > now_ms()) found = find(row.text(0));
        row.reset();
        if (!found || found->disabled) {
            count_wrong(by_peer, m_options.peer_tries);
            transaction.commit();
            return fail(errors::k_bad_link);
        }
        Session session = begin_session(*found, peer);
        transaction.commit();
        m_live.insert(session.handle);
        return session;
    });
}

Result<Session> SqliteAccounts::resume(std::string_view cookie) {
    std::vector<std::string> ended;
    auto done = sqlite::at_door([&]() -> Result<Session> {
        const Guard lock(m_mutex);
        auto row = m_database.prepare(
            "SELECT s.handle, s.created_at, s.seen_at, s.account FROM session s WHERE s.hash = ?1");
        const std::string hash = hash_of_secret(cookie);
        row.with(hash);
        if (!row.step()) return fail(errors::k_not_signed_in);
        Session out{std::string(cookie), csrf_of(cookie), std::string(row.text(0)), {}, {}};
        const std::int64_t created = row.integer(1), seen = row.integer(2), now = now_ms();
        const auto account = find(row.text(3));
        row.reset();
        if (now >= end_of(created, seen).ms || !account || account->disabled) {
            ended = end_sessions("handle", out.handle);
            return fail(errors::k_not_signed_in);
        }
        if (now - seen >= renew_every_ms())
            m_database.run("UPDATE session SET seen_at = ?2 WHERE hash = ?1", hash, now);
        out.principal = principal_of(*account);
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

void SqliteAccounts::sign_out(std::string_view handle) {
    std::vector<std::string> ended;
    try {
        const Guard lock(m_mutex);
        ended = end_sessions("handle", handle);
    } catch (const sqlite::Failure&) {
        // The session stays until it expires; nothing better can be promised on a broken disk.
    }
    tell(ended);
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
        auto row = m_database.prepare("SELECT handle FROM session");
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

}  // namespace

Result<std::unique_ptr<Accounts>> Accounts::open(Options options) {
    TRY(start_sodium());
    return sqlite::at_door([&]() -> Result<std::unique_ptr<Accounts>> {
        auto out = std::make_unique<SqliteAccounts>(options);
        TRY(out->prepare());
        return out;
    });
}

}  // namespace anlan::bigdata
