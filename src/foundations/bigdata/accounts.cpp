#include "foundations/bigdata/accounts.h"

#include "core/describe.h"
#include "core/json.h"
#include "foundations/bigdata/accounts_store.h"
#include "foundations/bigdata/errors.h"

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_format = 2;
constexpr std::size_t k_account_length_max = 64;
constexpr std::size_t k_name_bytes_max = 200;

constexpr const char* k_format_1 = R"(
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

constexpr const char* k_to_format_2 = R"(
ALTER TABLE account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN password_at INTEGER;
ALTER TABLE account ADD COLUMN signed_in_at INTEGER;
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN entered TEXT NOT NULL DEFAULT 'password';
CREATE TABLE password_history(
    account TEXT NOT NULL REFERENCES account(account), hash TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX password_history_account ON password_history(account, at);
CREATE TABLE token(
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, account TEXT NOT NULL REFERENCES account(account),
    name TEXT NOT NULL, rights TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    used_at INTEGER, used_from TEXT NOT NULL DEFAULT '', refused_at INTEGER) STRICT;
CREATE INDEX token_account ON token(account);
CREATE INDEX session_account ON session(account);
)";

constexpr const char* k_account_columns =
    "SELECT account, id, name, name_en, zone, roles, organisation, enterprise, grid, "
    "demonstration, disabled, must_change, password IS NOT NULL, created_at, signed_in_at, "
    "password_at, (SELECT locked_until FROM wrong_try WHERE subject = 'account:' || account) "
    "FROM account";

std::optional<Timestamp> time_or_nothing(const sqlite::Statement& row, int column) {
    if (row.is_null(column) || row.integer(column) == 0) return std::nullopt;
    return row.time(column);
}

Account read_account(const sqlite::Statement& row, std::int64_t now_ms) {
    Account out;
    out.account = row.text(0);
    out.id = row.uuid(1);
    out.name = row.text(2);
    out.name_en = row.text(3);
    out.zone = row.text(4);
    out.roles = json_texts(row.text(5));
    out.organisation = row.uuid(6);
    out.enterprise = row.uuid(7);
    out.grid = row.uuid(8);
    out.demonstration = row.integer(9) != 0;
    out.disabled = row.integer(10) != 0;
    out.must_change = row.integer(11) != 0;
    out.has_password = row.integer(12) != 0;
    out.created_at = row.time(13);
    out.signed_in_at = time_or_nothing(row, 14);
    out.password_at = time_or_nothing(row, 15);
    out.locked_until = time_or_nothing(row, 16);
    if (out.locked_until && out.locked_until->ms <= now_ms) out.locked_until.reset();
    return out;
}

Result<void> check_names(const Account& account) {
    std::vector<FieldProblem> wrong;
    if (!is_account_name(account.account)) {
        wrong.push_back(
            {"/account", &errors::k_pattern_mismatch, {{"pattern", "[a-z0-9_-]{1,64}"}}});
    }
    for (const auto& [where, text] :
         {std::pair{"/name", &account.name}, std::pair{"/name_en", &account.name_en}}) {
        if (text->size() > k_name_bytes_max)
            wrong.push_back({where, &errors::k_too_long, {{"max", "200"}}});
    }
    if (!wrong.empty()) return fail(errors::k_bad_request, {}, std::move(wrong));
    return {};
}

}  // namespace

bool is_account_name(std::string_view text) {
    return !text.empty() && text.size() <= k_account_length_max &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

Principal principal_of(const Account& a) {
    return {.user = a.id,
            .account = a.account,
            .name = a.name,
            .zone = a.zone,
            .roles = a.roles,
            .organisation = a.organisation,
            .enterprise = a.enterprise,
            .grid = a.grid};
}

By by_holder(const Account& account, const Peer& peer) {
    return {account.id, account.account, account.name, account.zone, "screen", peer.address};
}

By by_program(std::string_view zone) {
    return {{}, "system", "安澜 Anlan", std::string(zone), "program", {}};
}

By by_command_line(std::string_view zone, std::string_view system_user) {
    return {{}, std::string(system_user), {}, std::string(zone), "command_line", {}};
}

std::string texts_json(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& text : texts) out.emplace_back(text);
    return to_text(out);
}

std::vector<std::string> json_texts(std::string_view text) {
    std::vector<std::string> out;
    if (const auto read = parse_json(text); read && read->is_array()) {
        for (const auto& each : read->get_array()) {
            if (each.is_string()) out.emplace_back(each.get_string());
        }
    }
    return out;
}

SqliteAccounts::SqliteAccounts(const Options& options)
    : m_options(options),
      m_hasher(options.hash_memory_bytes, options.hash_passes),
      m_database(options.database, sqlite::Mode::create) {}

