// Captures with their expected JSON (gateways/captures.h), and what captures cannot show.
#include "foundations/sensing/gateways/jt808/decoder.h"
#include "foundations/sensing/gateways/captures.h"

#include "core/random.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/jt808/commands.h"
#include "foundations/sensing/gateways/jt808/errors.h"
#include "foundations/sensing/gateways/jt808/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

int fuzz_jt808(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::jt808 {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const test::Captures k_captures{"jt808"};

/// The readings of a capture's first message, as "channel=value@time quality".
std::vector<std::string> readings(std::string_view name) {
    MessageReader reader;
    reader.push(k_captures.named(name));
    std::vector<Reading> found;
    Content content;
    const auto frame = reader.frames.next();
    EXPECT_TRUE(frame && *frame) << name;
    const auto message = reader.parts.add(**frame, {});
    EXPECT_TRUE(decode(**message, content)) << name;
    for (const Position& each : content.positions) readings_of(each, found);
    std::vector<std::string> out;
    for (const auto& each : found) {
        std::ostringstream text;
        text.precision(9);
        text << each.channel << '=' << each.value << '@' << (each.at ? iso8601(*each.at) : "?")
             << ' ' << static_cast<int>(each.quality);
        out.push_back(text.str());
    }
    return out;
}

TEST(Jt808Captures, EachDecodesAsExpected) {
    k_captures.expect_each_decodes_as_kept(35);
}

// The donor's own numbers: latitude 12222222, longitude 132444444, 40 m, 6 km/h, mileage 100, fuel
// 55. Catches a lost scale, a wrong time zone and a wrong place.
TEST(Jt808Decoder, APositionInSiUnitsAndUtc) {
    const std::string at = "@2018-07-15T02:10:10.000Z 0";
    EXPECT_THAT(
        readings("position_2013"),
        ElementsAre("longitude=132.444444" + at, "latitude=12.222222" + at, "height=40" + at,
                    "speed=1.66666667" + at, "course=0" + at, "alarm_word=1" + at,
                    "status_word=2" + at, "mileage=10000" + at, "fuel=5.5" + at));
    EXPECT_THAT(readings("position_south_west"),
                Contains("longitude=-117.8@2026-11-19T03:59:59.000Z 0"));
    EXPECT_THAT(readings("position_south_west"),
                Contains("latitude=-38.99@2026-11-19T03:59:59.000Z 0"));
}

TEST(Jt808Decoder, EveryItemWithANumberIsAReading) {
    const std::string at = "@2026-11-19T03:59:59.000Z 0";
    const auto all = readings("position_all_items");
    for (const char* each :
         {"mileage=12345600", "fuel=50", "recorder_speed=10", "body_temperature=255.15",
          "video_alarm_word=36", "signal_word=49", "io_word=2", "analog_0=50", "analog_1=100",
          "signal_strength=31", "satellites=11", "alarm_word=1", "status_word=787203"})
        EXPECT_THAT(all, Contains(each + at));
    EXPECT_EQ(all.size(), 5U + 13U);
}

TEST(Jt808Decoder, WithoutAFixThereIsNoPositionAndWithoutATimeNoCertainty) {
    for (const char* name : {"position_no_fix", "position_outside", "position_encrypted"}) {
        EXPECT_THAT(readings(name), Not(Contains(testing::StartsWith("latitude")))) << name;
        EXPECT_THAT(readings(name), Not(Contains(testing::StartsWith("speed")))) << name;
        EXPECT_THAT(readings(name), Contains(testing::StartsWith("status_word"))) << name;
    }
    EXPECT_THAT(readings("position_bad_time"), Contains("latitude=38.99@? 1"));
}

TEST(Jt808Decoder, EveryChannelHasAMeaning) {
    for (const auto& row : item_rows()) {
        if (row.channel.empty()) continue;
        const std::string channel =
            std::string(row.channel) + (row.form == ItemForm::halves ? "_0" : "");
        ASSERT_TRUE(meaning(channel)) << channel;
        EXPECT_EQ(meaning(channel)->unit, row.unit) << channel;
    }
    for (const char* channel :
         {"longitude", "latitude", "height", "speed", "course", "alarm_word", "status_word"})
        EXPECT_TRUE(meaning(channel)) << channel;
    EXPECT_FALSE(meaning("nh3"));
}

TEST(Jt808Frame, WhatIsWrittenIsRead) {
    for (const Version version : {Version::v2013, Version::v2019}) {
        for (const std::size_t size : {0U, 1U, 1023U, 1024U, 3000U}) {
            std::vector<std::uint8_t> body(size);
            for (std::size_t i = 0; i < size; ++i)
                body[i] = static_cast<std::uint8_t>(0x7c + i % 4);
            const auto bytes = encode({0x8300, 0x7d7e, version, 1, "13912344323"}, body);
            FrameReader reader;
            Parts parts;
            reader.push(bytes);
            std::optional<Message> whole;
            std::vector<std::uint8_t> read;
            while (const auto frame = reader.next()) {
                ASSERT_TRUE(*frame);
                auto message = parts.add(**frame, {});
                ASSERT_TRUE(message);
                if (!*message) continue;
                whole = std::move(**message);
                read.assign(whole->body.begin(), whole->body.end());
            }
            ASSERT_TRUE(whole);
            EXPECT_EQ(whole->phone, "13912344323");
            EXPECT_EQ(whole->version, version);
            EXPECT_EQ(whole->sequences.back(), 0x7d7e);
            EXPECT_EQ(read, body);
        }
    }
}

TEST(Jt808Frame, TheByteOfAFaultIsThatOfTheEscapedStream) {
    // position_short_item: the item begins 28 bytes into the body, nothing before it is escaped.
    EXPECT_THAT(k_captures.decoded(k_captures.named("position_short_item")),
                testing::HasSubstr("\"byte\":41"));
    auto bytes = encode({0x0200, 1, Version::v2013, 0, "7"}, std::vector<std::uint8_t>(20, 0x7e));
    // 13 bytes of flag and header, then 20 of the body that take 40.
    EXPECT_THAT(k_captures.decoded(bytes), testing::HasSubstr("\"byte\":53"));
}

TEST(Jt808Frame, ByteByByteGivesWhatAWholePushGives) {
    for (const auto& path : k_captures.files()) {
        auto bytes = test::Captures::read(path);
        for (const int step : {1, 7, 29}) {
            bytes.insert(bytes.begin(), static_cast<std::uint8_t>(step));
            fuzz_jt808(bytes.data(), bytes.size());  // asserts it
            bytes.erase(bytes.begin());
        }
    }
}

TEST(Jt808Frame, EverySingleByteErrorLeavesTheNextMessageWhole) {
    const auto good = k_captures.named("position_2013");
    const auto next = k_captures.named("general_answer");
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bytes = good;
        bytes[i] ^= 0x10;
        bytes.insert(bytes.end(), next.begin(), next.end());
        FrameReader reader;
        reader.push(bytes);
        std::vector<std::uint16_t> ids;
        while (const auto each = reader.next()) {
            if (*each) ids.push_back((*each)->id);
        }
        EXPECT_THAT(ids, ElementsAre(0x0001)) << i;
    }
}

TEST(Jt808Frame, AnEndlessMessageIsGivenUpAndTheNextIsRead) {
    FrameReader reader;
    std::vector<std::uint8_t> bytes(3000, 0x11);
    bytes[0] = 0x7e;
    reader.push(bytes);
    EXPECT_TRUE(reader.next()->error().is(errors::k_jt808_too_long));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.waiting());
    reader.push(bytes);
    reader.push(k_captures.named("general_answer"));
    int good = 0;
    while (const auto each = reader.next()) good += each->has_value() ? 1 : 0;
    EXPECT_EQ(good, 1);
}

