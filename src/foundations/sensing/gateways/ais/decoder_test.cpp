// Captures with their expected JSON (gateways/captures.h), and what captures cannot show.
#include "foundations/sensing/gateways/ais/decoder.h"
#include "foundations/sensing/gateways/captures.h"

#include "core/random.h"
#include "foundations/sensing/gateways/ais/errors.h"
#include "foundations/sensing/gateways/ais/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

int fuzz_ais(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::ais {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const test::Captures k_captures{"ais"};

/// The readings of a capture's last message, as "channel=value quality".
std::vector<std::string> readings(std::string_view name) {
    MessageReader reader;
    reader.push(k_captures.named(name));
    reader.finish();
    std::vector<std::string> out;
    std::vector<Reading> found;
    while (const auto message = reader.next({})) {
        if (!*message) continue;
        readings_of(**message, {}, found);
        out.clear();
        for (const auto& each : found) {
            std::ostringstream text;
            text.precision(9);
            text << each.channel << '=' << each.value << ' ' << static_cast<int>(each.quality);
            out.push_back(text.str());
        }
    }
    return out;
}

std::string facts(std::string_view name) {
    MessageReader reader;
    reader.push(k_captures.named(name));
    std::string out;
    while (const auto message = reader.next({})) {
        if (*message) out += to_text(facts_of(**message));
    }
    return out;
}

TEST(AisCaptures, EachDecodesAsExpected) {
    k_captures.expect_each_decodes_as_kept(45);
}

// The numbers are libais's own for its frame; catches a wrong place, sign, scale or unit.
TEST(AisDecoder, ReadingsInSiUnits) {
    EXPECT_THAT(
        readings("position_heading"),
        ElementsAre("longitude=-8.6612 0", "latitude=35.6906333 0", "speed=5.60744444 0",
                    "course=87 0", "heading=85 0", "rate_of_turn=0 0", "navigation_status=0 0"));
    EXPECT_THAT(readings("position_china"), Contains("longitude=118.287578 0"));
    EXPECT_THAT(readings("position_china"), Contains("latitude=24.4166083 0"));
    EXPECT_THAT(readings("aircraft_china"),
                ElementsAre("longitude=117.8 0", "latitude=38.9799983 0", "speed=21.6066667 0",
                            "course=154.5 0", "height=303 0"));
    EXPECT_THAT(readings("long_range"),
                ElementsAre("longitude=117.9 0", "latitude=38.9 0", "speed=3.60111111 0",
                            "course=180 0", "navigation_status=1 0"));
    EXPECT_THAT(readings("aid_off_position"),
                ElementsAre("longitude=117.85 0", "latitude=38.99 0", "off_position=1 0"));
    EXPECT_THAT(readings("interleaved"), ElementsAre("draught=9.2 0"));
}

// 181°, 91°, 102.3 kn, 360°, status 15 and turn −128 are not values; a heading of 0° is one.
TEST(AisDecoder, WhatIsNotAvailableIsNoReading) {
    EXPECT_THAT(readings("no_position"), ElementsAre("heading=0 0"));
    EXPECT_THAT(readings("type_04"), IsEmpty());
}

TEST(AisDecoder, PositionsByHandAreUncertainAndOfABrokenSystemBad) {
    const auto quality = [](unsigned second) {
        std::string bits(168, '0');
        const auto set = [&](std::size_t start, std::size_t count, std::uint32_t value) {
            for (std::size_t i = 0; i < count; ++i)
                bits[start + i] = (value >> (count - 1 - i) & 1) != 0 ? '1' : '0';
        };
        set(0, 6, 1);
        set(137, 6, second);
        Whole whole;
        std::string payload;
        for (std::size_t i = 0; i < 168; i += 6) {
            const int v = std::stoi(bits.substr(i, 6), nullptr, 2);
            payload += static_cast<char>(v < 40 ? v + 48 : v + 56);
        }
        EXPECT_FALSE(whole.bits.add(payload, 0));
        std::vector<Reading> out;
        readings_of(*decode(whole), {}, out);
        return out.at(0).quality;
    };
    EXPECT_EQ(quality(59), bigdata::Quality::good);
    EXPECT_EQ(quality(60), bigdata::Quality::good);
    EXPECT_EQ(quality(61), bigdata::Quality::uncertain);
    EXPECT_EQ(quality(62), bigdata::Quality::uncertain);
    EXPECT_EQ(quality(63), bigdata::Quality::bad);
}

TEST(AisDecoder, TheSecondOfThePositionIsTheLastOneBeforeItWasHeard) {
    MessageReader reader;
    reader.push(k_captures.named("position_china"));  // second 55
    const auto message = *reader.next({});
    const auto at = [&](std::string_view heard) {
        return iso8601(instant_of(*message, *parse_iso8601(heard)));
    };
    EXPECT_EQ(at("2026-11-19T04:00:57Z"), "2026-11-19T04:00:55.000Z");
    EXPECT_EQ(at("2026-11-19T04:01:10Z"), "2026-11-19T04:00:55.000Z");
    EXPECT_EQ(at("2026-11-19T04:00:52Z"), "2026-11-19T04:00:55.000Z");  // 5 s of grace
    EXPECT_EQ(at("2026-11-19T04:00:45Z"), "2026-11-19T03:59:55.000Z");
}

TEST(AisDecoder, WhatAShipSaysOfItself) {
    EXPECT_EQ(
        facts("static_two"),
        R"({"imo":8206870,"call_sign":"WDG3387","name":"BRAZOS EXPRESS","ship_type":90,)"
        R"("ship_type_name":{"zh":"其他船舶","en":"Other type of ship"},"length_m":55,)"
        R"("beam_m":16,"draught_m":1.2,"destination":"PROSPECT BRIDGE","eta":"03-02T06:30Z"})");
    EXPECT_EQ(facts("static_b_part_b"),
              R"({"ship_type":52,"ship_type_name":{"zh":"拖轮","en":"Tug"},"call_sign":"BQTUG",)"
              R"("length_m":32,"beam_m":11})");
    EXPECT_EQ(facts("sart_text"), R"({"safety_text":"SART TEST"})");
    EXPECT_EQ(ship_type(89)->code, 80U);
    EXPECT_EQ(ship_type(39), nullptr);
    EXPECT_EQ(ship_type(100), nullptr);
}

TEST(AisReader, EveryFieldOfADescribedTypeIsInsideItsMessage) {
    for (unsigned type = 1; type <= 27; ++type) {
        const MessageRow* row = message_row(type);
        ASSERT_NE(row, nullptr);
        EXPECT_EQ(row->type, type);
        std::uint16_t end = 38;
        for (const Field& field : row->fields.subspan(row->fields.empty() ? 0 : 1)) {
            EXPECT_EQ(field.start, end) << type << ' ' << field.key;  // no hole, no overlap
            end = static_cast<std::uint16_t>(field.start + field.bits);
            EXPECT_EQ(field.form == Form::code, field.name != nullptr) << field.key;
        }
    }
    EXPECT_EQ(message_row(0), nullptr);
    EXPECT_EQ(message_row(28), nullptr);
}

TEST(AisReader, ByteByByteGivesWhatAWholePushGives) {
    for (const auto& path : k_captures.files()) {
        auto bytes = test::Captures::read(path);
        for (const int step : {1, 7, 29}) {
            bytes.insert(bytes.begin(), static_cast<std::uint8_t>(step));
            fuzz_ais(bytes.data(), bytes.size());  // asserts it
            bytes.erase(bytes.begin());
        }
    }
}

TEST(AisReader, EverySingleByteErrorLeavesTheNextSentenceWhole) {
    const auto good = k_captures.named("position_heading");
    const auto next = k_captures.named("position_china");
    for (std::size_t i = 0; i + 2 < good.size(); ++i) {
        auto bytes = good;
        bytes[i] ^= 0x10;
        bytes.insert(bytes.end(), next.begin(), next.end());
        MessageReader reader;
        reader.push(bytes);
        reader.finish();
        std::vector<std::uint32_t> ships;
        while (const auto each = reader.next({})) {
            if (*each) ships.push_back((*each)->mmsi);
        }
        EXPECT_THAT(ships, ElementsAre(416176600U)) << i;
    }
}

TEST(AisReader, MutatedCapturesNeverCrash) {
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
            fuzz_ais(mutated.data(), mutated.size());
        }
    }
}

