// Width and height of plumes and puffs: the σ curves, with the distances they were fitted on.
#pragma once

#include "models/dispersion/stability.h"

namespace anlan::dispersion {

struct Sigma {
    double y_m = 0;
    double z_m = 0;
};

/// Distances on which Briggs' curves were fitted.
inline constexpr double k_briggs_x_m_min = 100;
inline constexpr double k_briggs_x_m_max = 10'000;

/// Briggs 1973 (ATDL 79), as tabulated in Hanna, Briggs & Hosker 1982 and Griffiths 1994. Class D
/// rural σz has 0.0015 x; the 0.00015 in many copies is a misprint. 10-minute means.
/// Any x > 0 gives a number; whether it may be believed is the caller's business. σz of class A
/// grows without a lid: capped at 5000 m, as in ISC3.
Sigma briggs(Stability stability, Terrain terrain, double x_m);

/// Smallest x whose σy (σz) is at least the given one: the virtual origin. Bisection to 1e-9.
double briggs_distance_for_y_m(Stability stability, Terrain terrain, double sigma_y_m);
double briggs_distance_for_z_m(Stability stability, Terrain terrain, double sigma_z_m);

/// σy is wider the longer one averages: (t / 600 s)^0.2, TNO Yellow Book CPR 14E 2005 eq. 4.61;
/// applied for 20 s <= t <= 3600 s and clamped outside. σz does not change.
double averaging_factor_y(Seconds averaging);

/// Puffs: σx = σy. CCPS 1999, Guidelines for Consequence Analysis of Chemical Releases, p. 100.
/// Rural, instantaneous values; 100 m to a few kilometres.
Sigma ccps_puff(Stability stability, double x_m);

}  // namespace anlan::dispersion
