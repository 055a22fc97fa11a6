// A unit's conversation with the centre, over memory and over real TCP.
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/commands.h"
#include "foundations/sensing/gateways/gb26875/server.h"
#include "foundations/sensing/test_doubles.h"

#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <thread>

namespace anlan::sensing::gb26875 {
namespace {

using namespace test;
using Wire = std::vector<std::uint8_t>;

class SessionTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    Counters counters;
    std::shared_ptr<Conversations> conversations = make_conversations(clock);
    std::mutex mutex;
    Wire sent;
    std::unique_ptr<Session> session;
    Address unit = *Address::parse("000000000379"), centre = *Address::parse("000000015b38");
    std::uint16_t sequence = 7;

    void SetUp() override {
        const auto fire_unit = device("unit", "gb26875", unit.text());
        records.put(fire_unit);
        records.put(datastream(fire_unit, "unit", "unit_state"));
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .report = {}});
        open(Door::live);
    }
    void TearDown() override { session.reset(); }
    void open(Door door, double clock_tolerance_s = 0) {
        session = std::make_unique<Session>(
            Session::Options{.hub = hub.get(),
                             .clock = &clock,
                             .door = door,
                             .peer = "test",
                             .send =
                                 [this](Wire w) {
                                     const std::lock_guard lock(mutex);
                                     sent.insert(sent.end(), w.begin(), w.end());
                                 },
                             .clock_tolerance_s = clock_tolerance_s,
                             .counters = {std::shared_ptr<void>(), &counters},
                             .conversations = conversations});
    }
    Wire frame(Command command, const Wire& data) {
        return encode({.sequence = sequence,
                       .time = clock.now(),
                       .source = unit,
                       .destination = centre,
                       .command = command},
                      data);
    }
    Wire state(std::uint8_t bits) {
        const Object o = UnitState{bits, WireTime::of(clock.now())};
        return frame(Command::send, *encode_unit(21, {&o, 1}));
    }
    /// Commands of the frames sent so far; each must carry the request's number and addresses.
    std::vector<Command> answers() {
        FrameReader reader;
        reader.push(sent);
        std::vector<Command> out;
        while (auto next = reader.next()) {
            EXPECT_TRUE(*next);
            EXPECT_EQ((*next)->sequence, sequence);
            EXPECT_EQ((*next)->source, centre);
            EXPECT_EQ((*next)->destination, unit);
            out.push_back((*next)->command);
        }
        sent.clear();
        return out;
    }
};

using Commands = std::vector<Command>;

TEST_F(SessionTest, ConfirmsOnlyOnceTheReadingIsOnDisk) {
    lake.commits_at_once = false;
    session->receive(state(1));
    EXPECT_EQ(answers(), Commands{});
    EXPECT_EQ(session->unanswered(), 1U);
    lake.commit();
    EXPECT_EQ(answers(), Commands{Command::confirm});
    EXPECT_EQ(session->unanswered(), 0U);
    ASSERT_EQ(lake.stored.size(), 1U);
    EXPECT_EQ(lake.stored[0].value, 1);
}

TEST_F(SessionTest, DeniesWhatWasNotStored) {
    lake.commits_at_once = false;
    session->receive(state(1));
    lake.commit(fail(errors::k_busy));
    EXPECT_EQ(answers(), Commands{Command::deny});
}

TEST_F(SessionTest, DeniesAStrangerAndQuarantinesIt) {
    unit = *Address::parse("0000000000ff");
    session->receive(state(1));
    EXPECT_EQ(answers(), Commands{Command::deny});
    hub.reset();
    ASSERT_EQ(records.of("quarantine").size(), 1U);
    EXPECT_EQ(text_at(records.of("quarantine")[0].fields, "address"), "0000000000ff");
    EXPECT_TRUE(text_at(records.of("quarantine")[0].fields, "sample").starts_with("4040"));
}

// Denying would make the unit repeat it for ever; it is listed instead.
TEST_F(SessionTest, ConfirmsAPartNobodyRegistered) {
    const Object part = PartState{};
    session->receive(frame(Command::send, *encode_unit(2, {&part, 1})));
    EXPECT_EQ(answers(), Commands{Command::confirm});
    hub.reset();
    ASSERT_EQ(records.of("quarantine").size(), 1U);
    EXPECT_EQ(text_at(records.of("quarantine")[0].fields, "address"),
              "000000000379#part:0/0/0/0.0.0.0");
}

