// The code tables of GB/T 26875.3-2011, with names in both languages. A code without a row is
// shown by its number: the standard reserves ranges for later and for users' own use.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace anlan::sensing::gb26875 {

struct Name {
    int code;
    std::string_view zh;
    std::string_view en;
};

/// Null when the table has no such code.
const Name* command_name(int code);      ///< Clause 7.2.6, table 2.
const Name* type_name(int code);         ///< Clause 8.1, table 3.
const Name* system_type_name(int code);  ///< Clause 8.2.1.1, table 4.
const Name* part_type_name(int code);    ///< Clause 8.2.1.2, table 5.

/// Names of the bits of a state word, lowest first.
std::span<const Name> system_state_bits();
std::span<const Name> part_state_bits();
std::span<const Name> unit_state_bits();  ///< Of the transmission unit, type 21.
std::span<const Name> operation_bits();   ///< Types 4 and 24.

/// Clause 8.2.1.4, table 6. SI value = raw × scale + offset; gas stays in percent of the lower
/// explosive limit and counts stay counts, for which SI has no better unit.
struct Analog {
    int code;
    std::string_view zh;
    std::string_view en;
    std::string_view unit;
    double scale;
    double offset;
    std::string_view property;  ///< Code of table `property`.
};
const Analog* analog(int code);

}  // namespace anlan::sensing::gb26875