// Bits across bytes, fill bits, and the armour's 64 characters by their definition.
TEST(AisBits, AnyPlaceReadsWhatWasWritten) {
    Bits bits;
    std::string payload;
    for (int v = 0; v < 64; ++v) payload += static_cast<char>(v < 40 ? v + 48 : v + 56);
    ASSERT_FALSE(bits.add(payload, 2));
    EXPECT_EQ(bits.size(), 382U);
    for (unsigned v = 0; v < 63; ++v) EXPECT_EQ(bits.at(v * 6, 6), v);
    EXPECT_EQ(bits.at(63 * 6, 4), 15U);
    EXPECT_EQ(bits.at(63 * 6, 6), 60U);  // beyond the end: zero
    EXPECT_EQ(bits.at(6, 30), (1U << 24 | 2U << 18 | 3U << 12 | 4U << 6 | 5U));
    EXPECT_EQ(bits.at(3, 32), 0x01083105U >> 1);
    EXPECT_EQ(bits.signed_at(62 * 6, 6), -2);
    EXPECT_EQ(Bits().at(500, 8), 0U);
    EXPECT_EQ(bits.add("X", 0), std::optional<std::size_t>(0));
}

TEST(AisAssembly, ARepeatIsOneAndAnotherMessageUnderTheSameNumberEndsTheFirst) {
    MessageReader reader;
    const auto two = k_captures.named("static_two");
    const std::string text(two.begin(), two.end());
    const std::string first = text.substr(0, text.find('\n') + 1),
                      second = text.substr(first.size());
    const auto push = [&](const std::string& s) {
        reader.push({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
    };
    push(first + first + second);
    EXPECT_EQ((*reader.next({}))->mmsi, 367525510U);
    EXPECT_FALSE(reader.next({}));
    std::string other =
        "SAVDM,2,1,6,A,55NOvQP1u>QIL@O??SL985`u>0EQ18E=>222221J1p`884i6N344Sll1@m8@,0";
    const auto check = checksum_of(other);
    constexpr std::string_view k_digits = "0123456789ABCDEF";
    const std::string line =
        "!" + other + "*" + k_digits[check >> 4] + k_digits[check & 15] + "\r\n";
    push(first + line + second);
    EXPECT_TRUE(reader.next({})->error().is(errors::k_ais_incomplete));
    EXPECT_EQ((*reader.next({}))->mmsi, 367525510U);
    push(first);
    EXPECT_FALSE(reader.next(Timestamp{1'000}));
    EXPECT_FALSE(reader.give_up(Timestamp{10'999}));
    const auto lost = reader.give_up(Timestamp{11'000});
    ASSERT_TRUE(lost);
    EXPECT_THAT(text_of(*lost, Language::en), testing::HasSubstr("number 2 is missing"));
}

}  // namespace
}  // namespace anlan::sensing::ais
