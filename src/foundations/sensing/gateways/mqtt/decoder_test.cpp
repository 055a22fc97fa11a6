// Captures with their expected JSON (gateways/captures.h), and what captures cannot show.
#include "core/random.h"
#include "foundations/sensing/gateways/captures.h"
#include "foundations/sensing/gateways/mqtt/errors.h"
#include "foundations/sensing/gateways/mqtt/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

int fuzz_mqtt(const std::uint8_t* data, std::size_t size);

namespace anlan::sensing::mqtt {
namespace {

const test::Captures k_captures{"mqtt"};

std::vector<std::string> lines_of(Bytes bytes) {
    std::vector<std::string> out;
    const auto add = [&](const json::object& o) { out.push_back(to_text(o)); };
    const auto own = decoder();
    own->push(bytes, add);
    own->end(add);
    return out;
}

TEST(MqttDecoder, CapturesDecodeAsExpected) {
    k_captures.expect_each_decodes_as_kept(20);
}

// A packet cut anywhere is waited for, never taken for another and never for wrong.
TEST(MqttReader, CutAtEveryByte) {
    for (const char* name : {"v311_qos2", "v5_alias", "v5_qos1", "v311_will", "v5_subscribe"}) {
        const auto bytes = k_captures.named(name);
        const auto whole = lines_of(bytes);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            PacketReader reader;
            std::size_t packets = 0, at = 0;
            for (const auto piece : {Bytes(bytes).first(cut), Bytes(bytes).subspan(cut)}) {
                reader.push(piece);
                while (auto next = reader.next()) {
                    ASSERT_TRUE(*next) << name << " cut at " << cut;
                    EXPECT_EQ((*next)->offset, at);
                    at += (*next)->header_bytes + (*next)->body.size();
                    ++packets;
                }
                EXPECT_EQ(reader.waiting(), at < cut && piece.size() == cut && cut > 0);
            }
            EXPECT_EQ(packets, whole.size()) << name << " cut at " << cut;
        }
    }
}

// Every packet shortened by any number of bytes, its length corrected: wrong, with the byte, or
// (where the rest is optional) another good packet, but never read beyond its end.
TEST(MqttReader, ShortenedPackets) {
    int wrong = 0;
    for (const char* name : {"v311_will", "v5_alias", "v5_qos1", "v5_subscribe"}) {
        const auto bytes = k_captures.named(name);
        PacketReader reader;
        reader.push(bytes);
        while (const auto next = reader.next()) {
            for (std::size_t size = 0; size < (*next)->body.size(); ++size) {
                Frame shorter = **next;
                // A copy of exactly this size, so that the sanitizer sees a read beyond it.
                const std::vector<std::uint8_t> body(
                    shorter.body.begin(), shorter.body.begin() + static_cast<long>(size));
                shorter.body = body;
                Packet packet;
                const auto read = decode(shorter, Version::v5, {}, packet);
                if (read) continue;
                ++wrong;
                EXPECT_NE(problem_of(read.error()).if_contains("byte"), nullptr);
            }
        }
    }
    EXPECT_GT(wrong, 300);
}

std::string refusal(std::string_view hexadecimal) {
    const auto bytes = *unhex(hexadecimal);
    PacketReader reader;
    reader.push({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    const auto next = reader.next();
    if (!next) return "waits";
    if (!*next) return std::string(next->error().row->id);
    Packet packet;
    const auto read = decode(**next, Version::v5, {}, packet);
    return read ? "good" : std::string(read.error().row->id);
}

TEST(MqttReader, WhatTheStandardForbids) {
    EXPECT_EQ(refusal("0000"), "mqtt_malformed");            // type 0
    EXPECT_EQ(refusal("c100"), "mqtt_malformed");            // PINGREQ with a flag
    EXPECT_EQ(refusal("6000"), "mqtt_malformed");            // PUBREL without its flag
    EXPECT_EQ(refusal("3600"), "mqtt_malformed");            // QoS 3
    EXPECT_EQ(refusal("38050001610031"), "mqtt_malformed");  // DUP with QoS 0
    EXPECT_EQ(refusal("c00100"), "mqtt_malformed");          // PINGREQ with a body
    EXPECT_EQ(refusal("30ffffffff"), "mqtt_malformed");      // five bytes of length
    EXPECT_EQ(refusal("30ffffff7f"), "mqtt_too_large");
    EXPECT_EQ(refusal("3206000161000000"), "mqtt_malformed");  // packet identifier 0
    EXPECT_EQ(refusal("300500016100"), "waits");
    EXPECT_EQ(refusal("30050001610031"), "good");
    EXPECT_EQ(refusal("300400000031"), "mqtt_topic") << "an empty topic needs an alias";
    EXPECT_EQ(refusal("82050001000000"), "mqtt_malformed");  // subscription without options
    EXPECT_EQ(refusal("8203000100"), "mqtt_protocol");       // subscription to nothing
}

TEST(MqttText, Utf8) {
    EXPECT_TRUE(is_text("氨 Ammonia 🚒"));
    EXPECT_TRUE(is_text("\xF4\x8F\xBF\xBF"));
    for (const std::string_view bad :
         {std::string_view("\0", 1), std::string_view("\xC0\x80"), std::string_view("\xED\xA0\x80"),
          std::string_view("\xF4\x90\x80\x80"), std::string_view("\xE6\xB0"),
          std::string_view("\x80"), std::string_view("\xE0\x80\x80"), std::string_view("\xFF")})
        EXPECT_FALSE(is_text(bad)) << hex(bad);
}

TEST(MqttTopic, FiltersOfTheStandardsExamples) {
    const auto yes = [](std::string_view filter, std::string_view topic) {
        EXPECT_TRUE(is_filter(filter)) << filter;
        EXPECT_TRUE(matches(filter, topic)) << filter << " " << topic;
    };
    const auto no = [](std::string_view filter, std::string_view topic) {
        EXPECT_FALSE(matches(filter, topic)) << filter << " " << topic;
    };
    yes("sport/tennis/player1/#", "sport/tennis/player1");
    yes("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon");
    yes("#", "sport");
    yes("sport/+", "sport/");
    no("sport/+", "sport");
    no("sport/tennis/+", "sport/tennis/player1/ranking");
    yes("+/+", "/finance");
    yes("/+", "/finance");
    no("+", "/finance");
    no("#", "$SYS/broker");
    no("+/monitor", "$SYS/monitor");
    yes("$SYS/#", "$SYS/monitor");
    no("a", "a/b");
    no("a/b", "a");
    for (const char* bad : {"", "sport/tennis#", "sport/#/ranking", "sport+", "a+/b", "#/"})
        EXPECT_FALSE(is_filter(bad)) << bad;
    EXPECT_EQ(level_of("zone/a//up", 0), "zone");
    EXPECT_EQ(level_of("zone/a//up", 2), "");
    EXPECT_EQ(level_of("zone/a//up", 3), "up");
    EXPECT_EQ(level_of("zone/a//up", 4), std::nullopt);
}

TEST(MqttReader, MemoryIsGivenBack) {
    PacketReader reader;
    Out packet;
    const std::string payload(100'000, 'x');
    encode(packet, Publish{.topic = "a", .payload = payload, .properties = {}}, Version::v311);
    reader.push(packet);
    EXPECT_TRUE(*reader.next());
    EXPECT_FALSE(reader.waiting());
    EXPECT_EQ(reader.rest(), 0U);
}

TEST(MqttFuzz, CapturesAndSeededMutations) {
    std::vector<std::vector<std::uint8_t>> seeds;
    for (const auto& path : k_captures.files()) seeds.push_back(test::Captures::read(path));
    SeededRandom random(1883);
    for (int i = 0; i < 4'000; ++i) {
        auto bytes = seeds[random.next_u64() % seeds.size()];
        bytes.insert(bytes.begin(), static_cast<std::uint8_t>(random.next_u64()));
        for (auto n = random.next_u64() % 4; n > 0; --n)
            bytes[random.next_u64() % bytes.size()] = static_cast<std::uint8_t>(random.next_u64());
        if (random.next_u64() % 4 == 0) bytes.resize(random.next_u64() % bytes.size() + 1);
        fuzz_mqtt(bytes.data(), bytes.size());
    }
}

}  // namespace
}  // namespace anlan::sensing::mqtt
