// Accounts and sessions: Argon2id passwords, one-time links, expiring and revocable sessions.
//
// Kept in a database file of their own (accounts.db), so that a sign-in never waits for the
// register's single writer nor holds it up; never in the journal's payload. Of passwords, cookies
// and links only hashes are stored. The file is the truth: another process (`anlan user`) may
// change it, and sweep() notices.
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
    Uuid organisation, enterprise, grid;
    bool demonstration = false;  ///< Exists only with the demonstration; one-time links only.
    bool disabled = false;
};

struct Session {
    std::string cookie;  ///< 32 random bytes, base64url; only its hash is stored.
    std::string csrf;    ///< Sent back in X-Anlan-Csrf on every change; follows from the cookie.
    std::string handle;  ///< Names the session in lists; not a secret.
    Principal principal;
    Timestamp expires_at;  ///< The sooner of idle and absolute end.
};

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
        std::size_t password_min = 8;                 ///< Characters.
        std::size_t hash_memory_bytes = 64ULL
                                        << 20;  ///< Argon2id; older hashes are renewed at sign-in.
        unsigned long long hash_passes = 2;
    };
    static Result<std::unique_ptr<Accounts>> open(Options options);
    virtual ~Accounts() = default;

    /// An empty password: none, links only. The id is made when nil.
    /// Errors: bad_request with /account, unique_taken, weak_password.
    virtual Result<Account> create(const Account& account, std::string_view password) = 0;
    /// Ends the account's sessions and its lock-out.
    virtual Result<void> set_password(std::string_view account, std::string_view password) = 0;
    virtual Result<void> disable(
        std::string_view account) = 0;  ///< Revokes its sessions and links.
    virtual Result<void> enable(std::string_view account) = 0;
    [[nodiscard]] virtual std::vector<Account> list() const = 0;

    /// Errors: bad_sign_in (never says which part was wrong; tells the tries left), locked_out.
    /// Throttled per account and per peer; a lock-out ends by itself. An unknown, disabled or
    /// password-less account costs the same time and counts the same. A one-time link still opens
    /// the door of a locked account, so that a stranger cannot shut the duty officer out.
    virtual Result<Session> sign_in(std::string_view account, std::string_view password,
                                    std::string_view peer) = 0;
    /// A link works once, for `valid_ms`. Returns its secret. Errors: no_such_account.
    virtual Result<std::string> make_link(std::string_view account, std::int64_t valid_ms) = 0;
    /// Errors: bad_link, locked_out (the peer).
    virtual Result<Session> enter(std::string_view link_secret, std::string_view peer) = 0;
    /// Checks and renews the idle time. Errors: not_signed_in. About 20 µs.
    virtual Result<Session> resume(std::string_view cookie) = 0;
    virtual void sign_out(std::string_view handle) = 0;
    /// Called with a session's handle the moment it ends by sign-out, expiry or revocation; not
    /// under a lock. Register listeners before the first session.
    virtual void on_end(std::function<void(const std::string& handle)> listener) = 0;
    /// Ends what has expired or was revoked by another process. Call about once a second.
    virtual void sweep() = 0;
};

}  // namespace anlan::bigdata
