// The three administrators are apart, whatever they try; and what a token may be given.
#include "foundations/bigdata/administration.h"

#include "core/ids.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/separation.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace anlan::bigdata {
namespace {

class AdministrationTest : public testing::Test {
  protected:
    static const Catalog& catalog() {
        static const auto k_catalog = Catalog::load(ANLAN_SOURCE_DIR "/catalog");
        return *k_catalog;
    }
    void SetUp() override {
        Accounts::Options options;
        options.database = m_folder.path / "accounts.db";
        options.clock = &m_clock;
        options.random = &m_random;
        options.ids = &m_ids;
        options.hash_memory_bytes = 64 << 10;
        options.hash_passes = 1;
        m_accounts = std::move(*Accounts::open(options));
        make("sys", "dongjiang", {"system_administrator"});
        make("sec", "dongjiang", {"security_administrator"});
        make("sec2", "dongjiang", {"security_administrator"});
        make("aud", "dongjiang", {"audit_administrator"});
        make("chenmo", "dongjiang", {"duty_officer"});
        make("faraway", "beijiang", {"duty_officer"});
    }
    void make(const std::string& name, const std::string& zone, std::vector<std::string> roles) {
        Account account;
        account.account = account.name = name;
        account.zone = zone;
        account.roles = std::move(roles);
        ASSERT_TRUE(m_accounts->create(account, "tide at 04:10", by_program(zone)));
    }
    /// As somebody: the principal is kept, since a Caller only points at it.
    Administration::Caller as(const std::string& name) {
        const auto account = *m_accounts->read(name);
        m_who.push_back(std::make_unique<Principal>());
        *m_who.back() = {.user = account.id,
                         .account = account.account,
                         .name = account.name,
                         .zone = account.zone,
                         .roles = account.roles};
        return {*m_who.back(),
                {account.id, account.account, account.name, account.zone, "screen", "10.0.0.1"}};
    }
    Account with_roles(const std::string& name, std::vector<std::string> roles) {
        Account out;
        out.account = name;
        out.roles = std::move(roles);
        return out;
    }
    std::size_t refusals() {
        AuditQuery query;
        query.zone = "dongjiang";
        query.event = "rights_refused";
        return m_accounts->audit().list(query)->size();
    }

