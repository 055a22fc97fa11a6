#include "foundations/bigdata/accounts.h"

#include "core/ids.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>

namespace anlan::bigdata {
namespace {

constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::int64_t k_hour_ms = 60 * k_minute_ms;

const By k_by{Uuid::from_name("xu"), "xu", "许安", "dongjiang", "screen", "10.0.0.9"};

class AccountsTest : public testing::Test {
  protected:
    void SetUp() override {
        m_options.database = m_folder.path / "accounts.db";
        m_options.clock = &m_clock;
        m_options.random = &m_random;
        m_options.ids = &m_ids;
        m_options.hash_memory_bytes = 64 << 10;  // the rules are tested, not the cost
        m_options.hash_passes = 1;
        open();
        Account officer{{},        "chenmo",    "陈默",
                        "Chen Mo", "dongjiang", {"duty_officer"},
                        {},        {},          Uuid::from_name("grid 3")};
        const auto made = m_accounts->create(officer, "tide at 04:10", k_by);
        ASSERT_TRUE(made);
        ASSERT_FALSE(made->id.is_nil());
    }
    void open() {
        m_accounts.reset();
        auto opened = Accounts::open(m_options);
        ASSERT_TRUE(opened) << text_of(opened.error(), Language::en);
        m_accounts = std::move(*opened);
        m_accounts->on_end([this](const std::string& handle) { m_ended.push_back(handle); });
    }
    Result<Session> right(const char* peer = "10.0.0.1") {
        return m_accounts->sign_in("chenmo", "tide at 04:10", peer);
    }
    Error wrong(std::string_view account = "chenmo", const char* peer = "10.0.0.1") {
        auto session = m_accounts->sign_in(account, "not this one", peer);
        EXPECT_FALSE(session);
        return session.error();
    }
    static std::string parameter(const Error& error) { return error.parameters.at(0).second; }

    test::Folder m_folder;
    ManualClock m_clock{{1'790'000'000'000}};
    SeededRandom m_random{7};
    IdSource m_ids{m_clock, m_random};
    Accounts::Options m_options;
    std::unique_ptr<Accounts> m_accounts;
    std::vector<std::string> m_ended;
};

TEST_F(AccountsTest, ASessionCarriesThePrincipalAndIsResumedByItsCookie) {
    const auto session = right();
    ASSERT_TRUE(session);
    EXPECT_EQ(session->principal.account, "chenmo");
    EXPECT_EQ(session->principal.zone, "dongjiang");
    EXPECT_EQ(session->principal.roles, std::vector<std::string>{"duty_officer"});
    EXPECT_EQ(session->principal.grid, Uuid::from_name("grid 3"));
    EXPECT_TRUE(session->principal.enterprise.is_nil());
    EXPECT_EQ(session->cookie.size(), 43u);
    const auto again = m_accounts->resume(session->cookie);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->handle, session->handle);
    EXPECT_EQ(again->csrf, session->csrf);
    EXPECT_EQ(again->principal.user, session->principal.user);
    for (const auto& other :
         std::vector<std::string>{"", std::string(43, 'A'), session->csrf, session->handle}) {
        const auto refused = m_accounts->resume(other);
        ASSERT_FALSE(refused);
        EXPECT_TRUE(refused.error().is(errors::k_not_signed_in));
    }
}

TEST_F(AccountsTest, SessionsLiveOverARestart) {
    const auto session = right();
    open();
    EXPECT_TRUE(m_accounts->resume(session->cookie));
}

TEST_F(AccountsTest, NothingSecretIsInTheFile) {
    const auto session = right();
    const auto link = m_accounts->make_link("chenmo", k_hour_ms, k_by);
    m_accounts.reset();
    for (const auto& entry : std::filesystem::directory_iterator(m_folder.path)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(in), {});
        for (const std::string& secret :
             {std::string("tide at 04:10"), session->cookie, session->csrf, *link}) {
            EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path();
        }
        if (entry.path().filename() == "accounts.db") {
            EXPECT_NE(bytes.find("$argon2id$"), std::string::npos);
        }
    }
}

