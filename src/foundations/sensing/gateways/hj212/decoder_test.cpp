// Captures with their expected JSON (gateways/captures.h), and what captures cannot show.
#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/gateways/captures.h"

#include "core/random.h"
#include "foundations/sensing/gateways/hj212/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

int fuzz_hj212(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::hj212 {
namespace {

const test::Captures k_captures{"hj212"};

/// The readings of a capture's first packet, as "channel=value@time quality".
std::vector<std::string> readings(std::string_view name) {
    PacketReader reader;
    const auto bytes = k_captures.named(name);
    reader.push(bytes);
    const auto packet = reader.next();
    Content content;
    EXPECT_TRUE(packet && *packet && decode(**packet, content));
    std::vector<Reading> found;
    readings_of(**packet, content, std::nullopt, found);
    std::vector<std::string> out;
    for (const auto& each : found) {
        std::ostringstream text;
        text << each.channel << '=' << each.value << '@' << (each.at ? iso8601(*each.at) : "?")
             << ' ' << static_cast<int>(each.quality);
        out.push_back(text.str());
    }
    return out;
}

TEST(Hj212Captures, EachDecodesAsExpected) {
    k_captures.expect_each_decodes_as_kept(25);
}

// The standard's own example; catches every other order of shifting and xoring.
TEST(Hj212Checksum, AnnexA) {
    const std::string segment =
        "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
        "RtdInterval=30&&";
    EXPECT_EQ(checksum_of(segment, Checksum::annex_a), 0x1C80);
    EXPECT_EQ(checksum_of("123456789", Checksum::modbus), 0x4B37);  // its published check value
    EXPECT_EQ(pack(segment), "##0101" + segment + "1C80\r\n");
}

// By hand; catches a lost prefix, Celsius taken for kelvin and a wrong time zone.
TEST(Hj212Decoder, ReadingsOfEachKind) {
    EXPECT_THAT(readings("air_station"),
                testing::Contains("a21001=25.4@2019-10-12T05:37:10.000Z 0"));
    EXPECT_THAT(readings("air_station"), testing::SizeIs(7));
    EXPECT_THAT(readings("minute_day"),
                testing::ElementsAre("minute:a01001-Min=297.65@2016-08-01T00:50:00.000Z 0",
                                     "minute:a01001-Avg=298.15@2016-08-01T00:50:00.000Z 0",
                                     "minute:a01001-Max=298.65@2016-08-01T00:50:00.000Z 0",
                                     "minute:a01006-Avg=101325@2016-08-01T00:50:00.000Z 0",
                                     "minute:a34013-Avg=8.5@2016-08-01T00:50:00.000Z 1",
                                     "minute:a34013-ZsAvg=9.25@2016-08-01T00:50:00.000Z 1",
                                     "minute:a21026-Avg=3@2016-08-01T00:50:00.000Z 2"));
    EXPECT_THAT(readings("device_states"),
                testing::ElementsAre("SB1-RS=1@2016-08-01T00:58:57.000Z 0",
                                     "SB2-RS=0@2016-08-01T00:58:57.000Z 0"));
    EXPECT_THAT(readings("sample_time"),
                testing::ElementsAre("a24088=0.75@2016-08-01T00:45:00.000Z 0",
                                     "a05002=-0.15@2016-08-01T01:00:00.000Z 2"));
    // A day that is none: the value is kept, uncertain, at the time of receipt.
    EXPECT_THAT(readings("bad_time"), testing::ElementsAre("w01018=12@? 1"));
    EXPECT_THAT(readings("set_interval"), testing::IsEmpty());
}

TEST(Hj212Reader, ByteByByteGivesWhatAWholePushGives) {
    for (const auto& path : k_captures.files()) {
        auto bytes = test::Captures::read(path);
        for (const int step : {1, 7, 29}) {
            bytes.insert(bytes.begin(), static_cast<std::uint8_t>(step));
            fuzz_hj212(bytes.data(), bytes.size());  // asserts it
            bytes.erase(bytes.begin());
        }
    }
}

TEST(Hj212Reader, EverySingleByteErrorLeavesTheNextPacketWhole) {
    const auto good = k_captures.named("device_states");
    const auto next = k_captures.named("set_interval");
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bytes = good;
        bytes[i] ^= 0x10;
        bytes.insert(bytes.end(), next.begin(), next.end());
        PacketReader reader;
        reader.push(bytes);
        std::uint64_t last = 0;
        int right = 0;
        for (;;) {
            const auto each = reader.next();
            if (!each) {
                if (!reader.give_up()) break;
                continue;
            }
            if (!*each) continue;
            last = (*each)->offset;
            if (checksum_of((*each)->segment, Checksum::annex_a) == (*each)->check) ++right;
        }
        // An error in the digits' case ('A' to 'Q' is none) or in CR LF aside, one is left.
        EXPECT_EQ(last, good.size()) << "byte " << i;
        EXPECT_EQ(right, 1) << "byte " << i;
    }
}

TEST(Hj212Reader, ErrorsSayTheByte) {
    const auto first = [](std::string_view name) {
        PacketReader reader;
        const auto bytes = k_captures.named(name);
        reader.push(bytes);
        auto each = reader.next();
        if (!each) each = std::unexpected(*reader.give_up());
        return *each ? std::string("a packet") : text_of(each->error(), Language::en);
    };
    EXPECT_EQ(first("rubbish_before"), "No packet at byte 0 (## expected)");
    EXPECT_EQ(first("half"), "The packet is cut at byte 70");
    EXPECT_EQ(first("length_letters"), "Byte 2: the length should be four decimal digits");
    EXPECT_EQ(first("wrong_length"),
              "Byte 110: by its length the packet should end here with CR LF");
}

TEST(Hj212Reader, MemoryStaysBoundedUnderRubbish) {
    PacketReader reader;
    const std::vector<std::uint8_t> rubbish(4096, '#');
    int problems = 0;
    for (int i = 0; i < 1000; ++i) {
        reader.push(rubbish);
        while (reader.next()) ++problems;
    }
    EXPECT_EQ(problems, 1);  // one disturbance, told once
}

TEST(Hj212Decoder, ManyValuesAreRefusedNotSwallowed) {
    std::string segment = "ST=22;CN=2011;MN=1;CP=&&";
    for (int i = 0; segment.size() < 9'000; ++i) segment += "a=1;";
    const std::string text = pack(segment + "&&");
    PacketReader reader;
    reader.push({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    const auto packet = reader.next();
    Content content;
    const auto decoded = decode(**packet, content);
    ASSERT_FALSE(decoded);
    EXPECT_TRUE(decoded.error().is(errors::k_hj212_too_many));
}

TEST(Hj212Fuzz, CapturesAndSeededMutations) {
    std::vector<std::vector<std::uint8_t>> seeds;
    for (const auto& path : k_captures.files()) seeds.push_back(test::Captures::read(path));
    SeededRandom random(212);
    for (int i = 0; i < 4'000; ++i) {
        auto bytes = seeds[random.next_u64() % seeds.size()];
        bytes.insert(bytes.begin(), static_cast<std::uint8_t>(random.next_u64()));
        for (auto n = random.next_u64() % 4; n > 0; --n)
            bytes[random.next_u64() % bytes.size()] = static_cast<std::uint8_t>(random.next_u64());
        if (random.next_u64() % 4 == 0) bytes.resize(random.next_u64() % bytes.size() + 1);
        fuzz_hj212(bytes.data(), bytes.size());
    }
}

}  // namespace
}  // namespace anlan::sensing::hj212
