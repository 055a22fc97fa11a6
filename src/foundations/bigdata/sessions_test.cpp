// Sessions listed and revoked, rights changed, passwords changed, API tokens, the older file.
#include "core/ids.h"
#include "foundations/bigdata/accounts.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace anlan::bigdata {
namespace {

constexpr std::int64_t k_minute_ms = 60'000, k_hour_ms = 60 * k_minute_ms,
                       k_day_ms = 24 * k_hour_ms;
const By k_by{Uuid::from_name("xu"), "xu", "许安", "dongjiang", "screen", "10.0.0.9"};

class SessionsTest : public testing::Test {
  protected:
    void SetUp() override {
        m_options.database = m_folder.path / "accounts.db";
        m_options.clock = &m_clock;
        m_options.random = &m_random;
        m_options.ids = &m_ids;
        m_options.hash_memory_bytes = 64 << 10;
        m_options.hash_passes = 1;
        m_options.passwords.history = 3;
        open();
        for (const char* name : {"chenmo", "linwan"}) {
            Account account;
            account.account = account.name = name;
            account.zone = "dongjiang";
            account.roles = {"duty_officer"};
            ASSERT_TRUE(m_accounts->create(account, "tide at 04:10", k_by));
        }
    }
    void open() {
        m_accounts.reset();
        auto opened = Accounts::open(m_options);
        ASSERT_TRUE(opened) << text_of(opened.error(), Language::en);
        m_accounts = std::move(*opened);
        m_accounts->on_end([this](const std::string& handle) { m_ended.push_back(handle); });
    }
    Session in(std::string_view account = "chenmo", std::string_view device = "Firefox") {
        auto session = m_accounts->sign_in(account, "tide at 04:10", Peer("10.0.0.1", device));
        EXPECT_TRUE(session);
        return session ? *session : Session{};
    }
    Result<NewToken> token(std::vector<std::string> rights = {"alarm.read"},
                           std::int64_t days = 30) {
        Token wanted;
        wanted.account = "chenmo";
        wanted.name = "wall screen";
        wanted.rights = std::move(rights);
        wanted.expires_at = m_clock.now() + days * k_day_ms;
        return m_accounts->make_token(wanted, k_by);
    }
    std::vector<AuditEntry> audit(const std::string& event) {
        AuditQuery query;
        query.zone = "dongjiang";
        query.event = event;
        return m_accounts->audit().list(query).value();
    }

    test::Folder m_folder;
    ManualClock m_clock{{1'790'000'000'000}};
    SeededRandom m_random{7};
    IdSource m_ids{m_clock, m_random};
    Accounts::Options m_options;
    std::unique_ptr<Accounts> m_accounts;
    std::vector<std::string> m_ended;
};

TEST_F(SessionsTest, AreListedWithDeviceAddressAndLastUse) {
    const auto first = in();
    m_clock.advance(5 * k_minute_ms);
    in("linwan", "手机浏览器");
    ASSERT_TRUE(m_accounts->resume(first.cookie));
    const auto own = m_accounts->sessions("chenmo");
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(own[0].handle, first.handle);
    EXPECT_EQ(own[0].peer.address, "10.0.0.1");
    EXPECT_EQ(own[0].peer.device, "Firefox");
    EXPECT_EQ(own[0].seen_at.ms - own[0].created_at.ms, 5 * k_minute_ms);
    EXPECT_EQ(m_accounts->sessions("").size(), 2u);
}

TEST_F(SessionsTest, RevokingEndsOneAndTellsAtOnce) {
    const auto first = in(), second = in();
    ASSERT_TRUE(m_accounts->revoke(first.handle, k_by));
    EXPECT_EQ(m_ended, std::vector{first.handle});
    EXPECT_FALSE(m_accounts->holds(first.handle));
    EXPECT_FALSE(m_accounts->resume(first.cookie));
    EXPECT_TRUE(m_accounts->resume(second.cookie));
    EXPECT_TRUE(m_accounts->revoke(first.handle, k_by).error().is(errors::k_no_such_session));
    ASSERT_EQ(audit("session_revoked").size(), 1u);
    EXPECT_EQ(audit("session_revoked")[0].by.account, "xu");
    EXPECT_EQ(audit("session_revoked")[0].subject, "chenmo");
}

TEST_F(SessionsTest, NewRightsEndTheSessionsAndCountAtOnceForTokens) {
    const auto session = in();
    const auto made = token();
    ASSERT_TRUE(made);
    const auto used = m_accounts->use_token(made->secret, "10.0.0.5");
    ASSERT_TRUE(used);
    Account fewer = *m_accounts->read("chenmo");
    fewer.roles = {"team_leader"};
    fewer.grid = Uuid::from_name("grid 3");
    ASSERT_TRUE(m_accounts->set_rights(fewer, k_by));
    EXPECT_EQ(m_ended, (std::vector{session.handle, used->handle}));
    EXPECT_FALSE(m_accounts->resume(session.cookie));
    const auto again = m_accounts->use_token(made->secret, "10.0.0.5");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->principal.roles, std::vector<std::string>{"team_leader"});
    EXPECT_EQ(again->principal.grid, fewer.grid);
    const auto entry = audit("rights_changed").at(0);
    EXPECT_EQ(entry.detail.at("before").at("roles").as_array().at(0), "duty_officer");
    EXPECT_EQ(entry.detail.at("after").at("roles").as_array().at(0), "team_leader");
}