TEST_F(SessionTest, HeartbeatBrokenDataRepliesAndAcknowledgements) {
    session->receive(frame(Command::send, {}));
    EXPECT_EQ(answers(), Commands{Command::confirm});
    session->receive(frame(Command::send, {21, 1, 1}));
    EXPECT_EQ(answers(), Commands{Command::deny});
    const Object o = UnitState{1, WireTime::of(clock.now())};
    session->receive(frame(Command::reply, *encode_unit(21, {&o, 1})));
    session->receive(frame(Command::confirm, {}));
    session->receive(frame(Command::deny, {}));
    EXPECT_EQ(answers(), Commands{});
    EXPECT_EQ(lake.stored.size(), 1U);
}

TEST_F(SessionTest, StickyAndHalfFramesAndAWrongSum) {
    Wire three = state(1);
    Wire wrong = state(2);
    wrong[30] ^= 1;
    for (const Wire& w : {wrong, state(4)}) three.insert(three.end(), w.begin(), w.end());
    session->receive(Bytes(three).first(50));
    session->receive(Bytes(three).subspan(50));
    EXPECT_EQ(answers(), (Commands{Command::confirm, Command::confirm}));
    EXPECT_EQ(counters.disturbances, 1U);
    EXPECT_EQ(lake.stored.size(), 2U);
}

TEST_F(SessionTest, AHalfFrameIsGivenUpWhenItGoesQuiet) {
    Wire half = state(1);
    half[24] = 0xff;  // claims far more data than will come
    half.resize(30);
    session->receive(half);
    session->receive(state(1));
    EXPECT_EQ(answers(), Commands{});
    session->quiet();
    EXPECT_EQ(answers(), Commands{Command::confirm});
}

// The lake drops what has the time of something it has: a repetition, but not a second change.
TEST_F(SessionTest, TwoChangesWithinASecondAreTwoAndAFrameSentAgainIsOne) {
    session->receive(state(1));
    session->receive(state(1));
    ++sequence;
    session->receive(state(3));
    ASSERT_EQ(lake.stored.size(), 3U);
    EXPECT_EQ(lake.stored[0].at, lake.stored[1].at);
    EXPECT_LT(lake.stored[1].at, lake.stored[2].at);
    EXPECT_LT(lake.stored[2].at - noon(), 1000);
}

TEST_F(SessionTest, TheExerciseDoorFindsTheExerciseByAddress) {
    const auto drill = exercise("running");
    const auto own = device("own", "gb26875", "0000000e0001", drill.id.text());
    hub->on_entry(records.put(own));
    hub->on_entry(records.put(datastream(own, "unit")));
    open(Door::exercise);
    session->receive(state(1));  // a live unit at the wrong door
    EXPECT_EQ(answers(), Commands{Command::deny});
    unit = *Address::parse("0000000e0001");
    session->receive(state(1));
    EXPECT_EQ(answers(), Commands{Command::confirm});
    EXPECT_EQ(lake.key_of(lake.stored.at(0).stream)->space, drill.id.text());
    open(Door::live);
    session->receive(state(1));
    EXPECT_EQ(answers(), Commands{Command::deny});
}

