// The audit log: complete, append-only, chained, and no place for secrets.
#include "foundations/bigdata/audit.h"

#include "core/ids.h"
#include "foundations/bigdata/accounts.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

namespace anlan::bigdata {
namespace {

constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
const By k_by{Uuid::from_name("xu"), "xu", "许安", "dongjiang", "screen", "10.0.0.9"};

class AuditTest : public testing::Test {
  protected:
    void SetUp() override {
        m_options.database = m_folder.path / "accounts.db";
        m_options.clock = &m_clock;
        m_options.random = &m_random;
        m_options.ids = &m_ids;
        m_options.hash_memory_bytes = 64 << 10;
        m_options.hash_passes = 1;
        m_options.audit_days = 184;
        m_accounts = std::move(*Accounts::open(m_options));
        Account account;
        account.account = "chenmo";
        account.name = "陈默";
        account.zone = "dongjiang";
        ASSERT_TRUE(m_accounts->create(account, "tide at 04:10", k_by));
    }
    std::vector<AuditEntry> all(AuditQuery query = {}) {
        query.zone = "dongjiang";
        return m_accounts->audit().list(query).value();
    }
    std::vector<std::string> events() {
        std::vector<std::string> out;
        for (const auto& entry : all()) out.insert(out.begin(), entry.event);
        return out;
    }
    void wrong(const char* account) {
        EXPECT_FALSE(m_accounts->sign_in(account, "not this one", "10.0.0.2"));
    }

