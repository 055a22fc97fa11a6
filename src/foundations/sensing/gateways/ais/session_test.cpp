// A feed's way to the hub: over memory, TCP, UDP, and called by us.
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/ais/server.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>

#include <thread>

namespace anlan::sensing::ais {
namespace {

using namespace test;
namespace asio = boost::asio;

constexpr std::string_view k_position = "!AIVDM,1,1,,B,16<qIn0P018MNT6=v:KMH?wf0@Ph,0*29\r\n";
constexpr std::string_view k_ship = "416176600";
constexpr std::string_view k_static =
    "!SAVDM,2,1,6,A,55NOvQP1u>QIL@O??SL985`u>0EQ18E=>222221J1p`884i6N344Sll1@m80,0*0C\r\n"
    "!SAVDM,2,2,6,A,TRA1iH88880,2*6F\r\n";

template <class F>
bool eventually(F holds) {
    for (int i = 0; i < 500; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

class FeedTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    std::unique_ptr<Session> session;

    void SetUp() override {
        const auto ship = device("ship", "ais", std::string(k_ship));
        records.put(ship);
        for (const char* channel : {"longitude", "latitude", "speed", "course"})
            records.put(datastream(ship, channel, channel));
        records.put(device("barge", "ais", "367525510"));
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .quarantine_every_ms = 10,
                            .identity_every_ms = 10,
                            .report = {}});
        open(Door::live);
    }
    void TearDown() override {
        session.reset();
        hub.reset();
    }
    void open(Door door) {
        session = std::make_unique<Session>(Session::Options{
            .hub = hub.get(), .clock = &clock, .door = door, .peer = "test", .counters = counters});
    }
    void receive(std::string_view text) {
        session->receive({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
    std::vector<std::string> strangers() {
        std::vector<std::string> out;
        for (const auto& r : records.of("quarantine"))
            out.emplace_back(text_at(r.fields, "address"));
        std::ranges::sort(out);
        return out;
    }
    Server::Options options() {
        Server::Options out;
        out.hub = hub.get();
        out.clock = &clock;
        out.address = "127.0.0.1";
        out.port = 0;
        out.feed_retry_s = 0.01;
        out.report = {};
        return out;
    }
};

TEST_F(FeedTest, APositionIsFourReadingsOfOneInstant) {
    receive(k_position);
    ASSERT_EQ(lake.stored.size(), 4U);
    for (const auto& each : lake.stored) {
        // Second 55 of the minute before noon.
        EXPECT_EQ(iso8601(each.at), "2026-11-19T03:59:55.000Z");
        EXPECT_EQ(each.received, clock.now());
        EXPECT_EQ(each.quality, bigdata::Quality::good);
    }
    // Its status was not registered as a datastream: listed, and all else stored.
    EXPECT_TRUE(eventually(
        [&] { return strangers() == std::vector<std::string>{"416176600#navigation_status"}; }));
    EXPECT_EQ(counters->stored, 1U);
}

TEST_F(FeedTest, HalfLinesWaitAndAreGivenUpInTime) {
    receive(k_position.substr(0, 20));
    EXPECT_TRUE(session->waiting());
    receive(k_position.substr(20));
    EXPECT_FALSE(session->waiting());
    EXPECT_EQ(lake.stored.size(), 4U);
    receive(k_position.substr(0, 20));
    session->quiet();
    EXPECT_EQ(counters->disturbances, 1U);
    receive(k_position);
    EXPECT_EQ(lake.stored.size(), 8U);
}

TEST_F(FeedTest, AShipsNameGetsIntoItsRecordOnce) {
    receive(k_static);
    const auto identity = [&]() -> std::string {
        for (const auto& r : records.of("device")) {
            if (text_at(r.fields, "address") == "367525510")
                return std::string(text_at(object_at(r.fields, "identity"), "name"));
        }
        return {};
    };
    EXPECT_TRUE(eventually([&] { return identity() == "BRAZOS EXPRESS"; }));
    for (int i = 0; i < 20; ++i) {
        clock.advance(1'000);
        receive(k_static);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    session.reset();
    hub.reset();  // and with it the threads that write
    EXPECT_EQ(std::ranges::count_if(
                  records.batches,
                  [](const bigdata::Batch& b) { return b.changes.at(0).kind == "device"; }),
              1);
}

TEST_F(FeedTest, WhatAStrangerSaidBeforeItsAdoptionIsKept) {
    const auto stranger = device("late", "ais", "413000201");
    hub->describe({"live", "ais", "413000201"}, {{"name", "X"}});
    hub->on_entry(records.put(stranger));
    EXPECT_TRUE(eventually([&] {
        for (const auto& r : records.of("device")) {
            if (r.id == stranger.id && r.fields.contains("identity")) return true;
        }
        return false;
    }));
}

TEST_F(FeedTest, AnExercisesDoorReachesOnlyItsOwnShips) {
    open(Door::exercise);
    receive(k_position);
    EXPECT_TRUE(lake.stored.empty());
    EXPECT_EQ(counters->refused, 1U);
    const auto game = exercise("running");
    records.put(game);
    const auto own = device("ship", "ais", std::string(k_ship), game.id.text());
    hub->on_entry(records.put(own));
    hub->on_entry(records.put(datastream(own, "latitude", "latitude")));
    receive(k_position);
    EXPECT_EQ(lake.stored.size(), 1U);
}

TEST_F(FeedTest, FeedersCallOverTcpAndSendOverUdpToOnePort) {
    const auto server = *Server::start(options());
    asio::io_context io;
    asio::ip::tcp::socket tcp(io);
    tcp.connect({asio::ip::make_address("127.0.0.1"), server->port()});
    asio::write(tcp, asio::buffer(k_position));
    EXPECT_TRUE(eventually([&] { return lake.count() == 4; }));
    asio::ip::udp::socket udp(io, asio::ip::udp::v4());
    const asio::ip::udp::endpoint to(asio::ip::make_address("127.0.0.1"), server->port());
    udp.send_to(asio::buffer(k_position.substr(0, k_position.size() - 2)), to);
    EXPECT_TRUE(eventually([&] { return lake.count() == 8; }));
    // Half a message a datagram.
    udp.send_to(asio::buffer(k_static.substr(0, k_static.find('\n') + 1)), to);
    udp.send_to(asio::buffer(k_static.substr(k_static.find('\n') + 1)), to);
    EXPECT_TRUE(eventually([&] { return server->counters().messages == 3; }));
}

TEST_F(FeedTest, AReceiverIsCalledAndCalledAgain) {
    asio::io_context io;
    asio::ip::tcp::acceptor receiver(io, {asio::ip::make_address("127.0.0.1"), 0});
    auto own = options();
    own.feeds = {{"127.0.0.1", receiver.local_endpoint().port()}};
    const auto server = *Server::start(own);
    for (std::size_t call = 1; call <= 3; ++call) {
        asio::ip::tcp::socket socket(io);
        receiver.accept(socket);
        asio::write(socket, asio::buffer(k_position));
        EXPECT_TRUE(eventually([&] { return lake.count() == 4 * call; }));
        EXPECT_EQ(server->feeds_connected(), 1U);
    }
    receiver.close();
    EXPECT_TRUE(eventually([&] { return server->feeds_connected() == 0; }));
}

TEST_F(FeedTest, AnOutageIsTold) {
    asio::io_context io;
    asio::ip::tcp::acceptor nobody(io, {asio::ip::make_address("127.0.0.1"), 0});
    const auto port = nobody.local_endpoint().port();
    nobody.close();
    std::atomic<int> told = 0;
    auto own = options();
    own.feeds = {{"127.0.0.1", port}};
    own.report = [&](const Error& e) { told += e.is(errors::k_gateway_feed) ? 1 : 100; };
    {
        const auto server = *Server::start(own);
        EXPECT_TRUE(eventually([&] { return told >= 1; }));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_EQ(told, 1);  // once an outage, however often it is tried
}

TEST(AisSettings, WrongOnesAreNamed) {
    EXPECT_TRUE(check({{"feeds", {"10.0.0.1:4001", "[::1]:10110", "receiver.example:1"}}}));
    for (const char* bad : {"10.0.0.1", ":1", "host:", "host:0", "host:65536", "host:1x"}) {
        const auto outcome = check({{"feeds", {bad}}});
        ASSERT_FALSE(outcome) << bad;
        EXPECT_THAT(text_of(outcome.error(), Language::en), testing::HasSubstr("feeds"));
    }
    EXPECT_FALSE(check({{"udp", 1}}));
    EXPECT_FALSE(check({{"idle_timeout_s", 0}}));
    EXPECT_FALSE(check({{"speed", 1}}));
}

}  // namespace
}  // namespace anlan::sensing::ais
