// A device's conversation with the endpoint, without I/O: what is acknowledged, when, and what a
// connection's end means.
#include "foundations/sensing/gateways/mqtt/session.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/test_doubles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anlan::sensing::mqtt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint8_t code(Reason reason) {
    return static_cast<std::uint8_t>(reason);
}

class MqttSession : public testing::Test {
  protected:
    MemoryRegister records;
    MemoryLake lake;
    ManualClock clock{noon()};
    std::unique_ptr<Hub> hub;
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();
    std::vector<std::string> reported;
    bigdata::Record sensor = device("GAS-1", "mqtt", "GAS-1");

    void SetUp() override {
        sensor.fields["credential_hash"] = hex(sm3("token-1"));
        records.put(sensor);
        for (const char* channel : {"nh3", "temperature", "connection"})
            records.put(datastream(sensor, channel));
        auto other = device("GAS-2", "mqtt", "GAS-2");
        other.fields["credential_hash"] = hex(sm3("token-2"));
        records.put(other);
        records.put(datastream(other, "nh3"));
        start_hub();
        shared->clock = &clock;
        shared->sessions = std::make_unique<Sessions>(clock, shared->settings);
        shared->report = [this](const Error& e) { reported.emplace_back(e.row->id); };
    }
    void TearDown() override { shared->sessions->end(); }
    void start_hub() {
        hub = *Hub::create({.records = &records,
                            .lake = &lake,
                            .clock = &clock,
                            .zone = "dongjiang",
                            .quarantine_every_ms = 0,
                            .report = {}});
        shared->hub = hub.get();
    }

    /// The device's side of one connection.
    struct Client {
        std::vector<std::uint8_t> heard;
        bool ended = false;
        std::unique_ptr<Session> session;
        Version version = Version::v5;
        ~Client() { session->closed(); }

        template <class T>
        void say(const T& packet) {
            Out out;
            if constexpr (requires { encode(out, packet, version); })
                encode(out, packet, version);
            else
                encode(out, packet);
            session->receive(out);
        }
        /// What the server said since the last time, as "TYPE id code".
        std::vector<std::string> answers() {
            std::vector<std::string> out;
            PacketReader reader;
            reader.push(heard);
            while (const auto next = reader.next()) {
                Packet packet;
                EXPECT_TRUE(*next && decode(**next, version, {}, packet));
                out.push_back(std::visit([](const auto& p) { return line(p); }, packet));
            }
            heard.clear();
            return out;
        }
        static std::string line(const Connack& p) {
            return "CONNACK " + std::to_string(p.code) + (p.session_present ? " present" : "");
        }
        static std::string line(const Publish& p) {
            return (p.dup ? "PUBLISH again " : "PUBLISH ") + std::to_string(p.id) + " " +
                   std::string(p.topic) + " " + std::string(p.payload);
        }
        static std::string line(const Acknowledgement& p) {
            constexpr std::array k_names{"PUBACK", "PUBREC", "PUBREL", "PUBCOMP"};
            return std::string(k_names.at(static_cast<std::size_t>(p.type) - 4)) + " " +
                   std::to_string(p.id) + " " + std::to_string(code(p.reason));
        }
        static std::string line(const Granted& p) {
            std::string out = p.type == Type::suback ? "SUBACK" : "UNSUBACK";
            for (const auto each : p.codes) out += " " + std::to_string(each);
            return out;
        }
        static std::string line(const Ping&) { return "PING"; }
        static std::string line(const Farewell& p) {
            return "DISCONNECT " + std::to_string(code(p.reason));
        }
        template <class T>
        static std::string line(const T&) {
            return "?";
        }
    };

