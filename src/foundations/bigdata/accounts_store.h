// The accounts in SQLite: what accounts.cpp (people), sign_in.cpp (the door) and sessions.cpp
// (sessions and tokens) share. Nobody else includes this.
#pragma once

#include "core/ids.h"
#include "foundations/bigdata/account_secrets.h"
#include "foundations/bigdata/accounts.h"
#include "foundations/bigdata/sqlite.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace anlan::bigdata {

class SqliteAccounts final : public Accounts {
  public:
    explicit SqliteAccounts(const Options& options);
    Result<void> prepare();

    Result<Account> create(const Account& account, std::string_view password,
                           const By& by) override;
    Result<void> rename(std::string_view account, const std::string& name,
                        const std::string& name_en, const By& by) override;
    Result<void> set_rights(const Account& account, const By& by) override;
    Result<void> set_password(std::string_view account, std::string_view password, Given given,
                              const By& by) override;
    Result<void> change_password(std::string_view account, std::string_view current,
                                 std::string_view password, std::string_view keep,
                                 const By& by) override;
    Result<void> disable(std::string_view account, const By& by) override;
    Result<void> enable(std::string_view account, const By& by) override;
    Result<void> unlock(std::string_view account, const By& by) override;
    std::vector<Account> list() const override;
    std::optional<Account> read(std::string_view account) const override;

    Result<Session> sign_in(std::string_view account, std::string_view password,
                            const Peer& peer) override;
    Result<std::string> make_link(std::string_view account, std::int64_t valid_ms,
                                  const By& by) override;
    Result<Session> enter(std::string_view link_secret, const Peer& peer) override;

    Result<Session> resume(std::string_view cookie) override;
    void sign_out(std::string_view handle, const By& by) override;
    std::vector<SessionInfo> sessions(std::string_view account) const override;
    Result<void> revoke(std::string_view handle, const By& by) override;
    bool holds(std::string_view handle) const override;
    Result<NewToken> make_token(const Token& token, const By& by) override;
    std::vector<Token> tokens(std::string_view account) const override;
    Result<void> revoke_token(Uuid id, const By& by) override;
    Result<Session> use_token(std::string_view secret, const Peer& peer) override;
    void on_end(std::function<void(const std::string&)> listener) override;
    void sweep() override;
    AuditLog& audit() override { return *m_audit; }

  private:
    using Guard = std::lock_guard<std::mutex>;
    enum class Entered { password, link };

    // All of these: with m_mutex held.
    std::optional<Account> find(std::string_view account) const;
    Result<Account> found(std::string_view account) const;
    Session begin_session(const Account& account, const Peer& peer, Entered entered);
    std::vector<std::string> end_sessions(std::string_view where, std::string_view value);
    /// Sessions, and tokens' live connections; the tokens themselves stay.
    std::vector<std::string> cut_off(std::string_view account);
    std::int64_t locked_until(const std::string& subject) const;
    int count_wrong(const std::string& subject, int tries_max);
    void forgive_one(const std::string& subject);
    [[nodiscard]] Error locked_out(std::int64_t until_ms) const;
    void store_password(const Account& account, const std::string& hash, Given given);
    void note(std::string_view event, const By& by, std::string_view subject,
              json::object detail = {}, Outcome outcome = Outcome::done);
    void note_refused(const std::optional<Account>& account, const Peer& peer,
                      std::string_view reason, bool locked);
    [[nodiscard]] bool must_change(const Account& account) const;
    void renew(std::string_view account, const std::string& hash, std::string_view password);

    // Without m_mutex.
    Result<void> check_history(std::string_view account, std::string_view password);
    void tell(const std::vector<std::string>& handles) const;
    /// One change of an account that ends its sessions, in one transaction.
    template <class F>
    Result<void> change(std::string_view account, F&& f) {
        std::vector<std::string> ended;
        auto done = sqlite::at_door([&]() -> Result<void> {
            const Guard lock(m_mutex);
            sqlite::Transaction transaction(m_database);
            TRY_ASSIGN(one, found(account));
            TRY(f(one, ended));
            transaction.commit();
            return {};
        });
        if (done) tell(ended);
        return done;
    }

    [[nodiscard]] std::int64_t now_ms() const { return m_options.clock->now().ms; }
    [[nodiscard]] std::int64_t renew_every_ms() const;
    [[nodiscard]] Timestamp end_of(std::int64_t created_ms, std::int64_t seen_ms) const {
        return {std::min(created_ms + m_options.absolute_ms, seen_ms + m_options.idle_ms)};
    }

    const Options m_options;
    PasswordHasher m_hasher;
    mutable std::mutex m_mutex;
    mutable sqlite::Connection m_database;
    std::unique_ptr<AuditLog> m_audit;
    std::set<std::string> m_live;  ///< Handles that somebody has been given by this process.
    std::vector<std::function<void(const std::string&)>> m_listeners;
};

bool is_account_name(std::string_view text);
Principal principal_of(const Account& account);
/// Who does what is done at the door itself.
By by_holder(const Account& account, const Peer& peer);
std::string texts_json(const std::vector<std::string>& texts);
std::vector<std::string> json_texts(std::string_view text);

}  // namespace anlan::bigdata
