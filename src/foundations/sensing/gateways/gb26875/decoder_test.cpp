// Captures with their expected JSON (gateways/captures.h), and what captures cannot show.
#include "core/random.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/captures.h"
#include "foundations/sensing/gateways/gb26875/encoder.h"
#include "foundations/sensing/gateways/gb26875/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::gb26875 {
namespace {

const test::Captures k_captures{"gb26875"};

TEST(Captures, EachDecodesAsExpected) {
    k_captures.expect_each_decodes_as_kept(30);
}

// By hand from the standard's example; catches a wrong accepted file.
TEST(Decoder, FireAlarmOfTheStandard) {
    const auto bytes = k_captures.named("fire_alarm");
    FrameReader reader;
    reader.push(bytes);
    const auto frame = reader.next();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->sequence, 1);
    EXPECT_EQ((*frame)->source.text(), "000000000379");
    EXPECT_EQ((*frame)->destination.text(), "000000015b38");
    EXPECT_EQ((*frame)->command, Command::send);
    EXPECT_EQ(iso8601(*(*frame)->time.instant()), "2012-09-26T01:58:32.000Z");
    Unit unit;
    ASSERT_TRUE(decode(**frame, unit));
    std::vector<Reading> readings;
    readings_of(unit, readings);
    ASSERT_EQ(readings.size(), 1U);
    EXPECT_EQ(readings[0].channel, "part:1/1/40/10.0.2.0");
    EXPECT_EQ(readings[0].value, 2);
    EXPECT_EQ(iso8601(*readings[0].at), "2012-09-26T01:58:02.000Z");
}

// Catches a wrong factor, a lost sign, and Celsius taken for kelvin.
TEST(Decoder, AnalogValuesAreConvertedOnce) {
    const auto bytes = k_captures.named("part_analog");
    FrameReader reader;
    reader.push(bytes);
    Unit unit;
    ASSERT_TRUE(decode(**reader.next(), unit));
    std::vector<Reading> readings;
    readings_of(unit, readings);
    ASSERT_EQ(readings.size(), 3U);
    EXPECT_EQ(readings[0].channel, "analog:1/1/74/1.0.2.0/6");
    EXPECT_NEAR(readings[0].value, 123.4, 1e-9);
    EXPECT_NEAR(readings[1].value, 260.65, 1e-9);
    EXPECT_NEAR(readings[2].value, 700'000, 1e-6);
}

TEST(Decoder, TimeThatWasNeverSetIsUncertain) {
    const auto bytes = k_captures.named("no_clock");
    FrameReader reader;
    reader.push(bytes);
    Unit unit;
    ASSERT_TRUE(decode(**reader.next(), unit));
    std::vector<Reading> readings;
    readings_of(unit, readings);
    ASSERT_EQ(readings.size(), 1U);
    EXPECT_FALSE(readings[0].at);
    EXPECT_EQ(readings[0].quality, bigdata::Quality::uncertain);
}

// However a stream is cut, the same frames come out.
TEST(FrameReader, ByteByByteGivesWhatAWholePushGives) {
    for (const auto& path : k_captures.files()) {
        const auto bytes = test::Captures::read(path);
        const std::string whole = k_captures.decoded(bytes);
        for (const std::size_t step : {1UL, 7UL, 29UL}) {
            FrameReader reader;
            std::string out;
            const auto each = [&](json::object o) { out += to_text(o) + "\n"; };
            for (std::size_t at = 0; at < bytes.size(); at += step) {
                reader.push(Bytes(bytes).subspan(at, std::min(step, bytes.size() - at)));
                decode_stream(reader, Input::goes_on, each);
            }
            decode_stream(reader, Input::ends, each);
            EXPECT_EQ(out, whole) << path << " in steps of " << step;
        }
    }
}

TEST(FrameReader, EverySingleByteErrorIsFoundAndTheNextFrameSurvives) {
    const auto good = k_captures.named("unit_mains_fault");
    const auto next = k_captures.named("unit_time");
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bytes = good;
        bytes[i] ^= 0x10;
        bytes.insert(bytes.end(), next.begin(), next.end());
        FrameReader reader;
        reader.push(bytes);
        int frames = 0;
        int problems = 0;
        std::uint64_t last = 0;
        for (;;) {
            auto each = reader.next();
            if (!each) {
                if (!reader.give_up()) break;
                continue;
            }
            ++(*each ? frames : problems);
            if (*each) last = (*each)->offset;
        }
        EXPECT_EQ(frames, 1) << "byte " << i;
        EXPECT_EQ(last, good.size()) << "byte " << i;
        EXPECT_LE(problems, 1) << "byte " << i;
    }
}