    std::unique_ptr<Client> client(Version version = Version::v5) {
        auto out = std::make_unique<Client>();
        out->version = version;
        out->session = std::make_unique<Session>(
            shared, "10.0.0.9:4711", [client = out.get()](std::vector<std::uint8_t> bytes) {
                if (bytes.empty()) client->ended = true;
                client->heard.insert(client->heard.end(), bytes.begin(), bytes.end());
            });
        return out;
    }
    static Connect hello(Version version, std::string_view user, std::string_view password) {
        Connect out;
        out.version = version;
        out.client_id = "c1";
        out.keep_alive_s = 60;
        out.user = user;
        if (!password.empty()) out.password = password;
        return out;
    }
    /// A connected GAS-1.
    std::unique_ptr<Client> connected(Version version = Version::v5, bool clean = true,
                                      std::uint32_t expiry_s = 0) {
        auto out = client(version);
        Connect connect = hello(version, "GAS-1", "token-1");
        connect.clean = clean;
        if (expiry_s > 0)
            connect.properties.push_back({PropertyId::session_expiry, expiry_s, {}, {}});
        out->say(connect);
        EXPECT_THAT(out->answers().front(), testing::StartsWith("CONNACK 0"));
        return out;
    }
    static Publish nh3(std::uint8_t qos, std::uint16_t id, std::string_view payload = "1.5") {
        return {
            .qos = qos, .id = id, .topic = "anlan/GAS-1/nh3", .payload = payload, .properties = {}};
    }
    std::vector<double> values() {
        std::vector<double> out;
        for (const auto& each : lake.stored) out.push_back(each.value);
        return out;
    }
    std::vector<std::string> quarantined() {
        std::vector<std::string> out;
        hub.reset();  // Writes what it still holds.
        for (const auto& each : records.of("quarantine"))
            out.emplace_back(text_at(each.fields, "address"));
        start_hub();
        return out;
    }
};

TEST_F(MqttSession, WhoComesIn) {
    const auto answer = [&](Version version, std::string_view user, std::string_view password) {
        auto c = client(version);
        c->say(hello(version, user, password));
        return c->answers().at(0) + (c->ended ? " closed" : "");
    };
    EXPECT_EQ(answer(Version::v5, "GAS-1", "token-1"), "CONNACK 0");
    EXPECT_EQ(answer(Version::v311, "GAS-1", "token-1"), "CONNACK 0");
    EXPECT_EQ(answer(Version::v311, "token-1", ""), "CONNACK 0");
    EXPECT_EQ(answer(Version::v5, "GAS-1", "token-2"), "CONNACK 134 closed");
    EXPECT_EQ(answer(Version::v311, "GAS-1", "wrong"), "CONNACK 4 closed");
    EXPECT_EQ(answer(Version::v5, "GAS-9", "token-9"), "CONNACK 135 closed");
    EXPECT_EQ(answer(Version::v311, "GAS-9", "token-9"), "CONNACK 5 closed");
    EXPECT_EQ(answer(Version::v311, "GAS 9/#", "token-9"), "CONNACK 4 closed");
    EXPECT_THAT(quarantined(), ElementsAre("GAS-9"));
}

// A device of an exercise is not let in at the live door, nor the other way round.
TEST_F(MqttSession, TheDoorAndTheTokenDecideTheSpace) {
    shared->door = Door::exercise;
    auto c = client();
    c->say(hello(Version::v5, "GAS-1", "token-1"));
    EXPECT_THAT(c->answers(), ElementsAre("CONNACK 135"));
}

TEST_F(MqttSession, AcknowledgesOnlyWhatIsOnDisk) {
    lake.commits_at_once = false;
    auto c = connected();
    c->say(nh3(1, 7));
    c->say(nh3(2, 8));
    EXPECT_THAT(c->answers(), IsEmpty());
    EXPECT_EQ(c->session->unanswered(), 2U);
    lake.commit();
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 7 0", "PUBREC 8 0"));
    EXPECT_EQ(c->session->unanswered(), 0U);
    EXPECT_FALSE(c->ended);
}

TEST_F(MqttSession, WhatIsNotStoredIsNotAcknowledged) {
    for (const Version version : {Version::v311, Version::v5}) {
        lake.commits_at_once = false;
        auto c = connected(version);
        c->say(nh3(1, 7));
        lake.commit(fail(errors::k_internal, {{"what", "disk full"}}));
        const auto answers = c->answers();
        EXPECT_EQ(answers.size(), version == Version::v5 ? 1U : 0U);
        if (!answers.empty()) {
            EXPECT_EQ(answers[0], "DISCONNECT 137");
        }
        EXPECT_TRUE(c->ended) << "the device must come again and send again";
    }
}

