#include "center/live_feed.h"

#include "center/errors.h"
#include "center/live_client.h"
#include "center/test_doubles.h"

namespace anlan::center::test {
namespace {

struct LiveFeedTest : CenterHouse {
    LiveFeed feed{context(),
                  {.clients_max = 3,
                   .messages_waiting_max = 40,
                   .bytes_waiting_max = 1 << 20,
                   .interval_ms = 200,
                   .check_space = [](const Principal&, std::string_view space) -> Result<void> {
                       if (space != "elsewhere") return {};
                       return fail(anlan::errors::k_no_such_space);
                   }}};
    std::unique_ptr<bigdata::Register::Subscription> subscription;

    void listen() {
        subscription =
            house.records.listen(house.records.last_sequence(),
                                 [this](const bigdata::Entry& entry) { feed.on_entry(entry); });
    }
    std::shared_ptr<LiveConnection> join(const std::string& account,
                                         std::optional<std::int64_t> since = 0,
                                         std::string space = "live") {
        auto joined =
            feed.join(accounts.sessions_by_cookie.at("cookie-" + account), std::move(space), since);
        if (!joined) ADD_FAILURE() << text_of(joined.error(), Language::en);
        return joined ? *joined : nullptr;
    }
    void settle() {
        house.records.settle();
        while (feed.replay_some()) house.records.settle();
    }
    /// Takes all that waits, as "hello 3", "entry 4 name", "bye slow", …
    static std::vector<std::string> heard(LiveConnection& client) {
        std::vector<std::string> out;
        for (const auto& bytes : client.take(1000)) {
            const auto message = parse_json(*bytes).value().get_object();
            std::string line(text_at(message, "type"));
            if (message.contains("sequence"))
                line += ' ' + std::to_string(integer_at(message, "sequence", 0));
            if (line.starts_with("entry"))
                line += ' ' + std::string(text_at(object_at(object_at(message, "record"), "fields"),
                                                  "name"));
            if (line == "bye") line += ' ' + std::string(text_at(message, "reason"));
            if (line == "observations")
                line += ' ' + std::to_string(array_at(message, "items").size());
            out.push_back(std::move(line));
        }
        return out;
    }
    sensing::Stream stream(bigdata::StreamNumber number) {
        sensing::Stream out;
        out.number = number;
        out.zone = "dongjiang";
        out.space = "live";
        out.datastream = Uuid::from_name("datastream/" + std::to_string(number));
        out.property = "nh3_ppm";
        return out;
    }
    void say(const sensing::Stream& from, double value) {
        const sensing::Heard one{from,
                                 {.stream = from.number,
                                  .at = house.clock.now(),
                                  .received = house.clock.now(),
                                  .value = value}};
        feed.on_observations({&one, 1});
    }
};

using Lines = std::vector<std::string>;

TEST_F(LiveFeedTest, ThePastThenThePresentInOrderOnce) {
    team("a");
    team("b");
    listen();
    const auto client = join("officer");
    settle();
    team("c");
    settle();
    EXPECT_EQ(heard(*client), (Lines{"hello 2", "entry 1 a", "entry 2 b", "entry 3 c"}));
}

TEST_F(LiveFeedTest, AReconnectLosesNothingAndRepeatsNothing) {
    listen();
    const auto first = join("officer");
    team("a");
    settle();
    EXPECT_EQ(heard(*first), (Lines{"hello 0", "entry 1 a"}));
    first->gone();
    EXPECT_EQ(feed.clients(), 0U);
    team("b");
    settle();
    const auto second = join("officer", 1);
    settle();
    EXPECT_EQ(heard(*second), (Lines{"hello 2", "entry 2 b"}));
}

// The replay may read what the dispatcher has not yet told: it must not be told twice.
TEST_F(LiveFeedTest, WhatTheReplayHasReadIsNotToldAgain) {
    listen();
    team("a");  // in the journal, not yet dispatched
    const auto client = join("officer");
    feed.replay_some();
    house.records.settle();
    feed.replay_some();
    team("b");
    house.records.settle();
    EXPECT_EQ(heard(*client), (Lines{"hello 1", "entry 1 a", "entry 2 b"}));
}

TEST_F(LiveFeedTest, WithoutSinceOnlyWhatComesNow) {
    team("a");
    listen();
    const auto client = join("officer", std::nullopt);
    settle();
    team("b");
    settle();
    EXPECT_EQ(heard(*client), (Lines{"hello 1", "entry 2 b"}));
}

TEST_F(LiveFeedTest, RowsAndFieldsFollowTheAccessRule) {
    listen();
    const auto all = join("officer"), grid = join("gridder"), none = join("sysadmin");
    settle();
    team("mine", grid_one);
    team("theirs", grid_two);
    settle();
    EXPECT_EQ(heard(*all), (Lines{"hello 0", "entry 1 mine", "entry 2 theirs"}));
    EXPECT_EQ(heard(*none), (Lines{"hello 0"}));
    const auto told = grid->take(10);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_NE(told[1]->find("mine"), std::string::npos);
    EXPECT_EQ(told[1]->find("000-0000-1234"), std::string::npos) << "the phone is sensitive";
    // The replay obeys the same rule as the live path.
    grid->gone();
    const auto again = join("gridder");
    settle();
    EXPECT_EQ(heard(*again), (Lines{"hello 2", "entry 1 mine"}));
}

// A client that does not read is told nothing more, holds a bounded queue, and holds nobody up;
// when it reads again it gets the rest from the journal.
TEST_F(LiveFeedTest, ASlowClientReadsOnFromTheJournalAndMissesNothing) {
    listen();
    const auto slow = join("officer"), quick = join("leader");
    settle();
    Lines quickly;
    for (int i = 0; i < 100; ++i) {
        team("t" + std::to_string(i));
        house.records.settle();
        feed.replay_some();
        for (auto& line : heard(*quick)) quickly.push_back(std::move(line));
    }
    EXPECT_EQ(quickly.size(), 101U);
    EXPECT_LE(feed.longest_queue(), 40U);
    Lines slowly;
    for (int i = 0; i < 30; ++i) {
        for (auto& line : heard(*slow)) slowly.push_back(std::move(line));
        feed.replay_some();
    }
    EXPECT_EQ(slowly, quickly);
    team("after");
    house.records.settle();
    EXPECT_EQ(heard(*slow), (Lines{"entry 101 after"})) << "it is live again";
}

// A long past is given as the client takes it: it is not slow for having been away.
TEST_F(LiveFeedTest, ALongPastDoesNotMakeAClientSlow) {
    for (int i = 0; i < 35; ++i) team("t" + std::to_string(i));
    listen();
    const auto client = join("officer");
    Lines all;
    for (int i = 0; i < 10; ++i) {
        house.records.settle();
        feed.replay_some();
        for (auto& line : heard(*client)) all.push_back(std::move(line));
    }
    ASSERT_EQ(all.size(), 36U);
    EXPECT_EQ(all.back(), "entry 35 t34");
}

TEST_F(LiveFeedTest, ARevokedSessionIsCutOffAtOnce) {
    listen();
    const auto client = join("officer"), other = join("leader");
    settle();
    team("a");
    settle();
    feed.on_session_end("handle-officer");
    EXPECT_EQ(heard(*client), (Lines{"bye revoked"}));
    EXPECT_TRUE(client->finished());
    team("b");
    settle();
    EXPECT_TRUE(client->take(10).empty());
    EXPECT_EQ(heard(*other), (Lines{"hello 0", "entry 1 a", "entry 2 b"}));
}

TEST_F(LiveFeedTest, ASessionThatEndedWhileJoiningIsCutOffToo) {
    const auto session = accounts.sessions_by_cookie.at("cookie-officer");
    accounts.sessions_by_cookie.erase("cookie-officer");
    const auto joined = feed.join(session, "live", 0);
    ASSERT_TRUE(joined);
    EXPECT_TRUE((*joined)->take(10).back()->find("revoked") != std::string::npos);
}

TEST_F(LiveFeedTest, ObservationsAreLastValues) {
    listen();
    const auto client = join("officer"), none = join("sysadmin");
    settle();
    heard(*client);
    heard(*none);
    const auto one = stream(1), two = stream(2);
    for (int i = 0; i < 100; ++i) say(one, i);
    say(two, 7);
    feed.flush_observations();
    const auto told = client->take(10);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0]->find("\"value\":99,"), std::string::npos) << *told[0];
    EXPECT_TRUE(none->take(10).empty());
    feed.flush_observations();
    EXPECT_TRUE(client->take(10).empty());
}

