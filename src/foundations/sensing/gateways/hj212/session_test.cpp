// A station's conversation with the center, over memory and over real TCP.
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/hj212/commands.h"
#include "foundations/sensing/gateways/hj212/errors.h"
#include "foundations/sensing/gateways/hj212/server.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace anlan::sensing::hj212 {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view k_mn = "010000A8900016F000169DC0";

class StationTest : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    std::vector<std::string> sent, reports;
    std::shared_ptr<Conversations> conversations;
    std::unique_ptr<Session> session;
    std::shared_ptr<const std::map<std::string, std::shared_ptr<const Cipher>, std::less<>>>
        ciphers;
    int number = 0;

    void SetUp() override {
        const auto station = device("station", "hj212", std::string(k_mn));
        records.put(station);
        records.put(datastream(station, "a21001", "nh3"));
        records.put(datastream(station, "minute:a21001-Avg", "nh3"));
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .report = {}});
        open({});
    }
    void TearDown() override { session.reset(); }
    void open(Settings settings, Door door = Door::live) {
        session.reset();
        conversations = make_conversations(clock);
        session = std::make_unique<Session>(Session::Options{
            .hub = hub.get(),
            .clock = &clock,
            .door = door,
            .peer = "test",
            .send =
                [this](const std::vector<std::uint8_t>& w) {
                    sent.emplace_back(w.begin(), w.end());
                },
            .settings = std::make_shared<const Settings>(std::move(settings)),
            .counters = counters,
            .report = [this](const Error& e) { reports.push_back(text_of(e, Language::en)); },
            .conversations = conversations,
            .ciphers = ciphers});
    }
    std::string qn() { return qn_of(clock.now() + ++number); }
    std::string now_text() { return qn_of(clock.now()).substr(0, 14); }
    std::string segment(std::string_view cn, std::string_view cp, std::string_view flag = "5",
                        std::string_view mn = k_mn) {
        return "QN=" + qn() + ";ST=22;CN=" + std::string(cn) + ";PW=123456;MN=" + std::string(mn) +
               ";Flag=" + std::string(flag) + ";CP=&&" + std::string(cp) + "&&";
    }
    void receive(std::string_view packet) {
        session->receive({reinterpret_cast<const std::uint8_t*>(packet.data()), packet.size()});
    }
    std::string data(std::string_view value = "a21001-Rtd=12.5,a21001-Flag=N") {
        return segment("2011", "DataTime=" + now_text() + ";" + std::string(value));
    }
    /// "CN CP" of what was sent since the last call; each must be well formed, with this check.
    std::vector<std::string> answers(Checksum checksum = Checksum::annex_a) {
        PacketReader reader;
        for (const auto& each : sent)
            reader.push({reinterpret_cast<const std::uint8_t*>(each.data()), each.size()});
        std::vector<std::string> out;
        while (const auto next = reader.next()) {
            EXPECT_TRUE(*next);
            EXPECT_EQ(checksum_of((*next)->segment, checksum), (*next)->check);
            EXPECT_EQ((*next)->mn, k_mn);
            EXPECT_EQ((*next)->pw, "123456");
            out.push_back(std::string((*next)->cn) + " " + std::string((*next)->cp));
            last_qn = (*next)->qn;
        }
        sent.clear();
        return out;
    }
    std::string last_qn;
};

TEST_F(StationTest, AnswersDataOnceItIsOnDiskInTheStandardsWords) {
    lake.commits_at_once = false;
    receive(pack("QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=" + std::string(k_mn) +
                 ";Flag=5;CP=&&DataTime=" + now_text() + ";a21001-Rtd=12.5&&"));
    EXPECT_THAT(sent, IsEmpty());
    EXPECT_EQ(session->unanswered(), 1U);
    lake.commit();
    EXPECT_THAT(sent, ElementsAre("##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=" +
                                  std::string(k_mn) + ";Flag=4;CP=&&&&3240\r\n"));
    ASSERT_EQ(lake.stored.size(), 1U);
    EXPECT_EQ(lake.stored[0].value, 12.5);
    EXPECT_EQ(lake.stored[0].at, clock.now());
}

