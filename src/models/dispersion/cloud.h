// One release in one wind: chooses the model, says why, and answers "how much is it there?".
#pragma once

#include "core/label.h"
#include "core/result.h"
#include "core/units.h"
#include "models/dispersion/dense.h"
#include "models/dispersion/plume.h"
#include "models/dispersion/source_term.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

namespace anlan::dispersion {

struct Weather {
    /// Where the wind comes from, clockwise from true north.
    Degrees wind_from;
    MetresPerSecond wind_10m;
    Stability stability = Stability::d;
    Terrain terrain = Terrain::rural;
    Kelvin temperature{293.15};
    Pascals pressure{k_standard_pressure_pa};
    /// Measured standard deviation of the direction. Nothing: typical for the class, and said so.
    std::optional<Degrees> direction_deviation;
};

enum class CloudModel {
    gaussian_plume,
    britter_mcquaid,  ///< With a Gaussian plume from a virtual source where density has died out.
    calm_circle,      ///< No wind direction: reach of the model at 1 m/s, all round.
};

struct CloudOptions {
    Seconds averaging{600};
    Metres receptor_height{1.5};  ///< Breathing height; the zones are drawn at it.
};

/// Stable, snake_case: "gaussian_plume", "britter_mcquaid", "calm_circle".
std::string_view name_of(CloudModel model);

/// x downwind, y left of the wind, metres from the source.
struct WindPoint {
    double x_m = 0;
    double y_m = 0;
    friend bool operator==(const WindPoint&, const WindPoint&) = default;
};

class Cloud {
  public:
    /// Errors: model_input (rate, wind below 0 or not finite, molar mass …). Calm is not an error
    /// here: below 1 m/s the model is calm_circle.
    static Result<Cloud> create(const SourceTerm& source, const Weather& weather,
                                const CloudOptions& options = {});

    [[nodiscard]] CloudModel model() const { return m_model; }
    [[nodiscard]] const Weather& weather() const { return m_weather; }
    [[nodiscard]] const SourceTerm& source() const { return m_source; }
    [[nodiscard]] const CloudOptions& options() const { return m_options; }
    /// Wind that carries the cloud: at least 1 m/s.
    [[nodiscard]] MetresPerSecond transport_wind() const { return m_wind; }
    /// Earliest time the cloud's front can be at x: with the wind at 10 m, at least 1 m/s.
    [[nodiscard]] Seconds earliest_arrival(double x_m) const;
    /// Which model, and why.
    [[nodiscard]] Label why() const;
    /// Limits of validity that hold for the whole cloud.
    [[nodiscard]] std::vector<Label> notes() const;

    /// Mean concentration at a point, height options().receptor_height; to compare with a detector.
    /// 0 where the model's cloud is not (upwind of it), never above pure vapour. Extrapolated below
    /// 100 m and beyond 10 km (Gaussian): see believable().
    [[nodiscard]] PartsPerMillion concentration_at(WindPoint at) const;
    [[nodiscard]] PartsPerMillion centreline(double x_m) const {
        return concentration_at({x_m, 0});
    }
    /// Half-width of the cloud at or above `ppm` at x; 0 where the centreline is below.
    [[nodiscard]] double half_width_m(double x_m, PartsPerMillion ppm) const;
    /// Upwind reach of the cloud (dense gas at its source); 0 for a plume.
    [[nodiscard]] double upwind_m() const;
    /// True where the correlation has data.
    [[nodiscard]] bool believable(double x_m) const;
    [[nodiscard]] KilogramsPerCubicMetre mass_concentration(PartsPerMillion ppm) const;

  private:
    Cloud() = default;
    struct Slice {
        double centre_ppm = 0;     ///< At receptor height on the axis.
        double sigma_y_m = 0;      ///< Of the lateral profile exp(−y²/2σ²).
        double edge_m = HUGE_VAL;  ///< Beyond it there is nothing: a dense cloud has an edge.
    };
    [[nodiscard]] Slice slice(double x_m) const;
    [[nodiscard]] Slice gaussian_slice(double x_m, double virtual_y_m, double virtual_z_m) const;
    void join_far_field();

    SourceTerm m_source;
    Weather m_weather;
    CloudOptions m_options;
    CloudModel m_model = CloudModel::gaussian_plume;
    MetresPerSecond m_wind;
    double m_ppm_per_kg_m3 = 0;
    double m_criterion = 0;
    std::optional<DensePlume> m_dense;
    double m_join_m = 0;  ///< End of the dense curves.
    double m_virtual_y_m = 0, m_virtual_z_m = 0;
    double m_far_factor = 1;
};

}  // namespace anlan::dispersion