TEST_F(LiveFeedTest, ARealRedAlarmBreaksThroughAnExercise) {
    const Uuid exercise = Uuid::from_name("exercise");
    ASSERT_TRUE(house.records.open_space("dongjiang", exercise.text()));
    listen();
    const auto client = join("officer", 0, exercise.text());
    settle();
    bigdata::Entry entry;
    entry.after.kind = "alarm";
    entry.after.zone = "dongjiang";
    entry.after.space = "live";
    entry.after.id = Uuid::from_name("alarm");
    entry.sequence = 1;
    entry.after.fields = {{"title", "氨"}, {"level", 2}};
    feed.on_entry(entry);
    EXPECT_EQ(heard(*client), (Lines{"hello 0"}));
    entry.sequence = 2;
    entry.after.fields["level"] = 1;
    feed.on_entry(entry);
    EXPECT_EQ(heard(*client), (Lines{"alarm_elsewhere"}));
    entry.sequence = 3;
    entry.action = bigdata::Action::update;
    entry.before = {{"value", 1}};
    feed.on_entry(entry);  // the same alarm, another value
    EXPECT_TRUE(heard(*client).empty());
}

TEST_F(LiveFeedTest, APingIsAnsweredAndRubbishIsNot) {
    const auto client = join("officer");
    heard(*client);
    client->hear("{\"type\":\"ping\"}");
    client->hear("rubbish");
    client->hear("{\"type\":\"else\"}");
    EXPECT_EQ(heard(*client), (Lines{"pong"}));
}