Result<void> SqliteAccounts::prepare() {
    {
        sqlite::Transaction transaction(m_database);
        auto version = m_database.prepare("PRAGMA user_version");
        version.step();
        const std::int64_t format = version.integer(0);
        version.reset();
        if (format > k_format) {
            return fail(errors::k_io, {{"what", "accounts.db has format " + std::to_string(format) +
                                                    ", made by a newer program"}});
        }
        if (format < 1) m_database.execute(k_format_1);
        if (format < 2) m_database.execute(k_to_format_2);
        m_database.execute("PRAGMA user_version = " + std::to_string(k_format));
        prepare_audit(m_database);
        transaction.commit();
    }
    auto row = m_database.prepare("SELECT handle FROM session");
    while (row.step()) m_live.emplace(row.text(0));
    TRY_ASSIGN(audit, AuditLog::open(m_options.database, *m_options.clock, m_options.audit_days));
    m_audit = std::move(audit);
    return {};
}

std::optional<Account> SqliteAccounts::find(std::string_view account) const {
    auto row = m_database.prepare(std::string(k_account_columns) + " WHERE account = ?1");
    row.with(account);
    if (!row.step()) return std::nullopt;
    return read_account(row, now_ms());
}

Result<Account> SqliteAccounts::found(std::string_view account) const {
    auto out = find(account);
    if (!out) return fail(errors::k_no_such_account, {{"account", std::string(account)}});
    return std::move(*out);
}

void SqliteAccounts::note(std::string_view event, const By& by, std::string_view subject,
                          json::object detail, Outcome outcome) {
    AuditEntry entry;
    entry.at = m_options.clock->now();
    entry.event = event;
    entry.outcome = outcome;
    entry.by = by;
    entry.subject = subject;
    entry.detail = std::move(detail);
    append_audit(m_database, entry);
}

Result<Account> SqliteAccounts::create(const Account& account, std::string_view password,
                                       const By& by) {
    TRY(check_names(account));
    if (account.demonstration && !password.empty()) {
        return fail(errors::k_invalid_input, {{"what", "demonstration: password"}});
    }
    if (!password.empty()) TRY(m_options.passwords.check(account.account, password));
    const std::string hash = password.empty() ? std::string() : m_hasher.hash(password);
    return sqlite::at_door([&]() -> Result<Account> {
        const Guard lock(m_mutex);
        sqlite::Transaction transaction(m_database);
        if (find(account.account))
            return fail(errors::k_unique_taken, {{"value", account.account}});
        Account made = account;
        if (made.id.is_nil()) made.id = m_options.ids->next();
        m_database.run(
            "INSERT INTO account(account, id, name, name_en, zone, roles, organisation, "
            "enterprise, grid, demonstration, disabled, password, created_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, NULL, ?12)",
            made.account, made.id, made.name, made.name_en, made.zone, texts_json(made.roles),
            made.organisation, made.enterprise, made.grid, made.demonstration ? 1 : 0,
            made.disabled ? 1 : 0, now_ms());
        if (!hash.empty())
            store_password(made, hash, made.must_change ? Given::by_another : Given::by_owner);
        json::array roles;
        for (const auto& role : made.roles) roles.emplace_back(role);
        note("account_created", by, made.account, {{"name", made.name}, {"roles", roles}});
        transaction.commit();
        return made;
    });
}

void SqliteAccounts::store_password(const Account& account, const std::string& hash, Given given) {
    const std::int64_t now = now_ms();
    m_database.run(
        "UPDATE account SET password = ?2, must_change = ?3, password_at = ?4 "
        "WHERE account = ?1",
        account.account, hash, given == Given::by_another ? 1 : 0, now);
    m_database.run("INSERT INTO password_history VALUES (?1, ?2, ?3)", account.account, hash, now);
    m_database.run(
        "DELETE FROM password_history WHERE account = ?1 AND rowid NOT IN "
        "(SELECT rowid FROM password_history WHERE account = ?1 "
        "ORDER BY rowid DESC LIMIT ?2)",
        account.account, std::max<std::size_t>(1, m_options.passwords.history));
}

Result<void> SqliteAccounts::rename(std::string_view account, const std::string& name,
                                    const std::string& name_en, const By& by) {
    Account named;
    named.account = account;
    named.name = name;
    named.name_en = name_en;
    TRY(check_names(named));
    return change(account, [&](const Account& one, auto&) -> Result<void> {
        m_database.run("UPDATE account SET name = ?2, name_en = ?3 WHERE account = ?1", account,
                       name, name_en);
        note("account_changed", by, account, {{"name", name}, {"before", one.name}});
        return {};
    });
}

