// Commands to devices over the real register and the shipped catalog, with a gateway that does what
// the test says.
#include "foundations/sensing/command_desk.h"

#include "core/random.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_folder.h"
#include "foundations/sensing/errors.h"

#include <gtest/gtest.h>

namespace anlan::sensing {
namespace {

const bigdata::Catalog& shipped_catalog() {
    static const bigdata::Catalog catalog =
        *bigdata::Catalog::load(std::filesystem::path(ANLAN_SOURCE_DIR) / "catalog");
    return catalog;
}

struct FakeGateway final : Gateway {
    std::vector<DeviceCommand> sent;
    std::vector<std::function<void(CommandOutcome)>> answers;
    bool connected = true;
    bool breaks = false;  ///< The connection ends between the question and the command.

    [[nodiscard]] std::uint16_t port() const override { return 0; }
    [[nodiscard]] std::vector<GatewayFigure> figures() const override { return {}; }
    [[nodiscard]] bool reaches(std::string_view, std::string_view) const override {
        return connected;
    }
    Result<void> command(const DeviceCommand& command,
                         std::function<void(CommandOutcome)> answered) override {
        if (breaks) return fail(errors::k_device_not_connected, {{"address", command.address}});
        sent.push_back(command);
        answers.push_back(std::move(answered));
        return {};
    }
};

struct DeskTest : testing::Test {
    anlan::test::Folder folder{anlan::test::quick_base()};
    ManualClock clock{*parse_iso8601("2026-11-19T06:00:00Z")};
    SystemRandom random;
    IdSource ids{clock, random};
    std::unique_ptr<bigdata::Register> records;
    std::unique_ptr<bigdata::Register::Subscription> listening;
    FakeGateway live, exercise;
    std::vector<std::string> asked;  ///< Doors.
    std::unique_ptr<CommandDesk> desk;
    Uuid unit;