TEST_F(SessionsTest, AGivenPasswordMustBeChanged) {
    ASSERT_TRUE(
        m_accounts->set_password("chenmo", "given by another", Accounts::Given::by_another, k_by));
    auto session = m_accounts->sign_in("chenmo", "given by another", "10.0.0.1");
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->must_change);
    EXPECT_TRUE(m_accounts->resume(session->cookie)->must_change);
    const auto link = m_accounts->make_link("chenmo", k_hour_ms, k_by);
    EXPECT_FALSE(m_accounts->enter(*link, "10.0.0.1")->must_change);
    ASSERT_TRUE(m_accounts->change_password("chenmo", "given by another", "my own choice 7",
                                            session->handle, k_by));
    EXPECT_FALSE(m_accounts->resume(session->cookie)->must_change);
}

TEST_F(SessionsTest, AnOldPasswordMustBeChangedWhereAnAgeIsSet) {
    EXPECT_FALSE(in().must_change);
    m_options.passwords.days_max = 90;
    open();
    EXPECT_FALSE(in().must_change);
    m_clock.advance(91 * k_day_ms);
    EXPECT_TRUE(in().must_change);
}

TEST_F(SessionsTest, ChangingThePasswordKeepsThisSessionAndEndsTheOthers) {
    const auto here = in(), there = in();
    const auto change = [&](std::string_view current, std::string_view fresh) {
        return m_accounts->change_password("chenmo", current, fresh, here.handle, k_by);
    };
    const auto wrong = change("not this one", "my own choice 7");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().fields.at(0).where, "/current");
    EXPECT_TRUE(m_accounts->resume(there.cookie));
    ASSERT_TRUE(change("tide at 04:10", "my own choice 7"));
    EXPECT_EQ(m_ended, std::vector{there.handle});
    EXPECT_TRUE(m_accounts->resume(here.cookie));
    EXPECT_FALSE(m_accounts->resume(there.cookie));
    EXPECT_FALSE(m_accounts->sign_in("chenmo", "tide at 04:10", "10.0.0.1"));
    EXPECT_EQ(audit("password_refused").size(), 1u);
    EXPECT_EQ(audit("password_changed").size(), 1u);
}

TEST_F(SessionsTest, GuessingThePresentPasswordLocksTheAccountToo) {
    const auto here = in();
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(
            m_accounts->change_password("chenmo", "guess", "my own choice 7", here.handle, k_by));
    }
    EXPECT_TRUE(
        m_accounts->change_password("chenmo", "tide at 04:10", "my own choice 7", here.handle, k_by)
            .error()
            .is(errors::k_locked_out));
}

TEST_F(SessionsTest, TheLastPasswordsCannotBeTakenAgain) {
    const auto set = [&](std::string_view password) {
        return m_accounts->set_password("chenmo", password, Accounts::Given::by_owner, k_by);
    };
    const auto used = [&](std::string_view password) {
        const auto done = set(password);
        return !done && done.error().fields.at(0).row->id == errors::k_password_used.id;
    };
    EXPECT_TRUE(used("tide at 04:10"));
    ASSERT_TRUE(set("second tide 2"));
    ASSERT_TRUE(set("third tide 3!"));
    EXPECT_TRUE(used("tide at 04:10"));
    ASSERT_TRUE(set("fourth tide 4"));
    EXPECT_TRUE(set("tide at 04:10"));
}

