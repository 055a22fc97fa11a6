#include "apps/monitoring/positions.h"
#include "apps/monitoring/past_track.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

#include <limits>

namespace anlan::monitoring {
namespace {

using bigdata::Quality;

const Timestamp k_start = *parse_iso8601("2026-11-23T06:00:00Z");
constexpr std::array<const char*, 4> k_properties{"longitude", "latitude", "speed", "course"};

PositionSettings settings() {
    PositionSettings out;
    out.jump_speed_m_s = {{"vehicle", 70.0}, {"other", 100.0}};
    return out;
}

/// One truck's four datastreams, and the positions that hear them.
struct Road {
    testing::FakeLake lake;
    std::vector<std::shared_ptr<const sensing::Stream>> streams;
    Positions positions{settings()};

    explicit Road(std::size_t count = 4) {
        for (std::size_t i = 0; i < count; ++i) {
            sensing::Stream s;
            s.space = "live";
            s.device = Uuid::from_name("truck");
            s.datastream = Uuid::from_name(k_properties[i]);
            s.property = k_properties[i];
            s.device_type = "vehicle";
            s.number = lake.number_of({s.datastream, s.space});
            streams.push_back(std::make_shared<const sensing::Stream>(s));
        }
    }
    /// What one frame brings, as the hub tells it.
    std::vector<Moved> say(double at_s, std::vector<double> values,
                           Quality quality = Quality::good) {
        const Timestamp at = k_start + static_cast<std::int64_t>(at_s * 1000);
        std::vector<sensing::Heard> heard;
        std::vector<bigdata::Observation> kept;
        for (std::size_t i = 0; i < values.size(); ++i) {
            heard.push_back({*streams[i], {streams[i]->number, at, at, values[i], quality}});
            kept.push_back(heard.back().observation);
        }
        lake.append(kept, [](const Result<void>&) {});
        return positions.hear(heard);
    }
    Whereabouts where() {
        const auto all = positions.all("live");
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? Whereabouts{} : all.front();
    }
};

TEST(Positions, FourReadingsOfOneInstantAreOnePieceOfNews) {
    Road road;
    const auto news = road.say(0, {117.79, 39.0, 8.5, 90});
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].fix.place, (LonLat{117.79, 39.0}));
    EXPECT_EQ(news[0].fix.speed_m_s, 8.5);
    EXPECT_EQ(news[0].fix.course_deg, 90);
    EXPECT_EQ(news[0].lead->property, "longitude");
    EXPECT_FALSE(road.where().doubtful);
}

TEST(Positions, TheSpeedOfAnotherInstantIsNotThisOnes) {
    Road road;
    road.say(0, {117.79, 39.0, 8.5, 90});
    const auto news = road.say(10, {117.7901, 39.0});
    ASSERT_EQ(news.size(), 1U);
    EXPECT_FALSE(news[0].fix.speed_m_s.has_value());
}

TEST(Positions, WhatTellsNoSpeedIsMeasuredByItsWay) {
    Road road(2);
    road.say(0, {117.79, 39.0});
    const auto news = road.say(10, {117.79, 39.001});
    ASSERT_EQ(news.size(), 1U);
    EXPECT_NEAR(news[0].fix.speed_m_s.value_or(0), 11.1, 0.1);  // 111 m in 10 s
}

TEST(Positions, RepetitionsAndStragglersAreNoNews) {
    Road road;
    road.say(100, {117.79, 39.0, 8, 90});
    EXPECT_TRUE(road.say(100, {117.79, 39.0, 8, 90}).empty());
    EXPECT_TRUE(road.say(40, {117.78, 39.0, 8, 90}).empty());
    EXPECT_EQ(road.where().fix.place.longitude_deg, 117.79);
}

TEST(Positions, AClockThatSteppedBackIsBelievedTheThirdTime) {
    Road road;
    road.say(1000, {117.79, 39.0, 8, 90});
    EXPECT_TRUE(road.say(10, {117.7901, 39.0, 8, 90}).empty());
    EXPECT_TRUE(road.say(20, {117.7902, 39.0, 8, 90}).empty());
    EXPECT_EQ(road.say(30, {117.7903, 39.0, 8, 90}).size(), 1U);
    EXPECT_EQ(road.where().fix.place.longitude_deg, 117.7903);
}

