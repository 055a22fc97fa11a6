// ITU-R M.1371-5: the fields of each message and the codes in them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace anlan::sensing::ais {

struct Name {
    unsigned code;
    std::string_view zh, en;
};

enum class Form : std::uint8_t {
    number,         ///< Unsigned, times `scale`.
    signed_number,  ///< Two's complement, times `scale`.
    code,           ///< Of a table.
    flag,
    text,  ///< Six-bit ASCII.
    turn,  ///< Rate of turn: 4.733 times the root of it, signed.
    raw,   ///< As it is: communication state, spare, regional bits.
};

/// One field. A value equal to `absent` (as transmitted) says "not available"; above `greatest`,
/// reserved. Both count as no value.
struct Field {
    std::string_view key, zh, en;
    Form form = Form::raw;
    std::uint16_t start = 0, bits = 0;
    double scale = 1;
    std::string_view unit = {};
    std::optional<std::int64_t> absent = {}, greatest = {};
    const Name* (*name)(unsigned code) = nullptr;
};

struct MessageRow {
    unsigned type;
    std::string_view zh, en;
    std::uint16_t bits_min;              ///< What a message must have to be believed.
    std::span<const Field> fields = {};  ///< Empty: named, and kept as it came.
};

/// Null for types 0 and 28…63.
const MessageRow* message_row(unsigned type);
/// The fields of 24's part B (part A's are in the row).
std::span<const Field> static_part_b();
/// Part B of a craft that belongs to a ship (MMSI 98…): the ship's MMSI in place of dimensions.
std::span<const Field> static_part_b_auxiliary();

const Name* navigation_status(unsigned code);
const Name* ship_type(unsigned code);
const Name* position_device(unsigned code);
const Name* aid_type(unsigned code);

/// What kind of station an MMSI belongs to (ITU-R M.585).
const Name& station_kind(std::uint32_t mmsi);

}  // namespace anlan::sensing::ais
