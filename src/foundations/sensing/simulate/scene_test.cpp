// Scenes: what their files say, and how their devices behave, by a virtual clock.
#include "foundations/sensing/gateways/gb26875/decoder.h"
#include "foundations/sensing/gateways/gb26875/encoder.h"
#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/gateways/table.h"
#include "foundations/sensing/simulate/scene_actor.h"
#include "foundations/sensing/simulate/scene_player.h"

#include <gtest/gtest.h>

namespace anlan::sensing::simulate {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Doing = SceneActor::Doing;

std::string refused(const std::string& text) {
    const auto scene = parse_scene(text, "scene.yaml");
    return scene ? "accepted" : text_of(scene.error(), Language::en);
}

constexpr const char* k_unit = R"(seed: 7
devices:
  - protocol: gb26875
    address: "00000000e009"
    count: 3
    interval_s: 10
    heartbeat_s: 30
    channels:
      - {channel: "part:1/1/40/10.0.2.0", steps: [[0, 0], [60, 2]]}
)";

TEST(SceneFile, CountsAddressesAndSharesFaults) {
    const auto scene = parse_scene(std::string(k_unit) + "faults: {loss: 0.5}\n", "x");
    ASSERT_TRUE(scene) << text_of(scene.error(), Language::en);
    EXPECT_EQ(scene->seed, 7U);
    ASSERT_EQ(scene->devices.size(), 3U);
    EXPECT_EQ(scene->devices[1].address, "00000000e00a");
    EXPECT_EQ(scene->devices[2].address, "00000000e00b");
    EXPECT_EQ(scene->devices[2].faults.loss, 0.5);
}

TEST(SceneFile, EveryMistakeIsNamedWithItsLine) {
    EXPECT_NE(refused("devices: []\n").find("no devices"), std::string::npos);
    EXPECT_NE(refused("devices:\n  - protocol: telex\n").find("line 2"), std::string::npos);
    EXPECT_NE(refused("devices:\n  - protocol: gb26875\n    address: xyz\n    heartbeat_s: 1\n")
                  .find("12 hexadecimal digits"),
              std::string::npos);
    const std::string head =
        "devices:\n  - protocol: hj212\n    address: MN1\n    channels:\n      - ";
    EXPECT_NE(refused(head + "{channel: a21001, wobble: 3}\n").find("unknown key wobble"),
              std::string::npos);
    EXPECT_NE(refused(head + "{channel: a21001}\n").find("line 5"), std::string::npos);
    EXPECT_NE(refused(head + "{channel: a21001, constant: 1, sine: {mean: 1}}\n").find("line 5"),
              std::string::npos);
    EXPECT_NE(refused(head + "{channel: a21001, steps: [[5, 1], [2, 0]]}\n").find("in order"),
              std::string::npos);
    EXPECT_NE(refused(head + "{channel: a21001, constant: 1}\n    faults: {loss: 2}\n")
                  .find("loss is out of range"),
              std::string::npos);
    EXPECT_NE(refused(head + "{channel: a21001, constant: x}\n").find("should be a number"),
              std::string::npos);
    EXPECT_NE(refused("devices: [[\n"), "accepted");
    EXPECT_EQ(refused(head + "{channel: a21001, constant: 1}\n"), "accepted");
    EXPECT_FALSE(read_scene("nowhere.yaml"));
}

/// One device, one line, a clock that is told.
struct Stage {
    std::optional<SceneActor> actor;
    SceneCounters counters;
    SteadyTime now{0};
    Bytes wire;  ///< What came out since it was last looked at.
    int connects = 0, closes = 0;
    bool answers = true;

    explicit Stage(const std::string& yaml, double speed = 1, std::uint64_t seed = 1) {
        auto scene = parse_scene(yaml, "x");
        EXPECT_TRUE(scene) << text_of(scene.error(), Language::en);
        actor.emplace(std::move(scene->devices.at(0)), "host", seed,
                      ScriptTime{now, *parse_iso8601("2026-11-19T04:00:00Z"), speed});
    }
    void take(const std::vector<Doing>& doings) {
        for (const Doing& each : doings) {
            if (each.what == Doing::What::connect) {
                ++connects;
                take(actor->connected(now, counters));
            } else if (each.what == Doing::What::close) {
                ++closes;
            } else {
                wire.insert(wire.end(), each.bytes.begin(), each.bytes.end());
                if (answers) confirm(each.bytes);
            }
        }
    }
    /// As the gateway would.
    void confirm(const Bytes& bytes) {
        gb26875::FrameReader reader;
        reader.push(bytes);
        while (auto next = reader.next()) {
            if (!*next || (*next)->command != gb26875::Command::send) continue;
            take(actor->heard(gb26875::answer_to(**next, gb26875::Command::confirm, {}), now,
                              counters));
        }
    }
    void run(double seconds) {
        const SteadyTime end{now.us + static_cast<std::int64_t>(seconds * 1e6)};
        while (actor->due() <= end) {
            now = std::max(now, actor->due());
            take(actor->act(now, counters));
        }
        now = end;
    }
    /// Readings of type 2 in the frames that can be read.
    std::vector<Reading> parts() {
        gb26875::FrameReader reader;
        reader.push(wire);
        std::vector<Reading> out;
        gb26875::Unit unit;
        for (;;) {
            auto next = reader.next();
            if (!next && !reader.give_up()) break;
            if (next && *next && gb26875::decode(**next, unit)) readings_of(unit, out);
        }
        wire.clear();
        return out;
    }
};

