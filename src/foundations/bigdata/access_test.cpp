// The access rule over roles and kinds; list() and visible() agree.
#include "foundations/bigdata/access.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_register.h"

#include <map>
#include <set>

namespace anlan::bigdata::test {
namespace {

Principal somebody(std::vector<std::string> roles) {
    Principal p;
    p.user = Uuid::from_name("somebody");
    p.account = "somebody";
    p.zone = "demo";
    p.roles = std::move(roles);
    p.grid = Uuid::from_name("grid");
    p.enterprise = Uuid::from_name("enterprise");
    p.organisation = Uuid::from_name("organisation");
    return p;
}

struct ShippedRoles : ::testing::Test {
    Catalog catalog = *Catalog::load(std::string(ANLAN_SOURCE_DIR) + "/catalog");
    Access access{catalog};
};

TEST_F(ShippedRoles, WhoReadsWhichKinds) {
    const std::set<std::string> safety{"enterprise",
                                       "vessel",
                                       "device",
                                       "datastream",
                                       "alarm",
                                       "plan",
                                       "task",
                                       "message",
                                       "grid",
                                       "road",
                                       "substance",
                                       "risk_source",
                                       "control_measure",
                                       "building",
                                       "scenario",
                                       "inspection_task",
                                       "hidden_danger"};
    for (const auto& kind : catalog.kinds()) {
        SCOPED_TRACE(kind.name);
        const auto rows = [&](const char* role) {
            return access.view(somebody({role}), k_live, kind.name).rows;
        };
        for (const char* role : {"duty_officer", "commander", "team_leader", "data_keeper"})
            EXPECT_TRUE(rows(role).all()) << role;
        for (const char* role : {"system_administrator", "security_administrator",
                                 "audit_administrator", "no_such_role"}) {
            EXPECT_TRUE(rows(role).none) << role;
        }
        EXPECT_EQ(rows("grid_officer").grid, Uuid::from_name("grid"));
        EXPECT_FALSE(rows("grid_officer").enterprise);
        EXPECT_EQ(rows("enterprise_safety").none, !safety.contains(kind.name));
        EXPECT_EQ(rows("enterprise_safety").enterprise.has_value(), safety.contains(kind.name));
    }
}

TEST_F(ShippedRoles, RightsByNameAndByStar) {
    const auto may = [&](const char* role, const char* right) {
        return access.may(somebody({role}), right);
    };
    EXPECT_TRUE(may("duty_officer", "incident.confirm"));
    EXPECT_TRUE(may("duty_officer", "exercise.start"));
    EXPECT_TRUE(may("duty_officer", "report.make"));
    EXPECT_TRUE(may("duty_officer", "person.sensitive"));
    EXPECT_FALSE(may("duty_officer", "person.update"));
    EXPECT_FALSE(may("duty_officer", "audit.read"));  // "*.read" is for kinds,
    EXPECT_FALSE(may("duty_officer", "account.manage"));
    EXPECT_FALSE(may("duty_officer", "incident"));
    EXPECT_TRUE(may("grid_officer", "task.done"));
    EXPECT_FALSE(may("grid_officer", "task.cancel"));
    EXPECT_FALSE(may("grid_officer", "person.sensitive"));
    EXPECT_TRUE(may("audit_administrator", "audit.read"));
    EXPECT_FALSE(may("audit_administrator", "incident.read"));
    EXPECT_TRUE(may("grid_officer", "signed_in"));
    EXPECT_TRUE(may("no_such_role", "public"));
    EXPECT_TRUE(access.may(Principal{}, "public"));
    EXPECT_FALSE(access.may(Principal{}, "signed_in"));
    Principal nobody;
    nobody.roles = {"duty_officer"};  // A role without a user is nobody's.
    EXPECT_FALSE(access.may(nobody, "incident.read"));
    EXPECT_TRUE(access.view(nobody, k_live, "incident").rows.none);
    EXPECT_TRUE(access.may(Access::program("demo"), "incident.confirm"));
    EXPECT_TRUE(access.view(Access::program("demo"), k_live, "incident").rows.all());
    EXPECT_EQ(access.view(Access::program("demo"), k_live, "incident").zone, "demo");
}

TEST_F(ShippedRoles, ARefusalNamesTheRightAndWhoHasIt) {
    const auto out = access.require(somebody({"grid_officer"}), "incident.confirm");
    ASSERT_FALSE(out);
    EXPECT_EQ(text_of(out.error(), Language::zh),
              "您没有这项权限（incident.confirm）；有权的是：值班长、指挥长");
    EXPECT_EQ(text_of(out.error(), Language::en),
              "You do not have this right (incident.confirm); who has it: Duty officer, Commander");
    EXPECT_TRUE(access.require(Principal{}, "signed_in").error().is(errors::k_not_signed_in));
    EXPECT_TRUE(access.require(somebody({"commander"}), "incident.confirm"));
}

constexpr std::string_view k_more_roles = R"(roles:
  - {role: all, label: {zh: 甲, en: A}, scope: all, rights: ["thing.read", "thing.sensitive"]}
  - {role: grid, label: {zh: 乙, en: B}, scope: own_grid, rights: ["*.read"]}
  - {role: enterprise, label: {zh: 丙, en: C}, scope: own_enterprise, rights: ["thing.*"]}
  - {role: organisation, label: {zh: 丁, en: D}, scope: own_organisation, rights: ["thing.read"]}
  - {role: blind, label: {zh: 戊, en: E}, scope: all, rights: ["event.read"]}
)";

struct AccessTest : RegisterTest {
    std::optional<Access> access;
    void SetUp() override {
        put_catalog(folder.path / "catalog");
        put(folder.path / "catalog/roles.yaml", k_more_roles);
        open();
        access.emplace(*catalog);
    }
};

// Random records, every set of roles, several principals: what list() shows is what visible() says,
// and what the rule says in words.
TEST_F(AccessTest, ListVisibleAndTheRuleAgree) {
    SeededRandom dice(7);
    const std::vector<Uuid> ids_of{Uuid{}, Uuid::from_name("grid"), Uuid::from_name("enterprise"),
                                   Uuid::from_name("organisation"), Uuid::from_name("other")};
    std::vector<Change> changes;
    const auto any = [&] {
        return ids_of[dice.next_u64() % 3 == 0 ? dice.next_u64() % ids_of.size() : 0];
    };
    for (int i = 0; i < 300; ++i) {
        changes.push_back(create({{"name", "x"}}));
        changes.back().scope = Scope{any(), any(), any()};
    }
    const auto written_all = store->write(batch(changes));
    ASSERT_TRUE(written_all);
    Batch elsewhere = batch(changes);
    elsewhere.zone = "elsewhere";
    const auto foreign = store->write(elsewhere);
    ASSERT_TRUE(foreign);

    const std::vector<std::string> roles{"all", "grid", "enterprise", "organisation", "blind"};
    for (unsigned set = 0; set < 32; ++set) {
        for (const bool bound : {true, false}) {
            std::vector<std::string> held;
            for (unsigned i = 0; i < 5; ++i) {
                if ((set >> i) & 1) held.push_back(roles[i]);
            }
            Principal who = somebody(held);
            if (!bound) who.grid = who.enterprise = who.organisation = Uuid{};
            const auto has = [&](const char* role) {
                return std::ranges::find(held, role) != held.end();
            };
            std::set<Uuid> listed;
            const auto all = store->all(access->view(who, k_live, "thing"), "thing");
            ASSERT_TRUE(all);
            for (const auto& r : *all) listed.insert(r.id);
            for (const auto& r : written_all->records) {
                const bool readable =
                    has("all") || has("grid") || has("enterprise") || has("organisation");
                const bool nobodys = r.scope == Scope{};
                const bool mine =
                    bound && ((has("grid") && r.scope.grid == who.grid) ||
                              (has("enterprise") && r.scope.enterprise == who.enterprise) ||
                              (has("organisation") && r.scope.organisation == who.organisation));
                const bool expected = has("all") || (readable && (nobodys || mine));
                EXPECT_EQ(access->visible(who, r), expected) << set;
                EXPECT_EQ(listed.contains(r.id), expected) << set;
                EXPECT_EQ(store->get(access->view(who, k_live, "thing"), "thing", r.id).has_value(),
                          expected);
            }
            for (const auto& r : foreign->records) EXPECT_FALSE(access->visible(who, r));
        }
    }
    for (const auto& r : foreign->records)
        EXPECT_FALSE(access->visible(Access::program("demo"), r));
}

TEST_F(AccessTest, SensitiveFieldsAreMaskedEverywhere) {
    const auto r = written(create({{"name", "甲"}, {"phone", "13900000001"}}));
    const auto u = written(update(r.id, {{"phone", "13900000002"}}));
    auto entry = store->entries(live, 1, 1)->front();
    Record seen = u;
    access->mask(somebody({"grid"}), seen);
    EXPECT_EQ(canonical_text(seen.fields), R"({"count":1,"name":"甲","phone":{"masked":true}})");
    access->mask(somebody({"grid"}), entry);
    EXPECT_EQ(canonical_text(entry.before), R"({"phone":{"masked":true}})");
    EXPECT_EQ(canonical_text(entry.after.fields),
              R"({"count":1,"name":"甲","phone":{"masked":true}})");
    seen = u;
    access->mask(somebody({"all"}), seen);
    EXPECT_EQ(text_at(seen.fields, "phone"), "13900000002");
    access->mask(somebody({"enterprise"}), seen);  // "thing.*" holds "thing.sensitive".
    EXPECT_EQ(text_at(seen.fields, "phone"), "13900000002");
    access->mask(Access::program("demo"), seen);
    EXPECT_EQ(text_at(seen.fields, "phone"), "13900000002");
}

TEST_F(AccessTest, AskingByASensitiveFieldIsRefused) {
    const auto asked = [&](const char* role, const Query& query) {
        return access->check_query(somebody({role}), "thing", query).has_value();
    };
    const Query by_phone{
        .where = {{"name", Compare::equal, "x"}, {"phone", Compare::contains, "1390"}}};
    EXPECT_FALSE(asked("grid", by_phone));
    EXPECT_FALSE(asked("grid", {.sort = "-phone"}));
    EXPECT_TRUE(asked("grid", {.sort = "-name"}));
    EXPECT_TRUE(asked("all", by_phone));
}

}  // namespace
}  // namespace anlan::bigdata::test
