// A terminal's conversation with the center, over memory and over real TCP.
#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/jt808/commands.h"
#include "foundations/sensing/gateways/jt808/server.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <thread>

namespace anlan::sensing::jt808 {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view k_phone = "13912344323";

template <class F>
bool eventually(F holds) {
    for (int i = 0; i < 500; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

class TruckTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    SeededRandom random{7};
    std::unique_ptr<Hub> hub;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    std::shared_ptr<std::atomic<std::uint16_t>> numbers =
        std::make_shared<std::atomic<std::uint16_t>>(std::uint16_t{0});
    std::shared_ptr<Conversations> conversations =
        std::make_shared<Conversations>(Conversations::Options{
            .clock = &clock, .new_mark = [this](Timestamp) { return std::to_string(++*numbers); }});
    std::vector<std::uint8_t> sent;
    std::unique_ptr<Session> session;
    std::uint16_t sequence = 0;
    Version version = Version::v2013;
    bigdata::Record truck = device("truck", "jt808", std::string(k_phone));

    void SetUp() override {
        records.put(truck);
        for (const char* channel :
             {"longitude", "latitude", "height", "speed", "course", "alarm_word", "status_word"})
            records.put(datastream(truck, channel, channel));
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .quarantine_every_ms = 10,
                            .identity_every_ms = 10,
                            .report = {}});
        open(Trust::code);
    }
    void TearDown() override {
        session.reset();
        conversations->close();
        hub.reset();
    }
    void open(Trust trust, Door door = Door::live) {
        session = std::make_unique<Session>(Session::Options{
            .hub = hub.get(),
            .clock = &clock,
            .random = &random,
            .door = door,
            .peer = "test",
            .send = [this](const auto& w) { sent.insert(sent.end(), w.begin(), w.end()); },
            .trust = trust,
            .counters = counters,
            .conversations = conversations,
            .numbers = numbers});
    }
    void say(std::uint16_t id, Bytes body, std::string_view phone = k_phone) {
        session->receive(encode({id, ++sequence, version, 1, std::string(phone)}, body));
    }
    void say(std::uint16_t id, std::string_view text, std::string_view phone = k_phone) {
        say(id, Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, phone);
    }
    /// "ID body" of what was sent since the last call.
    std::vector<std::string> heard() {
        FrameReader reader;
        reader.push(sent);
        std::vector<std::string> out;
        while (const auto frame = reader.next()) {
            EXPECT_TRUE(*frame);
            EXPECT_EQ((*frame)->version, version);
            const Bytes b = (*frame)->body;
            out.push_back(hex({reinterpret_cast<const char*>((*frame)->raw.data()) + 1, 2}) + " " +
                          hex({reinterpret_cast<const char*>(b.data()), b.size()}));
            last_sequence = (*frame)->sequence;
        }
        sent.clear();
        return out;
    }
    std::uint16_t last_sequence = 0;

    static std::vector<std::uint8_t> position(std::uint32_t status = 3, std::uint32_t alarms = 0) {
        std::vector<std::uint8_t> out;
        const auto put = [&](std::uint32_t value, int bytes) {
            for (int i = bytes - 1; i >= 0; --i)
                out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        };
        put(alarms, 4);
        put(status, 4);
        put(38'990'000, 4);
        put(117'800'000, 4);
        put(5, 2);
        put(360, 2);
        put(90, 2);
        for (const int part : {0x26, 0x11, 0x19, 0x11, 0x59, 0x59})
            put(static_cast<std::uint32_t>(part), 1);
        return out;
    }
    static std::vector<std::uint8_t> registration() {
        std::vector<std::uint8_t> out(37, 0);
        out[1] = 12;
        out[4] = 'A';
        out[9] = 'M';
        out[29] = 'T';
        out[36] = 2;
        // 津A12345, illustrative
        for (const char c : std::string_view("\xbd\xf2\x41\x31\x32\x33\x34\x35"))
            out.push_back(static_cast<std::uint8_t>(c));
        return out;
    }
    std::string enter() {
        say(0x0100, registration());
        const auto answer = heard();
        EXPECT_THAT(answer, SizeIs(1));
        const std::string code = *unhex(answer[0].substr(11));
        say(0x0102, code);
        EXPECT_TRUE(heard().at(0).ends_with("010200"));
        return code;
    }
    std::vector<std::string> strangers() {
        std::vector<std::string> out;
        for (const auto& r : records.of("quarantine"))
            out.emplace_back(text_at(r.fields, "address"));
        return out;
    }
    bigdata::Record registered() {
        for (const auto& r : records.of("device")) {
            if (r.id == truck.id) return r;
        }
        return {};
    }
};

