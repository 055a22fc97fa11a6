// What an installation may choose for HJ 212.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace anlan::sensing::hj212 {

/// How a device computes its check. Annex A is the standard; devices with the common Modbus routine
/// exist (the same polynomial, another order of the operations).
enum class Checksum : std::uint8_t { annex_a, modbus, none };
std::string_view name_of(Checksum checksum);
std::optional<Checksum> checksum_named(std::string_view name);

struct Settings {
    Checksum checksum = Checksum::annex_a;
    std::map<std::string, Checksum, std::less<>> checksums;  ///< By MN, where another one.
    double clock_tolerance_s = 0;                            ///< 0: clocks are left alone.
    unsigned real_time_interval_s = 0;                       ///< 0: as it is.
    unsigned minute_interval_min = 0;                        ///< 0: as it is.
};

}  // namespace anlan::sensing::hj212
