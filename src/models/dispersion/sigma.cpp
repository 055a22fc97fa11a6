#include "models/dispersion/sigma.h"

#include <algorithm>
#include <cmath>

namespace anlan::dispersion {

namespace {

enum class Shape { straight, root, over_root, over };  ///< (1 + b x) to the power 0, ½, −½, −1.

/// σ = a x (1 + b x)^p. Without std::pow: these curves are most of a plume's cost.
struct Curve {
    double a, b;
    Shape shape;
    [[nodiscard]] double at(double x_m) const {
        switch (shape) {
            case Shape::straight:
                return a * x_m;
            case Shape::root:
                return a * x_m * std::sqrt(1 + b * x_m);
            case Shape::over_root:
                return a * x_m / std::sqrt(1 + b * x_m);
            case Shape::over:
                return a * x_m / (1 + b * x_m);
        }
        return a * x_m;
    }
};

// Hanna, Briggs & Hosker 1982, table 4.5.
constexpr Curve k_rural_y[] = {{.22, 1e-4, Shape::over_root}, {.16, 1e-4, Shape::over_root},
                               {.11, 1e-4, Shape::over_root}, {.08, 1e-4, Shape::over_root},
                               {.06, 1e-4, Shape::over_root}, {.04, 1e-4, Shape::over_root}};
constexpr Curve k_rural_z[] = {{.20, 0, Shape::straight},     {.12, 0, Shape::straight},
                               {.08, 2e-4, Shape::over_root}, {.06, 1.5e-3, Shape::over_root},
                               {.03, 3e-4, Shape::over},      {.016, 3e-4, Shape::over}};
constexpr Curve k_urban_y[] = {{.32, 4e-4, Shape::over_root}, {.32, 4e-4, Shape::over_root},
                               {.22, 4e-4, Shape::over_root}, {.16, 4e-4, Shape::over_root},
                               {.11, 4e-4, Shape::over_root}, {.11, 4e-4, Shape::over_root}};
constexpr Curve k_urban_z[] = {{.24, 1e-3, Shape::root},        {.24, 1e-3, Shape::root},
                               {.20, 0, Shape::straight},       {.14, 3e-4, Shape::over_root},
                               {.08, 1.5e-3, Shape::over_root}, {.08, 1.5e-3, Shape::over_root}};

constexpr double k_sigma_z_m_max = 5000;
constexpr double k_virtual_x_m_max = 1e6;

template <class Function>
double distance_for(Function sigma, double wanted_m) {
    if (!(wanted_m > 0)) return 0;
    double low = 0, high = k_virtual_x_m_max;
    if (sigma(high) < wanted_m) return high;
    while (high - low > 1e-9 * high) {
        const double middle = (low + high) / 2;
        (sigma(middle) < wanted_m ? low : high) = middle;
    }
    return high;
}

}  // namespace

Sigma briggs(Stability stability, Terrain terrain, double x_m) {
    const auto i = static_cast<std::size_t>(stability);
    const bool rural = terrain == Terrain::rural;
    return {(rural ? k_rural_y : k_urban_y)[i].at(x_m),
            std::min((rural ? k_rural_z : k_urban_z)[i].at(x_m), k_sigma_z_m_max)};
}

double briggs_distance_for_y_m(Stability stability, Terrain terrain, double sigma_y_m) {
    return distance_for([&](double x) { return briggs(stability, terrain, x).y_m; }, sigma_y_m);
}

double briggs_distance_for_z_m(Stability stability, Terrain terrain, double sigma_z_m) {
    return distance_for([&](double x) { return briggs(stability, terrain, x).z_m; }, sigma_z_m);
}

double averaging_factor_y(Seconds averaging) {
    return std::pow(std::clamp(averaging.value, 20.0, 3600.0) / 600, 0.2);
}

Sigma ccps_puff(Stability stability, double x_m) {
    struct Power {
        double ya, yb, za, zb;
    };
    constexpr Power curves[] = {{.18, .92, .60, .75}, {.14, .92, .53, .73}, {.10, .92, .34, .71},
                                {.06, .92, .15, .70}, {.04, .92, .10, .65}, {.02, .89, .05, .61}};
    const Power& c = curves[static_cast<std::size_t>(stability)];
    return {c.ya * std::pow(x_m, c.yb), c.za * std::pow(x_m, c.zb)};
}

}  // namespace anlan::dispersion
