// The one door through which people are administered, from the API and from the command line: who
// may do what to whose account, and how the three administrators are kept apart (separation.h).
//
//   account.manage  (system)    makes accounts, renames, disables, enables, unlocks, resets
//   role.grant      (security)  gives and takes roles and says whose rows they see
//   session.manage  (security)  sees and ends sessions and API tokens
//   account.read    (both)      sees the list
//   audit.read      (audit)     reads the audit log
//
// Nobody administers outside the own zone. Nobody changes their own rights, or disables or resets
// themselves. An account that holds an administrator's role is reset, disabled and given links on
// the machine alone (`anlan user`): else whoever resets passwords could become every administrator.
// Whoever sits at the machine (By::origin "command_line") passes for `may`, and for nothing else:
// mixed offices are refused there too.
#pragma once

#include "foundations/bigdata/access.h"
#include "foundations/bigdata/accounts.h"

#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

class Administration {
  public:
    Administration(Accounts& accounts, const Access& access, const Catalog& catalog,
                   const Clock& clock, Random& random)
        : m_accounts(accounts),
          m_access(access),
          m_catalog(catalog),
          m_clock(clock),
          m_random(random) {}

    /// Who asks: rights from `who`, the rest for the audit log.
    struct Caller {
        const Principal& who;
        By by;
    };

    /// The accounts of the caller's zone. Errors: forbidden.
    Result<std::vector<Account>> list(const Caller& caller) const;
    struct Made {
        Account account;
        std::string password;  ///< Answered this once; must be changed at the first sign-in.
    };
    /// Without roles: those are given by another person; at the machine they come along. A password
    /// that is typed there is its owner's; any other is made here. Errors: forbidden, and
    /// Accounts::create's.
    Result<Made> create(const Caller& caller, const Account& account,
                        const std::optional<std::string>& typed = {}) const;
    Result<void> rename(const Caller& caller, std::string_view account, const std::string& name,
                        const std::string& name_en) const;
    /// A new password, answered this once. Errors: own_account, administrators_account,
    /// demonstration_account.
    Result<std::string> reset(const Caller& caller, std::string_view account,
                              const std::optional<std::string>& typed = {}) const;
    /// Errors: own_account, administrators_account.
    Result<void> disable(const Caller& caller, std::string_view account) const;
    Result<void> enable(const Caller& caller, std::string_view account) const;
    Result<void> unlock(const Caller& caller, std::string_view account) const;
    /// Roles and whose rows. Errors: own_rights, offices_mixed, no_such_role.
    Result<void> set_rights(const Caller& caller, const Account& account) const;

    Result<std::vector<SessionInfo>> sessions(const Caller& caller) const;
    Result<void> revoke(const Caller& caller, std::string_view handle) const;
    Result<std::vector<Token>> tokens(const Caller& caller) const;
    Result<void> revoke_token(const Caller& caller, Uuid id) const;

    // A person's own affairs; no right is asked, and an API token may not (route right "own").
    std::vector<SessionInfo> own_sessions(const Caller& caller) const;
    Result<void> revoke_own(const Caller& caller, std::string_view handle) const;
    std::vector<Token> own_tokens(const Caller& caller) const;
    /// Errors: token_right unless every right is the owner's own and of the zone's business;
    /// token_expiry, tokens_many.
    Result<NewToken> make_token(const Caller& caller, const std::string& name,
                                const std::vector<std::string>& rights, std::int64_t days) const;
    Result<void> revoke_own_token(const Caller& caller, Uuid id) const;

    /// Entries of the caller's zone, and those of no zone. Taking a copy out is an entry itself.
    Result<std::vector<AuditEntry>> audit(const Caller& caller, AuditQuery query) const;
    Result<std::string> audit_csv(const Caller& caller, AuditQuery query, Language language) const;
    Result<AuditVerdict> verify_audit(const Caller& caller) const;

  private:
    [[nodiscard]] Result<void> require(const Caller& caller, std::string_view right) const;
    /// The account of the caller's zone. Errors: no_such_account.
    Result<Account> target(const Caller& caller, std::string_view account) const;
    /// For what would let one person take another's place. Errors as above.
    Result<void> check_takeover(const Caller& caller, const Account& account) const;
    Result<Account> managed(const Caller& caller, std::string_view account) const;
    void note_refused(const Caller& caller, std::string_view account, const Error& error) const;

    Accounts& m_accounts;
    const Access& m_access;
    const Catalog& m_catalog;
    const Clock& m_clock;
    Random& m_random;
};

/// 20 characters of an alphabet without look-alikes: about 115 bits.
std::string strong_password(Random& random);

}  // namespace anlan::bigdata