TEST_F(TruckTest, RegistersAuthenticatesAndIsAnsweredOnceItsPositionIsOnDisk) {
    enter();
    lake.commits_at_once = false;
    say(0x0200, position());
    EXPECT_THAT(sent, IsEmpty());
    EXPECT_EQ(session->unanswered(), 1U);
    lake.commit();
    EXPECT_THAT(heard(), ElementsAre("8001 0003020000"));
    EXPECT_EQ(session->unanswered(), 0U);
    ASSERT_EQ(lake.stored.size(), 7U);
    for (const auto& each : lake.stored) EXPECT_EQ(iso8601(each.at), "2026-11-19T03:59:59.000Z");
    EXPECT_EQ(lake.stored[3].value, 10);  // 36 km/h
}

TEST_F(TruckTest, SpeaksTheVersionThatItIsSpokenTo) {
    version = Version::v2019;
    open(Trust::phone);
    say(0x0200, position());
    EXPECT_THAT(heard(), ElementsAre("8001 0001020000"));
    say(0x0004, std::string_view{});
    EXPECT_THAT(heard(), ElementsAre("8004 261119040000"));
}

TEST_F(TruckTest, WhatWasNotStoredIsCalledFailed) {
    enter();
    lake.commits_at_once = false;
    say(0x0200, position());
    lake.commit(fail(errors::k_busy));
    EXPECT_THAT(heard(), ElementsAre("8001 0003020001"));
}

TEST_F(TruckTest, AStrangerIsListedAndToldThatThereIsNoSuchVehicle) {
    say(0x0100, registration(), "13800000000");
    EXPECT_THAT(heard(), ElementsAre("8100 000102"));
    say(0x0200, position(), "13800000000");
    EXPECT_THAT(heard(), ElementsAre("8001 0002020001"));
    EXPECT_TRUE(eventually([&] { return strangers() == std::vector<std::string>{"13800000000"}; }));
    EXPECT_TRUE(lake.stored.empty());
}

TEST_F(TruckTest, WithoutItsCodeNothingCounts) {
    say(0x0200, position());
    EXPECT_THAT(heard(), ElementsAre("8001 0001020001"));
    say(0x0102, "guessed");
    EXPECT_THAT(heard(), ElementsAre("8001 0002010201"));
    EXPECT_EQ(counters->denied, 1U);
    say(0x0200, position());
    EXPECT_THAT(heard(), ElementsAre("8001 0003020001"));
    EXPECT_TRUE(lake.stored.empty());
    enter();
    say(0x0003, std::string_view{});
    heard();
    say(0x0200, position());
    EXPECT_THAT(heard(), ElementsAre("8001 0007020001"));
    EXPECT_TRUE(lake.stored.empty());
}

TEST_F(TruckTest, TheCodeIsGoodInALaterConnectionAndOnlyForItsOwner) {
    const std::string code = enter();
    EXPECT_EQ(text_at(registered().fields, "credential_hash"), hex(sm3(code)));
    hub->on_entry(records.put(registered()));
    const auto other = device("other", "jt808", "13900000001");
    hub->on_entry(records.put(other));
    open(Trust::code);
    say(0x0102, code);
    EXPECT_TRUE(heard().at(0).ends_with("010200"));
    say(0x0102, code, "13900000001");
    EXPECT_TRUE(heard().at(0).ends_with("010201"));
}

TEST_F(TruckTest, ItsPlateGetsIntoItsRecord) {
    enter();
    EXPECT_TRUE(eventually([&] {
        return text_at(object_at(registered().fields, "identity"), "plate") == "津A12345";
    }));
    EXPECT_EQ(text_at(object_at(registered().fields, "identity"), "region"), "120000");
}