TEST(FrameReader, ErrorsSayTheByte) {
    FrameReader reader;
    const auto bytes = k_captures.named("wrong_sum");
    reader.push(bytes);
    const auto first = reader.next();
    ASSERT_TRUE(first && !*first);
    EXPECT_TRUE(first->error().is(errors::k_gb26875_wrong_sum));
    EXPECT_EQ(text_of(first->error(), Language::en), "Byte 36: checksum should be 42, found 43");
}

TEST(FrameReader, EachDisturbanceIsReportedOnce) {
    const auto frame = k_captures.named("unit_mains_fault");
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < 3; ++i) {
        bytes.insert(bytes.end(), {0x00, 0x40, 0x40, 0x11, 0x40});
        bytes.insert(bytes.end(), frame.begin(), frame.end());
    }
    FrameReader reader;
    reader.push(bytes);
    int frames = 0, problems = 0;
    while (auto next = reader.next()) ++(*next ? frames : problems);
    EXPECT_EQ(frames, 3);
    EXPECT_EQ(problems, 3);
}

TEST(FrameReader, MemoryStaysBoundedUnderRubbish) {
    FrameReader reader;
    const std::vector<std::uint8_t> rubbish(4096, 0x40);
    int problems = 0;
    for (int i = 0; i < 1000; ++i) {
        reader.push(rubbish);
        while (reader.next()) ++problems;
    }
    EXPECT_EQ(problems, 1);  // one disturbance, told once
}

TEST(Encoder, AnswersAsTheStandardsExample) {
    const auto request = k_captures.named("fire_alarm");
    FrameReader reader;
    reader.push(request);
    const auto frame = reader.next();
    const Timestamp now = *parse_iso8601("2012-09-26T09:58:35+08:00");
    EXPECT_EQ(answer_to(**frame, Command::confirm, now), k_captures.named("confirm"));
    EXPECT_EQ(answer_to(**frame, Command::deny, now), k_captures.named("deny"));
}

TEST(Encoder, RefusesWhatDoesNotFit) {
    const std::vector<Object> analogs(64, Object(PartAnalog{}));
    EXPECT_FALSE(encode_unit(3, analogs));
    EXPECT_TRUE(encode_unit(3, std::span(analogs).first(63)));
    EXPECT_FALSE(encode_unit(2, std::span(analogs).first(1)));
}

TEST(Text, Gb18030ThereAndBack) {
    EXPECT_EQ(gb18030_of("测试", 0), "\xb2\xe2\xca\xd4");
    EXPECT_EQ(gb18030_of("测试", 3), "\xb2\xe2 ");
    const std::string wire = gb18030_of("冷库机房氨气探测器", 31);
    EXPECT_EQ(wire.size(), 31U);
    EXPECT_EQ(text_of(Bytes(reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size())),
              "冷库机房氨气探测器");
    const std::uint8_t broken[] = {0xb2, 0xff, 0x41};
    EXPECT_THAT(text_of(broken), testing::HasSubstr("\xef\xbf\xbd"));
}

TEST(Address, TextThereAndBack) {
    EXPECT_EQ(Address::parse("0000000a0379")->text(), "0000000a0379");
    EXPECT_EQ(Address::parse("0000000a0379")->bytes[0], 0x79);
    EXPECT_FALSE(Address::parse("0379"));
    EXPECT_FALSE(Address::parse("00000000037g"));
}

TEST(Fuzz, CapturesAndSeededMutations) {
    std::vector<std::vector<std::uint8_t>> seeds;
    for (const auto& path : k_captures.files()) seeds.push_back(test::Captures::read(path));
    for (const auto& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
    SeededRandom random(26875);
    for (int i = 0; i < 20'000; ++i) {
        auto bytes = seeds[random.next_u64() % seeds.size()];
        bytes.insert(bytes.begin(), static_cast<std::uint8_t>(random.next_u64()));
        for (auto n = random.next_u64() % 4; n > 0; --n) {
            bytes[random.next_u64() % bytes.size()] = static_cast<std::uint8_t>(random.next_u64());
        }
        if (random.next_u64() % 4 == 0) bytes.resize(random.next_u64() % bytes.size() + 1);
        // A right sum lets mutations of the application data reach the decoder.
        if (bytes.size() > 31 && random.next_u64() % 2 == 0) {
            const std::size_t end = std::min<std::size_t>(
                bytes.size(), 1 + k_around_bytes + bytes[25] + bytes[26] * 256U);
            bytes[end - 3] = sum_of(Bytes(bytes).subspan(3, end - 6));
        }
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
}

}  // namespace
}  // namespace anlan::sensing::gb26875