TEST_F(StationTest, WhatWasNotStoredOrNotAskedForGetsNoAnswer) {
    lake.commits_at_once = false;
    receive(pack(data()));
    lake.commit(fail(errors::k_busy));
    EXPECT_THAT(answers(), IsEmpty());
    lake.commits_at_once = true;
    receive(pack(segment("2011", "DataTime=" + now_text() + ";a21001-Rtd=1", "4")));
    EXPECT_THAT(answers(), IsEmpty());
    EXPECT_EQ(counters->stored, 1U);
    receive(pack(data()));
    EXPECT_THAT(answers(), ElementsAre("9014 "));
}

TEST_F(StationTest, AnswersA2025DeviceInItsVersion) {
    receive(pack(segment("2011", "DataTime=" + now_text() + ";a21001-Rtd=1", "9")));
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_NE(sent[0].find(";Flag=8;"), std::string::npos) << sent[0];
    sent.clear();
    receive(pack(segment("9015", "", "9")));
    EXPECT_THAT(answers(), ElementsAre("9014 "));
}

TEST_F(StationTest, AStrangerIsQuarantinedAndNotAnswered) {
    receive(pack(segment("2011", "DataTime=" + now_text() + ";a21001-Rtd=1", "5", "STRANGER1")));
    EXPECT_THAT(sent, IsEmpty());
    hub.reset();
    const auto listed = records.of("quarantine");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(text_at(listed[0].fields, "address"), "STRANGER1");
    EXPECT_TRUE(text_at(listed[0].fields, "sample").starts_with("##0"));
}

TEST_F(StationTest, AFactorNobodyRegisteredIsQuarantinedAndAnswered) {
    receive(pack(data("a21001-Rtd=12.5;a99999-Rtd=3")));
    EXPECT_THAT(answers(), ElementsAre("9014 "));
    EXPECT_EQ(lake.stored.size(), 1U);
    hub.reset();
    ASSERT_EQ(records.of("quarantine").size(), 1U);
    EXPECT_EQ(text_at(records.of("quarantine")[0].fields, "address"),
              std::string(k_mn) + "#a99999");
}

TEST_F(StationTest, TheCheckIsTheDevicesOwn) {
    receive(pack(data(), Checksum::modbus));
    EXPECT_THAT(answers(), IsEmpty());
    EXPECT_EQ(counters->wrong_checks, 1U);
    open({.checksums = {{std::string(k_mn), Checksum::modbus}}});
    receive(pack(data(), Checksum::modbus));
    EXPECT_THAT(answers(Checksum::modbus), ElementsAre("9014 "));
    receive(pack(data()));
    EXPECT_THAT(answers(), IsEmpty());
    open({.checksum = Checksum::none});
    std::string wrong = pack(data());
    wrong.replace(wrong.size() - 6, 4, "0000");
    receive(wrong);
    EXPECT_THAT(answers(), ElementsAre("9014 "));
}

// Each packet of a split is answered by itself; a later one may leave the time out.
TEST_F(StationTest, SplitData) {
    const std::string request = qn();
    const auto part = [&](int no, const std::string& cp) {
        return pack("QN=" + request + ";ST=22;CN=2051;PW=123456;MN=" + std::string(k_mn) +
                    ";Flag=7;PNUM=2;PNO=" + std::to_string(no) + ";CP=&&" + cp + "&&");
    };
    receive(part(1, "DataTime=" + now_text() + ";a01001-Avg=20"));
    clock.advance(3000);
    receive(part(2, "a21001-Avg=7"));
    EXPECT_THAT(answers(), ElementsAre("9014 ", "9014 "));
    ASSERT_EQ(lake.stored.size(), 1U);
    EXPECT_EQ(lake.stored[0].at, noon());
    EXPECT_EQ(lake.stored[0].quality, bigdata::Quality::good);
}

TEST_F(StationTest, TellsTheTimeToWhoAsks) {
    receive(pack(data()));
    answers();
    receive(pack(segment("1013", "")));
    EXPECT_THAT(answers(), ElementsAre("9013 ", "1012 SystemTime=" + now_text()));
}

