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
                   .interval_ms = 200}};
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
    EXPECT_EQ(told[1]->find("000-1234"), std::string::npos) << "the phone is sensitive";
    // The replay obeys the same rule as the live path.
    grid->gone();
    const auto again = join("gridder");
    settle();
    EXPECT_EQ(heard(*again), (Lines{"hello 2", "entry 1 mine"}));
}

TEST_F(LiveFeedTest, ASlowClientHearsSoAndIsClosed) {
    listen();
    const auto client = join("officer");
    settle();
    for (int i = 0; i < 60; ++i) team("t" + std::to_string(i));
    settle();
    EXPECT_EQ(heard(*client), (Lines{"bye slow"}));
    EXPECT_TRUE(client->finished());
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
    EXPECT_NE(told[0]->find("9.9E1"), std::string::npos) << *told[0];
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

}  // namespace
}  // namespace anlan::center::test