TEST_F(SessionTest, TellsTheTimeOnceToAUnitWhoseClockIsOff) {
    open(Door::live, 30);
    const Wire now = state(1);
    clock.advance(31'000);
    session->receive(now);  // From here on it is known.
    EXPECT_EQ(answers(), Commands{Command::confirm});
    sequence = 1;  // The first of the orders' own.
    session->receive(state(1));
    EXPECT_EQ(answers(), Commands{Command::confirm});
    const Wire off = now;
    sent.clear();
    session->receive(off);
    session->receive(off);
    FrameReader reader;
    reader.push(sent);
    std::vector<Command> said;
    while (auto next = reader.next()) said.push_back((*next)->command);
    EXPECT_EQ(said, (Commands{Command::control, Command::confirm, Command::confirm}));
}

/// Orders to the unit and its answers.
class OrderTest : public SessionTest {
  protected:
    std::vector<CommandOutcome> outcomes;

    void SetUp() override {
        SessionTest::SetUp();
        session->receive(state(1));
        sent.clear();
    }
    void TearDown() override {
        conversations->close();  // What is open is told to `outcomes`.
        SessionTest::TearDown();
    }
    Result<void> order(std::string_view command, json::object parameters = {}) {
        TRY_ASSIGN(made, order_of({.id = {},
                                   .space = std::string(bigdata::k_live),
                                   .address = unit.text(),
                                   .command = std::string(command),
                                   .parameters = std::move(parameters)}));
        return conversations->ask(unit.text(), std::move(made),
                                  [this](CommandOutcome o) { outcomes.push_back(std::move(o)); });
    }
    /// The one frame that the unit got since the last call; later frames carry its number.
    std::string told() {
        FrameReader reader;
        reader.push(sent);
        std::string out;
        while (auto next = reader.next()) {
            EXPECT_TRUE(*next);
            EXPECT_EQ((*next)->source, centre);
            EXPECT_EQ((*next)->destination, unit);
            sequence = (*next)->sequence;
            Unit read;
            EXPECT_TRUE(decode(**next, read));
            out += std::to_string(static_cast<int>((*next)->command)) + ":" +
                   std::to_string(read.type) + " ";
        }
        sent.clear();
        return out;
    }
    std::string fates() {
        std::string out;
        for (const auto& o : outcomes) out += std::to_string(static_cast<int>(o.fate)) + " ";
        outcomes.clear();
        return out;
    }
    Wire answered(std::uint8_t flags, std::uint8_t person) {
        const Object o = UnitOperation{flags, person, WireTime::of(clock.now())};
        return frame(Command::send, *encode_unit(24, {&o, 1}));
    }
};

TEST_F(OrderTest, ARollCallIsDoneWhenSomebodyAnswersAndNotWhenTheUnitConfirms) {
    ASSERT_TRUE(order("roll_call", {{"minutes", 10}}));
    EXPECT_EQ(told(), "1:91 ");
    session->receive(frame(Command::confirm, {}));
    EXPECT_EQ(fates(), "");
    clock.advance(300'000);
    conversations->tick();
    sequence = 900;  // The answer is a frame of the unit's own.
    session->receive(answered(0x01, 3));
    EXPECT_EQ(fates(), "") << "another operation than the answer";
    session->receive(answered(0x20, 3));
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].fate, CommandFate::done);
    EXPECT_EQ(integer_at(outcomes[0].reply, "person", 0), 3);
    EXPECT_NE(outcomes[0].zh.find("操作员 3"), std::string::npos);
    session->receive(answered(0x20, 3));
    EXPECT_EQ(outcomes.size(), 1U);
}

