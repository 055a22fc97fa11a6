// Physical quantities as types: explicit to make, cheap to pass, unwrapped by `.value`.
// SI inside; a decoder or a form converts once, at the door.
#pragma once

#include <compare>

namespace anlan {

template <class Tag>
struct Quantity {
    double value = 0;

    constexpr Quantity() = default;
    explicit constexpr Quantity(double v) : value(v) {}

    friend constexpr auto operator<=>(Quantity, Quantity) = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b) {
        return Quantity(a.value + b.value);
    }
    friend constexpr Quantity operator-(Quantity a, Quantity b) {
        return Quantity(a.value - b.value);
    }
    friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.value); }
    friend constexpr Quantity operator*(Quantity a, double k) { return Quantity(a.value * k); }
    friend constexpr Quantity operator*(double k, Quantity a) { return Quantity(a.value * k); }
    friend constexpr Quantity operator/(Quantity a, double k) { return Quantity(a.value / k); }
    friend constexpr double operator/(Quantity a, Quantity b) { return a.value / b.value; }
};

using Metres = Quantity<struct MetresTag>;
using SquareMetres = Quantity<struct SquareMetresTag>;
using CubicMetres = Quantity<struct CubicMetresTag>;
using Seconds = Quantity<struct SecondsTag>;
using MetresPerSecond = Quantity<struct MetresPerSecondTag>;
using Kilograms = Quantity<struct KilogramsTag>;
using KilogramsPerSecond = Quantity<struct KilogramsPerSecondTag>;
using KilogramsPerCubicMetre = Quantity<struct KilogramsPerCubicMetreTag>;
using Kelvin = Quantity<struct KelvinTag>;
using Pascals = Quantity<struct PascalsTag>;
using PartsPerMillion = Quantity<struct PartsPerMillionTag>;  ///< By volume.
/// Clockwise from true north; a wind direction is where the wind comes FROM.
using Degrees = Quantity<struct DegreesTag>;

inline constexpr double k_zero_celsius_k = 273.15;
inline constexpr double k_gas_constant_j_mol_k = 8.314462618;
inline constexpr double k_gravity_m_s2 = 9.80665;
inline constexpr double k_standard_pressure_pa = 101325.0;

}  // namespace anlan