TEST(Positions, NotANumberAndPlacesOffTheEarthAreNoPlace) {
    Road road;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(road.say(0, {nan, 39.0, 8, 90}).empty());
    EXPECT_TRUE(road.say(1, {117.79, std::numeric_limits<double>::infinity(), 8, 90}).empty());
    EXPECT_TRUE(road.say(2, {181, 39.0, 8, 90}).empty());
    EXPECT_TRUE(road.say(3, {117.79, 39.0, 8, 90}, Quality::bad).empty());
    EXPECT_TRUE(road.positions.all("live").empty());
    const auto news = road.say(4, {117.79, 39.0, nan, 400});
    ASSERT_EQ(news.size(), 1U);
    EXPECT_FALSE(news[0].fix.speed_m_s.has_value());
    EXPECT_FALSE(news[0].fix.course_deg.has_value());
}

TEST(Positions, AJumpAcrossTheZoneIsFlaggedAndBelievedOnlyWhenItStays) {
    Road road;
    road.say(0, {117.79, 39.0, 8, 90});
    EXPECT_TRUE(road.say(10, {117.89, 39.0, 8, 90}).empty());  // 8.7 km in ten seconds
    EXPECT_TRUE(road.where().doubtful);
    EXPECT_EQ(road.where().fix.place.longitude_deg, 117.79);
    EXPECT_EQ(road.say(20, {117.7905, 39.0, 8, 90}).size(), 1U);  // a spike: gone again
    EXPECT_FALSE(road.where().doubtful);
    for (const double at_s : {30.0, 40.0})
        EXPECT_TRUE(road.say(at_s, {117.89, 39.0, 8, 90}).empty());
    EXPECT_EQ(road.say(50, {117.8901, 39.0, 8, 90}).size(), 1U);
    EXPECT_EQ(road.where().fix.place.longitude_deg, 117.8901);
    EXPECT_FALSE(road.where().doubtful);
}

TEST(Positions, ABatchOfPositionsIsSeveralPiecesOfNews) {
    Road road;
    std::vector<sensing::Heard> heard;
    for (int i = 0; i < 3; ++i) {
        const Timestamp at = k_start + i * 10'000;
        const std::array<double, 4> values{117.79 + i * 0.0001, 39.0, 8, 90};
        for (std::size_t k = 0; k < values.size(); ++k)
            heard.push_back(
                {*road.streams[k], {road.streams[k]->number, at, at, values[k], Quality::good}});
    }
    const auto news = road.positions.hear(heard);
    ASSERT_EQ(news.size(), 3U);
    for (const auto& each : news) EXPECT_EQ(each.fix.speed_m_s, 8);
}

TEST(PastTrack, IsWhatTheLakeHasWithoutSpikes) {
    Road road;
    for (int i = 0; i < 100; ++i)
        road.say(i * 10, {i == 50 ? 118.9 : 117.79 + i * 0.0001, 39.0, 8, 90});
    auto track = past_track(road.lake, road.streams, settings(), k_start, k_start + 10'000'000);
    ASSERT_TRUE(track.has_value());
    EXPECT_EQ(track->fixes.size(), 99U);
    EXPECT_EQ(track->readings, 400U);
    EXPECT_TRUE(track->complete);
    const auto cut =
        past_track(road.lake, road.streams, settings(), k_start, k_start + 10'000'000, 40);
    ASSERT_TRUE(cut.has_value());
    EXPECT_FALSE(cut->complete);
}

TEST(PastTrack, ThinningKeepsTheCornerTheStopAndThePeakOfSpeed) {
    std::vector<Fix> fixes;
    const auto add = [&](double east, double north, double speed) {
        const auto at = k_start + static_cast<std::int64_t>(fixes.size()) * 10'000;
        fixes.push_back({{117.79 + east, 39.0 + north}, at, at, speed, 90.0});
    };
    for (int i = 0; i <= 200; ++i) add(i * 0.0001, 0, i == 77 ? 30 : 10);  // east; once very fast
    for (int i = 1; i <= 200; ++i) add(0.02, i * 0.0001, 10);              // a corner, north
    const auto kept = thinned(fixes, 8);
    ASSERT_LE(kept.size(), 8U);
    EXPECT_EQ(kept.front().at, fixes.front().at);
    EXPECT_EQ(kept.back().at, fixes.back().at);
    EXPECT_TRUE(std::ranges::any_of(kept, [&](const Fix& f) { return f.at == fixes[200].at; }));
    EXPECT_TRUE(std::ranges::any_of(kept, [&](const Fix& f) { return f.at == fixes[77].at; }));
    EXPECT_EQ(thinned(fixes, 1000).size(), fixes.size());
}

}  // namespace
}  // namespace anlan::monitoring
