// Project Prairie Grass, runs 7, 22, 35: SO2 from 0.46 m over short grass, arc maxima of 10-minute
// means at 1.5 m. Data: Barad 1958, Geophysical Research Papers 59 (AFCRC-TR-58-235).
// The bands asserted are what the model reaches; docs/validation.md says what that is worth.
#include "models/dispersion/plume.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <vector>

namespace anlan::dispersion {
namespace {

struct Trial {
    const char* name;
    Stability stability;
    double rate_g_s, wind_2m_m_s;
    double observed_mg_m3[5];
};
constexpr double k_arcs_m[5] = {50, 100, 200, 400, 800};
constexpr Trial k_runs[] = {
    {"7", Stability::b, 89.9, 4.44, {97.8, 23.3, 5.1, 0.8, 0.1}},
    {"22", Stability::d, 48.4, 7.39, {224, 81.8, 27.7, 8.6, 2.5}},
    {"35", Stability::e, 38.8, 1.80, {660, 575, 253, 76.2, 13.8}},
};

double predicted_mg_m3(const Trial& run, double x_m, double wind_m_s) {
    const Receptor at{Metres(x_m), Metres(0), Metres(1.5)};
    KilogramsPerCubicMetre out;
    const auto done =
        concentration({KilogramsPerSecond(run.rate_g_s / 1000), Metres(0.46)},
                      {MetresPerSecond(wind_m_s), run.stability, Terrain::rural, Seconds(600)},
                      {&at, 1}, {&out, 1}, OutsideFit::extrapolate);
    EXPECT_TRUE(done);
    return out.value * 1e6;
}

struct Statistics {
    double fac2 = 0, fb = 0, nmse = 0, mg = 0, vg = 0;
};

Statistics compare(const std::vector<double>& observed, const std::vector<double>& predicted) {
    Statistics s;
    const auto n = static_cast<double>(observed.size());
    double mean_o = 0, mean_p = 0, squares = 0, logs = 0, log_squares = 0;
    for (std::size_t i = 0; i < observed.size(); ++i) {
        const double o = observed[i], p = predicted[i], l = std::log(o / p);
        s.fac2 += (p >= o / 2 && p <= 2 * o) / n;
        mean_o += o / n, mean_p += p / n, squares += (o - p) * (o - p) / n;
        logs += l / n, log_squares += l * l / n;
    }
    s.fb = (mean_o - mean_p) / (0.5 * (mean_o + mean_p));
    s.nmse = squares / (mean_o * mean_p);
    s.mg = std::exp(logs);
    s.vg = std::exp(log_squares);
    return s;
}

enum class WindAt { two_metres, ten_metres };

/// The 15 arcs; prints the table that docs/validation.md shows.
Statistics run_all(WindAt wind_at) {
    std::vector<double> observed, predicted;
    for (const Trial& run : k_runs) {
        const double share_2m =
            wind_at_height(MetresPerSecond(1), Metres(2), run.stability, Terrain::rural).value;
        const double wind =
            wind_at == WindAt::two_metres ? run.wind_2m_m_s : run.wind_2m_m_s / share_2m;
        for (int arc = 0; arc < 5; ++arc) {
            observed.push_back(run.observed_mg_m3[arc]);
            predicted.push_back(predicted_mg_m3(run, k_arcs_m[arc], wind));
            std::printf("run %-2s %3.0f m: observed %6.1f, predicted %6.1f mg/m3, ratio %.2f\n",
                        run.name, k_arcs_m[arc], observed.back(), predicted.back(),
                        predicted.back() / observed.back());
        }
    }
    const Statistics s = compare(observed, predicted);
    std::printf("FAC2 %.2f FB %.2f NMSE %.2f MG %.2f VG %.2f\n", s.fac2, s.fb, s.nmse, s.mg, s.vg);
    return s;
}

// Acceptance after Chang & Hanna 2004: FAC2 >= 0.5, |FB| <= 0.3, 0.7 <= MG <= 1.3, NMSE <= 1.5,
// VG <= 4. Reached with the wind at 2 m, narrowly for FAC2.
TEST(PrairieGrass, WindAtTwoMetresMeetsTheAcceptanceStatistics) {
    const Statistics s = run_all(WindAt::two_metres);
    EXPECT_GE(s.fac2, 0.5);
    EXPECT_LE(std::abs(s.fb), 0.3);
    EXPECT_LE(s.nmse, 1.5);
    EXPECT_GE(s.mg, 0.7);
    EXPECT_LE(s.mg, 1.3);
    EXPECT_LE(s.vg, 4);
}

// Why threat zones carry near-ground clouds with the wind at 2 m: the wind at 10 m misses FAC2, FB
// and MG, all on the unsafe side.
TEST(PrairieGrass, WindAtTenMetresPredictsTooLittle) {
    const Statistics s = run_all(WindAt::ten_metres);
    EXPECT_LT(s.fac2, 0.5);
    EXPECT_GT(s.fb, 0.3);
    EXPECT_GT(s.mg, 1.3);
}

// A miss, kept in sight: in neutral and stable air beyond 100 m the prediction is 0.35 to 0.6 of
// what was measured. If this test fails because the model got better, write that down.
TEST(PrairieGrass, NeutralAndStableArcsAreUnderpredicted) {
    for (const Trial* run : {&k_runs[1], &k_runs[2]}) {
        for (int arc = 1; arc < 5; ++arc) {
            const double ratio =
                predicted_mg_m3(*run, k_arcs_m[arc], run->wind_2m_m_s) / run->observed_mg_m3[arc];
            EXPECT_GT(ratio, 0.33) << run->name << " at " << k_arcs_m[arc];
            EXPECT_LT(ratio, 0.65) << run->name << " at " << k_arcs_m[arc];
        }
    }
}

}  // namespace
}  // namespace anlan::dispersion
