// Accounts, sessions and API tokens: Argon2id passwords, one-time links, expiring and revocable
// sessions. This is the store and its mechanics; who may administer whom is in administration.h.
//
// Kept in a database file of their own (accounts.db), so that a sign-in never waits for the
// register's single writer nor holds it up; never in the journal's payload. Of passwords, cookies,
// links and tokens only hashes are stored. The file is the truth: another process (`anlan user`)
// may change it, and sweep() notices. Every change is an entry of the audit log (audit.h) in its
// own transaction.
//
// Argon2id costs 64 MiB and 2 passes (libsodium's INTERACTIVE, above OWASP's 19 MiB): some 60 ms.
// Hashes are computed one at a time, so that a burst of sign-ins costs time and not a small
// machine's memory. Thread-safe.
#pragma once

#include "core/label.h"
#include "core/principal.h"
#include "core/random.h"
#include "core/result.h"
#include "core/time.h"
#include "foundations/bigdata/audit.h"
#include "foundations/bigdata/password_policy.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

struct Account {
    Uuid id;
    std::string account;  ///< What is typed; 1 to 64 lower-case letters, digits, - and _.
    std::string name, name_en;
    std::string zone;
    std::vector<std::string> roles;
    Uuid organisation, enterprise, grid;  ///< Whose rows a bound role sees.
    bool demonstration = false;  ///< Exists only with the demonstration; one-time links only.
    bool disabled = false;
    bool must_change = false;  ///< The password was given by somebody else.
    bool has_password = false;
    Timestamp created_at;
    std::optional<Timestamp> signed_in_at, password_at, locked_until;
};

/// Where somebody comes from, for the list of sessions and the audit log.
struct Peer {
    std::string address;
    std::string device;  ///< The browser's User-Agent, cut to 200 bytes.
    Peer(std::string_view address_, std::string_view device_ = {})
        : address(address_), device(device_) {}
    Peer(const char* address_) : address(address_) {}
};

struct Session {
    std::string cookie;  ///< 32 random bytes, base64url; only its hash is stored. Empty: a token's.
    std::string csrf;    ///< Sent back in X-Anlan-Csrf on every change; follows from the cookie.
    std::string handle;  ///< Names the session in lists; not a secret. "token:<id>" for a token.
    Principal principal;
    Timestamp expires_at;      ///< The sooner of idle and absolute end.
    bool must_change = false;  ///< Nothing is open but changing the password.
};

/// A session as it is listed.
struct SessionInfo {
    std::string handle, account, name, name_en;
    Peer peer{std::string_view()};
    Timestamp created_at, seen_at, expires_at;
};

struct Token {
    Uuid id;
    std::string account, name;
    std::vector<std::string> rights;  ///< "*.read", "alarm.acknowledge"
    Timestamp created_at, expires_at;
    std::optional<Timestamp> used_at;
    std::string used_from;
};

struct NewToken {
    Token token;
    std::string secret;  ///< "anl_" and 32 random bytes, base64url; answered this once.
};

/// What an API token begins with; a device's token never does.
inline constexpr std::string_view k_token_prefix = "anl_";

/// Compares secrets in a time that depends on their lengths alone.
bool same_secret(std::string_view a, std::string_view b);

class Accounts {
  public:
    struct Options {
        std::filesystem::path database;  ///< accounts.db in the data folder.
        const Clock* clock = nullptr;
        Random* random = nullptr;
        IdSource* ids = nullptr;
        std::int64_t idle_ms = 8LL * 3600 * 1000;  ///< Renewed to within a minute.
        std::int64_t absolute_ms = 24LL * 3600 * 1000;
        int account_tries = 5;                        ///< Wrong ones in a row before the lock-out.
        int peer_tries = 30;                          ///< Higher: an office shares one address.
        std::int64_t lock_out_ms = 15LL * 60 * 1000;  ///< Also how long a wrong try is remembered.
        PasswordPolicy passwords;
        std::int64_t token_days_max = 366;
        std::size_t tokens_max = 20;  ///< Of one account.
        std::int64_t audit_days = 1096;
        std::size_t hash_memory_bytes = 64ULL
                                        << 20;  ///< Argon2id; older hashes are renewed at sign-in.
        unsigned long long hash_passes = 2;
    };
    /// Brings an older file up to date. Errors: io (made by a newer program).
    static Result<std::unique_ptr<Accounts>> open(Options options);
    virtual ~Accounts() = default;

