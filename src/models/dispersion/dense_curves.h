// The Britter–McQuaid correlation curves: where C/C0 has fallen to a given value.
//
// Source: Britter & McQuaid 1988 (HSE CRR 17/1988), figures 8 and 9, in the straight-line fits of
// CCPS 1999, Guidelines for Consequence Analysis of Chemical Releases, tables 2.5 and 2.6. The fits
// do not quite meet where segments join: at most 0.02 in log10 distance (5 %).
#pragma once

#include <array>

namespace anlan::dispersion {

/// β = slope·α + intercept for α up to alpha_max.
struct CurveSegment {
    double alpha_max, slope, intercept;
};

struct DenseCurve {
    double ratio;  ///< C/C0.
    std::array<CurveSegment, 4> segments;

    [[nodiscard]] constexpr double beta(double alpha) const {
        for (const auto& s : segments) {
            if (alpha <= s.alpha_max) return s.slope * alpha + s.intercept;
        }
        return segments.back().slope * alpha + segments.back().intercept;
    }
};

inline constexpr double k_alpha_max = 1.0;  ///< Where the published curves end.

/// Continuous releases: α = 0.2 log10(g0'² q0/u⁵), β = log10(x/√(q0/u)).
inline constexpr std::array<DenseCurve, 6> k_plume_curves{{
    {.10, {{{-.55, 0, 1.75}, {-.14, .24, 1.88}, {1, -.50, 1.78}, {1, -.50, 1.78}}}},
    {.05, {{{-.68, 0, 1.92}, {-.29, .36, 2.16}, {-.18, 0, 2.06}, {1, -.56, 1.96}}}},
    {.02, {{{-.69, 0, 2.08}, {-.31, .45, 2.39}, {-.16, 0, 2.25}, {1, -.54, 2.16}}}},
    {.01, {{{-.70, 0, 2.25}, {-.29, .49, 2.59}, {-.20, 0, 2.45}, {1, -.52, 2.35}}}},
    {.005, {{{-.67, 0, 2.40}, {-.28, .59, 2.80}, {-.15, 0, 2.63}, {1, -.48, 2.56}}}},
    {.002, {{{-.69, 0, 2.60}, {-.25, .39, 2.87}, {-.13, 0, 2.77}, {1, -.50, 2.71}}}},
}};

/// Instantaneous releases: α = 0.5 log10(g0' V0^⅓/u²), β = log10(x/V0^⅓).
inline constexpr std::array<DenseCurve, 7> k_puff_curves{{
    {.10, {{{-.44, 0, .70}, {.43, .26, .81}, {1, 0, .93}, {1, 0, .93}}}},
    {.05, {{{-.56, 0, .85}, {.31, .26, 1.00}, {1, -.12, 1.12}, {1, -.12, 1.12}}}},
    {.02, {{{-.66, 0, .95}, {.32, .36, 1.19}, {1, -.26, 1.38}, {1, -.26, 1.38}}}},
    {.01, {{{-.71, 0, 1.15}, {.37, .34, 1.39}, {1, -.38, 1.66}, {1, -.38, 1.66}}}},
    {.005, {{{-.52, 0, 1.48}, {.24, .26, 1.62}, {1, -.30, 1.75}, {1, -.30, 1.75}}}},
    {.002, {{{.27, 0, 1.83}, {1, -.32, 1.92}, {1, -.32, 1.92}, {1, -.32, 1.92}}}},
    {.001, {{{-.10, 0, 2.075}, {1, -.27, 2.05}, {1, -.27, 2.05}, {1, -.27, 2.05}}}},
}};

}  // namespace anlan::dispersion