    test::Folder m_folder;
    ManualClock m_clock{{1'790'000'000'000}};
    SeededRandom m_random{7};
    IdSource m_ids{m_clock, m_random};
    Accounts::Options m_options;
    std::unique_ptr<Accounts> m_accounts;
};

TEST_F(AuditTest, TellsWhoDidWhatToWhomWhenFromWhere) {
    const auto session = m_accounts->sign_in("chenmo", "tide at 04:10", "10.0.0.1");
    m_accounts->sign_out(session->handle, k_by);
    wrong("chenmo");
    ASSERT_TRUE(m_accounts->disable("chenmo", k_by));
    EXPECT_EQ(events(), (std::vector<std::string>{"account_created", "sign_in", "sign_out",
                                                  "sign_in_refused", "account_disabled"}));
    const auto last = all().at(0);
    EXPECT_EQ(last.by.account, "xu");
    EXPECT_EQ(last.by.peer, "10.0.0.9");
    EXPECT_EQ(last.subject, "chenmo");
    EXPECT_EQ(last.at, m_clock.now());
    const auto refused = all().at(1);
    EXPECT_EQ(refused.outcome, Outcome::refused);
    EXPECT_EQ(refused.by.peer, "10.0.0.2");
}

TEST_F(AuditTest, ALockOutIsToldOnceAndWhatComesDuringItFillsNothing) {
    for (int i = 0; i < 100; ++i) wrong("chenmo");
    EXPECT_EQ(all({.event = "sign_in_refused"}).size(), 5u);
    EXPECT_EQ(all({.event = "locked_out"}).size(), 1u);
}

// People type passwords into the wrong field.
TEST_F(AuditTest, ANameThatIsNoAccountsIsNotKept) {
    wrong("hunter2-the-secret");
    const auto entry = all().at(0);
    EXPECT_EQ(entry.event, "sign_in_refused");
    EXPECT_EQ(to_text(to_json(entry)).find("hunter2"), std::string::npos);
}

TEST_F(AuditTest, IsFilteredAndPaged) {
    for (int i = 0; i < 4; ++i) wrong("chenmo");
    EXPECT_EQ(all({.event = "account_created"}).size(), 1u);
    EXPECT_EQ(all({.actor = "xu"}).size(), 1u);
    EXPECT_EQ(all({.subject = "chenmo"}).size(), 5u);
    const auto page = all({.limit = 2});
    ASSERT_EQ(page.size(), 2u);
    EXPECT_EQ(all({.before = page.back().sequence}).size(), 3u);
    EXPECT_TRUE(all({.until = m_clock.now()}).empty());
    AuditQuery elsewhere;
    elsewhere.zone = "beijiang";
    EXPECT_TRUE(m_accounts->audit().list(elsewhere)->empty());
}

TEST_F(AuditTest, RefusesToChangeOrLoseAnEntry) {
    wrong("chenmo");
    sqlite::Connection thief(m_options.database, sqlite::Mode::create);
    EXPECT_THROW(thief.execute("UPDATE audit SET actor = 'nobody'"), sqlite::Failure);
    EXPECT_THROW(thief.execute("DELETE FROM audit"), sqlite::Failure);
    const auto verdict = m_accounts->audit().verify();
    EXPECT_EQ(verdict->entries, 2);
    EXPECT_FALSE(verdict->broken_at);
}

// Whoever takes the triggers away is seen all the same.
TEST_F(AuditTest, TheChainTellsWhereItWasAltered) {
    for (int i = 0; i < 4; ++i) wrong("chenmo");
    const auto altered = [&](const std::string& how) {
        const auto copy = m_folder.path / "copy.db";
        {
            sqlite::Connection original(m_options.database, sqlite::Mode::create);
            std::filesystem::remove(copy);
            original.execute("VACUUM INTO '" + copy.string() + "'");
        }
        sqlite::Connection thief(copy, sqlite::Mode::create);
        thief.execute("DROP TRIGGER audit_unchanged; DROP TRIGGER audit_kept; " + how);
        return (*AuditLog::open(copy, m_clock, 184))->verify()->broken_at;
    };
    EXPECT_EQ(altered("SELECT 1"), std::nullopt);
    EXPECT_EQ(altered("UPDATE audit SET peer = '10.0.0.3' WHERE sequence = 3"), 3);
    EXPECT_EQ(altered("UPDATE audit SET detail = '{}' WHERE sequence = 2"), 2);
    EXPECT_EQ(altered("DELETE FROM audit WHERE sequence = 4"), 4);
    EXPECT_EQ(altered("DELETE FROM audit WHERE sequence = 5"), 5);
}

TEST_F(AuditTest, OnlyWhatIsOlderThanTheSettingGoesAndTheRestStaysProvable) {
    EXPECT_EQ(*m_accounts->audit().purge(), 0);
    m_clock.advance(100 * k_day_ms);
    wrong("chenmo");
    m_clock.advance(83 * k_day_ms);
    EXPECT_EQ(*m_accounts->audit().purge(), 0);
    m_clock.advance(2 * k_day_ms);
    EXPECT_EQ(*m_accounts->audit().purge(), 1);
    EXPECT_EQ(events(), (std::vector<std::string>{"sign_in_refused", "audit_purged"}));
    const auto verdict = m_accounts->audit().verify();
    EXPECT_FALSE(verdict->broken_at);
    EXPECT_EQ(verdict->first, 2);
    sqlite::Connection thief(m_options.database, sqlite::Mode::create);
    EXPECT_THROW(thief.execute("DELETE FROM audit"), sqlite::Failure);
}

TEST_F(AuditTest, IsNotKeptForLessThanSixMonths) {
    EXPECT_FALSE(AuditLog::open(m_options.database, m_clock, 183));
}

TEST_F(AuditTest, ACellThatASpreadsheetWouldComputeIsText) {
    AuditEntry entry;
    entry.by.name = "=cmd|' /C calc'!A0";
    entry.by.account = "a\"b";
    const auto text = csv_of({entry}, Language::zh);
    EXPECT_NE(text.find("\"'=cmd"), std::string::npos);
    EXPECT_NE(text.find("\"a\"\"b\""), std::string::npos);
    EXPECT_TRUE(text.starts_with("\xEF\xBB\xBF序号"));
}

}  // namespace
}  // namespace anlan::bigdata