    void SetUp() override {
        records = *bigdata::Register::open({.database = folder.path / "register.db",
                                            .catalog = &shipped_catalog(),
                                            .clock = &clock,
                                            .ids = &ids});
        unit = create("device", {{"name", "装置"},
                                 {"type", "fire_unit"},
                                 {"protocol", "gb26875"},
                                 {"address", "000000000379"}})
                   .id;
        open();
    }
    void TearDown() override { close(); }
    void open() {
        desk = std::make_unique<CommandDesk>(
            CommandDesk::Options{.records = records.get(),
                                 .clock = &clock,
                                 .zone = "dongjiang",
                                 .gateway = [this](std::string_view, Door door) -> Gateway* {
                                     return door == Door::live ? &live : &exercise;
                                 },
                                 .report = {}});
        ASSERT_TRUE(desk->start());
        listening = records->listen(records->last_sequence(),
                                    [this](const bigdata::Entry& entry) { desk->on_entry(entry); });
    }
    void close() {
        listening.reset();
        if (desk) desk->stop();
        desk.reset();
    }
    bigdata::Record create(std::string kind, json::object fields,
                           std::string space = std::string(bigdata::k_live)) {
        return change({.action = bigdata::Action::create,
                       .kind = std::move(kind),
                       .id = {},
                       .if_revision = {},
                       .fields = std::move(fields),
                       .geometry = {},
                       .scope = {},
                       .state = {},
                       .move = {},
                       .reason = {}},
                      std::move(space));
    }
    bigdata::Record change(bigdata::Change change, std::string space) {
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.space = std::move(space);
        batch.author = {{}, "test", "api"};
        batch.changes.push_back(std::move(change));
        const auto out = records->write(std::move(batch));
        EXPECT_TRUE(out) << (out ? "" : text_of(out.error(), Language::en));
        return out ? out->records.at(0) : bigdata::Record{};
    }
    Uuid command(std::string_view code = "roll_call", json::object parameters = {{"minutes", 5}},
                 std::int64_t valid_s = 600, std::string space = std::string(bigdata::k_live)) {
        return create("device_command",
                      {{"device", unit.text()},
                       {"command", code},
                       {"parameters", std::move(parameters)},
                       {"valid_until", iso8601(clock.now() + valid_s * 1000)}},
                      std::move(space))
            .id;
    }
    bigdata::Record of(Uuid id, std::string space = std::string(bigdata::k_live)) {
        return *records->get({"dongjiang", std::move(space), {}}, "device_command", id);
    }
    /// Rounds until `holds`, at most five seconds of real time: the register has threads of its
    /// own.
    template <class F>
    bool rounds(F holds) {
        for (int i = 0; i < 500; ++i) {
            desk->pump();
            if (holds()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            clock.advance(10);
        }
        return false;
    }
    bool becomes(Uuid id, std::string_view state,
                 std::string space = std::string(bigdata::k_live)) {
        return rounds([&] { return of(id, space).state == state; });
    }
    /// What would have happened by now has happened.
    void settle() {
        int i = 0;
        rounds([&] { return ++i > 40; });
    }
    bool sent(std::size_t count) {
        return rounds([&] { return live.sent.size() >= count; });
    }
};

TEST_F(DeskTest, IsSentOnceTheJournalSaysSoAndDoneWhenAnswered) {
    const Uuid id = command();
    ASSERT_TRUE(sent(1));
    EXPECT_EQ(of(id).state, "sent");
    EXPECT_EQ(integer_at(of(id).fields, "attempts", 0), 1);
    EXPECT_EQ(live.sent[0].address, "000000000379");
    EXPECT_EQ(live.sent[0].command, "roll_call");
    live.answers[0]({CommandFate::done, "在岗", "On duty", {{"person", 3}}});
    ASSERT_TRUE(becomes(id, "done"));
    EXPECT_EQ(text_at(of(id).fields, "outcome"), "在岗");
    EXPECT_EQ(text_at(of(id).fields, "outcome_en"), "On duty");
    EXPECT_EQ(integer_at(object_at(of(id).fields, "reply"), "person", 0), 3);
    EXPECT_TRUE(of(id).fields.contains("answered_at"));
}

TEST_F(DeskTest, RefusedAndUncertain) {
    const Uuid first = command(), second = command("read_state", {});
    ASSERT_TRUE(sent(1));
    settle();
    EXPECT_EQ(live.sent.size(), 1U) << "one command at a time";
    EXPECT_EQ(of(second).state, "queued");
    live.answers[0]({CommandFate::refused, "装置否认", "Denied", {}});
    ASSERT_TRUE(becomes(first, "refused"));
    ASSERT_TRUE(sent(2));
    live.answers[1]({CommandFate::uncertain, "未答", "No answer", {}});
    EXPECT_TRUE(becomes(second, "uncertain"));
}

TEST_F(DeskTest, WhatIsNotConnectedWaitsUntilItIs) {
    live.connected = false;
    const Uuid id = command();
    settle();
    EXPECT_EQ(of(id).state, "queued");
    EXPECT_EQ(of(id).revision, 1) << "waiting writes nothing";
    live.connected = true;
    EXPECT_TRUE(becomes(id, "sent"));
}

TEST_F(DeskTest, WhatIsNotConnectedInTimeExpires) {
    live.connected = false;
    const Uuid id = command("roll_call", {{"minutes", 5}}, 60);
    settle();
    clock.advance(60'000);
    ASSERT_TRUE(becomes(id, "expired"));
    EXPECT_FALSE(text_at(of(id).fields, "outcome_en").empty());
    live.connected = true;
    settle();
    EXPECT_TRUE(live.sent.empty());
}

TEST_F(DeskTest, AConnectionLostAtTheLastMomentPutsItBackInTheQueue) {
    live.breaks = true;
    const Uuid id = command();
    ASSERT_TRUE(rounds([&] { return of(id).revision >= 3; }));
    EXPECT_EQ(of(id).state, "queued");
    live.breaks = false;
    clock.advance(3'000);
    ASSERT_TRUE(sent(1));
    EXPECT_GE(integer_at(of(id).fields, "attempts", 0), 2);
    live.answers[0]({CommandFate::not_sent, "连接中断", "Connection lost", {}});
    ASSERT_TRUE(becomes(id, "queued"));
    clock.advance(3'000);
    EXPECT_TRUE(sent(2));
}

TEST_F(DeskTest, ACancelledOneIsNeverSent) {
    live.connected = false;
    const Uuid id = command();
    settle();
    change({.action = bigdata::Action::move,
            .kind = "device_command",
            .id = id,
            .if_revision = {},
            .fields = {},
            .geometry = {},
            .scope = {},
            .state = {},
            .move = "cancel",
            .reason = {}},
           std::string(bigdata::k_live));
    live.connected = true;
    settle();
    EXPECT_EQ(of(id).state, "cancelled");
    EXPECT_TRUE(live.sent.empty());
}

// The promise of the header: after a restart a sent command is uncertain and stays unsent.
TEST_F(DeskTest, ARestartMakesTheSentUncertainAndKeepsTheQueued) {
    const Uuid sent_one = command(), queued_one = command("read_state", {});
    ASSERT_TRUE(sent(1));
    close();
    open();
    ASSERT_TRUE(becomes(sent_one, "uncertain"));
    EXPECT_TRUE(becomes(queued_one, "sent"));
    ASSERT_EQ(live.sent.size(), 2U);
    EXPECT_EQ(live.sent[1].id, queued_one);
    live.answers[0]({CommandFate::done, "", "", {}});  // of the desk that is gone
    settle();
    EXPECT_EQ(of(sent_one).state, "uncertain");
}

TEST_F(DeskTest, WrongOnesAreRefusedUnsentAndSayWhy) {
    const Uuid parameter = command("roll_call", {{"minutes", 0}});
    ASSERT_TRUE(becomes(parameter, "refused"));
    EXPECT_NE(text_at(of(parameter).fields, "outcome_en").find("minutes"), std::string::npos);
    const Uuid unknown = command("call_minutes", {});
    ASSERT_TRUE(becomes(unknown, "refused"));
    EXPECT_NE(text_at(of(unknown).fields, "outcome").find("call_minutes"), std::string::npos);
    unit = create("device", {{"name", "气象"},
                             {"type", "weather_mast"},
                             {"protocol", "http_json"},
                             {"address", "mast"}})
               .id;
    EXPECT_TRUE(becomes(command(), "refused"));
    EXPECT_TRUE(live.sent.empty());
}

TEST_F(DeskTest, AnExerciseNeverCommandsALiveDevice) {
    const auto exercise_record = create(
        "exercise", {{"name", "演练"}, {"number", "1"}, {"started_at", iso8601(clock.now())}});
    const std::string space = exercise_record.id.text();
    ASSERT_TRUE(records->open_space("dongjiang", space));
    const Uuid wrong = command("roll_call", {{"minutes", 5}}, 600, space);
    ASSERT_TRUE(becomes(wrong, "refused", space));
    EXPECT_TRUE(live.sent.empty() && exercise.sent.empty());
    unit = create("device",
                  {{"name", "演练装置"},
                   {"type", "fire_unit"},
                   {"protocol", "gb26875"},
                   {"address", "00000000e001"}},
                  space)
               .id;
    const Uuid right = command("roll_call", {{"minutes", 5}}, 600, space);
    ASSERT_TRUE(becomes(right, "sent", space));
    EXPECT_EQ(exercise.sent.size(), 1U);
    EXPECT_TRUE(live.sent.empty());
}

}  // namespace
}  // namespace anlan::sensing
