// Steady Gaussian plume from one point, and one Gaussian puff, over flat, open ground.
#pragma once

#include "core/result.h"
#include "core/units.h"
#include "models/dispersion/sigma.h"

#include <span>

namespace anlan::dispersion {

struct PointRelease {
    KilogramsPerSecond rate;  ///< Q > 0, held constant.
    Metres height;            ///< H >= 0, stack plus rise.
};

/// Downwind, left of the wind, up.
struct Receptor {
    Metres x, y, z;
};

struct PlumeWeather {
    MetresPerSecond wind;  ///< At the plume's height; see wind_at_height().
    Stability stability = Stability::d;
    Terrain terrain = Terrain::rural;
    Seconds averaging{600};  ///< Of the concentration wanted; widens σy.
};

/// What to do where the σ curves have no data.
enum class OutsideFit {
    unknown,     ///< NaN: unknown, never "safe".
    extrapolate  ///< The formula all the same; the caller must say so to the reader.
};

/// Fills `out[i]` with the mean concentration at `in[i]`.
///
///   C = Q/(2π u σy σz) · e^(−y²/2σy²) · [e^(−(z−H)²/2σz²) + e^(−(z+H)²/2σz²)]
///
/// Source: Turner 1970, PHS 999-AP-26, ch. 3. σ: briggs(), fitted on 100 m <= x <= 10 km; outside,
/// and at x <= 0, as `outside` says (x <= 0 is NaN in both). No lid, no deposition, no chemistry.
///
/// Errors: plume_calm_wind (u < 1 m/s), plume_size_mismatch, model_input (Q or H negative or not
/// finite); `out` untouched. Pure: no allocation on success, clock or lock. About 40 ns a receptor.
Result<void> concentration(const PointRelease& release, const PlumeWeather& weather,
                           std::span<const Receptor> in, std::span<KilogramsPerCubicMetre> out,
                           OutsideFit outside = OutsideFit::unknown);

/// The same formula for given σ, wind and lateral offset: for checks against hand values.
double gaussian_plume_kg_m3(double rate_kg_s, double wind_m_s, Sigma sigma, double height_m,
                            double y_m, double z_m);

/// Concentration of a puff of `mass` t seconds after an instantaneous ground-level or elevated
/// release, at a receptor. σ: ccps_puff() at the puff's centre, u t.
///
///   C = M/((2π)^1.5 σx σy σz) · e^(−(x−ut)²/2σx²) · e^(−y²/2σy²) · [two z terms]
///
/// NaN for t <= 0. Source: CCPS 1999, p. 99.
double gaussian_puff_kg_m3(double mass_kg, double wind_m_s, Stability stability, double height_m,
                           const Receptor& at, double time_s);

}  // namespace anlan::dispersion