TEST_F(AccountsTest, FiveWrongTriesLockTheAccountForFifteenMinutes) {
    for (const char* left : {"4", "3", "2", "1"}) {
        const Error error = wrong();
        EXPECT_TRUE(error.is(errors::k_bad_sign_in));
        EXPECT_EQ(parameter(error), left);
    }
    const Error fifth = wrong();
    EXPECT_TRUE(fifth.is(errors::k_locked_out));
    EXPECT_EQ(parameter(fifth), "15");
    m_clock.advance(10 * k_minute_ms + 1);
    auto refused = right("10.0.0.2");  // the right one, and from elsewhere
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(errors::k_locked_out));
    EXPECT_EQ(parameter(refused.error()), "5");
    open();  // a restart forgives nobody
    EXPECT_FALSE(right());
    m_clock.advance(5 * k_minute_ms);
    EXPECT_TRUE(right());
    EXPECT_EQ(parameter(wrong()), "4");
}

TEST_F(AccountsTest, ARightTryAndTimeForgiveWrongOnes) {
    for (int i = 0; i < 4; ++i) wrong();
    EXPECT_TRUE(right());
    EXPECT_EQ(parameter(wrong()), "4");
    wrong();
    m_clock.advance(15 * k_minute_ms);
    EXPECT_EQ(parameter(wrong()), "4");
}

TEST_F(AccountsTest, AnUnknownAccountAnswersAsAKnownOneDoes) {
    const Error known = wrong(), unknown = wrong("nobody", "10.0.0.3");
    EXPECT_TRUE(unknown.is(*known.row));
    EXPECT_EQ(parameter(unknown), parameter(known));
    for (int i = 0; i < 3; ++i) wrong("nobody", "10.0.0.3");
    EXPECT_TRUE(wrong("nobody", "10.0.0.3").is(errors::k_locked_out));
    EXPECT_TRUE(wrong("Not A Name'; --").is(errors::k_bad_sign_in));
}

std::int64_t thread_cpu_ns() {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return at.tv_sec * 1'000'000'000LL + at.tv_nsec;
}

// At a cost that can be measured: this thread's processor time, which a busy machine does not
// change; the ratio, not the difference, and generously.
TEST_F(AccountsTest, AnUnknownAccountCostsTheSameTime) {
    m_options.database = m_folder.path / "slow.db";
    m_options.hash_memory_bytes = 16 << 20;
    m_options.account_tries = 1000;
    m_options.peer_tries = 1000;
    open();
    ASSERT_TRUE(m_accounts->create({{}, "known", "", "", "dongjiang", {}, {}, {}, {}},
                                   "a good password", k_by));
    const auto best_of = [&](std::string_view account) {
        std::int64_t best = 1LL << 60;
        for (int i = 0; i < 7; ++i) {
            const auto start = thread_cpu_ns();
            wrong(account);
            best = std::min<std::int64_t>(best, thread_cpu_ns() - start);
        }
        return static_cast<double>(best);
    };
    const double ratio = best_of("unknown") / best_of("known");
    EXPECT_GT(ratio, 0.5);
    EXPECT_LT(ratio, 2.0);
}

TEST_F(AccountsTest, APeerThatTriesManyAccountsIsLockedOut) {
    m_options.peer_tries = 8;
    open();
    for (int i = 0; i < 7; ++i)
        EXPECT_TRUE(wrong("a" + std::to_string(i), "6.6.6.6").is(errors::k_bad_sign_in));
    EXPECT_TRUE(wrong("a8", "6.6.6.6").is(errors::k_locked_out));
    EXPECT_FALSE(right("6.6.6.6"));
    EXPECT_TRUE(right("10.0.0.1"));
    m_clock.advance(15 * k_minute_ms);
    EXPECT_TRUE(right("6.6.6.6"));
}

// Many right sign-ins from one address, as a shift change behind one router makes them.
TEST_F(AccountsTest, RightTriesDoNotUseUpThePeersTries) {
    m_options.peer_tries = 3;
    open();
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(right());
}

TEST_F(AccountsTest, TriesInParallelAreNotFree) {
    std::atomic<int> bad = 0, locked = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i) {
        threads.emplace_back([&] { ++(wrong().is(errors::k_locked_out) ? locked : bad); });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_LE(bad, 4);
    EXPECT_EQ(bad + locked, 12);
}

