// Accounts and sessions: Argon2id passwords, one-time links, expiring and revocable sessions.
// Kept in the register's database file, beside the records, never in the journal's payload.
#pragma once

#include "core/label.h"
#include "core/principal.h"
#include "core/random.h"
#include "core/time.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace anlan::bigdata {

struct Account {
    Uuid id;
    std::string account;             ///< What is typed; lower-case letters, digits, - and _.
    std::string name, name_en;
    std::string zone;
    std::vector<std::string> roles;
    Uuid organisation, enterprise, grid;
    bool demonstration = false;      ///< Exists only with the demonstration; one-time links only.
    bool disabled = false;
};

struct Session {
    std::string cookie;              ///< 32 random bytes, base64url; only its hash is stored.
    std::string csrf;                ///< Sent back in X-Anlan-Csrf on every change.
    std::string handle;              ///< Names the session in lists; not a secret.
    Principal principal;
    Timestamp expires_at;
};

class Accounts {
  public:
    struct Options {
        std::filesystem::path database;
        const Clock* clock = nullptr;
        Random* random = nullptr;
        IdSource* ids = nullptr;
        std::int64_t idle_ms = 8LL * 3600 * 1000;
        std::int64_t absolute_ms = 24LL * 3600 * 1000;
    };
    static Result<std::unique_ptr<Accounts>> open(Options options);
    virtual ~Accounts() = default;

    virtual Result<Account> create(const Account& account, std::string_view password) = 0;  ///< Empty: no password.
    virtual Result<void> set_password(std::string_view account, std::string_view password) = 0;
    virtual Result<void> disable(std::string_view account) = 0;   ///< Revokes its sessions.
    [[nodiscard]] virtual std::vector<Account> list() const = 0;

    /// Errors: bad_sign_in (never says which part was wrong; tells the tries left), locked_out.
    /// Throttled per account and per peer; a lock-out ends by itself.
    virtual Result<Session> sign_in(std::string_view account, std::string_view password, std::string_view peer) = 0;
    /// A link works once, for `valid_ms`. Returns its secret.
    virtual Result<std::string> make_link(std::string_view account, std::int64_t valid_ms) = 0;
    virtual Result<Session> enter(std::string_view link_secret, std::string_view peer) = 0;
    /// Checks and renews the idle time. Errors: not_signed_in.
    virtual Result<Session> resume(std::string_view cookie) = 0;
    virtual void sign_out(std::string_view handle) = 0;
    /// Called with a session's handle the moment it ends by sign-out, expiry or revocation.
    virtual void on_end(std::function<void(const std::string& handle)> listener) = 0;
};

}  // namespace anlan::bigdata