TEST_F(SessionsTest, ATokenIsItsOwnerWithFewerRightsUntilItEnds) {
    const auto made = token({"alarm.read"}, 30);
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->secret.starts_with(k_token_prefix));
    const auto used = m_accounts->use_token(made->secret, "10.0.0.5");
    ASSERT_TRUE(used);
    EXPECT_EQ(used->principal.account, "chenmo");
    EXPECT_EQ(used->principal.token_rights, std::vector<std::string>{"alarm.read"});
    EXPECT_TRUE(used->csrf.empty());
    EXPECT_TRUE(m_accounts->holds(used->handle));
    const auto listed = m_accounts->tokens("chenmo").at(0);
    EXPECT_EQ(listed.used_from, "10.0.0.5");
    EXPECT_EQ(listed.used_at, m_clock.now());
    EXPECT_TRUE(m_accounts->tokens("linwan").empty());
    EXPECT_FALSE(m_accounts->resume(made->secret));  // a token is no cookie
    m_clock.advance(30 * k_day_ms);
    EXPECT_TRUE(m_accounts->use_token(made->secret, "10.0.0.5").error().is(errors::k_bad_token));
    EXPECT_FALSE(m_accounts->holds(used->handle));
    m_accounts->use_token(made->secret, "10.0.0.5");
    EXPECT_EQ(audit("token_refused").size(), 1u);  // once an hour
}

TEST_F(SessionsTest, ARevokedTokenAndADisabledOwnersEndAtOnce) {
    const auto first = token(), second = token();
    const auto used = m_accounts->use_token(first->secret, "10.0.0.5");
    ASSERT_TRUE(m_accounts->revoke_token(first->token.id, k_by));
    EXPECT_EQ(m_ended, std::vector{used->handle});
    EXPECT_FALSE(m_accounts->use_token(first->secret, "10.0.0.5"));
    EXPECT_TRUE(
        m_accounts->revoke_token(first->token.id, k_by).error().is(errors::k_no_such_token));
    ASSERT_TRUE(m_accounts->disable("chenmo", k_by));
    EXPECT_FALSE(m_accounts->use_token(second->secret, "10.0.0.5"));
    ASSERT_TRUE(m_accounts->enable("chenmo", k_by));
    EXPECT_FALSE(m_accounts->use_token(second->secret, "10.0.0.5"));
}

TEST_F(SessionsTest, TokensHaveLimits) {
    EXPECT_TRUE(token({"alarm.read"}, 0).error().is(errors::k_token_expiry));
    EXPECT_TRUE(token({"alarm.read"}, 367).error().is(errors::k_token_expiry));
    EXPECT_TRUE(token({}, 3).error().is(*token({}, 3).error().row));
    m_options.tokens_max = 2;
    open();
    EXPECT_TRUE(token());
    EXPECT_TRUE(token());
    EXPECT_TRUE(token().error().is(errors::k_tokens_many));
}

// The file of the release before: accounts, a session and a wrong try, without tokens and audit.
TEST_F(SessionsTest, AnOlderFileIsBroughtUpToDate) {
    m_options.database = m_folder.path / "older.db";
    {
        sqlite::Connection older(m_options.database, sqlite::Mode::create);
        older.execute(R"(
CREATE TABLE account(
    account TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT NOT NULL, zone TEXT NOT NULL,
    roles TEXT NOT NULL, organisation TEXT, enterprise TEXT, grid TEXT,
    demonstration INTEGER NOT NULL, disabled INTEGER NOT NULL, password TEXT, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE session(
    hash TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE, account TEXT NOT NULL REFERENCES account(account),
    created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, peer TEXT NOT NULL) STRICT;
CREATE TABLE link(
    hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(account), expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE wrong_try(
    subject TEXT PRIMARY KEY, tries INTEGER NOT NULL, last_at INTEGER NOT NULL, locked_until INTEGER NOT NULL) STRICT;
INSERT INTO account VALUES ('laowang', '01890000-0000-7000-8000-000000000001', '老王', 'Wang', 'dongjiang',
    '["duty_officer"]', NULL, NULL, NULL, 0, 0, NULL, 1780000000000);
INSERT INTO session VALUES ('h', 'handle', 'laowang', 1789999999000, 1789999999000, '10.0.0.7');
PRAGMA user_version = 1;)");
    }
    open();
    const auto account = m_accounts->read("laowang");
    ASSERT_TRUE(account);
    EXPECT_EQ(account->name, "老王");
    EXPECT_FALSE(account->must_change);
    EXPECT_EQ(m_accounts->sessions("laowang").at(0).peer.address, "10.0.0.7");
    EXPECT_TRUE(
        m_accounts->set_password("laowang", "tide at 04:10", Accounts::Given::by_owner, k_by));
    EXPECT_TRUE(m_accounts->sign_in("laowang", "tide at 04:10", "10.0.0.1"));
    open();  // and again: nothing is done twice
    EXPECT_EQ(m_accounts->list().size(), 1u);
}

}  // namespace
}  // namespace anlan::bigdata