TEST_F(MqttSession, MessagesOfOneReadAreOneDelivery) {
    auto c = connected();
    Out all;
    for (std::uint16_t i = 1; i <= 100; ++i) encode(all, nh3(1, i), Version::v5);
    lake.commits_at_once = false;
    c->session->receive(all);
    EXPECT_EQ(lake.waiting(), 1U);
    lake.commit();
    EXPECT_EQ(c->answers().size(), 100U);
    EXPECT_EQ(lake.stored.size(), 100U);
}

TEST_F(MqttSession, OneByteAtATime) {
    auto c = client();
    Out all;
    encode(all, hello(Version::v5, "GAS-1", "token-1"));
    encode(all, nh3(1, 7), Version::v5);
    encode(all, Ping{});
    for (const std::uint8_t byte : all) c->session->receive({&byte, 1});
    EXPECT_THAT(c->answers(), ElementsAre("CONNACK 0", "PUBACK 7 0", "PING"));
    EXPECT_THAT(values(), ElementsAre(1.5));
}

// QoS 2: PUBREC is lost with the connection; the device sends again over the next one.
TEST_F(MqttSession, ExactlyOnceOverAReconnection) {
    auto first = connected(Version::v5, false, 600);
    first->say(nh3(2, 8));
    first->session->closed();
    auto second = client();
    Connect again = hello(Version::v5, "GAS-1", "token-1");
    again.clean = false;
    again.properties.push_back({PropertyId::session_expiry, 600, {}, {}});
    second->say(again);
    EXPECT_THAT(second->answers(), ElementsAre("CONNACK 0 present"));
    Publish repeated = nh3(2, 8);
    repeated.dup = true;
    second->say(repeated);
    EXPECT_THAT(second->answers(), ElementsAre("PUBREC 8 0"));
    EXPECT_THAT(values(), ElementsAre(1.5));
    second->say(Acknowledgement{Type::pubrel, 8, Reason::success, {}});
    second->say(Acknowledgement{Type::pubrel, 8, Reason::success, {}});
    EXPECT_THAT(second->answers(), ElementsAre("PUBCOMP 8 0", "PUBCOMP 8 146"));
    second->say(nh3(2, 8, "2"));  // The identifier is free: another message.
    EXPECT_THAT(values(), ElementsAre(1.5, 2));
}