TEST_F(LiveFeedTest, OneClientTooManyIsRefused) {
    join("officer");
    join("officer");
    join("officer");
    const auto refused = feed.join(accounts.sessions_by_cookie.at("cookie-officer"), "live", 0);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(anlan::errors::k_live_full));
}

TEST_F(LiveFeedTest, StopSaysGoodbye) {
    const auto client = join("officer");
    feed.start(0);
    feed.stop();
    EXPECT_EQ(heard(*client), (Lines{"bye shutdown"}));
}

TEST_F(LiveFeedTest, AClientHearsOfWhatItHasSubscribedTo) {
    listen();
    const auto client = join("officer");
    settle();
    heard(*client);
    const auto say_and_see = [&](const std::string& message) {
        client->hear(message);
        feed.serve_wishes();
        return heard(*client);
    };
    EXPECT_EQ(say_and_see(R"({"type":"subscribe","kinds":["alarm"]})"), (Lines{"subscribed 0"}));
    team("a");
    settle();
    EXPECT_TRUE(heard(*client).empty());
    EXPECT_EQ(
        say_and_see(R"({"type":"subscribe","records":[")" + Uuid::from_name("b").text() + "\"]}"),
        (Lines{"subscribed 1"}));
    team("b");
    team("c");
    settle();
    EXPECT_EQ(heard(*client), (Lines{"entry 2 b"}));
    // The teams stand at 117.8, 39.0.
    say_and_see(R"({"type":"subscribe","area":[117.7,38.9,117.9,39.1]})");
    team("d");
    settle();
    EXPECT_EQ(heard(*client), (Lines{"entry 4 d"}));
    say_and_see(R"({"type":"subscribe","area":[0,0,1,1]})");
    team("e");
    settle();
    EXPECT_TRUE(heard(*client).empty());
    // With `since` what was left out before is read again; nothing given: everything.
    EXPECT_EQ(say_and_see(R"({"type":"subscribe","since":3})"), (Lines{"subscribed 3"}));
    settle();
    EXPECT_EQ(heard(*client), (Lines{"entry 4 d", "entry 5 e"}));
}