    /// An empty password: none, links only. The id is made when nil.
    /// Errors: bad_request with /account, unique_taken, weak_password.
    virtual Result<Account> create(const Account& account, std::string_view password,
                                   const By& by) = 0;
    /// Name and English name. Errors of this and the following: no_such_account.
    virtual Result<void> rename(std::string_view account, const std::string& name,
                                const std::string& name_en, const By& by) = 0;
    /// Roles and whose rows they see. Ends the account's sessions: the next one has the new rights.
    virtual Result<void> set_rights(const Account& account, const By& by) = 0;
    enum class Given { by_owner, by_another };  ///< By another: must be changed at sign-in.
    /// Ends the account's sessions and its lock-out. Errors: weak_password (also when used before).
    virtual Result<void> set_password(std::string_view account, std::string_view password,
                                      Given given, const By& by) = 0;
    /// By the owner, who knows the present one. Ends all sessions but `keep`; counts wrong tries as
    /// sign_in() does. Errors: bad_request with /current (password_wrong), locked_out,
    /// weak_password.
    virtual Result<void> change_password(std::string_view account, std::string_view current,
                                         std::string_view password, std::string_view keep,
                                         const By& by) = 0;
    /// Revokes its sessions, links and tokens.
    virtual Result<void> disable(std::string_view account, const By& by) = 0;
    virtual Result<void> enable(std::string_view account, const By& by) = 0;
    /// Forgets its wrong tries.
    virtual Result<void> unlock(std::string_view account, const By& by) = 0;
    [[nodiscard]] virtual std::vector<Account> list() const = 0;
    [[nodiscard]] virtual std::optional<Account> read(std::string_view account) const = 0;

    /// Errors: bad_sign_in (never says which part was wrong; tells the tries left), locked_out.
    /// Throttled per account and per peer; a lock-out ends by itself. An unknown, disabled or
    /// password-less account costs the same time and counts the same. A one-time link still opens
    /// the door of a locked account, so that a stranger cannot shut the duty officer out.
    virtual Result<Session> sign_in(std::string_view account, std::string_view password,
                                    const Peer& peer) = 0;
    /// A link works once, for `valid_ms`. Returns its secret. Errors: no_such_account.
    virtual Result<std::string> make_link(std::string_view account, std::int64_t valid_ms,
                                          const By& by) = 0;
    /// Errors: bad_link, locked_out (the peer).
    virtual Result<Session> enter(std::string_view link_secret, const Peer& peer) = 0;
    /// Checks and renews the idle time. Errors: not_signed_in. About 20 µs.
    virtual Result<Session> resume(std::string_view cookie) = 0;
    virtual void sign_out(std::string_view handle, const By& by) = 0;
    /// Newest use first; of one account, or of all.
    [[nodiscard]] virtual std::vector<SessionInfo> sessions(
        std::string_view account = {}) const = 0;
    /// Errors: no_such_session.
    virtual Result<void> revoke(std::string_view handle, const By& by) = 0;
    /// Whether a session or token still holds.
    [[nodiscard]] virtual bool holds(std::string_view handle) const = 0;

    /// Errors: no_such_account, token_expiry, tokens_many, bad_request with /name.
    virtual Result<NewToken> make_token(const Token& token, const By& by) = 0;
    [[nodiscard]] virtual std::vector<Token> tokens(std::string_view account = {}) const = 0;
    /// Errors: no_such_token.
    virtual Result<void> revoke_token(Uuid id, const By& by) = 0;
    /// A session of the owner, limited to the token's rights. Wrong ones count against the peer.
    /// Errors: bad_token, locked_out. About 20 µs.
    virtual Result<Session> use_token(std::string_view secret, const Peer& peer) = 0;

    /// Called with a session's handle the moment it ends by sign-out, expiry or revocation; not
    /// under a lock. Register listeners before the first session.
    virtual void on_end(std::function<void(const std::string& handle)> listener) = 0;
    /// Ends what has expired or was revoked by another process. Call about once a second.
    virtual void sweep() = 0;
    [[nodiscard]] virtual AuditLog& audit() = 0;
};

/// The program itself, and whoever sits at the machine's terminal.
By by_program(std::string_view zone);
By by_command_line(std::string_view zone, std::string_view system_user);

}  // namespace anlan::bigdata