TEST_F(MqttSession, ASessionEndsWithItsTime) {
    auto first = connected(Version::v5, false, 600);
    first->session->closed();
    clock.advance(599'000);
    shared->sessions->tick();
    EXPECT_EQ(shared->sessions->count(), 1U);
    clock.advance(2'000);
    shared->sessions->tick();
    EXPECT_EQ(shared->sessions->count(), 0U);
    connected(Version::v311, true)->session->closed();
    EXPECT_EQ(shared->sessions->count(), 0U);
    connected(Version::v311, false)->session->closed();
    EXPECT_EQ(shared->sessions->count(), 1U);
}

TEST_F(MqttSession, TopicAliases) {
    auto c = connected();
    Publish named = nh3(0, 0, "1");
    named.properties.push_back({PropertyId::topic_alias, 3, {}, {}});
    c->say(named);
    named.topic = {};
    named.payload = "2";
    c->say(named);
    EXPECT_THAT(values(), ElementsAre(1, 2));
    named.properties[0].number = 4;  // never named
    c->say(named);
    EXPECT_THAT(c->answers(), ElementsAre("DISCONNECT 130"));
    for (const std::uint32_t wrong : {0U, 33U}) {
        c = connected();
        named.topic = "anlan/GAS-1/nh3";
        named.properties[0].number = wrong;
        c->say(named);
        EXPECT_THAT(c->answers(), ElementsAre("DISCONNECT 148"));
    }
}

TEST_F(MqttSession, MoreAtOnceThanAnnounced) {
    shared->settings.receive_maximum = 3;
    lake.commits_at_once = false;
    auto c = connected();
    for (std::uint16_t i = 1; i <= 3; ++i) c->say(nh3(1, i));
    EXPECT_FALSE(c->ended);
    c->say(nh3(1, 4));
    EXPECT_THAT(c->answers(), ElementsAre("DISCONNECT 147"));
    lake.commit();
}

TEST_F(MqttSession, MalformedPacketsEndTheConnection) {
    auto c = connected();
    const std::vector<std::uint8_t> bad{0x36, 0x05, 0, 1, 'a', 0, 1};
    c->session->receive(bad);
    EXPECT_THAT(c->answers(), ElementsAre("DISCONNECT 129"));
    EXPECT_TRUE(c->ended);
    c->say(nh3(1, 7));  // Nothing is taken any more.
    EXPECT_THAT(values(), IsEmpty());

    c = connected(Version::v311);
    c->session->receive(bad);
    EXPECT_THAT(c->answers(), IsEmpty());
    EXPECT_TRUE(c->ended);

    c = client();
    c->say(nh3(1, 7));  // before CONNECT
    EXPECT_TRUE(c->ended);
    c = connected();
    c->say(hello(Version::v5, "GAS-1", "token-1"));  // a second CONNECT
    EXPECT_THAT(c->answers(), ElementsAre("DISCONNECT 130"));
    c = client(Version::v311);
    c->session->receive(std::vector<std::uint8_t>{0x10, 0x12, 0, 6,  'M', 'Q', 'I', 's', 'd', 'p',
                                                  3,    2,    0, 60, 0,   4,   'G', 'A', 'S', '1'});
    EXPECT_THAT(c->answers(), ElementsAre("CONNACK 1"));
}

TEST_F(MqttSession, WhoDoesNotSayWhoItIs) {
    auto c = client();
    EXPECT_TRUE(c->session->waiting());
    clock.advance(11'000);
    c->session->receive(std::vector<std::uint8_t>{0x10});
    EXPECT_TRUE(c->ended);
    c = client();
    c->session->quiet();
    EXPECT_TRUE(c->ended);
    EXPECT_EQ(connected()->session->idle_timeout_s(), 90);
    EXPECT_FALSE(connected()->session->waiting());
}

TEST_F(MqttSession, ANewConnectionTakesTheSessionOver) {
    auto first = connected(Version::v5, false, 600);
    auto second = connected(Version::v5, false, 600);
    EXPECT_THAT(first->answers(), ElementsAre("DISCONNECT 142"));
    EXPECT_TRUE(first->ended);
    first->session->closed();
    second->say(nh3(1, 7));
    EXPECT_THAT(second->answers(), ElementsAre("PUBACK 7 0"));
    EXPECT_EQ(shared->sessions->count(), 1U);
}

class MqttWill : public MqttSession {
  protected:
    std::unique_ptr<Client> with_will(std::uint32_t delay_s = 0) {
        auto out = client();
        Connect connect = hello(Version::v5, "GAS-1", "token-1");
        connect.clean = false;
        connect.properties.push_back({PropertyId::session_expiry, 600, {}, {}});
        connect.will = Will{.topic = "anlan/GAS-1/nh3", .payload = "-1", .properties = {}};
        if (delay_s > 0)
            connect.will->properties.push_back({PropertyId::will_delay, delay_s, {}, {}});
        out->say(connect);
        return out;
    }
};

TEST_F(MqttWill, IsPublishedWhenTheDeviceIsLost) {
    with_will()->session->closed();
    EXPECT_THAT(values(), ElementsAre(1, -1, 0));  // connected; the will's own; gone
}

TEST_F(MqttWill, NotWhenItSaysGoodbye) {
    auto c = with_will();
    c->say(Farewell{});
    c->session->closed();
    EXPECT_THAT(values(), ElementsAre(1));
    c = with_will();
    c->say(Farewell{Type::disconnect, Reason::disconnect_with_will, {}});
    c->session->closed();
    EXPECT_THAT(values(), ElementsAre(1, 1, -1, 0));
}

TEST_F(MqttWill, WaitsForItsDelayAndIsForgottenWhenTheDeviceIsBack) {
    with_will(30)->session->closed();
    EXPECT_THAT(values(), ElementsAre(1));
    clock.advance(10'000);
    shared->sessions->tick();
    auto back = with_will(30);
    clock.advance(60'000);
    shared->sessions->tick();
    EXPECT_THAT(values(), ElementsAre(1, 1));
    back->session->closed();
    clock.advance(31'000);
    shared->sessions->tick();
    EXPECT_THAT(values(), ElementsAre(1, 1, -1, 0));
}

TEST_F(MqttWill, TheEndOfTheProgramIsNoLoss) {
    auto c = with_will();
    shared->sessions->end();
    c->session->closed();
    EXPECT_THAT(values(), ElementsAre(1));
}

class MqttCommand : public MqttSession {
  protected:
    std::vector<std::string> fates;
    Result<void> command(std::string name = "reset") {
        return shared->sessions->command(
            {.id = Uuid::from_name("command"),
             .space = "live",
             .address = "GAS-1",
             .command = name,
             .parameters = {{"zone", 2}}},
            [this](const CommandOutcome& outcome) {
                constexpr std::array k_names{"done", "refused", "uncertain"};
                fates.emplace_back(k_names.at(static_cast<std::size_t>(outcome.fate)));
                EXPECT_FALSE(outcome.zh.empty() || outcome.en.empty());
            });
    }
    static Subscribe to(std::string_view filter) {
        Subscribe out;
        out.id = 1;
        out.items.push_back({filter, 1});
        return out;
    }
};

TEST_F(MqttCommand, IsDoneWhenTheDeviceAcknowledges) {
    auto c = connected();
    EXPECT_TRUE(command().error().is(errors::k_device_not_connected)) << "nobody subscribes";
    c->say(to("anlan/GAS-1/command/#"));
    EXPECT_THAT(c->answers(), ElementsAre("SUBACK 1"));
    ASSERT_TRUE(command());
    const std::string id = Uuid::from_name("command").text();
    EXPECT_THAT(c->answers(), ElementsAre("PUBLISH 1 anlan/GAS-1/command/reset {\"id\":\"" + id +
                                          "\",\"command\":\"reset\",\"parameters\":{\"zone\":2}}"));
    EXPECT_THAT(fates, IsEmpty());
    c->say(Acknowledgement{Type::puback, 1, Reason::success, {}});
    EXPECT_THAT(fates, ElementsAre("done"));
    ASSERT_TRUE(command());
    c->say(Acknowledgement{Type::puback, 2, Reason::implementation_error, {}});
    ASSERT_TRUE(command());
    clock.advance(31'000);
    shared->sessions->tick();
    EXPECT_THAT(fates, ElementsAre("done", "refused", "uncertain"));
}

TEST_F(MqttCommand, WaitsForADeviceThatIsAway) {
    auto c = connected(Version::v5, false, 600);
    c->say(to("anlan/GAS-1/command/+"));
    c->session->closed();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(command());
    EXPECT_TRUE(command().error().is(errors::k_device_not_connected)) << "the queue is full";
    clock.advance(300'000);
    shared->sessions->tick();
    EXPECT_THAT(fates, IsEmpty());
    c = client();
    Connect again = hello(Version::v5, "GAS-1", "token-1");
    again.clean = false;
    c->say(again);
    EXPECT_EQ(c->answers().size(), 101U) << "CONNACK and all of them";
}

TEST_F(MqttCommand, IsSentAgainAndSaidToBeUncertain) {
    auto c = connected(Version::v5, false, 600);
    c->say(to("anlan/GAS-1/command/#"));
    ASSERT_TRUE(command());
    c->session->closed();
    c = client();
    Connect again = hello(Version::v5, "GAS-1", "token-1");
    again.clean = false;
    c->say(again);
    EXPECT_THAT(c->answers().back(),
                testing::StartsWith("PUBLISH again 1 anlan/GAS-1/command/reset"));
    c->session->closed();  // without a session now
    EXPECT_THAT(fates, ElementsAre("uncertain"));
}

TEST_F(MqttCommand, OnlyItsOwn) {
    auto c = connected();
    Subscribe all;
    all.id = 1;
    for (const char* filter :
         {"#", "anlan/+/command/#", "anlan/GAS-2/command/#", "anlan/GAS-1/command",
          "anlan/GAS-1/command/#", "$share/g/anlan/GAS-1/command/#", "a#"})
        all.items.push_back({filter, 2});
    c->say(all);
    EXPECT_THAT(c->answers(), ElementsAre("SUBACK 135 135 135 135 1 158 143"));
    Unsubscribe none;
    none.id = 2;
    none.filters = {"anlan/GAS-1/command/#", "x"};
    c->say(none);
    EXPECT_THAT(c->answers(), ElementsAre("UNSUBACK 0 17"));
    EXPECT_FALSE(command());
}

TEST_F(MqttSession, AWithdrawnTokenEndsTheConnection) {
    auto c = connected();
    sensor.fields["credential_hash"] = hex(sm3("another"));
    hub->on_entry(records.put(sensor));
    c->say(nh3(1, 7));
    EXPECT_THAT(c->answers(), ElementsAre("DISCONNECT 135"));
    EXPECT_THAT(values(), IsEmpty());
}

TEST_F(MqttSession, StrangersAreListedAndNeverStored) {
    shared->settings.strangers = Strangers::quarantined;
    auto c = client();
    c->say(hello(Version::v5, "GAS-9", "token-9"));
    EXPECT_THAT(c->answers(), ElementsAre("CONNACK 0"));
    c->say(nh3(1, 7));
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 7 135"));
    // Adopted with this token it goes on at once.
    auto adopted = device("GAS-9", "mqtt", "GAS-9");
    adopted.fields["credential_hash"] = hex(sm3("token-9"));
    hub->on_entry(records.put(adopted));
    hub->on_entry(records.put(datastream(adopted, "nh3")));
    c->say(nh3(1, 8));
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 8 0"));
    EXPECT_THAT(values(), ElementsAre(1.5));
}

// Whoever knows the address of an adopted device and not its token stays outside.
TEST_F(MqttSession, AStrangerCannotTakeAnAdoptedDevicesPlace) {
    shared->settings.strangers = Strangers::quarantined;
    auto c = client();
    c->say(hello(Version::v5, "GAS-9", "guess"));
    auto adopted = device("GAS-9", "mqtt", "GAS-9");
    adopted.fields["credential_hash"] = hex(sm3("token-9"));
    hub->on_entry(records.put(adopted));
    hub->on_entry(records.put(datastream(adopted, "nh3")));
    c->say(nh3(1, 8));
    EXPECT_THAT(c->answers(), ElementsAre("CONNACK 0", "DISCONNECT 135"));
    EXPECT_THAT(values(), IsEmpty());
}

TEST_F(MqttSession, OneDeviceCannotSpeakForAnother) {
    TopicRule rule;
    rule.filter = "site/+/+";
    rule.address_level = 1;
    shared->settings.topics.push_back(rule);
    Publish other = nh3(1, 7);
    other.topic = "site/GAS-2/nh3";
    auto c = connected();
    c->say(other);
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 7 135"));
    EXPECT_THAT(values(), IsEmpty());
    auto old = connected(Version::v311);
    old->say(other);
    EXPECT_TRUE(old->ended) << "3.1.1 has no other way to refuse";
    shared->settings.speaks_for_others = {"GAS-1"};
    c = connected();
    c->say(other);
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 7 0"));
    EXPECT_THAT(values(), ElementsAre(1.5));
}

TEST_F(MqttSession, WhatCannotBeReadIsListedAndSaid) {
    auto c = connected();
    c->say(nh3(1, 7, "broken"));
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 7 153"));
    auto old = connected(Version::v311);
    old->say(nh3(1, 7, "broken"));
    EXPECT_THAT(old->answers(), ElementsAre("PUBACK 7 0")) << "or it would never go on";
    EXPECT_THAT(reported, ElementsAre("mqtt_payload", "mqtt_payload"));
    EXPECT_THAT(quarantined(), ElementsAre("GAS-1#?anlan/GAS-1/nh3"));
    EXPECT_THAT(values(), IsEmpty());
}

TEST_F(MqttSession, AFloodIsRefused) {
    auto c = connected();
    std::string payload = R"({"readings":[)";
    for (int i = 0; i < 9'000; ++i) payload += R"({"channel":"nh3","value":1},)";
    payload.back() = ']';
    payload += '}';
    shared->settings.packet_bytes_max = 1 << 20;
    c = connected();
    c->say(nh3(1, 1, payload));
    c->say(nh3(1, 2, payload));
    EXPECT_THAT(c->answers(), ElementsAre("PUBACK 1 0", "PUBACK 2 151"));
    EXPECT_EQ(lake.stored.size(), 9'000U);
}

}  // namespace
}  // namespace anlan::sensing::mqtt