TEST_F(StationTest, SetsClockAndIntervalOneAfterAnother) {
    open({.clock_tolerance_s = 60, .real_time_interval_s = 30});
    const auto late = [&] {
        return pack(segment(
            "2011", "DataTime=" + qn_of(clock.now() + -120'000).substr(0, 14) + ";a21001-Rtd=1"));
    };
    receive(late());
    EXPECT_THAT(answers(), ElementsAre("9014 ", "1012 SystemTime=" + now_text()));
    const std::string request = last_qn;
    const auto reply = [&](std::string_view cn, std::string_view cp) {
        return pack("QN=" + request + ";ST=91;CN=" + std::string(cn) + ";PW=123456;MN=" +
                    std::string(k_mn) + ";Flag=4;CP=&&" + std::string(cp) + "&&");
    };
    receive(reply("9011", "QnRtn=1"));
    EXPECT_THAT(answers(), IsEmpty());
    receive(reply("9012", "ExeRtn=1"));
    EXPECT_THAT(answers(), ElementsAre("1062 RtdInterval=30"));
    EXPECT_THAT(reports, IsEmpty());
    receive(late());  // told once
    EXPECT_THAT(answers(), ElementsAre("9014 "));
}

TEST_F(StationTest, ACommandWithoutAnOutcomeIsRepeatedTwiceAndARefusalIsReported) {
    open({.real_time_interval_s = 30});
    receive(pack(data()));
    EXPECT_THAT(answers(), ElementsAre("9014 ", "1062 RtdInterval=30"));
    for (int i = 0; i < 2; ++i) {
        clock.advance(10'000);
        conversations->tick();
        EXPECT_THAT(answers(), ElementsAre("1062 RtdInterval=30"));
    }
    clock.advance(10'000);
    conversations->tick();
    receive(pack(data()));
    EXPECT_THAT(answers(), ElementsAre("9014 "));

    open({.real_time_interval_s = 30});
    receive(pack(data()));
    answers();
    receive(pack("QN=" + last_qn + ";ST=91;CN=9011;PW=123456;MN=" + std::string(k_mn) +
                 ";Flag=4;CP=&&QnRtn=3&&"));
    EXPECT_THAT(reports, ElementsAre("Device " + std::string(k_mn) +
                                     " did not carry out command 1062: Wrong PW"));
}

/// Commands of the desk and the station's answers.
class StationOrderTest : public StationTest {
  protected:
    std::vector<CommandOutcome> outcomes;

    void SetUp() override {
        StationTest::SetUp();
        receive(pack(data()));
        answers();
    }
    void TearDown() override {
        conversations->close();  // What is open is told to `outcomes`.
        StationTest::TearDown();
    }
    Result<void> order(std::string_view command, json::object parameters = {}) {
        TRY_ASSIGN(made, order_of({.id = {},
                                   .space = std::string(bigdata::k_live),
                                   .address = std::string(k_mn),
                                   .command = std::string(command),
                                   .parameters = std::move(parameters)}));
        return conversations->ask(k_mn, std::move(made),
                                  [this](CommandOutcome o) { outcomes.push_back(std::move(o)); });
    }
    void reply(std::string_view cn, std::string_view cp, std::string_view st = "91") {
        receive(pack("QN=" + last_qn + ";ST=" + std::string(st) + ";CN=" + std::string(cn) +
                     ";PW=123456;MN=" + std::string(k_mn) + ";Flag=4;CP=&&" + std::string(cp) +
                     "&&"));
    }
};

// Annex C: request, 9011, the data under the request's number, 9012.
TEST_F(StationOrderTest, HistoryIsCalledForAndComesInPieces) {
    ASSERT_TRUE(order("call_minutes",
                      {{"from", "2026-11-19T00:40:00Z"}, {"to", "2026-11-19T08:50:00+08:00"}}));
    EXPECT_THAT(answers(), ElementsAre("2051 BeginTime=20261119084000,EndTime=20261119085000"));
    reply("9011", "QnRtn=1");
    for (const char* minute : {"40", "50"})
        reply("2051", "DataTime=2026111908" + std::string(minute) + "00;a21001-Avg=7,a21001-Flag=N",
              "22");
    EXPECT_TRUE(outcomes.empty());
    reply("9012", "ExeRtn=1");
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].fate, CommandFate::done);
    EXPECT_EQ(integer_at(outcomes[0].reply, "count", 0), 2);
    EXPECT_EQ(lake.stored.size(), 3U);  // The data is data too.
}

TEST_F(StationOrderTest, IntervalsAreReadAndRefusalsToldInTheStandardsWords) {
    ASSERT_TRUE(order("read_real_time_interval"));
    EXPECT_THAT(answers(), ElementsAre("1061 "));
    reply("9011", "QnRtn=1");
    reply("1061", "RtdInterval=30", "22");
    reply("9012", "ExeRtn=1");
    ASSERT_EQ(outcomes.size(), 1U);
    const auto& part = array_at(outcomes[0].reply, "parts").at(0).as_object();
    EXPECT_EQ(number_at(object_at(part, "values"), "RtdInterval", 0), 30);
    outcomes.clear();
    ASSERT_TRUE(order("set_minute_interval", {{"minutes", 10}}));
    EXPECT_THAT(answers(), ElementsAre("1064 MinInterval=10"));
    reply("9011", "QnRtn=3");
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].fate, CommandFate::refused);
    EXPECT_EQ(outcomes[0].en, "Wrong PW");
    outcomes.clear();
    ASSERT_TRUE(order("set_clock"));
    EXPECT_THAT(answers(), ElementsAre("1012 SystemTime=" + now_text()));
    reply("9011", "QnRtn=1");
    reply("9012", "ExeRtn=5");
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].en, "Busy");
}

