// What is asked of devices: turns, tries, connections that end.
#include "foundations/sensing/gateways/conversations.h"

#include "foundations/sensing/errors.h"

#include <gtest/gtest.h>

namespace anlan::sensing {
namespace {

struct ConversationsTest : testing::Test {
    ManualClock clock{Timestamp{1'800'000'000'000}};
    int marks = 0;
    std::vector<std::string> sent;
    std::vector<std::string> told;
    std::shared_ptr<void> line = std::make_shared<int>();
    Conversations talks{
        // Last: its end tells what is still open.
        {.clock = &clock, .new_mark = [this](Timestamp) { return std::to_string(++marks); }}};

    void speak() {
        talks.speaks("a", line, [this] {
            return Conversations::Line{
                .send =
                    [this](const std::vector<std::uint8_t>& bytes) {
                        sent.emplace_back(bytes.begin(), bytes.end());
                    },
                .write =
                    [](const Order& order, const std::string& mark, Timestamp) {
                        const std::string text = order.code + "#" + mark;
                        return std::vector<std::uint8_t>(text.begin(), text.end());
                    }};
        });
    }
    Result<void> ask(const std::string& code) {
        return talks.ask("a", {.code = code, .data = {}}, [this, code](const CommandOutcome& o) {
            told.push_back(code + " " + std::to_string(static_cast<int>(o.fate)));
        });
    }
    void wait(std::int64_t ms) {
        clock.advance(ms);
        talks.tick();
    }
    using Texts = std::vector<std::string>;
};

TEST_F(ConversationsTest, NobodyIsToldWhoWasNotHeard) {
    const auto out = ask("x");
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().is(errors::k_device_not_connected));
    speak();
    EXPECT_TRUE(talks.reaches("a"));
    EXPECT_FALSE(talks.reaches("b"));
    line.reset();
    EXPECT_FALSE(talks.reaches("a"));
    EXPECT_FALSE(ask("x"));
}

TEST_F(ConversationsTest, OneAfterAnother) {
    speak();
    ASSERT_TRUE(ask("x"));
    ASSERT_TRUE(ask("y"));
    EXPECT_EQ(sent, Texts{"x#1"});
    talks.settle("a", "2", {});
    EXPECT_EQ(told, Texts{}) << "the mark of another";
    talks.settle("a", "1", {CommandFate::done, "", "", {}});
    EXPECT_EQ(told, Texts{"x 0"});
    EXPECT_EQ(sent, (Texts{"x#1", "y#2"}));
}

TEST_F(ConversationsTest, WhatWasSentGoesOnOverANewConnectionAndWhatWaitedIsNotSent) {
    speak();
    ASSERT_TRUE(ask("x"));
    ASSERT_TRUE(ask("y"));
    line.reset();
    wait(1'000);
    EXPECT_EQ(told, Texts{"y 3"});
    line = std::make_shared<int>();
    speak();
    EXPECT_EQ(sent, Texts{"x#1"}) << "not sent again before its time";
    wait(10'000);
    EXPECT_EQ(sent, (Texts{"x#1", "x#1"}));
    talks.settle("a", "1", {CommandFate::refused, "", "", {}});
    EXPECT_EQ(told, (Texts{"y 3", "x 1"}));
}

TEST_F(ConversationsTest, WithoutAConnectionItEndsUncertainToo) {
    speak();
    ASSERT_TRUE(ask("x"));
    line.reset();
    for (int i = 0; i < 3; ++i) wait(10'000);
    EXPECT_EQ(told, Texts{"x 2"});
    EXPECT_EQ(sent, Texts{"x#1"});
}

TEST_F(ConversationsTest, PartsAreKeptAndCounted) {
    speak();
    json::object reply;
    ASSERT_TRUE(talks.ask("a", {.code = "x", .data = {}},
                          [&](CommandOutcome o) { reply = std::move(o.reply); }));
    for (int i = 0; i < 150; ++i) {
        talks.add("a", "1", {{"i", i}});
        wait(9'000);
    }
    talks.settle("a", "1", {CommandFate::done, "", "", {}});
    EXPECT_EQ(integer_at(reply, "count", 0), 150);
    EXPECT_EQ(array_at(reply, "parts").size(), 100U);
}

TEST_F(ConversationsTest, TheEndOfTheListenerIsSaid) {
    speak();
    ASSERT_TRUE(ask("x"));
    ASSERT_TRUE(ask("y"));
    talks.close();
    EXPECT_EQ(told, (Texts{"x 2", "y 3"}));
}

}  // namespace
}  // namespace anlan::sensing