TEST_F(OrderTest, ARollCallNobodyAnswersIsUncertainAfterItsMinutes) {
    ASSERT_TRUE(order("roll_call", {{"minutes", 2}}));
    told();
    session->receive(frame(Command::confirm, {}));
    clock.advance(125'000);
    conversations->tick();
    EXPECT_EQ(fates(), "");
    clock.advance(6'000);
    conversations->tick();
    EXPECT_EQ(fates(), "2 ");
    EXPECT_EQ(told(), "") << "what the unit has is not sent again";
}

TEST_F(OrderTest, WithoutAnAnswerItIsSentThreeTimesUnderOneNumber) {
    ASSERT_TRUE(order("set_clock"));
    EXPECT_EQ(told(), "1:90 ");
    const auto number = sequence;
    for (int i = 0; i < 2; ++i) {
        clock.advance(10'000);
        conversations->tick();
        EXPECT_EQ(told(), "1:90 ");
        EXPECT_EQ(sequence, number);
    }
    clock.advance(10'000);
    conversations->tick();
    EXPECT_EQ(told(), "");
    EXPECT_EQ(fates(), "2 ");
}

TEST_F(OrderTest, ConfirmedDeniedAndRead) {
    ASSERT_TRUE(order("initialise"));
    ASSERT_TRUE(order("read_part_state", {{"channel", "part:1/1/40/10.0.2.0"}}));
    EXPECT_EQ(told(), "1:89 ") << "one after another";
    session->receive(frame(Command::confirm, {}));
    EXPECT_EQ(fates(), "0 ");
    EXPECT_EQ(told(), "4:62 ");
    PartState part;
    part.system_type = part.system_address = 1;
    part.state = 2;
    const Object o = part;
    session->receive(frame(Command::reply, *encode_unit(2, {&o, 1})));
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].fate, CommandFate::done);
    EXPECT_EQ(array_at(outcomes[0].reply, "objects").size(), 1U);
    outcomes.clear();
    ASSERT_TRUE(order("read_version"));
    EXPECT_EQ(told(), "4:85 ");
    ++sequence;
    session->receive(frame(Command::deny, {}));
    EXPECT_EQ(fates(), "") << "of another frame";
    --sequence;
    session->receive(frame(Command::deny, {}));
    EXPECT_EQ(fates(), "1 ");
}

TEST_F(OrderTest, AReplyWithANumberOfItsOwnIsKnownByItsType) {
    ASSERT_TRUE(order("read_state"));
    told();
    sequence = 4321;
    const Object o = UnitState{8, WireTime::of(clock.now())};
    session->receive(frame(Command::reply, *encode_unit(21, {&o, 1})));
    EXPECT_EQ(fates(), "0 ");
}

TEST_F(OrderTest, WrongCommandsAndParametersAreNamed) {
    const auto wrong = [&](std::string_view command, json::object parameters) {
        const auto out = order(command, std::move(parameters));
        return out ? std::string("sent") : text_of(out.error(), Language::en);
    };
    EXPECT_NE(wrong("explode", {}).find("explode"), std::string::npos);
    for (const json::value& minutes : {json::value(0), json::value(256), json::value(1.5),
                                       json::value("5"), json::value(nullptr)})
        EXPECT_NE(wrong("roll_call", {{"minutes", minutes}}).find("minutes"), std::string::npos);
    EXPECT_NE(wrong("read_part_state", {{"channel", "system:1/1"}}).find("channel"),
              std::string::npos);
    EXPECT_NE(wrong("read_operations", {{"count", 3}, {"since", "soon"}}).find("since"),
              std::string::npos);
    EXPECT_EQ(told(), "");
}

class ServerTest : public SessionTest {
  protected:
    boost::asio::io_context context;
    using tcp = boost::asio::ip::tcp;
    tcp::socket dial(const Server& server) {
        tcp::socket socket(context);
        socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
        return socket;
    }
    Result<std::unique_ptr<Server>> serve(Server::Options options) {
        options.hub = hub.get();
        options.clock = &clock;
        options.address = "127.0.0.1";
        options.port = 0;
        return Server::start(std::move(options));
    }
    static bool closed(tcp::socket& socket) {
        boost::system::error_code error;
        char byte = 0;
        boost::asio::read(socket, boost::asio::buffer(&byte, 1), error);
        return static_cast<bool>(error);
    }
};

TEST_F(ServerTest, AFrameOverTcpIsConfirmed) {
    const auto server = serve({});
    ASSERT_TRUE(server);
    auto socket = dial(**server);
    for (int i = 0; i < 3; ++i) {
        boost::asio::write(socket, boost::asio::buffer(state(1)));
        sent.resize(k_around_bytes);
        boost::asio::read(socket, boost::asio::buffer(sent));
        EXPECT_EQ(answers(), Commands{Command::confirm});
    }
    EXPECT_EQ((*server)->counters().frames, 3U);
    EXPECT_EQ((*server)->connections(), 1U);
}

TEST_F(ServerTest, OneConnectionTooManyIsClosedAndTheOthersGoOn) {
    const auto server = serve({.connections_max = 1});
    auto first = dial(**server);
    boost::asio::write(first, boost::asio::buffer(state(1)));
    sent.resize(k_around_bytes);
    boost::asio::read(first, boost::asio::buffer(sent));
    auto second = dial(**server);
    EXPECT_TRUE(closed(second));
    boost::asio::write(first, boost::asio::buffer(state(1)));
    boost::asio::read(first, boost::asio::buffer(sent));
    EXPECT_EQ(answers(), Commands{Command::confirm});
}

TEST_F(ServerTest, ASilentConnectionIsClosedAndAHalfFrameGivenUp) {
    const auto server = serve({.idle_timeout_s = 0.3, .half_frame_timeout_s = 0.05});
    auto socket = dial(**server);
    Wire half = state(1);
    half[24] = 0xff;
    half.resize(30);
    boost::asio::write(socket, boost::asio::buffer(half));
    boost::asio::write(socket, boost::asio::buffer(state(1)));
    sent.resize(k_around_bytes);
    boost::asio::read(socket, boost::asio::buffer(sent));
    EXPECT_EQ(answers(), Commands{Command::confirm});
    EXPECT_TRUE(closed(socket));
}

TEST_F(ServerTest, StopsWithConnectionsOpenAndAnswersOutstanding) {
    lake.commits_at_once = false;
    auto server = serve({});
    auto socket = dial(**server);
    boost::asio::write(socket, boost::asio::buffer(state(1)));
    while (lake.waiting() == 0) std::this_thread::yield();
    server->reset();
    lake.commit();  // answers a connection that is gone
    EXPECT_TRUE(closed(socket));
}

TEST_F(ServerTest, APortInUseIsSaid) {
    const auto server = serve({});
    const auto again = Server::start(
        {.hub = hub.get(), .clock = &clock, .address = "127.0.0.1", .port = (*server)->port()});
    ASSERT_FALSE(again);
    EXPECT_TRUE(again.error().is(errors::k_gateway_listen));
}

}  // namespace
}  // namespace anlan::sensing::gb26875