TEST_F(TruckTest, SeveralPackagesAreAnsweredTogetherAndAGapIsAskedForOnce) {
    enter();
    std::vector<std::uint8_t> batch{0, 50, 1};
    for (int i = 0; i < 50; ++i) {
        const auto one = position();
        batch.push_back(0);
        batch.push_back(static_cast<std::uint8_t>(one.size()));
        batch.insert(batch.end(), one.begin(), one.end());
    }
    const auto whole = encode({0x0704, 21, version, 1, std::string(k_phone)}, batch);
    FrameReader cut;
    cut.push(whole);
    std::vector<std::vector<std::uint8_t>> packages;
    while (const auto frame = cut.next())
        packages.emplace_back((*frame)->raw.begin(), (*frame)->raw.end());
    ASSERT_EQ(packages.size(), 2U);
    session->receive(packages[1]);
    EXPECT_THAT(heard(), ElementsAre("8003 0014010001"));
    session->receive(packages[1]);
    EXPECT_THAT(heard(), IsEmpty());
    session->receive(packages[0]);
    EXPECT_THAT(heard(), ElementsAre("8001 0014070400", "8001 0015070400"));
    EXPECT_EQ(lake.stored.size(), 350U);
    session->receive(packages[0]);
    clock.advance(60'000);
    say(0x0002, std::string_view{});
    EXPECT_EQ(counters->incomplete, 1U);
}

TEST_F(TruckTest, WhatCannotBeReadOrIsNotSupportedIsSaid) {
    enter();
    say(0x0200, std::vector<std::uint8_t>(20));
    EXPECT_THAT(heard(), ElementsAre("8001 0003020002"));
    say(0x0801, "picture");
    EXPECT_THAT(heard(), ElementsAre("8001 0004080103"));
    say(0x0002, std::string_view{});
    EXPECT_THAT(heard(), ElementsAre("8001 0005000200"));
}

TEST_F(TruckTest, CommandsAreSentAndTheirFateIsHeard) {
    enter();
    std::vector<CommandOutcome> outcomes;
    const auto ask = [&](std::string command, json::object parameters) {
        const auto order =
            order_of({{}, "live", std::string(k_phone), std::move(command), std::move(parameters)});
        return conversations->ask(k_phone, *order,
                                  [&](CommandOutcome o) { outcomes.push_back(std::move(o)); });
    };
    ASSERT_FALSE(ask("locate", {}));  // it has not spoken as one that is believed
    say(0x0002, std::string_view{});
    heard();
    ASSERT_TRUE(ask("send_text", {{"text", "A"}}));
    EXPECT_THAT(heard(), ElementsAre("8300 0c41"));
    const auto answer = [&](std::uint16_t id, std::uint8_t result) {
        say(0x0001, std::vector<std::uint8_t>{static_cast<std::uint8_t>(last_sequence >> 8),
                                              static_cast<std::uint8_t>(last_sequence),
                                              static_cast<std::uint8_t>(id >> 8),
                                              static_cast<std::uint8_t>(id), result});
    };
    answer(0x8300, 0);
    ASSERT_THAT(outcomes, SizeIs(1));
    EXPECT_EQ(outcomes[0].fate, CommandFate::done);
    ASSERT_TRUE(ask("track", {{"interval_s", 5}, {"for_s", 60}}));
    heard();
    answer(0x8202, 3);
    ASSERT_THAT(outcomes, SizeIs(2));
    EXPECT_EQ(outcomes[1].fate, CommandFate::refused);
    EXPECT_EQ(outcomes[1].en, "The terminal answered: Not supported");
    ASSERT_TRUE(ask("locate", {}));
    heard();
    answer(0x8201, 0);
    EXPECT_THAT(outcomes, SizeIs(2));  // only that it will
    auto reply = position();
    reply.insert(reply.begin(), {static_cast<std::uint8_t>(last_sequence >> 8),
                                 static_cast<std::uint8_t>(last_sequence)});
    lake.stored.clear();
    say(0x0201, reply);
    ASSERT_THAT(outcomes, SizeIs(3));
    EXPECT_EQ(outcomes[2].fate, CommandFate::done);
    EXPECT_EQ(outcomes[2].reply.at("latitude"), 38.99);
    EXPECT_EQ(lake.stored.size(), 7U);
    EXPECT_THAT(heard(), IsEmpty());
    ASSERT_TRUE(ask("send_text", {{"text", "B"}}));
    for (int i = 0; i < 4; ++i) {
        clock.advance(11'000);
        conversations->tick();
    }
    ASSERT_THAT(outcomes, SizeIs(4));
    EXPECT_EQ(outcomes[3].fate, CommandFate::uncertain);
    session.reset();
    EXPECT_FALSE(ask("locate", {}));
}

TEST_F(TruckTest, AnExercisesDoorKnowsOnlyItsOwn) {
    open(Trust::phone, Door::exercise);
    say(0x0200, position());
    EXPECT_THAT(heard(), ElementsAre("8001 0001020001"));
    EXPECT_TRUE(lake.stored.empty());
}

TEST_F(TruckTest, OverTcpItIsAnsweredAndCommanded) {
    Server::Options options;
    options.hub = hub.get();
    options.clock = &clock;
    options.address = "127.0.0.1";
    options.port = 0;
    options.trust = Trust::phone;
    const auto server = *Server::start(options);
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server->port()});
    const auto bytes = encode({0x0200, 1, version, 1, std::string(k_phone)}, position());
    boost::asio::write(socket, boost::asio::buffer(bytes));
    std::vector<std::uint8_t> answer(20);
    boost::asio::read(socket, boost::asio::buffer(answer));
    EXPECT_EQ(answer[1], 0x80);
    EXPECT_EQ(answer[17], 0);
    const DeviceCommand command{{}, "live", std::string(k_phone), "locate", {}};
    EXPECT_TRUE(server->reaches("live", k_phone));
    EXPECT_FALSE(server->reaches("exercise", k_phone));
    ASSERT_TRUE(server->command(command, [](const CommandOutcome&) {}));
    answer.resize(15);
    boost::asio::read(socket, boost::asio::buffer(answer));
    EXPECT_EQ(answer[1], 0x82);
    EXPECT_EQ(server->counters().stored, 1U);
}

TEST(Jt808Settings, WrongOnesAreNamed) {
    EXPECT_TRUE(check({{"trust", "phone"}, {"idle_timeout_s", 600}}));
    EXPECT_FALSE(check({{"trust", "anybody"}}));
    EXPECT_FALSE(check({{"idle_timeout_s", 0}}));
    EXPECT_FALSE(check({{"port", 1}}));
}

}  // namespace
}  // namespace anlan::sensing::jt808