    test::Folder m_folder;
    ManualClock m_clock{{1'790'000'000'000}};
    SeededRandom m_random{7};
    IdSource m_ids{m_clock, m_random};
    std::unique_ptr<Accounts> m_accounts;
    Access m_access{catalog()};
    std::vector<std::unique_ptr<Principal>> m_who;
    const Administration& office() {
        if (!m_office)
            m_office = std::make_unique<Administration>(*m_accounts, m_access, catalog(), m_clock,
                                                        m_random);
        return *m_office;
    }
    std::unique_ptr<Administration> m_office;
};

TEST(Separation, EveryRightHasOneOffice) {
    EXPECT_EQ(office_of_right("account.manage"), Office::system);
    EXPECT_EQ(office_of_right("account.read"), Office::shared);
    EXPECT_EQ(office_of_right("system.health"), Office::system);
    EXPECT_EQ(office_of_right("role.grant"), Office::security);
    EXPECT_EQ(office_of_right("session.manage"), Office::security);
    EXPECT_EQ(office_of_right("audit.read"), Office::audit);
    EXPECT_EQ(office_of_right("alarm.read"), Office::business);
    EXPECT_EQ(office_of_right("*.read"), Office::business);
    EXPECT_EQ(office_of_right("model.run"), Office::business);
}

TEST_F(AdministrationTest, EveryShippedRoleKeepsToOneOffice) {
    EXPECT_TRUE(check_offices(catalog()));
}

TEST_F(AdministrationTest, OfficesDoNotMixInOnePerson) {
    const std::vector<std::string> administrators{"system_administrator", "security_administrator",
                                                  "audit_administrator"};
    for (const auto& one : administrators) {
        for (const auto& role : catalog().roles()) {
            const std::vector<std::string> both{one, role.name};
            EXPECT_EQ(office_of_roles(catalog(), both).has_value(), one == role.name)
                << one << " + " << role.name;
            const auto done = office().set_rights(as("sec"), with_roles("chenmo", both));
            EXPECT_EQ(done.has_value(), one == role.name) << one << " + " << role.name;
        }
    }
    const std::vector<std::string> business{"duty_officer", "commander", "data_keeper"};
    EXPECT_EQ(office_of_roles(catalog(), business).value(), Office::business);
}

TEST_F(AdministrationTest, EachOfficeDoesItsOwnAndNothingElse) {
    struct Row {
        const char* what;
        std::string who;
        std::function<bool(const Administration::Caller&)> does;
    };
    const std::vector<Row> rows{
        {"create", "sys",
         [&](auto& c) {
             Account account;
             account.account = "new" + std::to_string(m_who.size());
             return office().create(c, account).has_value();
         }},
        {"rename", "sys",
         [&](auto& c) { return office().rename(c, "chenmo", "陈默", "").has_value(); }},
        {"disable", "sys", [&](auto& c) { return office().disable(c, "chenmo").has_value(); }},
        {"enable", "sys", [&](auto& c) { return office().enable(c, "chenmo").has_value(); }},
        {"unlock", "sys", [&](auto& c) { return office().unlock(c, "chenmo").has_value(); }},
        {"reset", "sys", [&](auto& c) { return office().reset(c, "chenmo").has_value(); }},
        {"grant", "sec",
         [&](auto& c) {
             return office().set_rights(c, with_roles("chenmo", {"duty_officer"})).has_value();
         }},
        {"sessions", "sec", [&](auto& c) { return office().sessions(c).has_value(); }},
        {"tokens", "sec", [&](auto& c) { return office().tokens(c).has_value(); }},
        {"audit", "aud", [&](auto& c) { return office().audit(c, {}).has_value(); }},
        {"export", "aud",
         [&](auto& c) { return office().audit_csv(c, {}, Language::zh).has_value(); }},
        {"verify", "aud", [&](auto& c) { return office().verify_audit(c).has_value(); }},
    };
    for (const auto& row : rows) {
        for (const auto* who : {"sys", "sec", "aud", "chenmo"})
            EXPECT_EQ(row.does(as(who)), row.who == who) << row.what << " by " << who;
    }
    for (const auto* who : {"sys", "sec", "aud"}) {
        const auto caller = as(who);
        for (const auto& kind : catalog().kinds())
            EXPECT_TRUE(m_access.view(caller.who, k_live, kind.name).rows.none) << who << kind.name;
    }
}

TEST_F(AdministrationTest, ANewAccountHasNoRightsAndAPasswordOfOneUse) {
    Account wanted;
    wanted.account = "newcomer";
    wanted.roles = {"commander"};  // what the system administrator asks for is not given
    wanted.zone = "beijiang";
    const auto made = office().create(as("sys"), wanted);
    ASSERT_TRUE(made);
    const auto account = *m_accounts->read("newcomer");
    EXPECT_TRUE(account.roles.empty());
    EXPECT_EQ(account.zone, "dongjiang");
    EXPECT_TRUE(account.must_change);
    EXPECT_GE(made->password.size(), 20u);
    EXPECT_TRUE(m_accounts->sign_in("newcomer", made->password, "10.0.0.1")->must_change);
}

TEST_F(AdministrationTest, NobodyChangesTheirOwnRightsOrResetsThemselves) {
    for (const auto& roles : {std::vector<std::string>{"audit_administrator"}, {"commander"}, {}}) {
        const auto done = office().set_rights(as("sec"), with_roles("sec", roles));
        ASSERT_FALSE(done);
        EXPECT_TRUE(done.error().is(errors::k_own_rights));
    }
    EXPECT_EQ(refusals(), 3u);
    EXPECT_TRUE(office().set_rights(as("sec2"), with_roles("sec", {})));
    EXPECT_TRUE(office().disable(as("sys"), "sys").error().is(errors::k_own_account));
    EXPECT_TRUE(office().reset(as("sys"), "sys").error().is(errors::k_own_account));
}

// Else the system administrator would reset the others' passwords and be all three.
TEST_F(AdministrationTest, NoAdministratorTakesAnothersPlace) {
    for (const auto* other : {"sec", "aud"}) {
        EXPECT_TRUE(office().reset(as("sys"), other).error().is(errors::k_administrators_account));
        EXPECT_TRUE(
            office().disable(as("sys"), other).error().is(errors::k_administrators_account));
    }
    EXPECT_EQ(refusals(), 4u);
    EXPECT_TRUE(m_accounts->sign_in("sec", "tide at 04:10", "10.0.0.1"));
    // At the machine it is possible, and told.
    const Principal program = Access::program("dongjiang");
    EXPECT_TRUE(office().reset({program, by_command_line("dongjiang", "root")}, "sec"));
    // Mixed offices are refused there too.
    EXPECT_TRUE(office()
                    .set_rights({program, by_command_line("dongjiang", "root")},
                                with_roles("sec", {"security_administrator", "duty_officer"}))
                    .error()
                    .is(errors::k_offices_mixed));
}

TEST_F(AdministrationTest, AnotherZonesAccountsDoNotExist) {
    const auto list = office().list(as("sys"));
    EXPECT_TRUE(std::ranges::none_of(*list, [](auto& a) { return a.zone != "dongjiang"; }));
    EXPECT_TRUE(office().reset(as("sys"), "faraway").error().is(errors::k_no_such_account));
    EXPECT_TRUE(office()
                    .set_rights(as("sec"), with_roles("faraway", {}))
                    .error()
                    .is(errors::k_no_such_account));
    const auto session = m_accounts->sign_in("faraway", "tide at 04:10", "10.0.0.1");
    EXPECT_TRUE(office().revoke(as("sec"), session->handle).error().is(errors::k_no_such_session));
    EXPECT_TRUE(m_accounts->resume(session->cookie));
}

TEST_F(AdministrationTest, ATokenGetsOnlyItsOwnersBusinessRights) {
    const auto make_one = [&](const char* who, std::vector<std::string> rights) {
        return office().make_token(as(who), "wall", rights, 30);
    };
    EXPECT_TRUE(make_one("chenmo", {"alarm.read", "alarm.acknowledge", "*.read"}));
    for (const auto* right :
         {"account.manage", "audit.read", "enterprise.update", "*.update", "", "system.health"}) {
        EXPECT_TRUE(make_one("chenmo", {right}).error().is(errors::k_token_right)) << right;
    }
    for (const auto& [who, right] :
         {std::pair{"sys", "account.manage"}, {"sec", "role.grant"}, {"aud", "audit.read"}}) {
        EXPECT_TRUE(make_one(who, {right}).error().is(errors::k_token_right)) << who;
    }
    // And what it was given stands for nothing once its owner has lost it.
    Principal token{.user = Uuid::from_name("x"),
                    .account = "x",
                    .zone = "dongjiang",
                    .roles = {"grid_officer"}};
    token.token_rights = {"alarm.read", "alarm.confirm", "account.manage"};
    EXPECT_TRUE(m_access.may(token, "alarm.read"));
    EXPECT_FALSE(m_access.may(token, "alarm.confirm"));
    EXPECT_FALSE(m_access.may(token, "vessel.read"));
    EXPECT_TRUE(m_access.view(token, k_live, "vessel").rows.none);
    EXPECT_TRUE(m_access.may(token, "signed_in"));
    EXPECT_FALSE(m_access.may(token, "own"));
    token.roles = {"system_administrator"};
    EXPECT_FALSE(m_access.may(token, "account.manage"));
}

TEST_F(AdministrationTest, OneEndsOnesOwnSessionsAndNobodyElses) {
    const auto mine = m_accounts->sign_in("chenmo", "tide at 04:10", "10.0.0.1");
    const auto others = m_accounts->sign_in("aud", "tide at 04:10", "10.0.0.1");
    EXPECT_TRUE(
        office().revoke_own(as("chenmo"), others->handle).error().is(errors::k_no_such_session));
    EXPECT_TRUE(office().revoke_own(as("chenmo"), mine->handle));
    EXPECT_FALSE(m_accounts->resume(mine->cookie));
    EXPECT_TRUE(office().revoke(as("sec"), others->handle));
}

}  // namespace
}  // namespace anlan::bigdata