TEST_F(LiveFeedTest, ARecordThatLeavesTheAreaIsToldOnceMore) {
    LiveSubscription here;
    here.area = Bounds{117.7, 38.9, 117.9, 39.1};
    bigdata::Entry entry;
    entry.after.geometry = Geometry::point({10, 10});
    EXPECT_FALSE(here.wants(entry));
    entry.before = {{"geometry", to_json(Geometry::point({117.8, 39.0}))}};
    EXPECT_TRUE(here.wants(entry));
    entry.after.geometry.reset();
    entry.before.clear();
    EXPECT_FALSE(here.wants(entry));
}

TEST_F(LiveFeedTest, AnotherSpaceIsEnteredOnlyWhereItExists) {
    const Uuid exercise = Uuid::from_name("exercise");
    ASSERT_TRUE(house.records.open_space("dongjiang", exercise.text()));
    listen();
    const auto client = join("officer");
    settle();
    heard(*client);
    client->hear(R"({"type":"subscribe","space":"elsewhere"})");
    feed.serve_wishes();
    EXPECT_EQ(heard(*client), (Lines{"error"}));
    client->hear(R"({"type":"subscribe","space":")" + exercise.text() + "\"}");
    feed.serve_wishes();
    settle();
    EXPECT_EQ(heard(*client), (Lines{"subscribed 0"}));
    team("a");  // in the live space
    settle();
    EXPECT_TRUE(heard(*client).empty());
}

TEST_F(LiveFeedTest, AWrongSubscriptionIsRefusedAndChangesNothing) {
    listen();
    const auto client = join("officer");
    settle();
    heard(*client);
    for (const char* wrong :
         {R"({"type":"subscribe","kinds":["nonsense"]})", R"({"type":"subscribe","kinds":[]})",
          R"({"type":"subscribe","kinds":"alarm"})", R"({"type":"subscribe","records":["x"]})",
          R"({"type":"subscribe","area":[1,2,3]})", R"({"type":"subscribe","area":[3,0,1,1]})",
          R"({"type":"subscribe","merge_ms":-1})", R"({"type":"subscribe","merge_ms":99999})",
          R"({"type":"subscribe","knids":["alarm"]})"}) {
        client->hear(wrong);
        feed.serve_wishes();
        EXPECT_EQ(heard(*client), (Lines{"error"})) << wrong;
    }
    team("a");
    settle();
    EXPECT_EQ(heard(*client), (Lines{"entry 1 a"}));
}

TEST_F(LiveFeedTest, SeveralChangesOfOneRecordAreToldAsTheLast) {
    listen();
    const auto client = join("officer");
    settle();
    client->hear(R"({"type":"subscribe","merge_ms":100})");
    feed.serve_wishes();
    heard(*client);
    const auto a = team("a");
    team("b");
    for (int i = 0; i < 3; ++i) {
        bigdata::Change change;
        change.action = bigdata::Action::update;
        change.kind = "team";
        change.id = a.id;
        change.fields = {{"name", "a" + std::to_string(i)}};
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.author = {{}, "test", "command_line"};
        batch.changes.push_back(std::move(change));
        ASSERT_TRUE(house.records.write(std::move(batch)));
    }
    settle();
    feed.flush_merged();
    EXPECT_TRUE(heard(*client).empty()) << "not before its time";
    house.clock.advance(100);
    feed.flush_merged();
    EXPECT_EQ(heard(*client), (Lines{"entry 2 b", "entry 5 a2"}));
    house.clock.advance(100);
    feed.flush_merged();
    EXPECT_TRUE(heard(*client).empty());
}

}  // namespace
}  // namespace anlan::center::test