TEST_F(StationOrderTest, WhatComesAgainAndAgainIsDoneWithTheFirst) {
    ASSERT_TRUE(order("call_real_time"));
    EXPECT_THAT(answers(), ElementsAre("2011 "));
    receive(pack(data()));
    EXPECT_TRUE(outcomes.empty()) << "its ordinary report";
    answers();
    const auto sent_qn = last_qn;
    last_qn = conversations->current(k_mn)->mark;
    reply("9011", "QnRtn=1");
    receive(pack(data()));
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].fate, CommandFate::done);
}

TEST_F(StationOrderTest, WrongCommandsAndParametersAreNamed) {
    const auto wrong = [&](std::string_view command, json::object parameters) {
        const auto out = order(command, std::move(parameters));
        return out ? std::string("sent") : text_of(out.error(), Language::en);
    };
    EXPECT_NE(wrong("roll_call", {}).find("roll_call"), std::string::npos);
    EXPECT_NE(wrong("set_real_time_interval", {{"seconds", 0}}).find("seconds"), std::string::npos);
    EXPECT_NE(wrong("call_hours", {{"from", "2026-11-19T01:00:00Z"}}).find("'to'"),
              std::string::npos);
    EXPECT_NE(
        wrong("call_hours", {{"from", "2026-11-19T01:00:00Z"}, {"to", "2026-11-19T00:00:00Z"}})
            .find("'to'"),
        std::string::npos);
    EXPECT_NE(wrong("hj212_request", {{"cn", "1002"}, {"cp", "a&&b"}}).find("'cp'"),
              std::string::npos);
    EXPECT_NE(wrong("hj212_request", {{"cn", "10x2"}}).find("'cn'"), std::string::npos);
    EXPECT_THAT(sent, IsEmpty());
    EXPECT_EQ(wrong("hj212_request", {{"cn", "1002"}, {"cp", "MN=1"}}), "sent");
    EXPECT_THAT(answers(), ElementsAre("1002 MN=1"));
}

// GB/T 32907-2016, annex A.1: key and plain text 0123…3210 give 681e…5e46.
TEST(Sm4, IsTheStandardsExample) {
    const std::string key("\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10", 16);
    const auto cipher = make_sm4(key, CipherText::hex, CipherFilling::zeros);
    EXPECT_EQ(cipher->seal(key), "681edf34d206965e86b3e94f536e4246");
}

