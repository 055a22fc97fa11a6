#include "core/random.h"
#include "foundations/comms/channels/in_program/in_program.h"
#include "foundations/comms/channels/simulated/simulated.h"
#include "foundations/comms/messenger.h"
#include "foundations/comms/roster.h"
#include "foundations/comms/testing/fake_register.h"

#include <gtest/gtest.h>

namespace anlan::comms {
namespace {

using bigdata::k_live;

struct House {
    ManualClock clock{*parse_iso8601("2026-11-23T06:00:00Z")};
    SeededRandom random{7};
    IdSource ids{clock, random};
    testing::FakeRegister records{testing::shipped_catalog(), clock, ids};
    SimulatedChannel* simulated = nullptr;
    std::unique_ptr<Messenger> messenger;
    std::vector<std::unique_ptr<bigdata::Register::Subscription>> subscriptions;

    House() { boot(); }
    /// As center does it: the messenger is rebuilt from the register, then hears the journal.
    void boot() {
        std::vector<std::unique_ptr<Channel>> channels;
        channels.push_back(std::make_unique<InProgramChannel>());
        auto channel = std::make_unique<SimulatedChannel>();
        simulated = channel.get();
        channels.push_back(std::move(channel));
        messenger = std::make_unique<Messenger>(Messenger::Options{&records, &clock, "dongjiang"},
                                                std::move(channels));
        ASSERT_TRUE(messenger->start().has_value());
        subscriptions.push_back(
            records.listen(0, [this](const bigdata::Entry& e) { messenger->on_entry(e); }));
    }
    Outgoing order() {
        Outgoing m;
        m.id = Uuid::from_name("order 1");
        m.to_role = "hazmat_leader";
        m.to_text = {"危化队", "Hazmat team"};
        m.title = {"关闭出液阀", "Close the outlet valve"};
        m.text = {"立即关闭 1 号贮氨器出液阀", "Close the outlet valve of receiver 1 now"};
        return m;
    }
    bigdata::Record only(std::string_view space = k_live) {
        const auto rows = records.rows("message", space);
        EXPECT_EQ(rows.size(), 1U);
        return rows.empty() ? bigdata::Record{} : rows.front();
    }
};

TEST(Messenger, IsQueuedThenSentThenAnsweredWithWhoAndWhen) {
    House house;
    house.messenger->send(house.order(), k_live, "plan");
    EXPECT_TRUE(house.records.rows("message").empty());  // nothing waits for the disk
    house.records.settle();
    EXPECT_EQ(house.only().state, "sent");
    EXPECT_EQ(text_at(house.only().fields, "channel"), "in_program");
    ASSERT_GE(house.records.journal().size(), 2U);
    EXPECT_EQ(house.records.journal()[0].after.state, "queued");  // in the ledger before it goes

    house.clock.advance(90'000);
    const auto answered = house.records.move("message", house.only().id, "answer",
                                             {{"answer", "收到"}}, k_live, "周凯");
    EXPECT_EQ(answered.state, "answered");
    EXPECT_EQ(text_at(answered.fields, "answered_by"), "周凯");
    EXPECT_EQ(text_at(answered.fields, "answered_at"), "2026-11-23T06:01:30.000Z");
}

TEST(Messenger, TheSameMessageIsNotSentTwice) {
    House house;
    house.messenger->send(house.order(), k_live, "plan");
    house.messenger->send(house.order(), k_live, "plan");
    house.records.settle();
    EXPECT_EQ(house.only().state, "sent");
    EXPECT_EQ(house.only().revision, 2);
}

TEST(Messenger, WithoutAddresseeItFailsAndSaysWhy) {
    House house;
    auto message = house.order();
    message.to_role.clear();
    house.messenger->send(message, k_live, "plan");
    house.records.settle();
    EXPECT_EQ(house.only().state, "failed");
    EXPECT_FALSE(house.records.journal().back().reason.empty());
}

TEST(Messenger, AnExerciseUsesTheSimulatedChannelEvenWhenTheRecordSaysOtherwise) {
    House house;
    const auto exercise = house.records.put(
        "exercise", Uuid::from_name("drill"),
        {{"name", "演练"}, {"number", "YL-1"}, {"started_at", "2026-11-23T06:00:00Z"}});
    const std::string space = exercise.id.text();
    ASSERT_TRUE(house.records.open_space("dongjiang", space).has_value());
    house.messenger->send(house.order(), space, "plan");
    house.records.settle();
    EXPECT_EQ(house.only(space).state, "sent");
    EXPECT_EQ(house.simulated->delivered().size(), 1U);
    EXPECT_TRUE(house.records.rows("message").empty());

    house.records.put(
        "message", Uuid::from_name("stray"),
        {{"title", "x"}, {"text", "x"}, {"channel", "in_program"}, {"to_role", "expert"}}, {},
        space);
    house.records.settle();
    const auto stray =
        house.records.get({"dongjiang", space, {}}, "message", Uuid::from_name("stray"));
    EXPECT_EQ(stray->state, "failed");
}

TEST(Messenger, AfterACrashBetweenQueueAndSendItIsSentOrUncertainNeverClaimed) {
    House house;
    const auto exercise = house.records.put(
        "exercise", Uuid::from_name("drill"),
        {{"name", "演练"}, {"number", "YL-1"}, {"started_at", "2026-11-23T06:00:00Z"}});
    const std::string space = exercise.id.text();
    ASSERT_TRUE(house.records.open_space("dongjiang", space).has_value());
    bigdata::Batch batch;
    batch.zone = "dongjiang";
    batch.changes.push_back(message_change(house.order(), k_live, house.clock.now()));
    ASSERT_TRUE(house.records.write(batch).has_value());
    batch.space = space;
    batch.changes = {message_change(house.order(), space, house.clock.now())};
    ASSERT_TRUE(house.records.write(batch).has_value());
    house.records.crash();

    house.boot();
    house.records.settle();
    EXPECT_EQ(house.only().state, "sent");            // the record itself is the delivery
    EXPECT_EQ(house.only(space).state, "uncertain");  // the channel cannot say
}

TEST(Roster, FindsWhoHoldsTheShiftAtTheInstant) {
    House house;
    const auto person = [&](const char* name) {
        house.records.put("person", Uuid::from_name(name),
                          {{"name", name}, {"name_en", name}, {"title", "工程师"}});
        return Uuid::from_name(name).text();
    };
    const auto shift = [&](const char* role, const char* name, const char* from, const char* to) {
        house.records.put("shift", {},
                          {{"title", "班"},
                           {"duty_role", role},
                           {"person", person(name)},
                           {"starts_at", from},
                           {"ends_at", to}});
    };
    shift("commander", "李", "2026-11-23T00:00:00Z", "2026-11-23T12:00:00Z");
    shift("duty_officer", "早", "2026-11-22T22:00:00Z",
          "2026-11-23T06:00:00Z");  // ends at this very instant
    shift("duty_officer", "中", "2026-11-23T06:00:00Z", "2026-11-23T14:00:00Z");
    const auto roster = on_duty(house.records, testing::shipped_catalog(),
                                {"dongjiang", "live", {}}, house.clock.now());
    ASSERT_TRUE(roster.has_value());
    ASSERT_EQ(roster->size(), 2U);
    EXPECT_EQ(roster->front().duty_role, "duty_officer");  // the table's order
    EXPECT_EQ(first_of(*roster, "duty_officer")->name.zh, "中");
    EXPECT_EQ(first_of(*roster, "commander")->name.zh, "李");
    EXPECT_EQ(first_of(*roster, "expert"), nullptr);
    EXPECT_EQ(role_label(testing::shipped_catalog(), "expert").en, "Expert");
}

}  // namespace
}  // namespace anlan::comms