TEST_F(AccountsTest, AnIdleSessionEnds) {
    const auto session = right();
    EXPECT_EQ(session->expires_at.ms, m_clock.now().ms + m_options.idle_ms);
    m_clock.advance(7 * k_hour_ms);
    const auto used = m_accounts->resume(session->cookie);
    ASSERT_TRUE(used);
    EXPECT_EQ(used->expires_at.ms, m_clock.now().ms + m_options.idle_ms);
    m_clock.advance(7 * k_hour_ms);
    EXPECT_TRUE(m_accounts->resume(session->cookie));
    EXPECT_TRUE(m_ended.empty());
    m_clock.advance(8 * k_hour_ms);
    EXPECT_FALSE(m_accounts->resume(session->cookie));
    EXPECT_EQ(m_ended, std::vector{session->handle});
    EXPECT_FALSE(m_accounts->resume(session->cookie));
    EXPECT_EQ(m_ended.size(), 1u);
}

TEST_F(AccountsTest, EverySessionEndsAfterADay) {
    const auto session = right();
    for (int hour = 0; hour < 23; ++hour) {
        m_clock.advance(k_hour_ms);
        ASSERT_TRUE(m_accounts->resume(session->cookie)) << hour;
    }
    EXPECT_EQ(m_accounts->resume(session->cookie)->expires_at.ms, m_clock.now().ms + k_hour_ms);
    m_clock.advance(k_hour_ms);
    EXPECT_FALSE(m_accounts->resume(session->cookie));
}

TEST_F(AccountsTest, SweepEndsWhatHasExpired) {
    const auto first = right();
    m_clock.advance(4 * k_hour_ms);
    const auto second = right();
    m_accounts->sweep();
    EXPECT_TRUE(m_ended.empty());
    m_clock.advance(4 * k_hour_ms);
    m_accounts->sweep();
    EXPECT_EQ(m_ended, std::vector{first->handle});
    EXPECT_TRUE(m_accounts->resume(second->cookie));
}

TEST_F(AccountsTest, SignOutDisableAndANewPasswordEndSessionsAtOnce) {
    const auto first = right(), second = right(), third = right();
    m_accounts->sign_out(first->handle, k_by);
    EXPECT_EQ(m_ended, std::vector{first->handle});
    EXPECT_FALSE(m_accounts->resume(first->cookie));
    EXPECT_TRUE(m_accounts->resume(second->cookie));

    ASSERT_TRUE(
        m_accounts->set_password("chenmo", "another tide", Accounts::Given::by_owner, k_by));
    EXPECT_EQ(m_ended.size(), 3u);
    EXPECT_FALSE(m_accounts->resume(second->cookie));
    EXPECT_FALSE(m_accounts->resume(third->cookie));
    EXPECT_FALSE(right());
    const auto fourth = m_accounts->sign_in("chenmo", "another tide", "10.0.0.1");
    ASSERT_TRUE(fourth);

    const auto link = m_accounts->make_link("chenmo", k_hour_ms, k_by);
    ASSERT_TRUE(m_accounts->disable("chenmo", k_by));
    EXPECT_EQ(m_ended.back(), fourth->handle);
    EXPECT_FALSE(m_accounts->resume(fourth->cookie));
    EXPECT_FALSE(m_accounts->sign_in("chenmo", "another tide", "10.0.0.1"));
    EXPECT_FALSE(m_accounts->enter(*link, "10.0.0.1"));
    EXPECT_TRUE(
        m_accounts->make_link("chenmo", k_hour_ms, k_by).error().is(errors::k_no_such_account));
    EXPECT_TRUE(m_accounts->list().at(0).disabled);
    ASSERT_TRUE(m_accounts->enable("chenmo", k_by));
    EXPECT_TRUE(m_accounts->sign_in("chenmo", "another tide", "10.0.0.1"));
    EXPECT_FALSE(m_accounts->enter(*link, "10.0.0.1"));
}

TEST_F(AccountsTest, RevocationByAnotherProcessIsNoticed) {
    const auto session = right();
    auto other = Accounts::open(m_options);  // as `anlan user disable` does
    ASSERT_TRUE((*other)->disable("chenmo", k_by));
    EXPECT_FALSE(m_accounts->resume(session->cookie));
    m_accounts->sweep();
    EXPECT_EQ(m_ended, std::vector{session->handle});
}