TEST(SceneActor, ReportsInItsIntervalWhatTheScriptSays) {
    Stage stage(k_unit);
    stage.run(100);
    const auto readings = stage.parts();
    ASSERT_GE(readings.size(), 9U);
    ASSERT_LE(readings.size(), 10U);
    const Timestamp begin = *parse_iso8601("2026-11-19T04:00:00Z");
    for (const Reading& each : readings) {
        const auto at_s = (*each.at - begin) / 1000;
        // The wire knows whole seconds; the step is at 60 s.
        if (at_s == 59 || at_s == 60) continue;
        EXPECT_EQ(each.value, at_s > 60 ? 2 : 0) << at_s;
    }
    EXPECT_EQ(stage.connects, 1);
    EXPECT_EQ(stage.counters.unanswered, 0U);
    // One greeting, three heartbeats at the most, ten reports.
    EXPECT_EQ(stage.counters.accepted, stage.counters.packets);
    EXPECT_GE(stage.counters.packets, readings.size() + 3);
}

TEST(SceneActor, FasterIsTheSameInLessTime) {
    Stage stage(k_unit, 20);
    stage.run(5);
    const auto readings = stage.parts();
    ASSERT_GE(readings.size(), 9U);
    EXPECT_EQ(readings.back().value, 2);
    EXPECT_GT(*readings.back().at - *readings.front().at, 75'000);
}

TEST(SceneActor, TheSameSeedIsTheSameRunAndAnotherIsNot) {
    const std::string wandering = std::string(R"(devices:
  - protocol: gb26875
    address: "00000000e001"
    interval_s: 1
    channels: [{channel: "analog:1/1/30/1.0.0.0/3", wander: {mean: 300, deviation: 5, forgets_s: 10}}]
    faults: {loss: 0.2, duplication: 0.2, delay_s: 2, noise: 0.01, noise_bytes: 0.2, half_packets: 0.2, reconnects: 0.1}
)");
    const auto bytes = [&](std::uint64_t seed) {
        Stage stage(wandering, 1, seed);
        stage.run(60);
        return stage.wire;
    };
    EXPECT_EQ(bytes(1), bytes(1));
    EXPECT_NE(bytes(1), bytes(2));
}

std::string with_faults(const std::string& faults) {
    return std::string(k_unit) + "    faults: " + faults + "\n";
}

TEST(SceneActor, LosesAndDuplicatesTheShareThatItIsTold) {
    Stage lossy(with_faults("{loss: 0.5}"));
    lossy.run(4'000);
    EXPECT_NEAR(static_cast<double>(lossy.counters.lost), 200, 40);
    EXPECT_EQ(lossy.parts().size() + lossy.counters.lost, lossy.counters.reports);
    Stage doubled(with_faults("{duplication: 0.5}"));
    doubled.run(4'000);
    EXPECT_NEAR(static_cast<double>(doubled.parts().size()), 600, 40);
}

TEST(SceneActor, LateReportsKeepTheirTimeAndAWrongClockDoesNot) {
    Stage late(with_faults("{delay_s: 30}"));
    late.run(1'000);
    const auto readings = late.parts();
    bool disordered = false;
    for (std::size_t i = 1; i < readings.size(); ++i)
        disordered |= *readings[i].at < *readings[i - 1].at;
    EXPECT_TRUE(disordered);
    Stage wrong(with_faults("{clock_error_s: 86400}"));
    wrong.run(30);
    EXPECT_GT(*wrong.parts().at(0).at, *parse_iso8601("2026-11-20T03:59:00Z"));
}

TEST(SceneActor, AfterRubbishAndHalfPacketsItSendsAgainUntilItIsHeard) {
    Stage stage(with_faults("{noise_bytes: 0.3, half_packets: 0.2}"));
    stage.run(4'000);
    // Three tries: 0.2³ of the reports at most are never whole.
    EXPECT_GT(static_cast<double>(stage.counters.accepted),
              0.95 * static_cast<double>(stage.counters.reports));
    EXPECT_GT(stage.counters.packets, stage.counters.accepted);
}

TEST(SceneActor, WithoutAnAnswerItSendsThreeTimesAndGoesOn) {
    Stage stage(k_unit);
    stage.answers = false;
    stage.run(29);
    const auto once = stage.counters;
    EXPECT_EQ(once.unanswered, 0U);
    stage.run(60);
    EXPECT_GT(stage.counters.unanswered, 0U);
    EXPECT_EQ(stage.counters.accepted, 0U);
}

TEST(SceneActor, ALostLineIsConnectedAnewAndWhatWasOutGoesAgain) {
    Stage stage(with_faults("{reconnects: 1}"));
    stage.answers = false;
    stage.run(8);
    EXPECT_GE(stage.closes, 1);
    EXPECT_GE(stage.connects, 2);
    stage.answers = true;
    stage.run(600);
    EXPECT_GT(stage.counters.accepted, 20U);
}

TEST(SceneActor, AUnitAnswersARollCallAndDeniesWhatItDoesNotKnow) {
    Stage stage(k_unit);
    stage.run(15);
    stage.wire.clear();
    stage.answers = false;
    const auto tell = [&](gb26875::Command command, std::uint8_t type, gb26875::Object object) {
        const auto unit = *gb26875::encode_unit(type, {&object, 1});
        const auto frame = gb26875::encode(
            {.sequence = 500, .time = {}, .source = {}, .destination = {}, .command = command},
            unit);
        stage.take(stage.actor->heard(frame, stage.now, stage.counters));
        gb26875::FrameReader reader;
        reader.push(stage.wire);
        std::string out;
        while (auto next = reader.next()) {
            gb26875::Unit read;
            EXPECT_TRUE(gb26875::decode(**next, read));
            out += std::to_string(static_cast<int>((*next)->command)) + ":" +
                   std::to_string(read.type) + " ";
        }
        stage.wire.clear();
        return out;
    };
    EXPECT_EQ(tell(gb26875::Command::control, 91, gb26875::DutyCheck{5}), "3:0 2:24 ");
    EXPECT_EQ(tell(gb26875::Command::request, 81, gb26875::ReadUnit{}), "5:21 ");
    EXPECT_EQ(tell(gb26875::Command::request, 85, gb26875::ReadUnit{}), "6:0 ");
    EXPECT_EQ(stage.counters.asked, 3U);
}

TEST(SceneEncoder, AStationSpeaksAsItsDecoderReads) {
    const auto station = encoder_row("hj212")->make({"MN1", "", ""});
    const Timestamp now = *parse_iso8601("2026-11-19T04:00:00Z");
    const std::vector<Reading> readings{{"a21001", 12.5, now, bigdata::Quality::good},
                                        {"a01001", 293.15, now, bigdata::Quality::good},
                                        {"minute:a21001-Avg", 7, now, bigdata::Quality::good},
                                        {"SB1-RS", 1, now, bigdata::Quality::good}};
    hj212::PacketReader reader;
    for (const auto& packet : station->report(readings, now)) reader.push(packet.bytes);
    std::map<std::string, double> read;
    hj212::Content content;
    while (auto next = reader.next()) {
        ASSERT_TRUE(*next);
        EXPECT_EQ(hj212::checksum_of((*next)->segment, hj212::Checksum::annex_a), (*next)->check);
        ASSERT_TRUE(hj212::decode(**next, content));
        std::vector<Reading> some;
        hj212::readings_of(**next, content, {}, some);
        for (const Reading& each : some) {
            EXPECT_EQ(each.at, now);
            read[each.channel] = each.value;
        }
    }
    ASSERT_EQ(read.size(), 4U);
    for (const Reading& each : readings) EXPECT_NEAR(read[each.channel], each.value, 1e-9);
}

TEST(SceneEncoder, HttpAnswersAreToldApartHoweverTheyAreCut) {
    const auto poster = encoder_row("http_json")->make({"mast", "secret", "host:1"});
    poster->connected({});
    const std::vector<Reading> readings{{"t", 1, Timestamp{0}, bigdata::Quality::good}};
    std::vector<std::string> marks;
    for (int i = 0; i < 2; ++i) {
        const auto packet = poster->report(readings, {}).at(0);
        poster->sending(packet);
        marks.push_back(packet.mark);
    }
    const std::string text =
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 401 No\r\nContent-Length: "
        "0\r\n\r\n";
    std::vector<std::string> accepted, refused_marks;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        const auto heard = poster->hear({&byte, 1}, {});
        accepted.insert(accepted.end(), heard.accepted.begin(), heard.accepted.end());
        refused_marks.insert(refused_marks.end(), heard.refused.begin(), heard.refused.end());
    }
    EXPECT_EQ(accepted, std::vector{marks[0]});
    EXPECT_EQ(refused_marks, std::vector{marks[1]});
}

// A protocol that listens can be simulated, or says here that it cannot yet.
TEST(SceneEncoder, EveryRowIsAProtocolOfTheTable) {
    for (const EncoderRow& row : encoders()) EXPECT_NE(gateway_row(row.protocol), nullptr);
}

TEST(ScenePlayer, FasterThanRealBeginsInThePastAndEndsNow) {
    ManualClock clock{Timestamp{1'000'000'000}};
    ScenePlay play;
    play.clock = &clock;
    play.speed = 10;
    play.duration_s = 100;
    const ScriptTime time = script_time(play, clock.steady());
    EXPECT_EQ(time.from.ms, 1'000'000'000 - 90'000);
    clock.advance(10'000);
    EXPECT_EQ(time.instant(clock.steady()), clock.now());
    play.duration_s = 0;
    const ScriptTime endless = script_time(play, clock.steady());
    clock.advance(10'000);
    EXPECT_EQ(endless.instant(clock.steady()), clock.now());
}

}  // namespace
}  // namespace anlan::sensing::simulate