Result<void> SqliteAccounts::set_rights(const Account& account, const By& by) {
    return change(account.account, [&](const Account& one, auto& ended) -> Result<void> {
        m_database.run(
            "UPDATE account SET roles = ?2, organisation = ?3, enterprise = ?4, "
            "grid = ?5 WHERE account = ?1",
            account.account, texts_json(account.roles), account.organisation, account.enterprise,
            account.grid);
        ended = cut_off(account.account);
        const auto text = [](const Account& a) {
            json::array roles;
            for (const auto& role : a.roles) roles.emplace_back(role);
            json::object out{{"roles", std::move(roles)}};
            for (const auto& [name, id] :
                 {std::pair{"organisation", &a.organisation},
                  std::pair{"enterprise", &a.enterprise}, std::pair{"grid", &a.grid}}) {
                if (!id->is_nil()) out.emplace(name, id->text());
            }
            return out;
        };
        note("rights_changed", by, account.account,
             {{"before", text(one)}, {"after", text(account)}});
        return {};
    });
}

Result<void> SqliteAccounts::check_history(std::string_view account, std::string_view password) {
    std::vector<std::string> hashes;
    if (m_options.passwords.history > 0) {
        TRY(sqlite::at_door([&]() -> Result<void> {
            const Guard lock(m_mutex);
            auto row = m_database.prepare("SELECT hash FROM password_history WHERE account = ?1");
            row.with(account);
            while (row.step()) hashes.emplace_back(row.text(0));
            return {};
        }));
    }
    const bool used = std::ranges::any_of(
        hashes, [&](const auto& hash) { return m_hasher.verify(hash, password); });
    if (!used) return {};
    return fail(errors::k_weak_password, {},
                {{"/password",
                  &errors::k_password_used,
                  {{"count", std::to_string(m_options.passwords.history)}}}});
}

Result<void> SqliteAccounts::set_password(std::string_view account, std::string_view password,
                                          Given given, const By& by) {
    TRY(m_options.passwords.check(account, password));
    TRY(check_history(account, password));
    const std::string hash = m_hasher.hash(password);
    return change(account, [&](const Account& one, auto& ended) -> Result<void> {
        if (one.demonstration)
            return fail(errors::k_demonstration_account, {{"account", one.account}});
        store_password(one, hash, given);
        m_database.run("DELETE FROM wrong_try WHERE subject = ?1", "account:" + one.account);
        ended = cut_off(account);
        note("password_reset", by, account);
        return {};
    });
}

Result<void> SqliteAccounts::disable(std::string_view account, const By& by) {
    return change(account, [&](const Account&, auto& ended) -> Result<void> {
        m_database.run("UPDATE account SET disabled = 1 WHERE account = ?1", account);
        m_database.run("DELETE FROM link WHERE account = ?1", account);
        ended = cut_off(account);
        m_database.run("DELETE FROM token WHERE account = ?1", account);
        note("account_disabled", by, account);
        return {};
    });
}

Result<void> SqliteAccounts::enable(std::string_view account, const By& by) {
    return change(account, [&](const Account&, auto&) -> Result<void> {
        m_database.run("UPDATE account SET disabled = 0 WHERE account = ?1", account);
        note("account_enabled", by, account);
        return {};
    });
}

Result<void> SqliteAccounts::unlock(std::string_view account, const By& by) {
    return change(account, [&](const Account&, auto&) -> Result<void> {
        m_database.run("DELETE FROM wrong_try WHERE subject = ?1",
                       "account:" + std::string(account));
        note("account_unlocked", by, account);
        return {};
    });
}

std::vector<Account> SqliteAccounts::list() const {
    std::vector<Account> out;
    const Guard lock(m_mutex);
    try {
        auto row = m_database.prepare(std::string(k_account_columns) + " ORDER BY account");
        while (row.step()) out.push_back(read_account(row, now_ms()));
    } catch (const sqlite::Failure&) {
        out.clear();
    }
    return out;
}

std::optional<Account> SqliteAccounts::read(std::string_view account) const {
    const Guard lock(m_mutex);
    try {
        return find(account);
    } catch (const sqlite::Failure&) {
        return std::nullopt;
    }
}

Result<std::unique_ptr<Accounts>> Accounts::open(Options options) {
    TRY(start_sodium());
    return sqlite::at_door([&]() -> Result<std::unique_ptr<Accounts>> {
        auto out = std::make_unique<SqliteAccounts>(options);
        TRY(out->prepare());
        return out;
    });
}

}  // namespace anlan::bigdata