TEST(Sm4, OpensWhatItSealedInEveryFormAndNothingElse) {
    const std::string key(16, 'k');
    for (const auto text : {CipherText::hex, CipherText::base64}) {
        for (const auto filling :
             {CipherFilling::spaces, CipherFilling::zeros, CipherFilling::pkcs7}) {
            const auto cipher = make_sm4(key, text, filling);
            for (const std::string plain :
                 {"a", "a21001-Rtd=1;b=2", "DataTime=20261119120000;x=1"}) {
                const auto opened = cipher->open(cipher->seal(plain));
                ASSERT_TRUE(opened);
                EXPECT_EQ(*opened, plain);
            }
            for (const std::string wrong : {"", "a21001-Rtd=1", "00", "zz", "====", "AAAA"})
                EXPECT_FALSE(cipher->open(wrong)) << wrong;
        }
    }
    const auto cipher = make_sm4(key, CipherText::hex, CipherFilling::pkcs7);
    EXPECT_FALSE(cipher->open(std::string(32, '0')));
}

TEST_F(StationTest, ASealedDeviceIsReadAndToldSealed) {
    const std::shared_ptr<const Cipher> cipher =
        make_sm4(std::string(16, 'k'), CipherText::base64, CipherFilling::spaces);
    ciphers =
        std::make_shared<const std::map<std::string, std::shared_ptr<const Cipher>, std::less<>>>(
            std::map<std::string, std::shared_ptr<const Cipher>, std::less<>>{
                {std::string(k_mn), cipher}});
    open({});
    receive(
        pack(segment("2011", cipher->seal("DataTime=" + now_text() + ";a21001-Rtd=12.5"), "9")));
    EXPECT_THAT(answers(), ElementsAre("9014 "));
    ASSERT_EQ(lake.stored.size(), 1U);
    EXPECT_EQ(lake.stored[0].value, 12.5);
    receive(pack(segment("9015", "", "9")));
    EXPECT_THAT(answers(), ElementsAre("9014 ")) << "a heartbeat is not secret";
    receive(pack(data()));  // In the clear, or with another key: no answer, and said.
    EXPECT_THAT(answers(), IsEmpty());
    EXPECT_EQ(reports.size(), 1U);
    ASSERT_TRUE(conversations->ask(k_mn, {.code = "2051", .data = "BeginTime=1"}, {}));
    const auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(*cipher->open(std::string_view(told[0]).substr(5)), "BeginTime=1");
}

TEST_F(StationTest, AStrangerIsCommandedNothing) {
    open({.clock_tolerance_s = 60, .real_time_interval_s = 30});
    receive(pack(segment("2011", "DataTime=20000101000000;a21001-Rtd=1", "5", "STRANGER1")));
    receive(pack(segment("2011", "DataTime=20000101000000;a21001-Rtd=1", "5", "STRANGER1")));
    EXPECT_THAT(sent, IsEmpty());
}

TEST_F(StationTest, NamesThatAreNoTextAreRubbish) {
    receive(pack(segment("2011", "a21001-Rtd=1", "5", "\xff\xfe")));
    receive(pack(segment("2011", "a21001-Rtd=1", "5", std::string(49, 'x'))));
    receive(pack("ST=22;CN=2011;CP=&&a21001-Rtd=1&&"));
    EXPECT_EQ(counters->disturbances, 3U);
    EXPECT_THAT(sent, IsEmpty());
}

// Of the server itself see gateways/gb26875/session_test.cpp: it is the same.
TEST_F(StationTest, OverTcpStickyAndHalf) {
    const auto server =
        Server::start({.hub = hub.get(), .clock = &clock, .address = "127.0.0.1", .port = 0});
    ASSERT_TRUE(server) << text_of(server.error(), Language::en);
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), (*server)->port()});
    const std::string two = pack(data()) + pack(data());
    boost::asio::write(socket, boost::asio::buffer(two.substr(0, 150)));
    boost::asio::write(socket, boost::asio::buffer(two.substr(150)));
    std::string heard;
    for (int i = 0; i < 2; ++i) {
        const auto size =
            boost::asio::read_until(socket, boost::asio::dynamic_buffer(heard), "\r\n");
        EXPECT_NE(heard.substr(0, size).find("CN=9014"), std::string::npos) << heard;
        heard.erase(0, size);
    }
    EXPECT_EQ((*server)->counters().stored, 2U);
}

}  // namespace
}  // namespace anlan::sensing::hj212