TEST_F(AccountsTest, ALinkOpensOnceAndInTimeEvenWhenTheAccountIsLocked) {
    const auto link = m_accounts->make_link("chenmo", 10 * k_minute_ms, k_by);
    ASSERT_TRUE(link);
    for (int i = 0; i < 5; ++i) wrong("chenmo", "6.6.6.6");
    ASSERT_FALSE(right());
    const auto session = m_accounts->enter(*link, "10.0.0.1");
    ASSERT_TRUE(session);
    EXPECT_EQ(session->principal.account, "chenmo");
    EXPECT_TRUE(m_accounts->enter(*link, "10.0.0.1").error().is(errors::k_bad_link));
    const auto late = m_accounts->make_link("chenmo", 10 * k_minute_ms, k_by);
    m_clock.advance(10 * k_minute_ms);
    EXPECT_TRUE(m_accounts->enter(*late, "10.0.0.1").error().is(errors::k_bad_link));
    EXPECT_TRUE(m_accounts->enter("", "10.0.0.1").error().is(errors::k_bad_link));
    EXPECT_TRUE(m_accounts->make_link("nobody", 1, k_by).error().is(errors::k_no_such_account));
}

TEST_F(AccountsTest, ADemonstrationAccountTakesLinksOnly) {
    Account demonstration{
        {}, "demo", "示例值班长", "Duty officer (demonstration)", "dongjiang", {"duty_officer"}, {},
        {}, {},     true};
    EXPECT_FALSE(m_accounts->create(demonstration, "some password", k_by));
    ASSERT_TRUE(m_accounts->create(demonstration, "", k_by));
    EXPECT_TRUE(wrong("demo").is(errors::k_bad_sign_in));
    EXPECT_FALSE(m_accounts->sign_in("demo", "", "10.0.0.1"));
    EXPECT_FALSE(
        m_accounts->set_password("demo", "some password", Accounts::Given::by_owner, k_by));
    EXPECT_TRUE(m_accounts->enter(*m_accounts->make_link("demo", 1000, k_by), "10.0.0.1"));
}

TEST_F(AccountsTest, RefusesBadNamesTakenNamesAndWeakPasswords) {
    for (const char* name : {"", "Chen", "chen mo", "chen.mo", "陈"}) {
        Account account;
        account.account = name;
        EXPECT_FALSE(m_accounts->create(account, "long enough", k_by)) << name;
    }
    Account account;
    account.account = "chenmo";
    EXPECT_TRUE(
        m_accounts->create(account, "long enough", k_by).error().is(errors::k_unique_taken));
    account.account = "wang";
    for (const char* weak : {"1234567", "潮水四点十分", "my wang 2026", "aaaabbbb", "20261124"}) {
        EXPECT_TRUE(m_accounts->create(account, weak, k_by).error().is(errors::k_weak_password))
            << weak;
    }
    EXPECT_TRUE(m_accounts->create(account, "潮水四点十分到了", k_by));
    EXPECT_TRUE(m_accounts->set_password("wang", "short", Accounts::Given::by_owner, k_by)
                    .error()
                    .is(errors::k_weak_password));
    EXPECT_TRUE(m_accounts->set_password("nobody", "long enough", Accounts::Given::by_owner, k_by)
                    .error()
                    .is(errors::k_no_such_account));
    EXPECT_EQ(m_accounts->list().size(), 2u);
}

TEST_F(AccountsTest, AHashOfAnotherCostIsRenewedAtSignIn) {
    m_options.hash_memory_bytes = 128 << 10;
    open();
    ASSERT_TRUE(right());
    sqlite::Connection database(m_options.database, sqlite::Mode::read_only);
    auto row = database.prepare("SELECT password FROM account");
    ASSERT_TRUE(row.step());
    EXPECT_NE(row.text(0).find("m=128,"), std::string_view::npos) << row.text(0);
    EXPECT_TRUE(right());
}

TEST(SameSecret, TellsEqualFromDifferent) {
    EXPECT_TRUE(same_secret("abc", "abc"));
    EXPECT_FALSE(same_secret("abc", "abd"));
    EXPECT_FALSE(same_secret("abc", "ab"));
    EXPECT_TRUE(same_secret("", ""));
}

}  // namespace
}  // namespace anlan::bigdata
