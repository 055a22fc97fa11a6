#include "apps/monitoring/quality.h"
#include "apps/monitoring/errors.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace anlan::monitoring {
namespace {

constexpr std::int64_t k_start_ms = 1'795'000'000'000;

bigdata::Observation at(std::int64_t second, double value, std::int64_t delay_ms = 0,
                        bigdata::Quality quality = bigdata::Quality::good) {
    const Timestamp when{k_start_ms + second * 1000};
    return {0, when, when + delay_ms, value, quality};
}

TEST(QualityMeter, CountsWhatLiesOutsideJumpsAndStandsStill) {
    const QualityLimits limits{"m/s", 0.0, 60.0, 20.0, 30.0, "test"};
    QualityMeter meter(&limits);
    for (const auto& [second, value] :
         std::vector<std::pair<int, double>>{{0, 5}, {1, 25}, {2, 46}, {3, -1}, {4, 61}})
        meter.add(at(second, value));
    EXPECT_EQ(meter.received(), 5);
    EXPECT_EQ(meter.out_of_range(), 2);  // −1 and 61; the ends belong to the range
    EXPECT_EQ(meter.jumps(), 3);         // 25 → 46 → −1 → 61; exactly 20 is none
    EXPECT_FALSE(meter.stuck());
    for (int second = 5; second <= 34; ++second) meter.add(at(second, 7));
    EXPECT_FALSE(meter.stuck());  // 29 s
    meter.add(at(35, 7));
    EXPECT_TRUE(meter.stuck());
    meter.add(at(36, 8));
    EXPECT_TRUE(meter.stuck());  // it was, in the period
}

// A backlog that comes after newer readings is received, and says nothing of jumps.
TEST(QualityMeter, LateReadingsCountButDoNotJump) {
    const QualityLimits limits{"m/s", {}, {}, 1.0, 5.0, "test"};
    QualityMeter meter(&limits);
    meter.add(at(100, 1));
    meter.add(at(10, 50));
    meter.add(at(20, 1));
    meter.add(at(101, 1.5));
    meter.add(at(102, 99, 0, bigdata::Quality::bad));
    EXPECT_EQ(meter.received(), 5);
    EXPECT_EQ(meter.jumps(), 0);
    EXPECT_FALSE(meter.stuck());
    EXPECT_EQ(meter.last_at()->ms, k_start_ms + 102'000);
}

TEST(QualityMeter, WithoutLimitsNothingIsJudged) {
    QualityMeter meter;
    EXPECT_FALSE(meter.last_at());
    EXPECT_FALSE(meter.delays().quantile_s(0.5));
    for (int i = 0; i < 100; ++i) meter.add(at(i, i % 2 == 0 ? 1e9 : -1e9));
    EXPECT_EQ(meter.received(), 100);
    EXPECT_EQ(meter.jumps() + meter.out_of_range(), 0);
}

// Against the exact quantile, over five orders of magnitude; a clock that runs ahead is no delay.
TEST(Delays, QuantilesAreRightToWithinTenPercent) {
    for (const double scale_ms : {1.0, 50.0, 3'000.0, 900'000.0, 60'000'000.0}) {
        Delays all, half;
        std::vector<double> exact;
        for (int i = 1; i <= 1000; ++i) {
            const double delay_ms = std::ceil(scale_ms * i / 10);
            exact.push_back(delay_ms * 1e-3);
            (i % 2 == 0 ? half : all).add(static_cast<std::int64_t>(delay_ms));
        }
        all.add(half);
        for (const double share : {0.5, 0.99})
            EXPECT_NEAR(*all.quantile_s(share) / exact[static_cast<std::size_t>(share * 1000) - 1],
                        1, 0.1)
                << scale_ms << " " << share;
    }
    Delays ahead;
    ahead.add(-5'000);
    EXPECT_EQ(ahead.quantile_s(0.99), 0.0);
    ahead.add(std::int64_t{1} << 60);  // from 1970
    EXPECT_TRUE(std::isfinite(*ahead.quantile_s(1)));
}

class QualitySettingsTest : public testing::Test {
  protected:
    std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("quality-" + std::to_string(getpid()) + ".yaml");
    ~QualitySettingsTest() override { std::filesystem::remove(file); }
    Result<QualitySettings> load(const std::string& text) {
        std::ofstream(file) << text;
        return QualitySettings::load(file);
    }
};

TEST_F(QualitySettingsTest, TheShippedFileIsGood) {
    const auto settings = QualitySettings::load(ANLAN_SOURCE_DIR "/catalog/settings/quality.yaml");
    ASSERT_TRUE(settings) << text_of(settings.error(), Language::en);
    ASSERT_NE(settings->limits("gas_lel", "%LEL"), nullptr);
    EXPECT_EQ(settings->limits("gas_lel", "%LEL")->max, 100.0);
    EXPECT_EQ(settings->limits("air_temperature", "°C"), nullptr);  // another unit
    EXPECT_EQ(settings->limits("fire_state", ""), nullptr);         // not configured
}

TEST_F(QualitySettingsTest, FaultsAreNamedWithTheirLine) {
    for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
             {"online_intervals: 3\n", "source is missing"},
             {"source: a\nonline_intervals: 0\n", "above 0"},
             {"source: a\nproperties:\n  - {property: x, unit: m, min: 1, max: 2}\n",
              ":3: source is missing"},
             {"source: a\nproperties:\n  - {property: x, min: 2, max: 2, source: s}\n",
              "min is not below max"},
             {"source: a\nproperties:\n  - {property: x, min: .nan, source: s}\n", "finite"},
             {"source: a\nproperties:\n  - {property: x, jump: 0, source: s}\n", "jump"},
             {"source: a\nproperties:\n  - {property: x, min: none, source: s}\n", "conversion"},
             {"source: a\nproperties:\n  - {property: x, source: s}\n  - {property: x, source: "
              "s}\n",
              ":4: x is there twice"}}) {
        const auto settings = load(text);
        ASSERT_FALSE(settings) << text;
        EXPECT_TRUE(settings.error().is(errors::k_bad_quality_settings));
        EXPECT_NE(text_of(settings.error(), Language::en).find(what), std::string::npos)
            << text_of(settings.error(), Language::en);
    }
}

}  // namespace
}  // namespace anlan::monitoring