TEST(Jt808Frame, MutatedCapturesNeverCrash) {
    SeededRandom random(20261119);
    for (const auto& path : k_captures.files()) {
        const auto bytes = test::Captures::read(path);
        for (int round = 0; round < 200; ++round) {
            auto mutated = bytes;
            mutated.insert(mutated.begin(), static_cast<std::uint8_t>(1 + random.next_u64() % 40));
            for (std::uint64_t n = 1 + random.next_u64() % 4; n > 0; --n) {
                const auto at = 1 + random.next_u64() % (mutated.size() - 1);
                mutated[at] = static_cast<std::uint8_t>(random.next_u64());
            }
            fuzz_jt808(mutated.data(), mutated.size());
        }
    }
}

TEST(Jt808Commands, TextsAndTracksAsEachVersionWantsThem) {
    const auto body = [](std::string command, json::object parameters, Version version) {
        const auto order =
            order_of({{}, "live", "13912344323", std::move(command), std::move(parameters)});
        EXPECT_TRUE(order);
        const auto bytes = body_of(*order, version);
        return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    };
    EXPECT_EQ(body("send_text", {{"text", "注意"}}, Version::v2013), "0cd7a2d2e2");
    EXPECT_EQ(
        body("send_text", {{"text", "A"}, {"urgent", true}, {"speak", false}}, Version::v2013),
        "0541");
    EXPECT_EQ(body("send_text", {{"text", "A"}, {"urgent", true}}, Version::v2019), "0e0141");
    EXPECT_EQ(body("send_text", {{"text", "A"}, {"display", false}}, Version::v2019), "0b0141");
    EXPECT_EQ(body("track", {{"interval_s", 10}, {"for_s", 600}}, Version::v2013), "000a00000258");
    EXPECT_EQ(body("track", {{"interval_s", 0}}, Version::v2013), "0000");
    EXPECT_EQ(body("locate", {}, Version::v2013), "");
}

TEST(Jt808Commands, WrongParametersAreNamed) {
    const auto wrong = [](std::string command, json::object parameters) -> std::string {
        const auto outcome =
            check_command({{}, "live", "1", std::move(command), std::move(parameters)});
        return outcome ? "" : text_of(outcome.error(), Language::en);
    };
    EXPECT_THAT(wrong("send_text", {}), testing::HasSubstr("'text'"));
    EXPECT_THAT(wrong("send_text", {{"text", std::string(1001, 'a')}}),
                testing::HasSubstr("'text'"));
    EXPECT_EQ(wrong("send_text", {{"text", std::string(1000, 'a')}}), "");
    EXPECT_THAT(wrong("send_text", {{"text", "a"}, {"urgent", 1}}), testing::HasSubstr("'urgent'"));
    EXPECT_THAT(wrong("send_text", {{"text", "a"}, {"speek", true}}),
                testing::HasSubstr("'speek'"));
    EXPECT_THAT(wrong("track", {{"interval_s", 70000}, {"for_s", 1}}),
                testing::HasSubstr("'interval_s'"));
    EXPECT_THAT(wrong("track", {{"interval_s", 5}}), testing::HasSubstr("'for_s'"));
    EXPECT_THAT(wrong("locate", {{"x", 1}}), testing::HasSubstr("'x'"));
    EXPECT_THAT(wrong("cut_fuel", {}), testing::HasSubstr("cut_fuel"));
}

}  // namespace
}  // namespace anlan::sensing::jt808
